//! Two series, bar by bar.

use crate::indicator::{Group, Indicator, Input, Memory, Output};
use crate::ta::TA;
use crate::ta::params::{PRICE0, PRICE1};
use crate::ta::recurrence::{Each, append, stream};

/// Declares a function of two values.
macro_rules! arithmetic {
    ($id:literal, $label:literal, $help:literal, $formula:literal, $value:expr) => {
        Indicator {
            id: $id,
            label: $label,
            group: Group::MathOperators,
            help: $help,
            formula: $formula,
            inputs: &[Input::Column("price0"), Input::Column("price1")],
            params: &[PRICE0, PRICE1],
            outputs: &[Output::ta("real")],
            memory: Memory::Window,
            append: Some(|inputs, _, out| append(Each($value), inputs, out)),
            stream: Some(|_| stream(Each($value))),
            ..TA
        }
    };
}

pub(super) const ADD: Indicator = arithmetic!(
    "ta.add",
    "Sum of two series",
    "The first series plus the second",
    "x[t] + y[t]",
    |[x, y]: [f64; 2]| [x + y]
);

pub(super) const SUB: Indicator = arithmetic!(
    "ta.sub",
    "Difference of two series",
    "The first series less the second",
    "x[t] - y[t]",
    |[x, y]: [f64; 2]| [x - y]
);

pub(super) const MULT: Indicator = arithmetic!(
    "ta.mult",
    "Product of two series",
    "The first series times the second",
    "x[t] y[t]",
    |[x, y]: [f64; 2]| [x * y]
);

pub(super) const DIV: Indicator = arithmetic!(
    "ta.div",
    "Quotient of two series",
    "The first series divided by the second",
    "x[t] / y[t]",
    |[x, y]: [f64; 2]| [x / y]
);
