//! The catalogue of indicators and transforms, as `algom indicators` prints it.

use std::collections::BTreeMap;

use algomosaic_core::{Param, Problem};
use algomosaic_indicators::{Indicator, catalogue, find, named, nearest};
use serde::Serialize;

/// An entry of the catalogue.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CatalogueEntry {
    /// As recipes name it: `algom.aror`, or `transform.lag` for `transform = "lag"`.
    pub id: &'static str,
    /// Its label.
    pub label: &'static str,
    /// What it tells.
    pub help: &'static str,
    /// Its definition.
    pub formula: &'static str,
    /// Where the definition comes from.
    pub source: &'static str,
    /// Its parameters.
    pub params: &'static [Param],
    /// The patterns of its columns' names; in family `ta`, the names with every parameter at its default.
    pub outputs: Vec<String>,
}

impl From<&Indicator> for CatalogueEntry {
    fn from(indicator: &Indicator) -> Self {
        CatalogueEntry {
            id: indicator.id,
            label: indicator.label,
            help: indicator.help,
            formula: indicator.formula,
            source: indicator.source,
            params: indicator.params,
            outputs: match indicator.check(&BTreeMap::new()) {
                Ok(defaults) if indicator.family() == "ta" => indicator.output_columns(&defaults),
                _ => indicator.outputs.iter().map(|output| output.pattern.to_owned()).collect(),
            },
        }
    }
}

/// The whole catalogue, or the entry of an id. Of a name without its family, every family's that has it.
pub fn indicators(id: Option<&str>) -> Result<Vec<CatalogueEntry>, Problem> {
    let Some(id) = id else {
        return Ok(catalogue().iter().map(|indicator| CatalogueEntry::from(*indicator)).collect());
    };
    let wanted = id.to_lowercase();
    let found: Vec<CatalogueEntry> = match find(&wanted) {
        Some(indicator) => vec![CatalogueEntry::from(indicator)],
        None => named(&wanted).map(CatalogueEntry::from).collect(),
    };
    if !found.is_empty() {
        return Ok(found);
    }
    Err(Problem::not_found(
        format!("there is no indicator {id}"),
        nearest(&wanted).map_or_else(
            || "`algom indicators` lists the catalogue.".to_owned(),
            |nearest| format!("Did you mean {nearest}?"),
        ),
    ))
}
