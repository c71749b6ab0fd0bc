/** Draws a plan with Lightweight Charts: series stay while their entry stays, and only what changed is set anew. */
import {
  CandlestickSeries,
  ColorType,
  CrosshairMode,
  createChart,
  createSeriesMarkers,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  LineSeries,
  LineStyle,
  type MouseEventParams,
  type SeriesMarker,
  type Time,
  type UTCTimestamp,
} from "lightweight-charts";
import { columnDecimals, fixed } from "../../../lib/number";
import { instant } from "../../../lib/time";
import { coloursOf, lineColour, type Scheme } from "../../../styles/palette";
import { type Candles, type ChartPlan, cutLabel, isIntraday, type Line, scaleFormat } from "./plan";

/** Bars that show at first: candles a person can tell apart. */
export const FIRST_BARS = 130;
const SMALL_BARS = 60;
const PANE_PX = 92;
const PRICE_PX = 250;
/** More marks than this hide the candles and each other. */
const MOST_MARKS = 2000;

export type Drawing = {
  update: (plan: ChartPlan, scheme: Scheme) => void;
  /** Moves the cross-hair to a bar and brings it into view; null takes it away. */
  pointAt: (bar: number | null) => void;
  /** By a factor: below 1 shows fewer bars. */
  zoom: (factor: number) => void;
  showAll: () => void;
  showLast: () => void;
  /** Where each pane begins, in px from the chart's top: the candles first. */
  paneTops: () => number[];
  destroy: () => void;
};

type Listeners = {
  /** The bar under the pointer, or null. */
  onPoint: (bar: number | null) => void;
  onLayout: () => void;
};

type Known = { api: ISeriesApi<"Line"> | ISeriesApi<"Histogram">; line: Line; look: string };

/** Height that shows every pane. */
export function heightOf(plan: ChartPlan): number {
  return PRICE_PX + PANE_PX * plan.panes.length;
}

/** Leaves room for the names of the lines; a pane is low, so its marks stand closer than on a whole chart. */
const PANE_SCALE = { scaleMargins: { top: 0.26, bottom: 0.08 }, entireTextOnly: true, tickMarkDensity: 1.6 };

/** On the axis with as few decimals as its numbers need, at the cross-hair with all. */
const priceFormat = ({ write, step }: ReturnType<typeof scaleFormat>) => ({
  type: "custom" as const,
  formatter: write,
  tickmarksFormatter: (prices: number[]) => {
    const decimals = columnDecimals(prices.map((price) => Number(price.toPrecision(6))));
    return prices.map((price) => (Math.abs(price) >= 1e6 ? write(price) : fixed(price, decimals)));
  },
  minMove: step,
});

/** How a line is drawn, and a key that tells two looks apart. */
function lookOf(line: Line, scheme: Scheme, format: ReturnType<typeof scaleFormat>) {
  const colour = colourOf(line, scheme);
  const isDashed = line.draw === "dashed_line" || line.horizon > 0;
  const isEdge = line.draw === "upper" || line.draw === "lower";
  const options = {
    color: isBars(line) ? soft(colour, 0.65) : colour,
    priceLineVisible: false,
    lastValueVisible: false,
    priceFormat: priceFormat(format),
    ...(isBars(line)
      ? {}
      : {
          lineWidth: isEdge ? (1 as const) : (2 as const),
          lineStyle: isDashed ? LineStyle.Dashed : LineStyle.Solid,
          crosshairMarkerRadius: 3,
        }),
  };
  return { options, key: `${options.color} ${line.draw} ${isDashed} ${format.step} ${format.write(1e6)}` };
}

const soft = (colour: string, alpha: number) =>
  `${colour}${Math.round(alpha * 255)
    .toString(16)
    .padStart(2, "0")}`;

/** A label has a colour of its own, whatever it measures; the others are told apart. */
export function colourOf(line: Line, scheme: Scheme): string {
  return line.horizon > 0 ? coloursOf(scheme).warning : lineColour(line.place, scheme);
}

