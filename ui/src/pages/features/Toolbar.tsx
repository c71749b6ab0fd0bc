/** Whose bars show and how many, and what shows of the recipe on them. */
import { SegmentedControl, Select } from "@mantine/core";
import { memo } from "react";
import type { BarSource } from "../../api/client";
import { LeftIcon, RightIcon } from "../../components/icons";
import { whole } from "../../lib/number";
import { shortTable } from "../../lib/tables";
import styles from "./Features.module.css";

export const BARS = [500, 1000, 5000] as const;
export const VIEWS = ["chart", "tickers", "check", "correlation"] as const;
export type ViewName = (typeof VIEWS)[number];

const VIEW_TITLES: Record<ViewName, string> = {
  chart: "Chart",
  tickers: "Tickers",
  check: "Check",
  correlation: "Correlation",
};

type ToolbarProps = {
  sources: readonly BarSource[];
  source: BarSource;
  ticker: string | null;
  bars: number;
  view: ViewName;
  onTable: (table: string) => void;
  onTicker: (ticker: string) => void;
  /** The ticker so many places further. */
  onStep: (by: number) => void;
  onBars: (bars: number) => void;
  onView: (view: ViewName) => void;
};

export const Toolbar = memo(function Toolbar(props: ToolbarProps) {
  const { sources, source, ticker, bars, view, onTable, onTicker, onStep, onBars, onView } = props;
  const hasSeveral = source.tickers.length > 1;
  return (
    <div className={styles.toolbar}>
      <Select
        aria-label="Table with bars"
        title={source.table}
        data={sources.map(({ table }) => ({ value: table, label: shortTable(table) }))}
        value={source.table}
        searchable={sources.length > 12}
        onChange={(table) => table !== null && onTable(table)}
        className={styles.tablePick}
        data-testid="bars-table"
      />
      {source.tickers.length > 0 && (
        <span className={styles.tickers}>
          {hasSeveral && (
            <button
              type="button"
              className={styles.iconButton}
              aria-label="Previous ticker"
              title="Previous ticker ([)"
              onClick={() => onStep(-1)}
            >
              <LeftIcon size={14} aria-hidden />
            </button>
          )}
          <Select
            aria-label="Ticker"
            data={source.tickers.map((known) => ({
              value: known.ticker,
              label: known.ticker,
              title: `${whole(known.bars)} bars`,
            }))}
            value={ticker}
            searchable={source.tickers.length > 8}
            limit={200}
            onChange={(next) => next !== null && onTicker(next)}
            className={styles.tickerPick}
            data-testid="bars-ticker"
          />
          {hasSeveral && (
            <button
              type="button"
              className={styles.iconButton}
              aria-label="Next ticker"
              title="Next ticker (])"
              onClick={() => onStep(1)}
            >
              <RightIcon size={14} aria-hidden />
            </button>
          )}
        </span>
      )}
      {view === "chart" && (
        <>
          <SegmentedControl
            size="xs"
            aria-label="Bars, the last"
            data={BARS.map((count) => ({ value: String(count), label: whole(count) }))}
            value={String(bars)}
            onChange={(count) => onBars(Number(count))}
            data-testid="bars-count"
          />
          <span className="label">bars</span>
        </>
      )}
      <span className={styles.grow} />
      <SegmentedControl
        size="xs"
        aria-label="What shows"
        data={VIEWS.filter((name) => name !== "tickers" || hasSeveral).map((name) => ({
          value: name,
          label: VIEW_TITLES[name],
        }))}
        value={view}
        onChange={(name) => onView(VIEWS.find((known) => known === name) ?? "chart")}
        data-testid="feature-view"
      />
    </div>
  );
});
