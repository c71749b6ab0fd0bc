/** The recipe on several tickers side by side: what lies over the candles, and one pane. */
import { memo, useCallback, useEffect, useMemo, useRef } from "react";
import { ProblemNote } from "../../components/Message";
import { whole } from "../../lib/number";
import { useScheme } from "../../styles/scheme";
import { colourOf, createDrawing, type Drawing } from "./chart/drawing";
import { type ChartPlan, type Line, type Pane, planOf, scaleFormat } from "./chart/plan";
import styles from "./TickerGrid.module.css";
import { keyAt, type Preview, type Question, usePreview } from "./usePreview";

/** Charts that a page can show so that candles are told apart. */
export const MOST_CHARTS = 9;
/** Bars of each; half of them show at first. */
const BARS = 120;

type TickerGridProps = {
  tickers: readonly string[];
  ticker: string | null;
  question: Question;
  /** What the one chart shows. */
  plan: ChartPlan | null;
  /** The entry that is edited; where it has a pane, that is the one which shows. */
  chosen: string | null;
  onOpen: (ticker: string) => void;
};

const keyOf = ({ id }: Line) => id.slice(0, id.lastIndexOf("/"));
/** An entry has several panes where its columns differ in scale. */
const entryOf = ({ lines: [first] }: Pane) => (first === undefined ? "" : keyOf(first));

export function TickerGrid({ tickers, ticker, question, plan, chosen, onOpen }: TickerGridProps) {
  const at = Math.max(0, tickers.indexOf(ticker ?? ""));
  const first = at - (at % MOST_CHARTS);
  const shown = tickers.slice(first, first + MOST_CHARTS);
  const panes = plan?.panes ?? [];
  const entry = panes.some((pane) => entryOf(pane) === chosen) ? chosen : panes[0] && entryOf(panes[0]);
  const below = panes.filter((pane) => entryOf(pane) === entry).flatMap((pane) => pane.lines);
  const over = [...(plan?.overlays ?? []), ...(plan?.marks ?? [])];
  const lines = [...over, ...below];
  const keys = new Set(lines.map(keyOf));
  const columns = shown.length <= 4 ? Math.min(2, shown.length) : 3;
  return (
    <section className={styles.view} aria-label="Tickers">
      <div className={styles.legend}>
        {over.length > 0 && <span>Over the candles:</span>}
        {over.map((line) => (
          <Name key={line.id} line={line} />
        ))}
        {below.length > 0 && <span>Below:</span>}
        {below.map((line) => (
          <Name key={line.id} line={line} />
        ))}
        {panes.some((pane) => entryOf(pane) !== entry) && <span>(choose an entry to see its pane)</span>}
        <span className={styles.grow} />
        {tickers.length > shown.length && (
          <span data-testid="tickers-shown">
            {whole(first + 1)} to {whole(first + shown.length)} of {whole(tickers.length)}; [ and ] go on
          </span>
        )}
      </div>
      <div
        className={styles.grid}
        style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}
        data-testid="ticker-grid"
      >
        {shown.map((name, i) => (
          <TickerChart
            key={name}
            ticker={name}
            isCurrent={name === ticker}
            hasMark={i === 0}
            question={question}
            keys={[...keys].sort().join(" ")}
            onOpen={onOpen}
          />
        ))}
      </div>
    </section>
  );
}

function Name({ line }: { line: Line }) {
  const scheme = useScheme();
  return (
    <span className={styles.name}>
      <i
        style={{ borderTopColor: colourOf(line, scheme) }}
        data-dashed={line.horizon > 0 || line.draw === "dashed_line"}
        aria-hidden
      />
      {line.name}
      {line.horizon > 0 && <em className={styles.ahead}>looks ahead</em>}
    </span>
  );
}

type TickerChartProps = {
  ticker: string;
  isCurrent: boolean;
  /** Whether it bears the mark of the library that draws: one does for all. */
  hasMark: boolean;
  question: Question;
  /** Of the entries that show, between spaces. */
  keys: string;
  onOpen: (ticker: string) => void;
};

const TickerChart = memo(function TickerChart(props: TickerChartProps) {
  const { ticker, isCurrent, hasMark, question, keys, onOpen } = props;
  const scheme = useScheme();
  const box = useRef<HTMLElement>(null);
  const drawing = useRef<Drawing | null>(null);
  const hide = useCallback(
    (shown: Preview | null) => {
      const asked = [...question.featureKeys, ...question.labelKeys];
      const known = shown === null ? [] : shown.columns.map((column) => keyAt(shown, column) ?? "");
      const isShown = new Set(keys.split(" "));
      return new Set([...asked, ...known].filter((key) => !isShown.has(key)));
    },
    [keys, question],
  );
  const { shown, hidden, problem } = usePreview(
    { ...question, request: { ...question.request, ticker, bars: BARS } },
    hide,
  );
  const plan = useMemo(() => (shown === null ? null : planOf(shown, hidden)), [shown, hidden]);

  useEffect(() => {
    if (box.current === null) return;
    const made = createDrawing(box.current, { onPoint: () => undefined, onLayout: () => undefined }, { hasMark });
    drawing.current = made;
    return () => {
      made.destroy();
      drawing.current = null;
    };
  }, [hasMark]);
  useEffect(() => {
    if (plan !== null) drawing.current?.update(plan, scheme);
  }, [plan, scheme]);

  const last = plan?.candles.close.at(-1);
  const words =
    plan !== null && typeof last === "number" ? scaleFormat([plan.candles.high, plan.candles.low]).write(last) : "";
  return (
    <section className={`card ${styles.cell}`} aria-label={ticker} data-current={isCurrent}>
      <button
        type="button"
        className={styles.open}
        aria-current={isCurrent ? "true" : undefined}
        title={`Show ${ticker} alone`}
        onClick={() => onOpen(ticker)}
        data-testid={`open-${ticker}`}
      >
        <b>{ticker}</b> <span className="tabular">{words}</span>
      </button>
      {problem !== null && <ProblemNote problem={problem} />}
      <figure
        ref={box}
        className={styles.canvas}
        aria-label={`Candles of ${ticker}, the last at ${words === "" ? "no price" : words}`}
        data-testid="ticker-chart"
        data-panes={plan?.panes.length ?? 0}
        data-overlays={plan?.overlays.length ?? 0}
      />
    </section>
  );
});
