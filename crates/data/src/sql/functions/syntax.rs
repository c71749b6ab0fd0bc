//! What looks like a function and is written in a way of its own. Declared for completion and help.

use super::Rule::Syntax;
use super::{SqlFunction, f};

pub(super) const FUNCTIONS: &[SqlFunction] = &[
    f("CAST", "CAST(x AS type)", "x as another type; an error where it has no like", Syntax),
    f("SAFE_CAST", "SAFE_CAST(x AS type)", "x as another type; NULL where it has no like", Syntax),
    f("EXTRACT", "EXTRACT(part FROM x [AT TIME ZONE zone])", "A part of a date or a time", Syntax),
    f("UNNEST", "UNNEST(array) [WITH OFFSET]", "The elements of an array as rows", Syntax),
    f("ARRAY", "ARRAY(SELECT …)", "The rows of a query as an array", Syntax),
    f("STRUCT", "STRUCT(x AS name, …)", "Values as one", Syntax),
    f("EXISTS", "EXISTS(SELECT …)", "Whether a query gives a row", Syntax),
];
