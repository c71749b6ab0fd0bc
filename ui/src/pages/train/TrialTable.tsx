/** The trials of a search in a table that its headers sort, with the best marked. */
import { useMemo, useState } from "react";
import type { Trial, Value } from "../../api/client";
import { DownIcon, OkIcon, UpIcon } from "../../components/icons";
import { allDigits, dataValue, score, significant, UNDEFINED, whole } from "../../lib/number";
import styles from "./Train.module.css";

/** More than these take long to lay out; the file has all. */
const MOST_ROWS = 200;

type Column = { name: string; label: string; of: (trial: Trial) => Value };

/** Undefined last, whatever the order. */
function compare(a: Value, b: Value, isDown: boolean): number {
  const isEmpty = (value: Value) => value === null || value === undefined;
  if (isEmpty(a) || isEmpty(b)) return Number(isEmpty(a)) - Number(isEmpty(b));
  const order =
    typeof a === "number" && typeof b === "number"
      ? a - b
      : String(a).localeCompare(String(b), "en", { numeric: true });
  return isDown ? -order : order;
}

export function columnsOf(trials: readonly Trial[]): Column[] {
  const names = [...new Set(trials.flatMap(({ params }) => Object.keys(params)))];
  const folds = Math.max(0, ...trials.map(({ fold_scores }) => fold_scores.length));
  return [
    { name: "number", label: "Trial", of: ({ number }) => number + 1 },
    { name: "score", label: "R², inner", of: (trial) => trial.score },
    ...names.map((name): Column => ({ name: `param ${name}`, label: name, of: ({ params }) => params[name] ?? null })),
    ...Array.from({ length: folds }, (_, i): Column => {
      return { name: `fold ${i}`, label: `Fold ${i + 1}`, of: ({ fold_scores }) => fold_scores[i] ?? null };
    }),
  ];
}

export function sorted(trials: readonly Trial[], { of }: Column, isDown: boolean): Trial[] {
  return [...trials].sort((a, b) => compare(of(a), of(b), isDown) || a.number - b.number);
}

/** Every trial as text, as the columns show them, with the reason of those that failed. */
export function trialsCsv(trials: readonly Trial[]): string {
  const field = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const columns = columnsOf(trials);
  const lines = trials.map((trial) => [...columns.map(({ of }) => of(trial)), trial.error]);
  const rows = [[...columns.map(({ label }) => label), "failed"], ...lines];
  return `${rows.map((row) => row.map((value) => field(String(value ?? ""))).join(",")).join("\n")}\n`;
}

type TrialTableProps = { trials: readonly Trial[]; best: number | null };

export function TrialTable({ trials, best }: TrialTableProps) {
  const columns = useMemo(() => columnsOf(trials), [trials]);
  const [order, setOrder] = useState({ name: "score", isDown: true });
  const by = columns.find(({ name }) => name === order.name) ?? columns[0];
  const rows = useMemo(
    () => (by === undefined ? [...trials] : sorted(trials, by, order.isDown)),
    [trials, by, order.isDown],
  );
  return (
    <section
      className={`card ${styles.trials}`}
      aria-label="Trials"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrows scroll it
      tabIndex={0}
      data-testid="trials"
    >
      <table className={styles.numbers}>
        {rows.length > MOST_ROWS && (
          <caption className="label">
            The first {MOST_ROWS} of {whole(rows.length)} trials in this order; the CSV has all
          </caption>
        )}
        <thead>
          <tr>
            {columns.map(({ name, label }) => {
              const isOrder = name === order.name;
              return (
                <th
                  key={name}
                  scope="col"
                  aria-sort={isOrder ? (order.isDown ? "descending" : "ascending") : undefined}
                >
                  <button
                    type="button"
                    onClick={() => setOrder({ name, isDown: isOrder ? !order.isDown : name === "score" })}
                    data-testid={`trials-by-${name}`}
                  >
                    {label}
                    {isOrder && (order.isDown ? <DownIcon size={12} aria-hidden /> : <UpIcon size={12} aria-hidden />)}
                  </button>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST_ROWS).map((trial) => (
            <tr
              key={trial.number}
              data-best={trial.number === best}
              title={trial.error ?? undefined}
              data-testid="trial"
              data-value={dataValue(trial.score)}
            >
              {columns.map((column) => (
                <Cell key={column.name} column={column} trial={trial} isBest={trial.number === best} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Cell({ column, trial, isBest }: { column: Column; trial: Trial; isBest: boolean }) {
  const value = column.of(trial);
  if (column.name === "number") {
    return (
      <td>
        {isBest && <OkIcon size={12} aria-label="The best" className={styles.best} />} {whole(trial.number + 1)}
      </td>
    );
  }
  if (value === null || value === undefined) {
    const reason = trial.error ?? "Undefined on these rows";
    return <td title={reason}>{column.name === "score" && trial.error !== null ? "failed" : UNDEFINED}</td>;
  }
  if (typeof value !== "number") return <td>{typeof value === "boolean" ? (value ? "yes" : "no") : value}</td>;
  const isScore = column.name === "score" || column.name.startsWith("fold ");
  return <td title={allDigits(value)}>{isScore ? score(value) : written(value)}</td>;
}

const written = (value: number) => (Number.isInteger(value) ? whole(value) : significant(value, 3));
