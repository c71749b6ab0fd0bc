//! A function of each value.

use crate::indicator::{Group, Indicator, Input, Memory, Output};
use crate::ta::TA;
use crate::ta::params::PRICE;
use crate::ta::recurrence::{Each, stream};

mod round;

/// Declares a function of one value.
macro_rules! transform {
    ($id:literal, $label:literal, $help:literal, $formula:literal, $value:expr) => {
        Indicator {
            id: $id,
            label: $label,
            group: Group::MathTransforms,
            help: $help,
            formula: $formula,
            inputs: &[Input::Column("price")],
            params: &[PRICE],
            outputs: &[Output::ta("real")],
            memory: Memory::Window,
            append: Some(|inputs, _, out| out.extend(inputs[0].iter().map(|x| $value(*x)))),
            stream: Some(|_| stream(Each(|[x]: [f64; 1]| [$value(x)]))),
            ..TA
        }
    };
}

/// From 20 on it is 1 to the last digit, without a call.
#[inline(always)]
fn tanh(x: f64) -> f64 {
    if x.abs() >= 20.0 { 1.0_f64.copysign(x) } else { x.tanh() }
}

/// The group, in TA-Lib's order.
pub(super) const GROUP: &[Indicator] = &[
    transform!("ta.acos", "Arc cosine", "The angle whose cosine the value is, in radians", "acos(x[t])", f64::acos),
    transform!("ta.asin", "Arc sine", "The angle whose sine the value is, in radians", "asin(x[t])", f64::asin),
    transform!("ta.atan", "Arc tangent", "The angle whose tangent the value is, in radians", "atan(x[t])", f64::atan),
    transform!("ta.ceil", "Round up", "The least whole number that is not below the value", "ceil(x[t])", round::up),
    transform!("ta.cos", "Cosine", "The cosine of the value as radians", "cos(x[t])", f64::cos),
    transform!("ta.cosh", "Hyperbolic cosine", "The hyperbolic cosine of the value", "cosh(x[t])", f64::cosh),
    transform!("ta.exp", "Exponential", "e to the power of the value", "exp(x[t])", f64::exp),
    transform!("ta.floor", "Round down", "The greatest whole number not above the value", "floor(x[t])", round::down),
    transform!("ta.ln", "Natural logarithm", "The logarithm of the value to base e", "ln(x[t])", f64::ln),
    transform!("ta.log10", "Logarithm to base 10", "The logarithm of the value to base 10", "log10(x[t])", f64::log10),
    transform!("ta.sin", "Sine", "The sine of the value as radians", "sin(x[t])", f64::sin),
    transform!("ta.sinh", "Hyperbolic sine", "The hyperbolic sine of the value", "sinh(x[t])", f64::sinh),
    transform!("ta.sqrt", "Square root", "The square root of the value", "sqrt(x[t])", f64::sqrt),
    transform!("ta.tan", "Tangent", "The tangent of the value as radians", "tan(x[t])", f64::tan),
    transform!("ta.tanh", "Hyperbolic tangent", "The hyperbolic tangent of the value", "tanh(x[t])", tanh),
];
