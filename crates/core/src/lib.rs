//! The words every other crate speaks: parameter declarations, the job handle, identifiers, problems, column names.
//! Nothing here reads a file, knows a frame library or waits for anything.

pub mod ids;
pub mod job;
pub mod names;
pub mod param;
pub mod problem;

pub use job::{Cancelled, Job, Progress};
pub use param::{Param, ParamError, ParamKind, Params, Value};
pub use problem::{Code, Problem};
