//! SQL expressions over the columns of a row: features of a recipe and rules of a backtest are written in them.
//! BigQuery's words and precedence; they read one row and nothing else, so they can never look ahead by themselves.
//!
//! Numbers are FLOAT64 and NULL is NaN. What BigQuery stops a query for (division by zero, LN of zero, overflow) is
//! NULL here, as with its `SAFE.` functions, since one bad bar should not stop a table.

use std::collections::BTreeSet;

use algomosaic_core::names;

use crate::Error;

mod functions;
mod node;
mod parse;

use node::{Kind, Node};

/// A parsed expression, its columns not looked up yet.
///
/// ```
/// use algomosaic_features::expr::Expr;
/// let range = Expr::parse("SAFE_DIVIDE(high - low, close)")?.bind(&["high", "low", "close"])?;
/// assert_eq!(range.eval(&[11.0, 9.0, 10.0]), 0.2);
/// assert!(range.eval(&[11.0, 9.0, 0.0]).is_nan()); // NULL
/// # Ok::<(), algomosaic_features::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    root: Node<String>,
    kind: Kind,
}

/// An expression whose columns are slots of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    root: Node<usize>,
    kind: Kind,
}

impl Expr {
    /// Parses the text; columns count as numbers. What is not available is an error with its line and column.
    pub fn parse(sql: &str) -> Result<Expr, Error> {
        let (root, kind) = parse::parse(sql)?;
        Ok(Expr { root, kind })
    }

    /// The names of the columns it reads, as written.
    pub fn columns(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        self.root.each_column(&mut |name| {
            found.insert(name.clone());
        });
        found
    }

    /// Whether it is a condition (true, false or NULL) rather than a number.
    pub fn is_boolean(&self) -> bool {
        self.kind == Kind::Boolean
    }

    /// Turns names into places in `names`, so that a row can be given as a slice in the same order.
    pub fn bind(&self, names: &[&str]) -> Result<Bound, Error> {
        Ok(Bound { root: self.root.bind(&|name: &String| find(name, names))?, kind: self.kind })
    }
}

impl Bound {
    /// The value for a row. NaN is NULL; a condition is 1, 0 or NaN, by SQL's three-valued logic.
    pub fn eval(&self, slots: &[f64]) -> f64 {
        self.root.eval(slots)
    }

    /// Whether it is a condition (true, false or NULL) rather than a number.
    pub fn is_boolean(&self) -> bool {
        self.kind == Kind::Boolean
    }
}

/// The place of a column: the exact name, or the only one that differs in case alone.
pub fn find(name: &str, names: &[&str]) -> Result<usize, Error> {
    if let Some(exact) = names.iter().position(|known| *known == name) {
        return Ok(exact);
    }
    let folded = name.to_lowercase();
    let matches: Vec<usize> = (0..names.len()).filter(|i| names[*i].to_lowercase() == folded).collect();
    match matches.as_slice() {
        [only] => Ok(*only),
        [] => Err(Error::UnknownColumn {
            user: String::new(),
            name: name.to_owned(),
            nearest: names::nearest(name, names.iter().copied()).map(str::to_owned),
        }),
        several => Err(Error::AmbiguousColumn {
            name: name.to_owned(),
            matches: several.iter().map(|i| names[*i]).collect::<Vec<_>>().join(", "),
        }),
    }
}

#[cfg(test)]
mod tests;
