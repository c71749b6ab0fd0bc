//! Every indicator there is, by family.

use std::sync::LazyLock;

use algomosaic_core::names;

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

/// The indicators of a short name such as `rsi`, one of each family that has it.
pub fn named(name: &str) -> impl Iterator<Item = &'static Indicator> {
    ALL.iter().copied().filter(move |indicator| short(indicator.id) == name)
}

/// The id nearest to one that does not exist: among the ids, or else among the short names.
pub fn nearest(id: &str) -> Option<&'static str> {
    let ids = || ALL.iter().map(|indicator| indicator.id);
    let by_name = || ids().find(|known| short(known) == short(id));
    by_name().or_else(|| names::nearest(id, ids())).or_else(|| {
        let name = names::nearest(short(id), ids().map(short))?;
        ids().find(|known| short(known) == name)
    })
}

fn short(id: &str) -> &str {
    id.split_once('.').map_or(id, |(_, name)| name)
}
