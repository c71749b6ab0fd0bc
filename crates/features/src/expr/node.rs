//! The tree of an expression and its value for a row. A tree is never deeper than the parser allows.

use std::cmp::Ordering;

use super::functions::Function;

/// What an expression gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// FLOAT64.
    Number,
    /// BOOL: 1, 0 or NaN.
    Boolean,
    /// The word NULL alone, which is at home among both.
    Null,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A node; `C` is how it names a column: by text when parsed, by place when bound.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node<C> {
    Constant(f64),
    Column(C),
    Negate(Box<Node<C>>),
    Not(Box<Node<C>>),
    Arithmetic(Arithmetic, Box<[Node<C>; 2]>),
    Compare(Comparison, Box<[Node<C>; 2]>),
    And(Box<[Node<C>; 2]>),
    Or(Box<[Node<C>; 2]>),
    IsNull {
        of: Box<Node<C>>,
        negated: bool,
    },
    /// The value, the low and the high end.
    Between {
        parts: Box<[Node<C>; 3]>,
        negated: bool,
    },
    In {
        of: Box<Node<C>>,
        list: Vec<Node<C>>,
        negated: bool,
    },
    Case {
        operand: Option<Box<Node<C>>>,
        branches: Vec<(Node<C>, Node<C>)>,
        otherwise: Option<Box<Node<C>>>,
    },
    Call(Function, Vec<Node<C>>),
}

const NULL: f64 = f64::NAN;

/// What is not a finite number is NULL.
pub(super) fn finite(value: f64) -> f64 {
    if value.is_finite() { value } else { NULL }
}

fn truth(value: bool) -> f64 {
    f64::from(u8::from(value))
}

fn not(value: f64) -> f64 {
    // 1 - NaN is NaN, as NOT NULL is NULL.
    1.0 - value
}

fn and(left: f64, right: f64) -> f64 {
    if left == 0.0 || right == 0.0 {
        0.0
    } else if left.is_nan() || right.is_nan() {
        NULL
    } else {
        1.0
    }
}

fn compare(comparison: Comparison, left: f64, right: f64) -> f64 {
    let Some(order) = left.partial_cmp(&right) else { return NULL };
    truth(match comparison {
        Comparison::Equal => order == Ordering::Equal,
        Comparison::NotEqual => order != Ordering::Equal,
        Comparison::Less => order == Ordering::Less,
        Comparison::LessOrEqual => order != Ordering::Greater,
        Comparison::Greater => order == Ordering::Greater,
        Comparison::GreaterOrEqual => order != Ordering::Less,
    })
}

impl Node<usize> {
    pub(super) fn eval(&self, row: &[f64]) -> f64 {
        match self {
            Node::Constant(value) => *value,
            Node::Column(place) => row.get(*place).map_or(NULL, |value| finite(*value)),
            Node::Negate(of) => -of.eval(row),
            Node::Not(of) => not(of.eval(row)),
            Node::Arithmetic(operator, sides) => {
                let (left, right) = (sides[0].eval(row), sides[1].eval(row));
                finite(match operator {
                    Arithmetic::Add => left + right,
                    Arithmetic::Subtract => left - right,
                    Arithmetic::Multiply => left * right,
                    Arithmetic::Divide => left / right,
                    Arithmetic::Remainder => left % right,
                })
            }
            Node::Compare(comparison, sides) => compare(*comparison, sides[0].eval(row), sides[1].eval(row)),
            Node::And(sides) => {
                let left = sides[0].eval(row);
                if left == 0.0 { 0.0 } else { and(left, sides[1].eval(row)) }
            }
            Node::Or(sides) => {
                let left = sides[0].eval(row);
                if left == 1.0 { 1.0 } else { not(and(not(left), not(sides[1].eval(row)))) }
            }
            Node::IsNull { of, negated } => truth(of.eval(row).is_nan() != *negated),
            Node::Between { parts, negated } => {
                let value = parts[0].eval(row);
                let inside = and(
                    compare(Comparison::GreaterOrEqual, value, parts[1].eval(row)),
                    compare(Comparison::LessOrEqual, value, parts[2].eval(row)),
                );
                if *negated { not(inside) } else { inside }
            }
            Node::In { of, list, negated } => {
                let value = of.eval(row);
                let mut found = 0.0;
                for item in list {
                    match compare(Comparison::Equal, value, item.eval(row)) {
                        1.0 => {
                            found = 1.0;
                            break;
                        }
                        unknown if unknown.is_nan() => found = NULL,
                        _ => {}
                    }
                }
                if *negated { not(found) } else { found }
            }
            Node::Case { operand, branches, otherwise } => {
                let operand = operand.as_ref().map(|node| node.eval(row));
                for (when, then) in branches {
                    let when = when.eval(row);
                    let holds = operand.map_or(when, |value| compare(Comparison::Equal, value, when));
                    if holds == 1.0 {
                        return then.eval(row);
                    }
                }
                otherwise.as_ref().map_or(NULL, |node| node.eval(row))
            }
            Node::Call(function, arguments) => function.eval(arguments, row),
        }
    }
}

