/** The numbers of a chart, as a table that can be read aloud and copied. */
import type { Chart, Series } from "../../api/client";
import { allDigits, whole } from "../../lib/number";
import styles from "./Chart.module.css";
import { valueText } from "./options";

const MOST_ROWS = 500;

/** Guides are lines to read by, not data. */
const dataOf = (chart: Chart): Series[] => chart.series.filter((one) => one.role !== "guide");

type Line = {
  key: string;
  name: string | null;
  x: number | null;
  ys: (number | null)[];
};

/** One line an x where all series share theirs; otherwise one line a point, with the series' name. */
export function linesOf(chart: Chart): Line[] {
  const series = dataOf(chart);
  const [first, ...others] = series;
  if (first === undefined) return [];
  const isShared = others.every((one) => one.x.length === first.x.length && one.x.every((x, i) => x === first.x[i]));
  if (isShared) {
    return first.x.map((x, i) => ({
      key: String(i),
      name: null,
      x,
      ys: series.map((one) => one.y[i] ?? null),
    }));
  }
  return series.flatMap((one) =>
    one.x.map((x, i) => ({
      key: `${one.name} ${i}`,
      name: one.name,
      x,
      ys: [one.y[i] ?? null],
    })),
  );
}

export function ChartTable({ chart, heightPx }: { chart: Chart; heightPx: number }) {
  const lines = linesOf(chart);
  const isLong = lines[0]?.name !== null;
  const heads = isLong ? [chart.y.title === "" ? "value" : chart.y.title] : dataOf(chart).map((one) => one.name);
  return (
    <section
      className={styles.tableBox}
      style={{ height: heightPx }}
      aria-label={`${chart.title}, as a table`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrows scroll it
      tabIndex={0}
    >
      <table className={styles.table}>
        <caption className="label">
          {lines.length > MOST_ROWS
            ? `The first ${MOST_ROWS} of ${whole(lines.length)} rows; the CSV has all of them`
            : `${whole(lines.length)} rows`}
        </caption>
        <thead>
          <tr>
            {isLong && <th scope="col">series</th>}
            <th scope="col">{chart.x.title === "" ? (chart.x.kind === "time" ? "Date" : "x") : chart.x.title}</th>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.slice(0, MOST_ROWS).map(({ key, name, x, ys }) => (
            <tr key={key}>
              {isLong && <td>{name}</td>}
              <td title={allDigits(x)}>{valueText(chart.x, x)}</td>
              {ys.map((y, i) => (
                <td key={heads[i]} title={allDigits(y)}>
                  {valueText(chart.y, y)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
