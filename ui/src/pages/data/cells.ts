/** Cells of a table as a grid shows them: one format a column, decided on its first page. */
import type { Cell, ColumnInfo, TablePage } from "../../api/client";
import type { GridCell, GridColumn } from "../../components/DataGrid";
import { columnDecimals, fixed, whole } from "../../lib/number";
import { isMidnight, timestamp } from "../../lib/time";

export type CellFormat = (cell: Cell) => GridCell;

const NUMBERS = new Set(["INT64", "FLOAT64", "NUMERIC", "BIGNUMERIC", "INTEGER", "FLOAT"]);

const PADDING_PX = 26;
const MOST_PX = 300;

const isNumberType = (type: string) => NUMBERS.has(type);

/** How the grid shows a column: wide enough for its name, its note and the values of its first page. */
export function gridColumn(column: ColumnInfo, texts: readonly string[]): GridColumn {
  const { name, type, label_horizon: horizon } = column;
  const isLabel = horizon !== null;
  const note = isLabel ? `label, ${horizon} ${horizon === 1 ? "bar" : "bars"} ahead` : type;
  const align = isNumberType(type) ? "right" : "left";
  const longest = Math.max(...texts.map((text) => text.length), 0);
  return {
    name,
    note,
    isMarked: isLabel,
    align,
    widthPx: Math.min(
      MOST_PX,
      Math.round(PADDING_PX + Math.max((align === "right" ? 7.4 : 8.2) * longest, 7.6 * name.length, 6 * note.length)),
    ),
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
    return shown(isWhole ? whole(cell) : fixed(cell, decimals), String(cell));
  };
}

export type ShownColumn = { column: GridColumn; format: CellFormat };

/** The columns of a table, from its first page. */
export function shownColumns(page: Pick<TablePage, "columns" | "rows">): ShownColumn[] {
  return page.columns.map((column, i) => {
    const values = page.rows.map((row) => row[i] ?? null);
    const format = cellFormat(column, values);
    const texts = values.map((value) => format(value)?.text ?? "");
    return { column: gridColumn(column, texts), format };
  });
}
