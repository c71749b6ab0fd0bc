//! A table sorted and filtered: compiled to a query, whose rows are kept as a result. The plain table is its own view.

use std::time::Instant;

use algomosaic_core::{Job, Problem, names};
use algomosaic_data::TableName;

use crate::wire::{ColumnInfo, Filter, FilterOp, SortKey, ViewInfo, ViewRequest};
use crate::workspace::Workspace;

use super::literal::{literal, text};
use super::{results, sql, tables};

pub(crate) fn open(workspace: &Workspace, request: &ViewRequest, job: &Job) -> Result<ViewInfo, Problem> {
    let started = Instant::now();
    let warehouse = workspace.warehouse();
    let name = warehouse.name(&request.table)?;
    let columns = tables::columns_of_table(workspace, &name)?;
    let query = Query { name: &name, columns: &columns, sort: &request.sort, filters: &request.filters };
    let sql = query.shown()?;
    if request.sort.is_empty() && request.filters.is_empty() {
        let rows = warehouse.page(&name, 0, Some(0), job)?.total;
        let seconds = started.elapsed().as_secs_f64();
        return Ok(ViewInfo { table: name.to_string(), columns, rows, seconds, sql });
    }
    job.stage(format!("sorting and filtering {name}"))?;
    let prepared = sql::prepare(workspace, &query.stable()?, &[])?;
    let result = results::keep(workspace, &prepared, &sql, &[], job)?;
    let seconds = started.elapsed().as_secs_f64();
    Ok(ViewInfo { table: result.table, columns: result.columns, rows: result.rows, seconds, sql })
}

/// A view as a query.
struct Query<'a> {
    name: &'a TableName,
    columns: &'a [ColumnInfo],
    sort: &'a [SortKey],
    filters: &'a [Filter],
}

impl Query<'_> {
    /// As a person would write it.
    fn shown(&self) -> Result<String, Problem> {
        let order = self.order()?;
        let order = if order.is_empty() { String::new() } else { format!("\nORDER BY {}", order.join(", ")) };
        Ok(format!("SELECT *\nFROM `{}`{}{order}", self.name, self.conditions()?))
    }

    /// The same with ties in the order the rows were written.
    fn stable(&self) -> Result<String, Problem> {
        let order = self.order()?;
        if order.is_empty() {
            return self.shown();
        }
        let mut written = "_written".to_owned();
        while self.columns.iter().any(|column| column.name.eq_ignore_ascii_case(&written)) {
            written.push('_');
        }
        let columns: Vec<String> = self.columns.iter().map(|column| quoted(&column.name)).collect();
        Ok(format!(
            "SELECT {} FROM (SELECT *, ROW_NUMBER() OVER () AS {written} FROM `{}`{}) ORDER BY {}, {written}",
            columns.join(", "),
            self.name,
            self.conditions()?,
            order.join(", ")
        ))
    }

    fn order(&self) -> Result<Vec<String>, Problem> {
        let mut keys = Vec::new();
        for key in self.sort {
            let column = self.column(&key.column)?;
            let name = quoted(&column.name);
            if ["ARRAY", "STRUCT", "JSON", "GEOGRAPHY"].iter().any(|kind| column.kind.starts_with(kind)) {
                return Err(Problem::bad(
                    format!("rows cannot be sorted by {}: a {} has no order", column.name, column.kind),
                    "Sort by another column.",
                ));
            }
            if column.kind == "FLOAT64" {
                keys.push(format!("IS_NAN({name}) NULLS LAST"));
            }
            keys.push(format!("{name}{} NULLS LAST", if key.descending { " DESC" } else { "" }));
        }
        Ok(keys)
    }

    fn conditions(&self) -> Result<String, Problem> {
        let conditions: Vec<String> = self.filters.iter().map(|f| self.condition(f)).collect::<Result<_, _>>()?;
        Ok(if conditions.is_empty() { String::new() } else { format!("\nWHERE {}", conditions.join(" AND ")) })
    }

    fn condition(&self, filter: &Filter) -> Result<String, Problem> {
        let column = self.column(&filter.column)?;
        let name = quoted(&column.name);
        let as_text = if column.kind == "STRING" { name.clone() } else { format!("CAST({name} AS STRING)") };
        let value = &filter.value;
        let comparison = match filter.op {
            FilterOp::IsNull => return Ok(format!("{name} IS NULL")),
            FilterOp::IsNotNull => return Ok(format!("{name} IS NOT NULL")),
            FilterOp::Contains => return Ok(format!("STRPOS(LOWER({as_text}), LOWER({})) > 0", text(value))),
            FilterOp::StartsWith => return Ok(format!("STARTS_WITH(LOWER({as_text}), LOWER({}))", text(value))),
            FilterOp::Eq => "=",
            FilterOp::Ne => "!=",
            FilterOp::Lt => "<",
            FilterOp::Le => "<=",
            FilterOp::Gt => ">",
            FilterOp::Ge => ">=",
        };
        if column.kind == "FLOAT64" {
            // NaN is neither less nor greater than anything.
            if value.trim().eq_ignore_ascii_case("nan") {
                return Ok(match filter.op {
                    FilterOp::Eq => format!("IS_NAN({name})"),
                    FilterOp::Ne => format!("NOT IS_NAN({name})"),
                    _ => "FALSE".to_owned(),
                });
            }
            if matches!(filter.op, FilterOp::Gt | FilterOp::Ge) {
                return Ok(format!("({name} {comparison} {} AND NOT IS_NAN({name}))", literal(column, value)?));
            }
        }
        Ok(format!("{name} {comparison} {}", literal(column, value)?))
    }

    fn column(&self, name: &str) -> Result<&ColumnInfo, Problem> {
        self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name)).ok_or_else(|| {
            let known = self.columns.iter().map(|column| column.name.as_str());
            let hint = match names::nearest(name, known) {
                Some(nearest) => format!("Did you mean {nearest}?"),
                None => format!("`algom schema {}` lists its columns.", self.name),
            };
            Problem::not_found(format!("{} has no column {name}", self.name), hint)
        })
    }
}

