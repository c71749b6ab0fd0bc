/** A card around a chart, with the tools every chart has: table, CSV, PNG, SVG. */
import { useState } from "react";
import type { Chart, ChartFormat, Theme } from "../../api/client";
import { roleColour } from "../../styles/palette";
import { useScheme } from "../../styles/scheme";
import styles from "./Chart.module.css";
import { ChartTable } from "./ChartTable";
import { Plot } from "./Plot";

type ChartCardProps = {
  chart: Chart;
  heightPx: number;
  /** Where the tools stand: beside the title, or under a chart too narrow for that. */
  tools: "beside" | "under";
  /** Left out where the chart is not kept anywhere yet. */
  onSave?: (format: ChartFormat, theme: Theme) => void;
};

const FORMATS: readonly ChartFormat[] = ["csv", "png", "svg"];

export function ChartCard({ chart, heightPx, tools, onSave }: ChartCardProps) {
  const [isTable, setTable] = useState(false);
  const scheme = useScheme();
  const toolbar = (
    <span className={styles.tools}>
      <button type="button" className="link" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
        {isTable ? "chart" : "table"}
      </button>
      {(onSave === undefined ? [] : FORMATS).map((format) => (
        <span key={format}>
          <span aria-hidden> · </span>
          <button
            type="button"
            className="link"
            aria-label={`Save ${chart.title} as ${format.toUpperCase()}`}
            onClick={() => onSave?.(format, scheme)}
          >
            {format.toUpperCase()}
          </button>
        </span>
      ))}
    </span>
  );
  const data = chart.series.filter((one) => one.role !== "guide");
  // The title names the only series there is; guides are named where the application names them.
  const named = chart.series.filter((one) => one.name !== "" && (one.role === "guide" || data.length > 1));
  const isEmpty = data.every((one) => one.x.length === 0);
  const legend =
    named.length > 0 &&
    named.map((one) => (
      <span key={one.name} className={styles.legend}>
        <i style={{ background: roleColour(one.role, scheme) }} /> {one.name}
      </span>
    ));
  return (
    <section className={`card ${styles.card}`} aria-label={chart.title} data-testid={`chart-${chart.id}`}>
      <header className={styles.head}>
        <h2 className={styles.title}>{chart.title}</h2>
        {tools === "beside" && legend}
        {tools === "beside" && toolbar}
      </header>
      {isEmpty ? (
        <p className="muted" style={{ height: heightPx }}>
          This run left no values to draw here.
        </p>
      ) : isTable ? (
        <ChartTable chart={chart} heightPx={heightPx} />
      ) : (
        <Plot chart={chart} heightPx={heightPx} />
      )}
      {chart.note !== "" && <p className="label">{chart.note}</p>}
      {tools === "under" && (
        <footer className={styles.foot}>
          {legend}
          {toolbar}
        </footer>
      )}
    </section>
  );
}