function isEqual(a: readonly (number | null)[], b: readonly (number | null)[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function areEqual(a: readonly Line[], b: readonly Line[]): boolean {
  return a.length === b.length && a.every((line, i) => line.name === b[i]?.name && isEqual(line.values, b[i].values));
}

const at = (times: readonly number[], i: number) => (times[i] ?? 0) as UTCTimestamp;

function pointsOf(times: readonly number[], values: readonly (number | null)[]) {
  return values.map((value, i) => (value === null ? { time: at(times, i) } : { time: at(times, i), value }));
}

function candlesOf({ times, open, high, low, close }: Candles) {
  return times.map((_, i) => {
    const [o, h, l, c] = [open[i], high[i], low[i], close[i]];
    const time = at(times, i);
    return typeof o === "number" && typeof h === "number" && typeof l === "number" && typeof c === "number"
      ? { time, open: o, high: h, low: l, close: c }
      : { time };
  });
}

/** One of several small charts: fewer bars, no volume, narrow scales, and the mark of the library on one alone. */
type Small = { hasMark: boolean };

export function createDrawing(box: HTMLElement, listeners: Listeners, small: Small | null = null): Drawing {
  const chart: IChartApi = createChart(box, {
    autoSize: true,
    layout: { attributionLogo: small?.hasMark ?? true },
    localization: { locale: "en-US", timeFormatter: (time: Time) => instant(1000 * Number(time)) },
    crosshair: { mode: CrosshairMode.Normal },
    timeScale: { rightOffset: 2, minBarSpacing: 0.05, borderVisible: false },
    rightPriceScale: { borderVisible: false, minimumWidth: small === null ? 62 : 44 },
    kineticScroll: { mouse: false, touch: false },
    // A turn of the wheel scrolls the panes; with Ctrl it zooms, as on the other charts.
    handleScroll: { mouseWheel: false },
    handleScale: { mouseWheel: false },
  });
  const candles = chart.addSeries(CandlestickSeries, { priceLineVisible: false, lastValueVisible: false });
  const volume = chart.addSeries(HistogramSeries, {
    priceScaleId: "volume",
    priceLineVisible: false,
    lastValueVisible: false,
  });
  volume.applyOptions({ visible: small === null });
  volume.priceScale().applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } });
  const margins = small === null ? { top: 0.12, bottom: 0.2 } : { top: 0.04, bottom: 0.06 };
  candles.priceScale().applyOptions({ scaleMargins: margins, entireTextOnly: true });
  const markers = createSeriesMarkers<Time>(candles, []);
  const known = new Map<string, Known>();
  let drawn: ChartPlan | null = null;
  let drawnScheme: Scheme | null = null;

  /** The bar that the arrows chose. It stays until the pointer chooses another. */
  let walked: number | null = null;
  /** The cross-hair is kept as a place on the screen, so it is set anew once the chart has its shape. */
  const cross = () =>
    requestAnimationFrame(() => {
      if (walked === null || drawn === null || isGone || walked >= drawn.candles.times.length) return;
      chart.setCrosshairPosition(drawn.candles.close[walked] ?? 0, at(drawn.candles.times, walked), candles);
    });
  let isGone = false;

  const moved = (event: MouseEventParams<Time>) => {
    if (walked !== null && event.sourceEvent === undefined) return;
    walked = null;
    const bar = event.time === undefined || event.logical === undefined ? null : Number(event.logical);
    listeners.onPoint(bar !== null && bar >= 0 && bar < (drawn?.candles.times.length ?? 0) ? bar : null);
  };
  chart.subscribeCrosshairMove(moved);
  const laidOut = new ResizeObserver(() => {
    cross();
    listeners.onLayout();
    // A chart that had no size yet has drawn no label either.
    afterPaint(clearEdge);
  });

  const zoom = (factor: number) => {
    const range = chart.timeScale().getVisibleLogicalRange();
    if (range === null) return;
    const width = Math.max(10, (range.to - range.from) * factor);
    chart.timeScale().setVisibleLogicalRange({ from: range.to - width, to: range.to });
  };
  const onWheel = (event: WheelEvent) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoom(event.deltaY > 0 ? 1.15 : 1 / 1.15);
  };
  box.addEventListener("wheel", onWheel, { passive: false });

  const dress = (scheme: Scheme) => {
    const colours = coloursOf(scheme);
    chart.applyOptions({
      layout: {
        background: { type: ColorType.Solid, color: colours.surface },
        textColor: colours.muted,
        fontFamily: "Inter Variable, sans-serif",
        fontSize: 11,
        panes: { separatorColor: colours.line, separatorHoverColor: colours["accent-soft"] },
      },
      grid: { vertLines: { visible: false }, horzLines: { color: colours.line } },
      crosshair: {
        vertLine: { color: colours.control, labelBackgroundColor: colours.control },
        horzLine: { color: colours.control, labelBackgroundColor: colours.control },
      },
    });
    // Hollow rises, full falls: the sign does not rest on the colour.
    candles.applyOptions({
      upColor: colours.surface,
      borderUpColor: colours.positive,
      wickUpColor: colours.positive,
      downColor: colours.negative,
      borderDownColor: colours.negative,
      wickDownColor: colours.negative,
    });
    volume.applyOptions({ color: colours["control-soft"] });
  };

  const place = (line: Line, pane: number, scheme: Scheme, format: ReturnType<typeof scaleFormat>, isNew: boolean) => {
    const before = known.get(line.id);
    const api =
      before?.api ??
      (isBars(line) ? chart.addSeries(HistogramSeries, {}, pane) : chart.addSeries(LineSeries, {}, pane));
    const look = lookOf(line, scheme, format);
    if (before?.look !== look.key) api.applyOptions(look.options);
    const times = drawn?.candles.times ?? [];
    if (isNew || before === undefined || !isEqual(before.line.values, line.values)) {
      api.setData(pointsOf(times, line.values));
    }
    if (before === undefined && pane > 0) {
      api
        .priceScale()
        .applyOptions(small === null ? PANE_SCALE : { ...PANE_SCALE, scaleMargins: { top: 0.1, bottom: 0.1 } });
    }
    known.set(line.id, { api, line, look: look.key });
  };
  const showLast = () => {
    const bars = drawn?.candles.times.length ?? 0;
    const first = small === null ? FIRST_BARS : SMALL_BARS;
    chart.timeScale().setVisibleLogicalRange({ from: bars - Math.min(bars, first) - 0.5, to: bars + 1.5 });
    isEdgeNew = true;
    afterPaint(clearEdge);
  };
  /** Whether the left edge was set by the page, and not looked at since. */
  let isEdgeNew = false;
  /** Bars with a label below them, as far as they were drawn. */
  const labelled = new Set<number>();
  chart.applyOptions({
    timeScale: {
      tickMarkFormatter: (time: Time) => {
        labelled.add(Number(time));
        // As the library writes it.
        return null;
      },
    },
  });
  /** The library cuts off a label at the left edge: a few bars fewer, and it is not there. */
  const clearEdge = () => {
    const scale = chart.timeScale();
    const range = isGone || !isEdgeNew || labelled.size === 0 ? null : scale.getVisibleLogicalRange();
    if (range === null || drawn === null) return;
    isEdgeNew = false;
    const from = cutLabel(drawn.candles.times, labelled, range.from, (time) => scale.timeToCoordinate(at([time], 0)));
    if (from !== null) scale.setVisibleLogicalRange({ from, to: range.to });
  };

  return {
    update(plan, scheme) {
      const before = drawn;
      drawn = plan;
      if (scheme !== drawnScheme) dress(scheme);
      const isNew =
        before === null ||
        before.subject !== plan.subject ||
        !isEqual(before.candles.times, plan.candles.times) ||
        !isEqual(before.candles.close, plan.candles.close);
      if (isNew) {
        const { times, open, high, low, close } = plan.candles;
        const prices = scaleFormat([high, low]);
        candles.applyOptions({ priceFormat: priceFormat(prices) });
        chart.applyOptions({ timeScale: { timeVisible: isIntraday(times), secondsVisible: false } });
        candles.setData(candlesOf({ times, open, high, low, close, volume: [] }));
        volume.setData(pointsOf(times, plan.candles.volume));
      }
      // Entries that came, went or moved: their series are made anew, in the order of the panes.
      const isReshaped = before === null || shapeOf(before) !== shapeOf(plan);
      if (isReshaped) {
        for (const { api } of known.values()) chart.removeSeries(api);
        known.clear();
      }
      const prices = scaleFormat([plan.candles.high, plan.candles.low]);
      for (const line of plan.overlays) place(line, 0, scheme, prices, isNew);
      plan.panes.forEach(({ lines }, i) => {
        const format = scaleFormat(lines.map(({ values }) => values));
        // Bars lie behind lines.
        const inOrder = [...lines.filter(isBars), ...lines.filter((line) => !isBars(line))];
        for (const line of inOrder) place(line, i + 1, scheme, format, isNew);
      });
      if (isNew || scheme !== drawnScheme || !areEqual(before.marks, plan.marks)) {
        markers.setMarkers(marksOf(plan, scheme));
      }
      if (before?.subject !== plan.subject) showLast();
      drawnScheme = scheme;
      cross();
      if (!isReshaped) return;
      laidOut.disconnect();
      chart.panes().forEach((pane, i) => {
        pane.setStretchFactor(i === 0 ? PRICE_PX : PANE_PX);
        const element = pane.getHTMLElement();
        if (element !== null) laidOut.observe(element);
      });
      requestAnimationFrame(listeners.onLayout);
    },
    pointAt(bar) {
      walked = bar;
      if (bar === null) {
        chart.clearCrosshairPosition();
        return;
      }
      const range = chart.timeScale().getVisibleLogicalRange();
      if (range !== null && (bar < range.from || bar > range.to)) {
        const half = (range.to - range.from) / 2;
        chart.timeScale().setVisibleLogicalRange({ from: bar - half, to: bar + half });
      }
      cross();
    },
    zoom,
    showAll: () => chart.timeScale().fitContent(),
    showLast,
    paneTops() {
      const top = box.getBoundingClientRect().top;
      return chart.panes().map((pane) => (pane.getHTMLElement()?.getBoundingClientRect().top ?? top) - top);
    },
    destroy() {
      isGone = true;
      laidOut.disconnect();
      box.removeEventListener("wheel", onWheel);
      chart.unsubscribeCrosshairMove(moved);
      chart.remove();
    },
  };
}

