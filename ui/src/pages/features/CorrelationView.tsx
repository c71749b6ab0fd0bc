/** How the columns of a recipe go together: a heat map, its numbers as a table, and as CSV. */
import { Select } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useEffect, useMemo, useRef, useState } from "react";
import { type ChartFormat, type FeatureCorrelations, problemOf, useClient } from "../../api/client";
import chartStyles from "../../components/chart/Chart.module.css";
import { createChart, type ECharts } from "../../components/chart/engine";
import { showProblem } from "../../frame/Workbench";
import { copyText } from "../../lib/clipboard";
import { allDigits, whole } from "../../lib/number";
import { useScheme } from "../../styles/scheme";
import {
  CELL_PX,
  correlationCsv,
  correlationText,
  heatMapOf,
  heatMapOption,
  MOST_COLUMNS,
  MOST_NAMED,
  NAME_PX,
  type Ordered,
  ordered,
  WIDEST_PX,
} from "./correlation";
import styles from "./Features.module.css";

const FORMATS: readonly ChartFormat[] = ["csv", "png", "svg"];

type CorrelationViewProps = {
  found: FeatureCorrelations;
  /** The name of the recipe, after which a file is called. */
  recipe: string;
};

export function CorrelationView({ found, recipe }: CorrelationViewProps) {
  const client = useClient();
  const scheme = useScheme();
  const [chosen, setChosen] = useState<string | null>(null);
  const [isTable, setTable] = useState(false);
  const outcome = chosen !== null && found.labels.includes(chosen) ? chosen : (found.labels[0] ?? null);
  const shown = useMemo(() => ordered(found, outcome), [found, outcome]);
  const copy = async () => {
    try {
      await copyText(correlationCsv(shown));
      notifications.show({ message: "The correlations are on the clipboard as CSV", color: "var(--positive)" });
    } catch (thrown) {
      showProblem("The correlations were not copied", problemOf(thrown));
    }
  };
  const save = async (format: ChartFormat) => {
    const name = recipe === "" ? "correlation" : `correlation ${recipe}`;
    try {
      const file =
        format === "csv"
          ? await client.saveCsv(name, correlationCsv(shown))
          : await client.saveHeatMap(name, heatMapOf(shown, found.rows), format, scheme);
      notifications.show({
        title: `Saved the correlations as ${format.toUpperCase()}`,
        message: file.path,
        color: "var(--positive)",
      });
    } catch (thrown) {
      showProblem("The correlations were not saved", problemOf(thrown));
    }
  };
  const count = shown.names.length;
  return (
    <section className={`card ${chartStyles.card}`} aria-label="Correlation" data-testid="correlation">
      <header className={chartStyles.head}>
        <h2 className={chartStyles.title}>Rank correlation of {whole(count)} columns</h2>
        <span className="label">Spearman's, {whole(found.rows)} rows in which all have a value</span>
        <span className={chartStyles.tools}>
          <button type="button" className="link" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
            {isTable ? "chart" : "table"}
          </button>
          <span aria-hidden> · </span>
          <button type="button" className="link" aria-label="Copy the correlations" onClick={() => void copy()}>
            copy
          </button>
          {FORMATS.map((format) => (
            <span key={format}>
              <span aria-hidden> · </span>
              <button
                type="button"
                className="link"
                aria-label={`Save the correlations as ${format.toUpperCase()}`}
                onClick={() => void save(format)}
                data-testid={`save-correlation-${format}`}
              >
                {format.toUpperCase()}
              </button>
            </span>
          ))}
        </span>
      </header>
      {found.labels.length > 1 && (
        <Select
          label="Sorted by the correlation with"
          data={found.labels}
          value={outcome}
          onChange={setChosen}
          style={{ maxWidth: 220 }}
        />
      )}
      {outcome === null && <p className="label">There is no label, so the columns stand in the order of the recipe.</p>}
      {count === 0 ? (
        <p className="muted">No row has a value in every column. Choose shorter windows, or more bars.</p>
      ) : isTable ? (
        <CorrelationTable shown={shown} outcome={outcome} />
      ) : (
        <HeatMap shown={shown} outcome={outcome} />
      )}
      {!isTable && count > MOST_COLUMNS && (
        <p className="label">
          The first {MOST_COLUMNS} of {whole(count)} columns, here and in pictures; the table and the CSV have all.
        </p>
      )}
    </section>
  );
}

type ShownProps = { shown: Ordered; outcome: string | null };

function HeatMap({ shown, outcome }: ShownProps) {
  const box = useRef<HTMLDivElement>(null);
  const drawn = useRef<ECharts | null>(null);
  const scheme = useScheme();
  useEffect(() => {
    if (box.current === null) return;
    const plot = createChart(box.current);
    drawn.current = plot;
    const resized = new ResizeObserver(() => plot.resize());
    resized.observe(box.current);
    return () => {
      resized.disconnect();
      plot.dispose();
      drawn.current = null;
    };
  }, []);
  useEffect(() => {
    drawn.current?.setOption(heatMapOption(shown, scheme), { notMerge: true });
  }, [shown, scheme]);
  const rows = Math.min(shown.names.length, MOST_COLUMNS);
  const best = shown.names[1];
  return (
    <div style={{ maxWidth: NAME_PX + rows * WIDEST_PX }}>
      <div
        ref={box}
        role="img"
        aria-label={
          outcome !== null && best !== undefined
            ? `Heat map. ${best} goes with ${outcome} most: ${correlationText(shown.matrix[0]?.[1])}. The table has every number.`
            : "Heat map. The table has every number."
        }
        style={{ height: 12 + (rows <= MOST_NAMED ? namesPx(shown.names) : 0) + rows * CELL_PX }}
      />
      <Scale />
    </div>
  );
}

/** The height of the names above the columns, which stand at a slope. */
function namesPx(names: readonly string[]): number {
  const longest = Math.max(0, ...names.map((name) => name.length));
  return Math.min(NAME_PX, 6.2 * longest) * 0.87 + 12;
}

/** What the colours mean. */
function Scale() {
  return (
    <div className={styles.scale} aria-hidden>
      <span>−1 against</span>
      <i />
      <span>+1 together</span>
    </div>
  );
}

/** The whole matrix where it is small, else the correlations with the outcome. */
function CorrelationTable({ shown, outcome }: ShownProps) {
  const heads = shown.names.length <= 12 ? shown.names : shown.names.slice(0, 1);
  return (
    <section
      className={chartStyles.tableBox}
      style={{ maxHeight: 520 }}
      aria-label="Correlations, as a table"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrows scroll it
      tabIndex={0}
    >
      <table className={`${chartStyles.table} ${styles.table}`}>
        {heads.length < shown.names.length && (
          <caption className="label">
            The correlations with {outcome ?? shown.names[0]}; the CSV has those of every two columns
          </caption>
        )}
        <thead>
          <tr>
            <th scope="col">Column</th>
            {heads.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.names.map((name, i) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {heads.map((head, j) => (
                <td key={head} title={allDigits(shown.matrix[i]?.[j])}>
                  {correlationText(shown.matrix[i]?.[j])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
