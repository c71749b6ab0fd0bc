//! From text to a tree: sqlparser's BigQuery tokens, then BigQuery's precedence over the few constructs that an
//! expression over one row needs. Own rules for the tree keep line and column of everything and bound the depth.

use algomosaic_core::names;
use sqlparser::dialect::BigQueryDialect;
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer};

use super::functions::{Function, Takes};
use super::node::{Arithmetic, Comparison, Kind, Node};
use crate::Error;

/// The longest text in bytes.
const MAX_BYTES: usize = 20_000;
/// The most words and signs. It bounds the depth of a chain such as `a + a + a`.
const MAX_TOKENS: usize = 2_000;
/// How deep parentheses, functions, CASE and signs may nest.
const MAX_DEPTH: usize = 100;

/// Words that begin something else in BigQuery and are no names of columns unless in backquotes.
const RESERVED: &[&str] = &[
    "ALL",
    "AND",
    "ANY",
    "ARRAY",
    "AS",
    "ASC",
    "AT",
    "BETWEEN",
    "BY",
    "CASE",
    "CAST",
    "COLLATE",
    "CROSS",
    "CURRENT",
    "DESC",
    "DISTINCT",
    "ELSE",
    "END",
    "EXCEPT",
    "EXISTS",
    "EXTRACT",
    "FOLLOWING",
    "FOR",
    "FROM",
    "FULL",
    "GROUP",
    "HAVING",
    "IN",
    "INNER",
    "INTERSECT",
    "INTERVAL",
    "IS",
    "JOIN",
    "LEFT",
    "LIKE",
    "LIMIT",
    "NOT",
    "ON",
    "OR",
    "ORDER",
    "OVER",
    "PARTITION",
    "QUALIFY",
    "RANGE",
    "RIGHT",
    "ROWS",
    "SELECT",
    "SOME",
    "STRUCT",
    "THEN",
    "UNION",
    "UNNEST",
    "WHEN",
    "WHERE",
    "WINDOW",
    "WITH",
];

/// A tree with what it gives and where it begins.
struct Typed {
    node: Node<String>,
    kind: Kind,
    at: Location,
}

struct Parser {
    tokens: Vec<TokenWithSpan>,
    next: usize,
    depth: usize,
    end: Location,
}

pub(super) fn parse(sql: &str) -> Result<(Node<String>, Kind), Error> {
    let start = Location { line: 1, column: 1 };
    if sql.len() > MAX_BYTES {
        return Err(error(start, format!("it has {} bytes, and may have {MAX_BYTES}", sql.len())));
    }
    let dialect = BigQueryDialect {};
    let mut tokens =
        Tokenizer::new(&dialect, sql).tokenize_with_location().map_err(|e| error(e.location, e.message))?;
    let end = tokens.last().map_or(start, |last| last.span.end);
    tokens.retain(|token| !matches!(token.token, Token::Whitespace(_) | Token::EOF));
    if tokens.len() > MAX_TOKENS {
        return Err(error(start, format!("it has {} words and signs, and may have {MAX_TOKENS}", tokens.len())));
    }
    let mut parser = Parser { tokens, next: 0, depth: 0, end };
    let whole = parser.expression()?;
    match parser.peek() {
        None => Ok((whole.node, whole.kind)),
        Some(_) => Err(parser.unavailable()),
    }
}

fn is_reserved(word: &str) -> bool {
    RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(word))
}

fn error(at: Location, what: impl Into<String>) -> Error {
    Error::Expression { line: at.line, column: at.column, what: what.into() }
}

impl Typed {
    fn number(self) -> Result<Typed, Error> {
        if self.kind == Kind::Boolean {
            return Err(error(self.at, "a number belongs here, but this is a condition"));
        }
        Ok(self)
    }

    fn condition(self) -> Result<Typed, Error> {
        if self.kind == Kind::Number {
            return Err(error(self.at, "a condition belongs here, but this is a number; compare it with something"));
        }
        Ok(self)
    }
}

/// The kind of things that must be alike.
fn alike(so_far: Kind, next: &Typed) -> Result<Kind, Error> {
    match (so_far, next.kind) {
        (Kind::Null, kind) | (kind, Kind::Null) => Ok(kind),
        (a, b) if a == b => Ok(a),
        (Kind::Number, _) => Err(error(next.at, "a number belongs here, but this is a condition")),
        _ => Err(error(next.at, "a condition belongs here, but this is a number")),
    }
}

