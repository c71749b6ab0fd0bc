/** What a person chose in the import wizard, and the options it becomes. Nothing chosen means: as detected. */
import type { FileFormat, ImportColumn, ImportOptions, ImportPreview } from "../../../api/client";

export type CsvChoice = Extract<FileFormat, { kind: "csv" }>;

export type ImportDraft = {
  /** One a line. */
  files: string;
  format: FileFormat | null;
  columns: ImportColumn[] | null;
  bars: boolean | null;
  ticker: string;
  interval: string;
  sort: boolean;
  dropsBadRows: boolean;
};

export const NOTHING_CHOSEN: ImportDraft = {
  files: "",
  format: null,
  columns: null,
  bars: null,
  ticker: "",
  interval: "",
  sort: false,
  dropsBadRows: false,
};

export const BAR_COLUMNS = ["ticker_time", "ticker", "open", "high", "low", "close", "volume"] as const;

export const orNull = (text: string) => (text.trim() === "" ? null : text.trim());

export function filesOf({ files }: ImportDraft): string[] {
  return files.split("\n").flatMap((line) => orNull(line) ?? []);
}

/** `/data/AAPL daily.csv` as `AAPL_daily`. */
export function tableFor(file: string): string {
  const name = file.split(/[\\/]/).at(-1) ?? file;
  return name.replace(/\.[^.]*$/, "").replace(/[^A-Za-z0-9_]+/g, "_");
}

export function optionsOf(draft: ImportDraft): ImportOptions {
  return {
    format: draft.format,
    columns: draft.columns,
    ticker: orNull(draft.ticker),
    interval: orNull(draft.interval),
    bars: draft.bars,
    sort: draft.sort,
    drop_bad_rows: draft.dropsBadRows,
  };
}

/** The beginning of a file is shown as it would be typed; rows that do not fit are no reason to refuse that. */
export function previewOptions(draft: ImportDraft): ImportOptions {
  return { ...optionsOf(draft), drop_bad_rows: false };
}

/** The text of a column in a row of the preview, which holds the kept columns only. Null is a missing value. */
export function previewCell({ columns, rows }: ImportPreview, row: number, column: number): string | null {
  if (columns[column]?.keep !== true) return null;
  return rows[row]?.[columns.slice(0, column).filter(({ keep }) => keep).length] ?? null;
}

export function isBars(draft: ImportDraft, preview: ImportPreview): boolean {
  return draft.bars ?? preview.bars;
}

/** Columns that bars need and nothing gives. */
export function missingOfBars(columns: readonly ImportColumn[], ticker: string): string[] {
  const names = new Set(columns.filter(({ keep }) => keep).map(({ name }) => name));
  return BAR_COLUMNS.filter((name) => !names.has(name) && !(name === "ticker" && ticker.trim() !== ""));
}

/** Why these columns cannot be a table, or null. */
export function columnsRefusal(columns: readonly ImportColumn[]): string | null {
  const kept = columns.filter(({ keep }) => keep);
  if (kept.length === 0) return "Keep at least one column.";
  const seen = new Set<string>();
  for (const { source, name } of kept) {
    if (name.trim() === "") return `The column ${source} needs a name.`;
    const known = name.trim().toLowerCase();
    if (seen.has(known)) return `Two columns are called ${name}; a table's columns differ by more than case.`;
    seen.add(known);
  }
  return null;
}
