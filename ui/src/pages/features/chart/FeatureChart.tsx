/** Candles with a recipe's columns. The pointer or the arrows choose a bar; every column says its value there. */
import { type KeyboardEvent, memo, useCallback, useLayoutEffect, useMemo, useRef, useState } from "react";
import { allDigits, count, dataValue, UNDEFINED } from "../../../lib/number";
import { instant } from "../../../lib/time";
import { coloursOf } from "../../../styles/palette";
import { useScheme } from "../../../styles/scheme";
import { colourOf, createDrawing, type Drawing, heightOf } from "./drawing";
import styles from "./FeatureChart.module.css";
import { type ChartPlan, type Line, scaleFormat } from "./plan";

type FeatureChartProps = {
  plan: ChartPlan;
  /** Called when the plan stands on the screen. */
  onDrawn: () => void;
};

export const FeatureChart = memo(function FeatureChart({ plan, onDrawn }: FeatureChartProps) {
  const scheme = useScheme();
  const box = useRef<HTMLDivElement>(null);
  const drawing = useRef<Drawing | null>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const [tops, setTops] = useState<readonly number[]>([]);
  const [said, setSaid] = useState("");
  const walked = useRef<number | null>(null);
  const bars = plan.candles.times.length;
  const legends = useMemo(() => legendsOf(plan), [plan]);

  // Before the browser paints: what is drawn is part of the same picture.
  useLayoutEffect(() => {
    if (box.current === null) return;
    const made = createDrawing(box.current, {
      onPoint: (bar) => {
        walked.current = bar;
        setPointed(bar);
      },
      onLayout: () => {
        const found = drawing.current?.paneTops() ?? [];
        setTops((now) => (now.length === found.length && now.every((top, i) => top === found[i]) ? now : found));
      },
    });
    drawing.current = made;
    return () => {
      made.destroy();
      drawing.current = null;
    };
  }, []);

  useLayoutEffect(() => {
    drawing.current?.update(plan, scheme);
    const frame = requestAnimationFrame(onDrawn);
    return () => cancelAnimationFrame(frame);
  }, [plan, scheme, onDrawn]);

  const walk = useCallback(
    (to: number) => {
      const bar = Math.min(bars - 1, Math.max(0, to));
      walked.current = bar;
      drawing.current?.pointAt(bar);
      setPointed(bar);
      setSaid(wordsAt(plan, legends, bar));
    },
    [bars, plan, legends],
  );

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || bars === 0) return;
    const from = walked.current ?? bars;
    const steps: Record<string, () => void> = {
      ArrowRight: () => walk(from + 1),
      ArrowLeft: () => walk(from - 1),
      PageDown: () => walk(from + 10),
      PageUp: () => walk(from - 10),
      Home: () => walk(0),
      End: () => walk(bars - 1),
      "+": () => drawing.current?.zoom(1 / 1.3),
      "-": () => drawing.current?.zoom(1.3),
      "0": () => drawing.current?.showAll(),
      Escape: () => {
        walked.current = null;
        drawing.current?.pointAt(null);
        setPointed(null);
      },
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    step();
  };

  const bar = pointed !== null && pointed < bars ? pointed : bars - 1;
  return (
    <section className={styles.chart} aria-label="Chart">
      <div className={styles.head}>
        <PriceLine plan={plan} bar={bar} />
        <span className={styles.grow} />
        <button type="button" className="link" onClick={() => drawing.current?.showLast()}>
          last bars
        </button>
        <span aria-hidden>·</span>
        <button type="button" className="link" onClick={() => drawing.current?.showAll()}>
          all bars
        </button>
      </div>
      <div className={styles.area} style={{ minHeight: heightOf(plan) }}>
        <div
          ref={box}
          className={styles.canvas}
          // It holds the link of the library that draws, which a picture may not.
          role="application"
          aria-roledescription="chart"
          aria-label={`Candles with ${legends.flat().length} columns. Arrow keys walk through the bars, plus and minus zoom, 0 shows all.`}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrows walk through the bars
          tabIndex={0}
          onKeyDown={onKeyDown}
          data-testid="feature-chart"
          data-panes={plan.panes.length}
          data-bars={bars}
        />
        {legends.map((lines, i) =>
          lines.length === 0 || tops[i] === undefined ? null : (
            // biome-ignore lint/suspicious/noArrayIndexKey: a legend belongs to its pane, whatever is in it
            <div key={i} className={styles.legend} style={{ top: tops[i] + 4 }} aria-hidden>
              {lines.map((line) => (
                <LegendLine key={line.id} line={line} colour={colourOf(line, scheme)} bar={bar} />
              ))}
            </div>
          ),
        )}
      </div>
      <span className="visually-hidden" aria-live="polite">
        {said}
      </span>
    </section>
  );
});

