//! The functions of expressions: name, number of arguments, value. Meanings are those of BigQuery's reference of
//! mathematical and conditional functions; where that stops with an error, the value is NULL.

use super::node::{Node, finite};

/// A function that expressions may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Abs,
    Ceil,
    Coalesce,
    Exp,
    Floor,
    Greatest,
    If,
    IfNull,
    Least,
    Ln,
    Log,
    Log10,
    Mod,
    NullIf,
    Pow,
    Round,
    SafeDivide,
    Sign,
    Sqrt,
}

/// Name, function, least and most arguments.
const FUNCTIONS: &[(&str, Function, usize, usize)] = &[
    ("ABS", Function::Abs, 1, 1),
    ("CEIL", Function::Ceil, 1, 1),
    ("CEILING", Function::Ceil, 1, 1),
    ("COALESCE", Function::Coalesce, 1, 100),
    ("EXP", Function::Exp, 1, 1),
    ("FLOOR", Function::Floor, 1, 1),
    ("GREATEST", Function::Greatest, 1, 100),
    ("IF", Function::If, 3, 3),
    ("IFNULL", Function::IfNull, 2, 2),
    ("LEAST", Function::Least, 1, 100),
    ("LN", Function::Ln, 1, 1),
    ("LOG", Function::Log, 1, 2),
    ("LOG10", Function::Log10, 1, 1),
    ("MOD", Function::Mod, 2, 2),
    ("NULLIF", Function::NullIf, 2, 2),
    ("POW", Function::Pow, 2, 2),
    ("POWER", Function::Pow, 2, 2),
    ("ROUND", Function::Round, 1, 2),
    ("SAFE_DIVIDE", Function::SafeDivide, 2, 2),
    ("SIGN", Function::Sign, 1, 1),
    ("SQRT", Function::Sqrt, 1, 1),
];

/// What a function takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// Numbers only, and gives a number.
    Numbers,
    /// Arguments of one kind, and gives that kind.
    Alike,
    /// A condition, then arguments of one kind, and gives that kind.
    ConditionThenAlike,
}

impl Function {
    /// The function of a name, with the least and the most arguments it takes.
    pub(super) fn named(name: &str) -> Option<(Function, usize, usize)> {
        let upper = name.to_ascii_uppercase();
        FUNCTIONS
            .iter()
            .find(|(known, ..)| *known == upper)
            .map(|(_, function, least, most)| (*function, *least, *most))
    }

    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        FUNCTIONS.iter().map(|(name, ..)| *name)
    }

    pub(super) fn takes(self) -> Takes {
        match self {
            Function::If => Takes::ConditionThenAlike,
            Function::Coalesce | Function::IfNull | Function::NullIf | Function::Greatest | Function::Least => {
                Takes::Alike
            }
            _ => Takes::Numbers,
        }
    }

    /// The value for a row. The parser has made sure of the number of arguments.
    pub(super) fn eval(self, arguments: &[Node<usize>], row: &[f64]) -> f64 {
        let value = |place: usize| arguments.get(place).map_or(f64::NAN, |node| node.eval(row));
        let extreme = |wins: fn(f64, f64) -> bool| {
            let mut best = value(0);
            for place in 1..arguments.len() {
                let next = value(place);
                if next.is_nan() || wins(next, best) {
                    best = next;
                }
                if best.is_nan() {
                    break;
                }
            }
            best
        };
        match self {
            Function::Abs => value(0).abs(),
            Function::Ceil => value(0).ceil(),
            Function::Floor => value(0).floor(),
            Function::Coalesce | Function::IfNull => {
                (0..arguments.len()).map(value).find(|v| !v.is_nan()).unwrap_or(f64::NAN)
            }
            Function::Exp => finite(value(0).exp()),
            Function::Greatest => extreme(|next, best| next > best),
            Function::Least => extreme(|next, best| next < best),
            Function::If => {
                if value(0) == 1.0 {
                    value(1)
                } else {
                    value(2)
                }
            }
            Function::Ln => finite(value(0).ln()),
            Function::Log if arguments.len() == 1 => finite(value(0).ln()),
            Function::Log => log(value(0), value(1)),
            Function::Log10 => finite(value(0).log10()),
            Function::Mod => finite(value(0) % value(1)),
            Function::NullIf => {
                let first = value(0);
                if first == value(1) { f64::NAN } else { first }
            }
            Function::Pow => {
                let (base, exponent) = (value(0), value(1));
                // powf(NaN, 0) is 1, but POW(NULL, 0) is NULL.
                if base.is_nan() || exponent.is_nan() { f64::NAN } else { finite(base.powf(exponent)) }
            }
            Function::Round if arguments.len() == 1 => value(0).round(),
            Function::Round => round(value(0), value(1)),
            Function::SafeDivide => finite(value(0) / value(1)),
            Function::Sign => {
                let of = value(0);
                if of == 0.0 || of.is_nan() { of } else { of.signum() }
            }
            Function::Sqrt => finite(value(0).sqrt()),
        }
    }
}

/// The logarithm of `x` to `base`; exact where the base is 2 or 10.
fn log(x: f64, base: f64) -> f64 {
    finite(if base == 10.0 {
        x.log10()
    } else if base == 2.0 {
        x.log2()
    } else {
        x.ln() / base.ln()
    })
}

/// Half away from zero, at so many places after the point, or before it when negative.
fn round(x: f64, places: f64) -> f64 {
    if x.is_nan() || places.is_nan() {
        return f64::NAN;
    }
    // Beyond these no FLOAT64 changes, or every one becomes 0.
    let places = places.trunc().clamp(-310.0, 310.0) as i32;
    let scale = 10f64.powi(places.abs());
    let rounded = if places >= 0 { (x * scale).round() / scale } else { (x / scale).round() * scale };
    if rounded.is_finite() { rounded } else { x }
}