impl<C> Node<C> {
    /// Visits the columns, left to right.
    pub(super) fn each_column(&self, visit: &mut impl FnMut(&C)) {
        match self {
            Node::Constant(_) => {}
            Node::Column(column) => visit(column),
            Node::Negate(of) | Node::Not(of) | Node::IsNull { of, .. } => of.each_column(visit),
            Node::Arithmetic(_, sides) | Node::Compare(_, sides) | Node::And(sides) | Node::Or(sides) => {
                sides.iter().for_each(|side| side.each_column(visit));
            }
            Node::Between { parts, .. } => parts.iter().for_each(|part| part.each_column(visit)),
            Node::In { of, list, .. } => {
                of.each_column(visit);
                list.iter().for_each(|item| item.each_column(visit));
            }
            Node::Case { operand, branches, otherwise } => {
                operand.iter().for_each(|node| node.each_column(visit));
                for (when, then) in branches {
                    when.each_column(visit);
                    then.each_column(visit);
                }
                otherwise.iter().for_each(|node| node.each_column(visit));
            }
            Node::Call(_, arguments) => arguments.iter().for_each(|argument| argument.each_column(visit)),
        }
    }

    /// The same tree with each column named another way.
    pub(super) fn bind<D, E>(&self, look_up: &impl Fn(&C) -> Result<D, E>) -> Result<Node<D>, E> {
        let boxed = |node: &Node<C>| node.bind(look_up).map(Box::new);
        let pair = |sides: &[Node<C>; 2]| Ok(Box::new([sides[0].bind(look_up)?, sides[1].bind(look_up)?]));
        let all = |nodes: &[Node<C>]| nodes.iter().map(|node| node.bind(look_up)).collect::<Result<Vec<_>, E>>();
        Ok(match self {
            Node::Constant(value) => Node::Constant(*value),
            Node::Column(column) => Node::Column(look_up(column)?),
            Node::Negate(of) => Node::Negate(boxed(of)?),
            Node::Not(of) => Node::Not(boxed(of)?),
            Node::Arithmetic(operator, sides) => Node::Arithmetic(*operator, pair(sides)?),
            Node::Compare(comparison, sides) => Node::Compare(*comparison, pair(sides)?),
            Node::And(sides) => Node::And(pair(sides)?),
            Node::Or(sides) => Node::Or(pair(sides)?),
            Node::IsNull { of, negated } => Node::IsNull { of: boxed(of)?, negated: *negated },
            Node::Between { parts, negated } => {
                let [value, low, high] = &**parts;
                let parts = Box::new([value.bind(look_up)?, low.bind(look_up)?, high.bind(look_up)?]);
                Node::Between { parts, negated: *negated }
            }
            Node::In { of, list, negated } => Node::In { of: boxed(of)?, list: all(list)?, negated: *negated },
            Node::Case { operand, branches, otherwise } => Node::Case {
                operand: operand.as_deref().map(boxed).transpose()?,
                branches: branches
                    .iter()
                    .map(|(when, then)| Ok((when.bind(look_up)?, then.bind(look_up)?)))
                    .collect::<Result<_, E>>()?,
                otherwise: otherwise.as_deref().map(boxed).transpose()?,
            },
            Node::Call(function, arguments) => Node::Call(*function, all(arguments)?),
        })
    }
}
