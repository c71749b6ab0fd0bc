/** What becomes of each column of the file, and whether its rows are bars. */
import { Checkbox, NativeSelect, TextInput } from "@mantine/core";
import type { ImportColumn, ImportPreview } from "../../../api/client";
import { Note } from "../../../components/Message";
import { BAR_COLUMNS, columnsRefusal, type ImportDraft, isBars, missingOfBars, previewCell } from "./draft";
import styles from "./Import.module.css";

const TYPES = [
  "BOOL",
  "INT64",
  "FLOAT64",
  "NUMERIC",
  "STRING",
  "BYTES",
  "DATE",
  "DATETIME",
  "TIME",
  "TIMESTAMP",
  "JSON",
];
/** How numbers with thousands separated are written, by an example. */
const NUMBER_FORMATS = ["1,234.5", "1.234,5", "1 234.5"];
const NUMBERS = new Set(["INT64", "FLOAT64", "NUMERIC"]);
const TIMES = new Set(["DATE", "DATETIME", "TIMESTAMP"]);
const DATE_FORMATS = ["ISO", "DD/MM/YYYY", "MM/DD/YYYY", "DD.MM.YYYY", "YYYYMMDD", "epoch_s", "epoch_ms", "epoch_us"];

type ColumnsStepProps = {
  draft: ImportDraft;
  preview: ImportPreview;
  onChange: (part: Partial<ImportDraft>) => void;
};

export function ColumnsStep({ draft, preview, onChange }: ColumnsStepProps) {
  const columns = draft.columns ?? preview.columns;
  const areBars = isBars(draft, preview);
  const missing = areBars ? missingOfBars(columns, draft.ticker) : [];
  const refusal = columnsRefusal(columns);
  const change = (at: number, part: Partial<ImportColumn>) =>
    onChange({ columns: columns.map((column, i) => (i === at ? { ...column, ...part } : column)) });
  return (
    <div className="stack">
      <div className={styles.fields}>
        <Checkbox
          className={styles.check}
          size="xs"
          label="The rows are price bars"
          checked={areBars}
          onChange={(event) => onChange({ bars: event.currentTarget.checked })}
        />
        {areBars && (
          <>
            <TextInput
              label="Ticker, where the files name none"
              placeholder={preview.ticker ?? "AAPL"}
              value={draft.ticker}
              data-testid="import-ticker"
              onChange={(event) => onChange({ ticker: event.currentTarget.value })}
            />
            <TextInput
              label="Interval, where the files name none"
              placeholder={preview.interval ?? "1d"}
              value={draft.interval}
              data-testid="import-interval"
              onChange={(event) => onChange({ interval: event.currentTarget.value })}
            />
          </>
        )}
      </div>
      {missing.length > 0 && (
        <Note tone="warning">
          Bars need {missing.join(", ")}. Give a column that name below
          {missing.includes("ticker") ? ", or type the ticker above" : ""}.
        </Note>
      )}
      {refusal !== null && <Note tone="negative">{refusal}</Note>}
      {preview.notes.length > 0 && (
        <div>
          {preview.notes.map((note) => (
            <p key={note} className="label">
              {note}
            </p>
          ))}
        </div>
      )}
      <section className={styles.columnsBox} aria-label="Columns">
        <table className={styles.columns}>
          <thead>
            <tr>
              {["Keep", "In the file", "In the table", "Type", "Written as", "For example"].map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {columns.map((column, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a file may have two columns of one name
              <tr key={i} data-kept={column.keep}>
                <td>
                  <Checkbox
                    size="xs"
                    aria-label={`Keep ${column.source}`}
                    checked={column.keep}
                    onChange={(event) => change(i, { keep: event.currentTarget.checked })}
                  />
                </td>
                <th scope="row">{column.source}</th>
                <td>
                  <TextInput
                    aria-label={`Name of ${column.source} in the table`}
                    list={areBars ? "bar-columns" : undefined}
                    value={column.name}
                    disabled={!column.keep}
                    onChange={(event) => change(i, { name: event.currentTarget.value })}
                  />
                </td>
                <td>
                  <NativeSelect
                    aria-label={`Type of ${column.source}`}
                    data={[...new Set([column.type, ...TYPES])]}
                    value={column.type}
                    disabled={!column.keep}
                    onChange={(event) => change(i, { type: event.currentTarget.value })}
                  />
                </td>
                <td>
                  {(TIMES.has(column.type) || NUMBERS.has(column.type)) && (
                    <TextInput
                      aria-label={`How ${column.source} is written`}
                      list={TIMES.has(column.type) ? "date-formats" : "number-formats"}
                      placeholder={TIMES.has(column.type) ? "as detected" : "1234.5"}
                      value={column.format ?? ""}
                      disabled={!column.keep}
                      onChange={(event) =>
                        change(i, { format: event.currentTarget.value === "" ? null : event.currentTarget.value })
                      }
                    />
                  )}
                </td>
                <td className={styles.example}>{previewCell(preview, 0, i) ?? "–"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <datalist id="bar-columns">
        {BAR_COLUMNS.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <datalist id="number-formats">
        {NUMBER_FORMATS.map((format) => (
          <option key={format} value={format} />
        ))}
      </datalist>
      <datalist id="date-formats">
        {DATE_FORMATS.map((format) => (
          <option key={format} value={format} />
        ))}
      </datalist>
    </div>
  );
}
