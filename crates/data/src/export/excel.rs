//! Rows as an Excel sheet: a bold header that stays in view, real dates, no formula ever. What Excel would change is text.

use std::path::{Path, PathBuf};

use algomosaic_core::{Code, Problem};
use chrono::{NaiveDate, NaiveDateTime, Timelike as _};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use crate::cell::Cell;
use crate::error::Result;
use crate::schema::Column;

/// Rows of a sheet under its header.
const MOST_ROWS: u64 = 1_048_575;
/// Columns of a sheet.
const MOST_COLUMNS: u64 = 16_384;
/// Characters of a cell.
const MOST_CHARACTERS: usize = 32_767;
/// The largest whole number whose digits Excel keeps.
const MOST_WHOLE: u64 = 999_999_999_999_999;

/// Refuses what does not fit on a sheet.
pub(super) fn check_size(rows: u64, columns: u64) -> std::result::Result<(), Problem> {
    if rows > MOST_ROWS || columns > MOST_COLUMNS {
        return Err(Problem::bad(
            format!(
                "an Excel sheet has at most {MOST_ROWS} rows under its header and {MOST_COLUMNS} columns, and here are {rows} rows and {columns} columns"
            ),
            "Write .csv or .parquet, or fewer rows or columns.",
        ));
    }
    Ok(())
}

/// A sheet that is being written.
pub(super) struct Sheet {
    workbook: Workbook,
    path: PathBuf,
    row: u32,
    date: Format,
    time: Format,
}

impl Sheet {
    pub(super) fn create(path: &Path) -> Result<Sheet> {
        let mut workbook = Workbook::new();
        workbook.add_worksheet_with_constant_memory().map_err(failed)?;
        Ok(Sheet {
            workbook,
            path: path.to_owned(),
            row: 0,
            date: Format::new().set_num_format("yyyy-mm-dd"),
            time: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss.000"),
        })
    }

    pub(super) fn rows(&mut self, columns: &[Column], rows: Vec<Vec<Cell>>) -> Result<()> {
        check_size(u64::from(self.row.saturating_sub(1)) + rows.len() as u64, columns.len() as u64)?;
        let sheet = self.workbook.worksheet_from_index(0).map_err(failed)?;
        if self.row == 0 {
            let bold = Format::new().set_bold();
            sheet.set_freeze_panes(1, 0).map_err(failed)?;
            for (index, column) in columns.iter().enumerate() {
                sheet.write_string_with_format(0, place(index), &column.name, &bold).map_err(failed)?;
            }
            self.row = 1;
        }
        for row in rows {
            for (index, (cell, column)) in row.iter().zip(columns).enumerate() {
                write(sheet, self.row, place(index), cell, &column.kind, &self.date, &self.time)?;
            }
            self.row += 1;
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<()> {
        Ok(self.workbook.save(&self.path).map_err(failed)?)
    }
}

/// The number of a column; more than fit were refused.
fn place(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

fn write(
    sheet: &mut Worksheet,
    row: u32,
    place: u16,
    cell: &Cell,
    kind: &str,
    date: &Format,
    time: &Format,
) -> Result<()> {
    let text = match cell {
        Cell::Null => return Ok(()),
        Cell::Bool(value) => {
            sheet.write_boolean(row, place, *value).map_err(failed)?;
            return Ok(());
        }
        Cell::Int(value) if value.unsigned_abs() <= MOST_WHOLE => {
            sheet.write_number(row, place, *value as f64).map_err(failed)?;
            return Ok(());
        }
        Cell::Float(value) if value.is_finite() => {
            sheet.write_number(row, place, *value).map_err(failed)?;
            return Ok(());
        }
        Cell::Text(text) => {
            if let Some(serial) = serial(text, kind) {
                let moment = ExcelDateTime::from_serial_datetime(serial).map_err(failed)?;
                let format = if kind == "DATE" { date } else { time };
                sheet.write_datetime_with_format(row, place, moment, format).map_err(failed)?;
                return Ok(());
            }
            text.clone()
        }
        other => other.text(),
    };
    if text.chars().count() > MOST_CHARACTERS {
        return Err(Problem::bad(
            format!(
                "row {row} has a text of {} characters, and an Excel cell has at most {MOST_CHARACTERS}",
                text.chars().count()
            ),
            "Write .csv or .parquet.",
        )
        .into());
    }
    sheet.write_string(row, place, text).map_err(failed)?;
    Ok(())
}

/// The day number Excel has for a time, where it keeps the time exactly; its calendar is right from March 1900.
fn serial(text: &str, kind: &str) -> Option<f64> {
    let moment: NaiveDateTime = match kind {
        "DATE" => text.parse::<NaiveDate>().ok()?.and_hms_opt(0, 0, 0)?,
        "DATETIME" | "TIMESTAMP" => {
            NaiveDateTime::parse_from_str(text.trim_end_matches('Z'), "%Y-%m-%dT%H:%M:%S%.f").ok()?
        }
        _ => return None,
    };
    if !moment.nanosecond().is_multiple_of(1_000_000) || moment.date() < NaiveDate::from_ymd_opt(1900, 3, 1)? {
        return None;
    }
    let since = moment.signed_duration_since(NaiveDate::from_ymd_opt(1899, 12, 30)?.and_hms_opt(0, 0, 0)?);
    let serial = since.num_milliseconds() as f64 / 86_400_000.0;
    (serial < 2_958_466.0).then_some(serial)
}

fn failed(error: XlsxError) -> Problem {
    Problem::new(
        Code::Internal,
        format!("the Excel file could not be written: {error}"),
        "Check that the disk has space.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_dates_where_excel_keeps_them() {
        // 45292 is 2024-01-01 in Excel's own DATEVALUE.
        assert_eq!(serial("2024-01-01", "DATE"), Some(45_292.0));
        assert_eq!(serial("2024-01-01T12:00:00.000000Z", "TIMESTAMP"), Some(45_292.5));
        assert_eq!(serial("2024-01-01T12:00:00.000001Z", "TIMESTAMP"), None);
        assert_eq!(serial("1899-12-31", "DATE"), None);
        assert_eq!(serial("2024-01-01", "STRING"), None);
    }

    #[test]
    fn what_does_not_fit_on_a_sheet_is_refused_with_the_limit() {
        assert!(check_size(MOST_ROWS, MOST_COLUMNS).is_ok());
        assert!(check_size(MOST_ROWS + 1, 1).unwrap_err().message.contains("1048575 rows"));
        assert!(check_size(1, MOST_COLUMNS + 1).unwrap_err().message.contains("16384 columns"));
    }
}
