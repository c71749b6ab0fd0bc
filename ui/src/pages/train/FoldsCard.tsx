/** Each training with its held-out rows: how many rows, when, and how well. */
import type { Fold, Scores } from "../../api/client";
import { allDigits, dataValue, score, whole } from "../../lib/number";
import { day } from "../../lib/time";
import { metricsOf } from "./metrics";
import styles from "./Train.module.css";

type FoldsCardProps = {
  folds: readonly Fold[];
  /** Of a combinatorial split: the scores of each path that the folds were recombined to. */
  paths: readonly Scores[];
};

export function FoldsCard({ folds, paths }: FoldsCardProps) {
  const hasEmbargo = folds.some(({ embargo_rows }) => embargo_rows > 0);
  const columns = folds[0] === undefined ? [] : metricsOf(folds[0].scores).slice(0, 2);
  return (
    <section
      className={`card ${styles.folds}`}
      aria-label="Folds"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrows scroll it
      tabIndex={0}
      data-testid="folds"
    >
      <h2 className={styles.cardTitle}>Folds</h2>
      <table className={styles.numbers}>
        <thead>
          <tr>
            <th scope="col">Fold</th>
            <th scope="col" title="Time of the first and the last training row, UTC">
              Trained on
            </th>
            <th scope="col">Rows</th>
            <th scope="col" title="Rows that did not train because their label reaches into held-out time">
              Purged
            </th>
            {hasEmbargo && (
              <th scope="col" title="Rows that did not train because they follow held-out rows too closely">
                Embargo
              </th>
            )}
            <th scope="col" title="Time of the first and the last held-out row, UTC">
              Held out
            </th>
            <th scope="col">Rows</th>
            <th scope="col" title="Against the mean of the fold's own training rows">
              R²
            </th>
            {columns.map(({ name, short, help }) => (
              <th key={name} scope="col" title={help}>
                {short}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {folds.map((fold, i) => (
            <tr key={`${fold.test_start} ${fold.test_end} ${fold.train_start}`} data-testid="fold">
              <th scope="row">{i + 1}</th>
              <td className={styles.dates} title={`${fold.train_start} to ${fold.train_end}`}>
                {day(fold.train_start)} <span>to {day(fold.train_end)}</span>
              </td>
              <td>{whole(fold.train_rows)}</td>
              <td>{whole(fold.purged_rows)}</td>
              {hasEmbargo && <td>{whole(fold.embargo_rows)}</td>}
              <td className={styles.dates} title={`${fold.test_start} to ${fold.test_end}`}>
                {day(fold.test_start)} <span>to {day(fold.test_end)}</span>
              </td>
              <td>{whole(fold.test_rows)}</td>
              <td
                title={allDigits(fold.scores.rsquared)}
                data-testid="fold-score"
                data-value={dataValue(fold.scores.rsquared)}
              >
                {score(fold.scores.rsquared)}
              </td>
              {columns.map(({ name, of, format }) => (
                <td key={name} title={allDigits(of(fold.scores))}>
                  {format(of(fold.scores))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {paths.length > 1 && (
        <p className="label" data-testid="paths">
          R² of the {whole(paths.length)} paths: {paths.map(({ rsquared }) => score(rsquared)).join(", ")}
        </p>
      )}
    </section>
  );
}