/** Once what was asked for is on the screen. */
const afterPaint = (work: () => void) => requestAnimationFrame(() => requestAnimationFrame(work));

const isBars = (line: Line) => line.draw === "histogram";

/** Which series there are, and where. */
const shapeOf = ({ overlays, panes }: ChartPlan) =>
  JSON.stringify([overlays, ...panes.map(({ lines }) => lines)].map((lines) => lines.map((l) => [l.id, isBars(l)])));

/** Arrows at the bars where a mark is not zero: from below up, from above down. */
function marksOf({ marks, candles }: ChartPlan, scheme: Scheme): SeriesMarker<Time>[] {
  const colours = coloursOf(scheme);
  const found = marks.flatMap(({ name, values }) =>
    values.flatMap((value, i): SeriesMarker<Time>[] => {
      if (value === null || value === 0) return [];
      const isUp = value > 0;
      return [
        {
          time: at(candles.times, i),
          position: isUp ? "belowBar" : "aboveBar",
          shape: isUp ? "arrowUp" : "arrowDown",
          color: isUp ? colours.positive : colours.negative,
          text: marks.length > 1 ? name : "",
        },
      ];
    }),
  );
  return found.slice(-MOST_MARKS).sort((a, b) => Number(a.time) - Number(b.time));
}
