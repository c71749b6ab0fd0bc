//! How far back the family's values remember. A declaration says it; nothing here is computed from bars.

use crate::indicator::Memory;
pub(super) use crate::kernels::decay;

/// A window of bars.
pub(super) const WINDOW: Memory = Memory::Unbroken(|_| Some(0));

/// [`decay`] of Wilder's mean over n bars, in which a new value has the weight 1 / n.
pub(super) fn wilder(n: usize) -> usize {
    decay(2 * n - 1)
}