/// A name as BigQuery quotes it.
fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('\\', "\\\\").replace('`', "\\`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, kind: &str) -> ColumnInfo {
        ColumnInfo { name: name.to_owned(), kind: kind.to_owned(), label_horizon: None }
    }

    fn compiled(sort: &[(&str, bool)], filters: &[(&str, FilterOp, &str)]) -> Result<(String, String), Problem> {
        let columns =
            [column("x", "FLOAT64"), column("n", "INT64"), column("a b", "STRING"), column("l", "ARRAY<INT64>")];
        let name = TableName::parse("d.t", "p", "d")?;
        let sort: Vec<SortKey> = sort
            .iter()
            .map(|(name, descending)| SortKey { column: (*name).to_owned(), descending: *descending })
            .collect();
        let filters: Vec<Filter> = filters
            .iter()
            .map(|(column, op, value)| Filter { column: (*column).to_owned(), op: *op, value: (*value).to_owned() })
            .collect();
        let query = Query { name: &name, columns: &columns, sort: &sort, filters: &filters };
        Ok((query.shown()?, query.stable()?))
    }

    #[test]
    fn a_view_is_the_query_a_person_would_write() {
        let (shown, stable) =
            compiled(&[("N", true), ("x", false)], &[("a b", FilterOp::Eq, "it's"), ("n", FilterOp::Lt, "5")]).unwrap();
        assert_eq!(
            shown,
            "SELECT *\nFROM `p.d.t`\nWHERE `a b` = 'it\\'s' AND `n` < 5\nORDER BY `n` DESC NULLS LAST, IS_NAN(`x`) NULLS LAST, `x` NULLS LAST"
        );
        assert!(stable.ends_with("IS_NAN(`x`) NULLS LAST, `x` NULLS LAST, _written"), "{stable}");
    }

    #[test]
    fn what_cannot_be_compared_or_sorted_is_refused_by_name() {
        for (sort, filters, message) in [
            (&[("l", false)][..], &[][..], "rows cannot be sorted by l: a ARRAY<INT64> has no order"),
            (&[("z", false)], &[], "p.d.t has no column z"),
            (&[], &[("n", FilterOp::Gt, "1.5")], "n is INT64, and \"1.5\" is no INT64"),
            (&[], &[("x", FilterOp::Gt, "1; DROP")], "x is FLOAT64, and \"1; DROP\" is no FLOAT64"),
            (&[], &[("l", FilterOp::Eq, "[1]")], "l is ARRAY<INT64>, which is compared with nothing"),
        ] {
            assert_eq!(compiled(sort, filters).unwrap_err().message, message);
        }
    }
}
