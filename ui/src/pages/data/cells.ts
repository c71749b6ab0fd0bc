/** Cells of a table as a grid shows them: one format a column, decided on its first page. */
import type { Cell, ColumnInfo, TablePage } from "../../api/client";
import type { GridCell, GridColumn } from "../../components/DataGrid";
import { columnDecimals, fixed, significant, whole } from "../../lib/number";
import { isMidnight, timestamp } from "../../lib/time";

export type CellFormat = (cell: Cell) => GridCell;

const NUMBERS = new Set(["INT64", "FLOAT64", "NUMERIC", "BIGNUMERIC", "INTEGER", "FLOAT"]);

const PADDING_PX = 26;
/** Of which a column can do without. */
const SPARE_PX = 6;
const MOST_PX = 300;
/** Digits of a number that has a fraction in a column where none seemed to. */
const UNEXPECTED_DIGITS = 7;

export const isNumberType = (type: string) => NUMBERS.has(type);

function noteOf({ type, label_horizon: horizon }: ColumnInfo): string {
  return horizon === null ? type : `label, ${horizon} ${horizon === 1 ? "bar" : "bars"} ahead`;
}

/** Wide enough for the column's name, its note and these texts. */
export function widthFor(column: ColumnInfo, texts: readonly string[]): number {
  const longest = Math.max(...texts.map((text) => text.length), 0);
  const perLetter = isNumberType(column.type) ? 7.4 : 8.2;
  return Math.round(PADDING_PX + Math.max(perLetter * longest, 7.6 * column.name.length, 6 * noteOf(column).length));
}

/** How the grid shows a column: wide enough for the values of its first page, within reason. */
export function gridColumn(column: ColumnInfo, texts: readonly string[]): GridColumn {
  return {
    name: column.name,
    note: noteOf(column),
    isMarked: column.label_horizon !== null,
    align: isNumberType(column.type) ? "right" : "left",
    widthPx: Math.min(MOST_PX, widthFor(column, texts)),
    sparePx: SPARE_PX,
  };
}

/** How to show a column, from the values of its first page. */
export function cellFormat(column: ColumnInfo, values: readonly Cell[]): CellFormat {
  const shown = (text: string, full = text): GridCell => ({ text, full });
  if (column.type === "TIMESTAMP") {
    const isDaily = values.every((value) => value === null || isMidnight(value));
    return (cell) => {
      if (cell === null) return null;
      const full = timestamp(String(cell));
      return shown(isDaily && isMidnight(cell) ? full.slice(0, 10) : full, `${full} UTC`);
    };
  }
  const isWhole = column.type === "INT64" || column.type === "INTEGER";
  const decimals = columnDecimals(values);
  return (cell) => {
    if (cell === null) return null;
    if (typeof cell !== "number") return shown(String(cell));
    const hidesFraction = decimals === 0 && !Number.isInteger(cell);
    const text = isWhole ? whole(cell) : hidesFraction ? significant(cell, UNEXPECTED_DIGITS) : fixed(cell, decimals);
    return shown(text, String(cell));
  };
}

export type ShownColumn = { info: ColumnInfo; column: GridColumn; format: CellFormat };

/** The columns of a table, from its first page. */
export function shownColumns(page: Pick<TablePage, "columns" | "rows">): ShownColumn[] {
  return page.columns.map((column, i) => {
    const values = page.rows.map((row) => row[i] ?? null);
    const format = cellFormat(column, values);
    const texts = values.map((value) => format(value)?.text ?? "");
    return { info: column, column: gridColumn(column, texts), format };
  });
}