fn pair(left: Typed, right: Typed) -> Box<[Node<String>; 2]> {
    Box::new([left.node, right.node])
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|token| &token.token)
    }

    fn at(&self) -> Location {
        self.tokens.get(self.next).map_or(self.end, |token| token.span.start)
    }

    /// Whether the next token is this word, outside quotes.
    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Word(w)) if w.quote_style.is_none() && w.value.eq_ignore_ascii_case(word))
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.next += usize::from(found);
        found
    }

    fn take(&mut self, token: &Token) -> bool {
        let found = self.peek() == Some(token);
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, token: &Token, what: &str) -> Result<(), Error> {
        if self.take(token) { Ok(()) } else { Err(self.wanted(what)) }
    }

    fn expect_word(&mut self, word: &str) -> Result<(), Error> {
        if self.take_word(word) { Ok(()) } else { Err(self.wanted(word)) }
    }

    fn wanted(&self, what: &str) -> Error {
        match self.peek() {
            Some(token) => error(self.at(), format!("{what} belongs here, not {}", describe(token))),
            None => error(self.at(), format!("it ends where {what} belongs")),
        }
    }

    /// The next token is something that expressions do not have.
    fn unavailable(&self) -> Error {
        match self.peek() {
            Some(token) => error(self.at(), format!("{} is not available here", describe(token))),
            None => error(self.at(), "it ends too early"),
        }
    }

    /// Runs `inner` one level deeper.
    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        if self.depth == MAX_DEPTH {
            return Err(error(self.at(), format!("it nests deeper than {MAX_DEPTH} levels")));
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    fn expression(&mut self) -> Result<Typed, Error> {
        self.deeper(Self::or)
    }

    fn or(&mut self) -> Result<Typed, Error> {
        let mut left = self.and()?;
        while self.take_word("OR") {
            let (at, right) = (left.at, self.and()?);
            left = Typed { node: Node::Or(pair(left.condition()?, right.condition()?)), kind: Kind::Boolean, at };
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Typed, Error> {
        let mut left = self.not()?;
        while self.take_word("AND") {
            let (at, right) = (left.at, self.not()?);
            left = Typed { node: Node::And(pair(left.condition()?, right.condition()?)), kind: Kind::Boolean, at };
        }
        Ok(left)
    }

    fn not(&mut self) -> Result<Typed, Error> {
        let at = self.at();
        if !self.take_word("NOT") {
            return self.comparison();
        }
        let of = self.deeper(Self::not)?.condition()?;
        Ok(Typed { node: Node::Not(Box::new(of.node)), kind: Kind::Boolean, at })
    }

    fn comparison_sign(&mut self) -> Option<Comparison> {
        let sign = match self.peek()? {
            Token::Eq => Comparison::Equal,
            Token::Neq => Comparison::NotEqual,
            Token::Lt => Comparison::Less,
            Token::LtEq => Comparison::LessOrEqual,
            Token::Gt => Comparison::Greater,
            Token::GtEq => Comparison::GreaterOrEqual,
            _ => return None,
        };
        self.next += 1;
        Some(sign)
    }

    /// One comparison; they do not chain, as in BigQuery.
    fn comparison(&mut self) -> Result<Typed, Error> {
        let left = self.sum()?;
        let at = left.at;
        let node = if let Some(sign) = self.comparison_sign() {
            let right = self.sum()?;
            alike(left.kind, &right)?;
            Node::Compare(sign, pair(left, right))
        } else if self.take_word("IS") {
            let negated = self.take_word("NOT");
            self.expect_word("NULL")?;
            Node::IsNull { of: Box::new(left.node), negated }
        } else {
            let before = self.next;
            let negated = self.take_word("NOT");
            if self.take_word("BETWEEN") {
                let low = self.sum()?;
                self.expect_word("AND")?;
                let high = self.sum()?;
                alike(alike(left.kind, &low)?, &high)?;
                Node::Between { parts: Box::new([left.node, low.node, high.node]), negated }
            } else if self.take_word("IN") {
                self.expect(&Token::LParen, "( and a list of values")?;
                let mut kind = left.kind;
                let mut list = Vec::new();
                for item in self.arguments()? {
                    kind = alike(kind, &item)?;
                    list.push(item.node);
                }
                if list.is_empty() {
                    return Err(error(at, "IN needs at least one value"));
                }
                Node::In { of: Box::new(left.node), list, negated }
            } else {
                if negated && self.next < self.tokens.len() {
                    return Err(self.unavailable());
                }
                self.next = before;
                return Ok(left);
            }
        };
        let place = self.at();
        if self.comparison_sign().is_some() {
            return Err(error(place, "comparisons do not chain; write a < b AND b < c"));
        }
        Ok(Typed { node, kind: Kind::Boolean, at })
    }

    fn sum(&mut self) -> Result<Typed, Error> {
        let mut left = self.product()?;
        loop {
            let operator = match self.peek() {
                Some(Token::Plus) => Arithmetic::Add,
                Some(Token::Minus) => Arithmetic::Subtract,
                _ => return Ok(left),
            };
            self.next += 1;
            let right = self.product()?;
            left = calculate(operator, left, right)?;
        }
    }

    fn product(&mut self) -> Result<Typed, Error> {
        let mut left = self.signed()?;
        loop {
            let operator = match self.peek() {
                Some(Token::Mul) => Arithmetic::Multiply,
                Some(Token::Div) => Arithmetic::Divide,
                Some(Token::Mod) => Arithmetic::Remainder,
                _ => return Ok(left),
            };
            self.next += 1;
            let right = self.signed()?;
            left = calculate(operator, left, right)?;
        }
    }

    fn signed(&mut self) -> Result<Typed, Error> {
        let at = self.at();
        if self.take(&Token::Minus) {
            let of = self.deeper(Self::signed)?.number()?;
            return Ok(Typed { node: Node::Negate(Box::new(of.node)), kind: Kind::Number, at });
        }
        if self.take(&Token::Plus) {
            return self.deeper(Self::signed)?.number();
        }
        self.primary()
    }

    fn primary(&mut self) -> Result<Typed, Error> {
        let at = self.at();
        match self.peek() {
            Some(Token::Number(digits, _)) => {
                let value: f64 = digits.parse().map_err(|_| error(at, format!("{digits} is not a number")))?;
                if !value.is_finite() {
                    return Err(error(at, format!("{digits} is larger than any FLOAT64")));
                }
                self.next += 1;
                Ok(Typed { node: Node::Constant(value), kind: Kind::Number, at })
            }
            Some(Token::LParen) => {
                self.next += 1;
                let inner = self.expression()?;
                if self.peek() == Some(&Token::Comma) {
                    return Err(error(at, "a list in parentheses is only available after IN"));
                }
                self.expect(&Token::RParen, ")")?;
                Ok(inner)
            }
            Some(Token::Word(word)) => {
                let (name, quoted) = (word.value.clone(), word.quote_style.is_some());
                if quoted && word.quote_style != Some('`') {
                    return Err(self.unavailable());
                }
                self.word(name, quoted, at)
            }
            Some(_) => Err(self.unavailable()),
            None => Err(error(at, "it ends where a number or a column belongs")),
        }
    }

    fn word(&mut self, name: String, quoted: bool, at: Location) -> Result<Typed, Error> {
        let upper = name.to_ascii_uppercase();
        let constant = |value: f64, kind: Kind| Ok(Typed { node: Node::Constant(value), kind, at });
        if !quoted {
            match upper.as_str() {
                "CASE" => {
                    self.next += 1;
                    return self.deeper(|parser| parser.case(at));
                }
                "NULL" | "TRUE" | "FALSE" => {
                    self.next += 1;
                    return match upper.as_str() {
                        "NULL" => constant(f64::NAN, Kind::Null),
                        "TRUE" => constant(1.0, Kind::Boolean),
                        _ => constant(0.0, Kind::Boolean),
                    };
                }
                _ => {}
            }
            let is_call = self.tokens.get(self.next + 1).is_some_and(|token| token.token == Token::LParen);
            if is_call && (Function::named(&upper).is_some() || !is_reserved(&upper)) {
                return self.call(&upper, at);
            }
            if is_reserved(&upper) {
                return Err(error(
                    at,
                    format!("{upper} is not available here; a column of that name goes in backquotes"),
                ));
            }
        }
        self.next += 1;
        if matches!(self.peek(), Some(Token::Period)) {
            return Err(error(at, format!("{name}. is not available here: columns are named without a table")));
        }
        if name.is_empty() {
            return Err(error(at, "a name cannot be empty"));
        }
        Ok(Typed { node: Node::Column(name), kind: Kind::Number, at })
    }

    fn call(&mut self, name: &str, at: Location) -> Result<Typed, Error> {
        let Some((function, least, most)) = Function::named(name) else {
            let nearest = names::nearest(name, Function::names());
            let hint = nearest.map(|n| format!("; did you mean {n}?")).unwrap_or_default();
            return Err(error(at, format!("the function {name} is not available here{hint}")));
        };
        self.next += 2;
        let arguments = self.arguments()?;
        if arguments.len() < least || arguments.len() > most {
            let wanted = if least == most { least.to_string() } else { format!("{least} to {most}") };
            return Err(error(at, format!("{name} takes {wanted} arguments, but has {}", arguments.len())));
        }
        let takes = function.takes();
        let mut kind = Kind::Null;
        let mut nodes = Vec::with_capacity(arguments.len());
        for (place, argument) in arguments.into_iter().enumerate() {
            let argument = match takes {
                Takes::Numbers => argument.number()?,
                Takes::ConditionThenAlike if place == 0 => argument.condition()?,
                Takes::Alike | Takes::ConditionThenAlike => {
                    kind = alike(kind, &argument)?;
                    argument
                }
            };
            nodes.push(argument.node);
        }
        let kind = if takes == Takes::Numbers { Kind::Number } else { kind };
        Ok(Typed { node: Node::Call(function, nodes), kind, at })
    }

    /// Expressions between commas up to the closing parenthesis; the opening one is taken already.
    fn arguments(&mut self) -> Result<Vec<Typed>, Error> {
        let mut found = Vec::new();
        if self.take(&Token::RParen) {
            return Ok(found);
        }
        loop {
            found.push(self.expression()?);
            if self.take(&Token::RParen) {
                return Ok(found);
            }
            self.expect(&Token::Comma, ", or )")?;
        }
    }

    /// After CASE: an operand or none, branches, perhaps ELSE, END.
    fn case(&mut self, at: Location) -> Result<Typed, Error> {
        let operand = if self.is_word("WHEN") { None } else { Some(self.expression()?) };
        let mut operand_kind = operand.as_ref().map_or(Kind::Boolean, |typed| typed.kind);
        let mut kind = Kind::Null;
        let mut branches = Vec::new();
        while self.take_word("WHEN") {
            let when = self.expression()?;
            let when = if operand.is_none() { when.condition()? } else { when };
            operand_kind = alike(operand_kind, &when)?;
            self.expect_word("THEN")?;
            let then = self.expression()?;
            kind = alike(kind, &then)?;
            branches.push((when.node, then.node));
        }
        if branches.is_empty() {
            return Err(self.wanted("WHEN"));
        }
        let otherwise = if self.take_word("ELSE") {
            let node = self.expression()?;
            kind = alike(kind, &node)?;
            Some(Box::new(node.node))
        } else {
            None
        };
        self.expect_word("END")?;
        let operand = operand.map(|typed| Box::new(typed.node));
        Ok(Typed { node: Node::Case { operand, branches, otherwise }, kind, at })
    }
}

fn calculate(operator: Arithmetic, left: Typed, right: Typed) -> Result<Typed, Error> {
    let at = left.at;
    Ok(Typed { node: Node::Arithmetic(operator, pair(left.number()?, right.number()?)), kind: Kind::Number, at })
}

/// A token in words.
fn describe(token: &Token) -> String {
    match token {
        Token::Word(word) if word.quote_style == Some('`') => format!("`{}`", word.value),
        Token::Word(word) if word.quote_style.is_some() => "text in quotes".to_owned(),
        Token::Word(word) if is_reserved(&word.value) => word.value.to_ascii_uppercase(),
        Token::Word(word) => word.value.clone(),
        Token::SingleQuotedString(_)
        | Token::DoubleQuotedString(_)
        | Token::TripleSingleQuotedString(_)
        | Token::TripleDoubleQuotedString(_) => "text in quotes".to_owned(),
        other => other.to_string(),
    }
}
