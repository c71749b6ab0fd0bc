/** What the check of a recipe found, in words: which columns look ahead, and how long each takes to settle. */
import type { LooksAhead, RecipeCheck, WarmUp } from "../../api/client";
import { Note } from "../../components/Message";
import { counted, named } from "../../lib/lists";
import { whole } from "../../lib/number";
import styles from "./Features.module.css";

/** The verdict on looking ahead. */
export function lookAheadWords({ columns_checked, looks_ahead }: RecipeCheck): string {
  const checked = columns_checked ?? 0;
  if (checked === 0) return "There is no feature to check: labels look ahead by their nature.";
  if (looks_ahead.length === 0) {
    return checked === 1 ? "The one column does not look ahead." : `None of ${whole(checked)} columns looks ahead.`;
  }
  const isOne = looks_ahead.length === 1;
  const start = `${whole(looks_ahead.length)} of ${counted(checked, "column")} ${isOne ? "looks" : "look"} ahead`;
  if (looks_ahead.every(({ row }) => row !== null)) {
    return `${start}: with later bars removed, ${isOne ? "its" : "their"} values change.`;
  }
  if (looks_ahead.every(({ row }) => row === null)) {
    return `${start}: ${isOne ? "it is" : "they are"} made of labels that the bars bring.`;
  }
  return `${start}: their values change with later bars removed, or they are made of labels that the bars bring.`;
}

/** How it is known that a column looks ahead. */
function aheadWords({ row, horizon }: LooksAhead): string {
  return row === null ? `reads ${counted(horizon, "later bar")}` : `from row ${whole(row)}`;
}

/** The verdict on settling. */
export function warmUpWords(warmUp: readonly WarmUp[]): string {
  const never = warmUp.filter(({ unsettled }) => unsettled === null);
  const rows = warmUp.map(({ undefined: missing, unsettled }) => Math.max(missing ?? 0, unsettled ?? 0));
  const most = Math.max(0, ...rows);
  const settled =
    most === 0
      ? "Every column has its value from the first row on."
      : `The first ${counted(most, "row")} of each ticker ${most === 1 ? "is" : "are"} unsettled: there, values are missing or depend on where the bars begin.`;
  if (never.length === 0) return settled;
  const which = named(
    never.map(({ column }) => column),
    4,
  );
  const many = never.length === 1 ? "never settles: it depends" : "never settle: they depend";
  return `${which} ${many} on all earlier bars, so other bars at the start give other values.${
    never.length === warmUp.length ? "" : ` ${settled}`
  }`;
}

export function CheckView({ check }: { check: RecipeCheck }) {
  const isClean = check.looks_ahead.length === 0;
  const ahead = new Map(check.looks_ahead.map((found) => [found.column, found]));
  const hasNever = check.warm_up.some(({ unsettled }) => unsettled === null);
  const names = [...new Set([...check.looks_ahead.map(({ column }) => column), ...check.warm_up.map((w) => w.column)])];
  return (
    <div className={styles.result} data-testid="check-result">
      <Note tone={isClean ? "positive" : "negative"}>
        <p data-testid="check-words">{lookAheadWords(check)}</p>
      </Note>
      {check.warm_up.length > 0 && (
        <Note tone={hasNever ? "warning" : "positive"}>
          <p data-testid="warm-up-words">{warmUpWords(check.warm_up)}</p>
        </Note>
      )}
      {names.length > 0 && (
        <section className={`card ${styles.tableCard}`} aria-label="Columns">
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">Column</th>
                <th scope="col">Looks ahead</th>
                <th scope="col" title="Rows of each ticker without a value, for want of earlier bars">
                  Undefined, rows
                </th>
                <th scope="col" title="Rows of each ticker until values no longer depend on where the bars begin">
                  Unsettled, rows
                </th>
              </tr>
            </thead>
            <tbody>
              {names.map((name) => {
                const found = ahead.get(name);
                const warm = check.warm_up.find(({ column }) => column === name);
                return (
                  <tr key={name}>
                    <th scope="row">{name}</th>
                    <td data-bad={found !== undefined}>{found === undefined ? "no" : aheadWords(found)}</td>
                    <td>{whole(warm?.undefined)}</td>
                    <td>{warm?.unsettled === null ? "all" : whole(warm?.unsettled)}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </section>
      )}
    </div>
  );
}
