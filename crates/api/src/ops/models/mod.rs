//! The registry of runs: what people add to a run (tags, note, aliases, trash), comparisons, how a run came about, and
//! training one again. The numbers of a run are read by `runs`.

pub(crate) mod actions;
pub(crate) mod compare;
pub(crate) mod events;
pub(crate) mod lineage;
pub(crate) mod record;
pub(crate) mod repeat;
