/** The features that mattered most, longest bar first, by whichever measure the run has. */
import { Select } from "@mantine/core";
import { useState } from "react";
import { allDigits, percent } from "../../lib/number";
import { type ImportanceKind, importanceKinds, KIND_WORDS, type MeasuredImportance, measured } from "./importance";
import styles from "./Train.module.css";

const MOST = 7;

type ImportanceCardProps = {
  importance: readonly MeasuredImportance[];
  heightPx: number;
  /** Columns of the grid it stands in that it takes. */
  span: number;
};

export function ImportanceCard({ importance, heightPx, span }: ImportanceCardProps) {
  const [isWhole, setWhole] = useState(false);
  const [chosen, setChosen] = useState<ImportanceKind>("importance");
  const kinds = importanceKinds(importance);
  const kind = kinds.includes(chosen) ? chosen : (kinds[0] ?? "importance");
  const all = measured(importance, kind);
  const largest = Math.max(...all.map(({ size }) => Math.abs(size)), 0);
  const total = all.reduce((sum, { size }) => sum + Math.abs(size), 0);
  const shown = isWhole ? all : all.slice(0, MOST);
  return (
    <section className={`card ${styles.importance}`} aria-label="Importance" data-span={span} data-testid="importance">
      <header>
        <h2>Importance</h2>
        {kinds.length > 1 && (
          <Select
            aria-label="Importance by"
            size="xs"
            w={132}
            data={kinds.map((name) => ({ value: name, label: KIND_WORDS[name].label }))}
            value={kind}
            onChange={(name) => setChosen(kinds.find((known) => known === name) ?? kind)}
            allowDeselect={false}
            data-testid="importance-kind"
          />
        )}
        {importance.length > MOST && (
          <button type="button" className="link" onClick={() => setWhole(!isWhole)}>
            {isWhole ? `first ${MOST}` : `all ${importance.length}`}
          </button>
        )}
      </header>
      {importance.length === 0 && <p className="muted">This algorithm tells no importance.</p>}
      {kinds.length > 1 && <p className="label">{KIND_WORDS[kind].help}</p>}
      <ol style={{ maxHeight: heightPx + 20 }}>
        {shown.map(({ variable, size }) => (
          <li
            key={variable}
            title={`${variable}: ${allDigits(size)}, ${percent(total > 0 ? Math.abs(size) / total : null)} of all`}
          >
            <span>{variable}</span>
            <i
              data-sign={size < 0 ? "negative" : "positive"}
              style={{ width: `${largest > 0 ? (100 * Math.abs(size)) / largest : 0}%` }}
            />
          </li>
        ))}
      </ol>
    </section>
  );
}
