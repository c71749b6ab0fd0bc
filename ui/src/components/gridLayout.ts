/** How a person arranged the columns of a grid: their widths, which stay at the left, which do not show. */
import { useLocalStorage } from "@mantine/hooks";
import { useCallback, useState } from "react";

export type GridLayout = {
  widths: Record<string, number>;
  pinned: string[];
  hidden: string[];
};

const AS_IT_COMES: GridLayout = { widths: {}, pinned: [], hidden: [] };

export const MIN_WIDTH_PX = 48;
const MAX_WIDTH_PX = 900;

const without = (names: readonly string[], name: string) => names.filter((known) => known !== name);

/** Remembered under the key; without one, as long as the grid shows. */
export function useGridLayout(key: string | null) {
  const [kept, setKept] = useLocalStorage<GridLayout>({
    key: `algomosaic.grid.${key ?? ""}`,
    defaultValue: AS_IT_COMES,
    getInitialValueInEffect: false,
  });
  const [passing, setPassing] = useState(AS_IT_COMES);
  const [layout, change] = key === null ? [passing, setPassing] : [kept, setKept];

  const resize = useCallback(
    (name: string, widthPx: number) => {
      const px = Math.round(Math.min(MAX_WIDTH_PX, Math.max(MIN_WIDTH_PX, widthPx)));
      change((now) => ({ ...now, widths: { ...now.widths, [name]: px } }));
    },
    [change],
  );
  const setPinned = (name: string, isPinned: boolean) =>
    change((now) => ({ ...now, pinned: [...without(now.pinned, name), ...(isPinned ? [name] : [])] }));
  const setHidden = (name: string, isHidden: boolean) =>
    change((now) => ({ ...now, hidden: [...without(now.hidden, name), ...(isHidden ? [name] : [])] }));
  const showAll = () => change((now) => ({ ...now, hidden: [] }));
  return { layout, resize, setPinned, setHidden, showAll };
}

type Width = { widthPx: number; sparePx: number };

/** The columns, a little narrower where that lets all of them show; as they are where it does not, or nothing is to do. */
export function squeezed<C extends Width>(columns: readonly C[], viewPx: number): readonly C[] {
  const sum = (of: (column: C) => number) => columns.reduce((all, column) => all + of(column), 0);
  const excess = sum(({ widthPx }) => widthPx) - viewPx;
  const spare = sum(({ sparePx }) => sparePx);
  if (viewPx === 0 || excess <= 0 || excess > spare) return columns;
  return columns.map((column) => ({ ...column, widthPx: column.widthPx - (excess * column.sparePx) / spare }));
}

/** Positions of the columns in the order they show, the pinned ones first. */
export function shownOrder(
  names: readonly string[],
  { pinned, hidden }: GridLayout,
): { order: number[]; pinned: number } {
  const visible = names.flatMap((name, i) => (hidden.includes(name) ? [] : i));
  const first = visible.filter((i) => pinned.includes(names[i] ?? ""));
  return { order: [...first, ...visible.filter((i) => !first.includes(i))], pinned: first.length };
}