type WrittenLine = Line & { write: (value: number) => string };

/** The lines of each pane with how their values are written, the candles' pane first. */
function legendsOf(plan: ChartPlan): WrittenLine[][] {
  const prices = scaleFormat([plan.candles.high, plan.candles.low]).write;
  const sign = (value: number) => (value > 0 ? "up" : value < 0 ? "down" : "none");
  return [
    [
      ...plan.overlays.map((line) => ({ ...line, write: prices })),
      ...plan.marks.map((line) => ({ ...line, write: sign })),
    ],
    ...plan.panes.map(({ lines }) => {
      const { write } = scaleFormat(lines.map(({ values }) => values));
      return lines.map((line) => ({ ...line, write }));
    }),
  ];
}

function valueAt(line: WrittenLine, bar: number): string {
  const value = line.values[bar];
  return value === null || value === undefined ? UNDEFINED : line.write(value);
}

type LegendLineProps = { line: WrittenLine; colour: string; bar: number };

function LegendLine({ line, colour, bar }: LegendLineProps) {
  return (
    <span
      className={styles.line}
      title={`${line.name}: ${allDigits(line.values[bar])}`}
      data-testid={`legend-${line.name}`}
      data-value={dataValue(line.values[bar])}
    >
      {line.draw === "marks" ? (
        <i className={styles.mark}>▲▼</i>
      ) : (
        <i className={styles.sample} style={{ borderTopColor: colour }} data-dashed={line.horizon > 0} />
      )}
      {line.name} <b className="tabular">{valueAt(line, bar)}</b>
      {line.horizon > 0 && <em className={styles.ahead}>looks ahead</em>}
    </span>
  );
}

function PriceLine({ plan, bar }: { plan: ChartPlan; bar: number }) {
  const scheme = useScheme();
  const { times, open, high, low, close, volume } = plan.candles;
  const { write } = useMemo(() => scaleFormat([high, low]), [high, low]);
  const time = times[bar];
  if (time === undefined) return <span className="muted">No bars</span>;
  const words = (value: number | null | undefined) => (typeof value === "number" ? write(value) : UNDEFINED);
  const [opened, closed] = [open[bar], close[bar]];
  const isUp = typeof opened === "number" && typeof closed === "number" && closed >= opened;
  return (
    <span className={`${styles.price} tabular`} data-testid="bar-values">
      <b>{instant(1000 * time)}</b>
      <span>O {words(opened)}</span>
      <span>H {words(high[bar])}</span>
      <span>L {words(low[bar])}</span>
      <span>
        C {words(closed)}{" "}
        <span aria-hidden style={{ color: coloursOf(scheme)[isUp ? "positive" : "negative"] }}>
          {isUp ? "△" : "▼"}
        </span>
      </span>
      {volume.length > 0 && <span>V {count(volume[bar])}</span>}
    </span>
  );
}

function wordsAt(plan: ChartPlan, legends: readonly WrittenLine[][], bar: number): string {
  const time = plan.candles.times[bar];
  if (time === undefined) return "";
  const { write } = scaleFormat([plan.candles.high, plan.candles.low]);
  const close = plan.candles.close[bar];
  return [
    instant(1000 * time),
    `close ${typeof close === "number" ? write(close) : "missing"}`,
    ...legends.flat().map((line) => `${line.name} ${valueAt(line, bar)}`),
  ].join(", ");
}
