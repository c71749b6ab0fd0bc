//! One algorithm a file, behind linfa's traits.

pub mod elastic_net;
pub mod ols;
