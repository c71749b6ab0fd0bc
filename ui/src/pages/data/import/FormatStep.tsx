/** How the file is written: what was detected, and what a person knows better. */
import { Checkbox, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { useState } from "react";
import type { FileFormat } from "../../../api/client";
import type { CsvChoice } from "./draft";
import styles from "./Import.module.css";

const KINDS: { value: FileFormat["kind"]; label: string }[] = [
  { value: "csv", label: "CSV, text in columns" },
  { value: "json", label: "JSON, an array of objects" },
  { value: "ndjson", label: "NDJSON, an object a line" },
  { value: "parquet", label: "Parquet" },
  { value: "arrow", label: "Arrow" },
];
const DELIMITERS = [
  { value: ",", label: "Comma ," },
  { value: ";", label: "Semicolon ;" },
  { value: "\t", label: "Tab" },
  { value: "|", label: "Bar |" },
  { value: " ", label: "Space" },
];
const OTHER = "other";
const QUOTES = [
  { value: '"', label: 'Double "' },
  { value: "'", label: "Single '" },
  { value: "", label: "None" },
];
const DECIMALS = [
  { value: ".", label: "Point: 1.5" },
  { value: ",", label: "Comma: 1,5" },
];
const ENCODINGS = ["UTF-8", "UTF-16LE", "UTF-16BE", "windows-1252", "ISO-8859-15", "windows-1251", "Shift_JIS", "GBK"];

const PLAIN_CSV: CsvChoice = {
  kind: "csv",
  delimiter: ",",
  quote: '"',
  header: true,
  encoding: "UTF-8",
  decimal: ".",
  skip_lines: 0,
  null_texts: [],
};

/** The format of that kind: as detected where that was it. */
function ofKind(kind: FileFormat["kind"], detected: FileFormat): FileFormat {
  if (detected.kind === kind) return detected;
  return kind === "csv" ? PLAIN_CSV : { kind };
}

type FormatStepProps = {
  format: FileFormat;
  detected: FileFormat;
  onChange: (format: FileFormat | null) => void;
};

export function FormatStep({ format, detected, onChange }: FormatStepProps) {
  const isDetected = JSON.stringify(format) === JSON.stringify(detected);
  return (
    <div className="stack">
      <div className={styles.fields}>
        <NativeSelect
          label="Format"
          data={KINDS}
          value={format.kind}
          onChange={(event) => {
            const kind = KINDS.find(({ value }) => value === event.currentTarget.value)?.value;
            if (kind !== undefined) onChange(ofKind(kind, detected));
          }}
        />
        {format.kind === "csv" && <CsvFields format={format} onChange={onChange} />}
      </div>
      <p className="label" role="status">
        {isDetected ? (
          "As detected in the file."
        ) : (
          <>
            Changed by you.{" "}
            <button type="button" className="link" onClick={() => onChange(null)}>
              Back to what was detected
            </button>
          </>
        )}
      </p>
    </div>
  );
}

function CsvFields({ format, onChange }: { format: CsvChoice; onChange: (format: FileFormat) => void }) {
  const [isOther, setOther] = useState(DELIMITERS.every(({ value }) => value !== format.delimiter));
  // As typed: a comma at the end is the beginning of the next.
  const [nullTexts, setNullTexts] = useState(format.null_texts.join(", "));
  const change = (part: Partial<CsvChoice>) => onChange({ ...format, ...part });
  return (
    <>
      <NativeSelect
        label="Delimiter"
        data={[...DELIMITERS, { value: OTHER, label: "Another" }]}
        value={isOther ? OTHER : format.delimiter}
        onChange={(event) => {
          const { value } = event.currentTarget;
          setOther(value === OTHER);
          if (value !== OTHER) change({ delimiter: value });
        }}
        data-testid="import-delimiter"
      />
      {isOther && (
        <TextInput
          label="Delimiting character"
          maxLength={1}
          value={format.delimiter}
          error={format.delimiter === "" ? "One character is needed." : null}
          onChange={(event) => change({ delimiter: event.currentTarget.value })}
        />
      )}
      <NativeSelect
        label="Quote"
        data={QUOTES}
        value={format.quote ?? ""}
        onChange={(event) => change({ quote: event.currentTarget.value === "" ? null : event.currentTarget.value })}
      />
      <NativeSelect
        label="Decimals"
        data={DECIMALS}
        value={format.decimal}
        onChange={(event) => change({ decimal: event.currentTarget.value })}
      />
      <NativeSelect
        label="Encoding"
        data={[...new Set([format.encoding, ...ENCODINGS])]}
        value={format.encoding}
        onChange={(event) => change({ encoding: event.currentTarget.value })}
      />
      <NumberInput
        label="Lines to skip at the top"
        min={0}
        max={1_000_000}
        allowDecimal={false}
        allowNegative={false}
        value={format.skip_lines}
        onChange={(value) => typeof value === "number" && change({ skip_lines: value })}
      />
      <TextInput
        label="More texts that mean missing"
        placeholder="NA, n/a, null"
        value={nullTexts}
        onChange={(event) => {
          setNullTexts(event.currentTarget.value);
          const texts = event.currentTarget.value.split(",").map((text) => text.trim());
          change({ null_texts: texts.filter((text) => text !== "") });
        }}
      />
      <Checkbox
        className={styles.check}
        size="xs"
        label="The first line names the columns"
        checked={format.header}
        onChange={(event) => change({ header: event.currentTarget.checked })}
      />
    </>
  );
}
