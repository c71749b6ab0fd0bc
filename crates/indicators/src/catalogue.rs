//! Every indicator there is, by family.

use std::sync::LazyLock;

use crate::indicator::Indicator;
use crate::{algom, ta, transform as transforms};

static ALL: LazyLock<Vec<&'static Indicator>> = LazyLock::new(|| {
    [algom::FAMILY].iter().chain(ta::FAMILY).chain(&[transforms::FAMILY]).copied().flatten().collect()
});

/// Every indicator and transform, family by family.
pub fn catalogue() -> &'static [&'static Indicator] {
    &ALL
}

/// The indicator of an id such as `algom.aror`.
pub fn find(id: &str) -> Option<&'static Indicator> {
    ALL.iter().find(|indicator| indicator.id == id).copied()
}

/// The transform of a short name such as `lag`.
pub fn transform(name: &str) -> Option<&'static Indicator> {
    transforms::FAMILY.iter().find(|transform| transform.id.strip_prefix("transform.") == Some(name))
}
