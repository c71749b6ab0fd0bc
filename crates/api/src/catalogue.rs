//! The catalogue of indicators and transforms, as `algom indicators` prints it.

use algomosaic_core::{Param, Problem, names};
use algomosaic_indicators::{Indicator, catalogue, find};
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
    /// The patterns of its columns' names.
    pub outputs: Vec<&'static str>,
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
            outputs: indicator.outputs.iter().map(|output| output.pattern).collect(),
        }
    }
}

/// The whole catalogue, or the entry of an id; the family may be left out.
pub fn indicators(id: Option<&str>) -> Result<Vec<CatalogueEntry>, Problem> {
    let Some(id) = id else {
        return Ok(catalogue().iter().map(|indicator| CatalogueEntry::from(*indicator)).collect());
    };
    let wanted = id.to_lowercase();
    let found =
        find(&wanted).or_else(|| find(&format!("algom.{wanted}"))).or_else(|| find(&format!("transform.{wanted}")));
    found.map(|indicator| vec![CatalogueEntry::from(indicator)]).ok_or_else(|| {
        let nearest = names::nearest(&wanted, catalogue().iter().map(|indicator| indicator.id));
        Problem::not_found(
            format!("there is no indicator {id}"),
            nearest.map_or_else(
                || "`algom indicators` lists the catalogue.".to_owned(),
                |nearest| format!("Did you mean {nearest}?"),
            ),
        )
    })
}
