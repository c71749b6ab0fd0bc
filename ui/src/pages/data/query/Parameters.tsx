/** Fields for the parameters a query names, such as `@from`. */
import { NativeSelect, TextInput } from "@mantine/core";
import type { SqlParam } from "../../../api/client";
import { parametersIn } from "../../../lib/sqlText";
import styles from "./Query.module.css";
import type { ParamDraft } from "./queryTabs";

const TYPES = [
  "STRING",
  "INT64",
  "FLOAT64",
  "NUMERIC",
  "BOOL",
  "DATE",
  "DATETIME",
  "TIMESTAMP",
  "ARRAY<STRING>",
  "ARRAY<INT64>",
  "ARRAY<FLOAT64>",
];

const EXAMPLES: Record<string, string> = {
  DATE: "2026-01-31",
  DATETIME: "2026-01-31 09:30:00",
  TIMESTAMP: "2026-01-31 09:30:00+00",
  BOOL: "true",
  "ARRAY<STRING>": '["AAPL", "GOOG"]',
  "ARRAY<INT64>": "[1, 2]",
  "ARRAY<FLOAT64>": "[0.5, 1]",
};

const FRESH: ParamDraft = { type: "STRING", value: "" };

/** Those the text names, with what was typed for them. */
export function paramsOf(sql: string, drafts: Record<string, ParamDraft>): SqlParam[] {
  return parametersIn(sql).map((name) => ({ name, ...(drafts[name] ?? FRESH) }));
}

type ParametersProps = {
  params: readonly SqlParam[];
  onChange: (name: string, draft: ParamDraft) => void;
};

export function Parameters({ params, onChange }: ParametersProps) {
  if (params.length === 0) return null;
  return (
    <fieldset className={styles.params} aria-label="Parameters">
      {params.map(({ name, type, value }) => (
        <div key={name} className={styles.param}>
          <label className="label" htmlFor={`param-${name}`}>
            @{name}
          </label>
          <NativeSelect
            aria-label={`Type of @${name}`}
            data={TYPES}
            value={type}
            onChange={(event) => onChange(name, { type: event.currentTarget.value, value })}
          />
          <TextInput
            id={`param-${name}`}
            placeholder={EXAMPLES[type] ?? ""}
            value={value}
            onChange={(event) => onChange(name, { type, value: event.currentTarget.value })}
            data-testid={`query-param-${name}`}
          />
        </div>
      ))}
    </fieldset>
  );
}
