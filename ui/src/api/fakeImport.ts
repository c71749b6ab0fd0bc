/** Import in the fake client: one CSV of bars with two faults, and paths that say by their name why they are refused. */
import type { FileFormat, ImportCheck, ImportOptions, ImportPreview } from "./client";
import { fail } from "./fakeWarehouse";

const LINES = [
  ["2026-01-02", "AAPL", "243.85", "244.18", "241.89", "243.36", "55740700"],
  ["2026-01-05", "AAPL", "243.36", "247.33", "243.20", "245.00", "45045600"],
  ["2026-01-06", "AAPL", "245.00", "245.55", "241.35", "242.21", "40856000"],
  ["2026-01-07", "AAPL", "242.21", "n/a", "240.05", "242.70", "37628900"],
  ["2026-01-08", "AAPL", "242.70", "243.71", "242.00", null, "0"],
] satisfies (string | null)[][];
const HEADER = ["Date", "Symbol", "Open", "High", "Low", "Close", "Volume"];
const NAMES = ["ticker_time", "ticker", "open", "high", "low", "close", "volume"];

const CSV: FileFormat = {
  kind: "csv",
  delimiter: ",",
  quote: '"',
  header: true,
  encoding: "UTF-8",
  decimal: ".",
  skip_lines: 0,
  null_texts: [],
};

function refuseMissing(files: readonly string[]): void {
  const missing = files.find((file) => file.includes("missing"));
  if (missing !== undefined) {
    throw fail("NotFound", `There is no file ${missing}.`, "Check the path, or browse for the file.");
  }
}

export function previewOf(files: readonly string[], options: ImportOptions): ImportPreview {
  refuseMissing(files);
  const format = options.format ?? CSV;
  // A delimiter that does not occur makes one column of each line.
  const isSplit = format.kind !== "csv" || format.delimiter === ",";
  const isHeader = format.kind !== "csv" || format.header;
  const header = isSplit ? HEADER : [HEADER.join(",")];
  const rows = isSplit ? LINES : LINES.map((line) => [line.join(",")]);
  const isKept = header.map((_, i) => options.columns?.[i]?.keep ?? true);
  const shown = isHeader ? rows : [header, ...rows];
  return {
    format,
    detected: CSV,
    columns:
      options.columns ??
      header.map((source, i) => ({
        source: isHeader ? source : `f${i}_`,
        name: isSplit && isHeader ? (NAMES[i] ?? source) : `f${i}_`,
        type: !isSplit || i === 1 ? "STRING" : i === 0 ? "TIMESTAMP" : "FLOAT64",
        format: isSplit && i === 0 ? "ISO" : null,
        keep: true,
      })),
    rows: shown.map((row) => row.filter((_, i) => isKept[i])),
    bars: options.bars ?? isSplit,
    ticker: options.ticker ?? null,
    interval: options.interval ?? "1d",
    notes: ["Symbol became ticker", "Date became ticker_time"],
  };
}

export function checkOf(files: readonly string[], options: ImportOptions): ImportCheck {
  refuseMissing(files);
  return {
    rows: 13_083,
    dropped: 2,
    faults: [
      { reason: "high is no FLOAT64", count: 1, lines: [5], example: "n/a", drops: true },
      { reason: "close is missing", count: 1, lines: [6], example: "2026-01-08,AAPL,242.70,…", drops: true },
      { reason: "volume is zero", count: 3, lines: [6, 118, 4012], example: "0", drops: false },
    ],
    bars:
      options.bars === false
        ? null
        : {
            tickers: 5,
            from: "2015-01-02T00:00:00.000000Z",
            to: "2026-01-08T00:00:00.000000Z",
            high_below_low: 0,
            prices_outside_range: 0,
            prices_not_positive: 0,
            zero_volume: 3,
            duplicates: 0,
            unsorted: 0,
            gaps: 2,
            lines: { zero_volume: [6, 118, 4012], gaps: [730, 2204] },
          },
  };
}
