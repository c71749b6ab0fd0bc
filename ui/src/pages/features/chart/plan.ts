/** What the chart of a recipe shows: candles with what lies over them, and a pane for each scale of an entry. */
import type { Draw } from "../../../api/client";
import { count, fixed } from "../../../lib/number";
import { keyAt, type Preview } from "../usePreview";

export type Line = {
  /** The same for as long as the entry makes as many columns, whatever their names. */
  id: string;
  name: string;
  /** How many later bars it reads; 0 for a feature. */
  horizon: number;
  draw: Draw;
  /** Its place among the lines on its scale, by which it gets its colour. */
  place: number;
  values: readonly (number | null)[];
};

export type Pane = { id: string; lines: readonly Line[] };

export type Candles = {
  /** Whole seconds since 1970, UTC, strictly rising. */
  times: readonly number[];
  open: readonly (number | null)[];
  high: readonly (number | null)[];
  low: readonly (number | null)[];
  close: readonly (number | null)[];
  volume: readonly (number | null)[];
};

export type ChartPlan = {
  /** Whose bars these are: another subject is shown from its end. */
  subject: string;
  candles: Candles;
  /** Over the candles. */
  overlays: readonly Line[];
  panes: readonly Pane[];
  /** Marks at bars, such as candle patterns. */
  marks: readonly Line[];
};

/** Bars at a time that the one before has already cannot be drawn beside it; the last one counts. */
function drawable(times: readonly (number | null)[]): number[] {
  const kept: number[] = [];
  times.forEach((time, i) => {
    if (time === null) return;
    const last = kept.at(-1);
    const before = last === undefined ? undefined : times[last];
    if (before !== undefined && before !== null && time <= before) kept[kept.length - 1] = i;
    else kept.push(i);
  });
  return kept;
}

/** The entries that draw a band. */
function bandsOf(preview: Preview): Set<string> {
  const edged = preview.columns.filter(({ draw }) => draw === "upper" || draw === "lower");
  return new Set(edged.map((column) => keyAt(preview, column) ?? ""));
}

/** Each line has a place of its own, but the edges and the middle of a band share one. */
function placeOf(draw: Draw, isBand: boolean, key: string, group: readonly Line[]): number {
  const last = group.at(-1);
  const next = last === undefined ? 0 : last.place + 1;
  if (!isBand || last === undefined || !last.id.startsWith(`${key}/`)) return next;
  const band = group.filter(({ id, place }) => id.startsWith(`${key}/`) && place === last.place);
  return band.some((line) => line.draw === draw) ? next : last.place;
}

/** `hidden` holds the keys of entries that do not show. An entry whose values are awaited shows when they come. */
export function planOf(preview: Preview, hidden: ReadonlySet<string>): ChartPlan {
  const kept = drawable(preview.times);
  const isWhole = kept.length === preview.times.length;
  const of = (values: readonly (number | null)[]) =>
    isWhole || values.length === 0 ? values : kept.map((i) => values[i] ?? null);
  const overlays: Line[] = [];
  const marks: Line[] = [];
  const panes = new Map<string, Line[]>();
  const counts = new Map<string, number>();
  const bands = bandsOf(preview);
  for (const column of preview.columns) {
    const key = keyAt(preview, column);
    if (key === undefined || hidden.has(key) || column.values.length === 0) continue;
    const nth = counts.get(key) ?? 0;
    counts.set(key, nth + 1);
    const pane = column.apart ? `${key}/${nth}` : key;
    const group = column.draw === "marks" ? marks : column.overlay ? overlays : (panes.get(pane) ?? []);
    if (group !== marks && group !== overlays) panes.set(pane, group);
    group.push({
      id: `${key}/${nth}`,
      name: column.name,
      horizon: column.horizon,
      draw: column.draw,
      place: placeOf(column.draw, bands.has(key), key, group),
      values: of(column.values),
    });
  }
  const { table, ticker, bars } = preview.request;
  return {
    subject: JSON.stringify([table, ticker, bars]),
    candles: {
      times: isWhole ? preview.times.map((time) => time ?? 0) : kept.map((i) => preview.times[i] ?? 0),
      open: of(preview.open),
      high: of(preview.high),
      low: of(preview.low),
      close: of(preview.close),
      volume: of(preview.volume),
    },
    overlays,
    panes: [...panes].map(([id, lines]) => ({ id, lines })),
    marks,
  };
}

/** How the numbers of a scale are written: alike, with about four digits that mean something. */
export function scaleFormat(series: readonly (readonly (number | null)[])[]): {
  write: (value: number) => string;
  step: number;
} {
  let largest = 0;
  for (const values of series) {
    for (const value of values) if (value !== null) largest = Math.max(largest, Math.abs(value));
  }
  const size = largest === 0 ? 0 : Math.floor(Math.log10(largest));
  const decimals = Math.min(10, Math.max(size < 4 ? 2 : 0, 3 - size));
  const isLarge = largest >= 1e6;
  const write = (value: number) => {
    if (!isLarge) return fixed(value, decimals);
    return value < 0 ? `−${count(-value)}` : count(value);
  };
  return { write, step: 10 ** -decimals };
}

/** Whether bars are shorter than a day, so that their times matter. */
export function isIntraday(times: readonly number[]): boolean {
  return times.some((time) => time % 86_400 !== 0);
}

/** Half the width of a label of the time axis, and a little air. */
const HALF_LABEL_PX = 18;

/** Where to begin, in bars, so that no label is cut off at the left edge; null where none is. */
export function cutLabel(
  times: readonly number[],
  labelled: ReadonlySet<number>,
  from: number,
  placeOf: (time: number) => number | null,
): number | null {
  // A bar that is half out of view has its label all the same.
  for (let bar = Math.max(0, Math.floor(from)); bar < times.length; bar++) {
    const time = times[bar] ?? 0;
    const place = placeOf(time);
    if (place === null || place >= HALF_LABEL_PX) return null;
    if (labelled.has(time)) return bar + 1;
  }
  return null;
}
