/** How a model of several classes does in each: held-out rows by their class and by the class that was predicted. */
import type { Classes } from "../../api/client";
import { allDigits, percent, whole } from "../../lib/number";
import styles from "./Train.module.css";

export function ClassesCard({ classes: { classes, confusion } }: { classes: Classes }) {
  return (
    <section
      className={`card ${styles.folds}`}
      aria-label="Classes"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrows scroll it
      tabIndex={0}
      data-testid="classes"
    >
      <h2 className={styles.cardTitle}>Held-out rows by class and prediction</h2>
      <table className={styles.numbers}>
        <thead>
          <tr>
            <th scope="col">Class</th>
            {classes.map((column) => (
              <th key={column.class} scope="col" title={`${whole(column.predicted)} rows in all`}>
                predicted {column.class}
              </th>
            ))}
            <th scope="col">Rows</th>
            <th scope="col" title="Share of the rows predicted as this class that are">
              Precision
            </th>
            <th scope="col" title="Share of this class's rows that were predicted as such">
              Recall
            </th>
            <th scope="col" title="Harmonic mean of precision and recall">
              F1
            </th>
          </tr>
        </thead>
        <tbody>
          {classes.map((row, place) => {
            const counts = confusion[place] ?? [];
            return (
              <tr key={row.class} data-testid="class">
                <th scope="row">{row.class}</th>
                {classes.map((column, of) => {
                  const count = counts[of] ?? 0;
                  return (
                    <td
                      key={column.class}
                      data-right={of === place}
                      title={row.rows > 0 ? `${percent(count / row.rows)} of the rows of ${row.class}` : undefined}
                    >
                      {whole(count)}
                    </td>
                  );
                })}
                <td>{whole(row.rows)}</td>
                {[row.precision, row.recall, row.f1].map((share, i) => (
                  <td key={["precision", "recall", "f1"][i]} title={allDigits(share)}>
                    {percent(share)}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
