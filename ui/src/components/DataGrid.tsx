// biome-ignore-all lint/a11y/useSemanticElements: a table cannot place its rows freely, as a window over millions needs
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid itself holds the focus and names its active cell
/**
 * A grid over rows that are fetched as they come into view: millions of rows, hundreds of columns, only what shows is
 * drawn. It is walked with the arrows, and the cell it stands on is copied with Ctrl+C.
 */
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type UIEvent, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { revealed, type ScrollShape, type ScrollState, scrolled, slotCount } from "../lib/scrollWindow";
import styles from "./DataGrid.module.css";

export type GridColumn = {
  name: string;
  /** Under the name: the type, or what sets the column apart. */
  note: string;
  isMarked: boolean;
  align: "left" | "right";
  widthPx: number;
};
/** What shows, and every digit for the title and the copy. Null is a missing value. */
export type GridCell = { text: string; full: string } | null;
export type Place = { row: number; column: number };

type DataGridProps = {
  label: string;
  columns: readonly GridColumn[];
  rowCount: number;
  /** Undefined while the row is on its way. */
  rowAt: (row: number) => readonly GridCell[] | undefined;
  onRows: (first: number, last: number) => void;
  place: Place;
  onPlace: (place: Place) => void;
};

const ROW_PX = 29;
const HEADER_PX = 40;

export function DataGrid({ label, columns, rowCount, rowAt, onRows, place, onPlace }: DataGridProps) {
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<ScrollState>({ top: 0, offset: 0 });
  const slots = slotCount({ rows: rowCount, rowPx: ROW_PX });

  const rows = useVirtualizer({
    count: slots,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
    scrollMargin: HEADER_PX,
  });
  const across = useVirtualizer({
    count: columns.length,
    getScrollElement: () => scroller.current,
    estimateSize: (i) => columns[i]?.widthPx ?? 100,
    horizontal: true,
    overscan: 3,
  });

  const shape = (): ScrollShape => ({
    rows: rowCount,
    rowPx: ROW_PX,
    viewPx: Math.max(ROW_PX, (scroller.current?.clientHeight ?? 0) - HEADER_PX),
  });
  const follow = (next: ScrollState) => {
    setState(next);
    if (scroller.current !== null && scroller.current.scrollTop !== next.top) scroller.current.scrollTop = next.top;
  };
  const onScroll = (event: UIEvent<HTMLDivElement>) => {
    const next = scrolled(state, event.currentTarget.scrollTop, shape());
    if (next.top !== state.top || next.offset !== state.offset) follow(next);
  };

  const shownRows = rows.getVirtualItems();
  const shownColumns = across.getVirtualItems();
  const first = (shownRows[0]?.index ?? 0) + state.offset;
  const last = (shownRows.at(-1)?.index ?? 0) + state.offset;
  useEffect(() => {
    if (rowCount > 0) onRows(first, Math.min(last, rowCount - 1));
  }, [first, last, rowCount, onRows]);

  // The columns of another table have other widths.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the virtualizer is one object for the grid's whole life
  useLayoutEffect(() => across.measure(), [columns]);

  const go = (row: number, column: number) => {
    const next = {
      row: Math.min(Math.max(0, row), Math.max(0, rowCount - 1)),
      column: Math.min(Math.max(0, column), columns.length - 1),
    };
    onPlace(next);
    follow(revealed(state, next.row, shape()));
    across.scrollToIndex(next.column, { align: "auto" });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const { row, column } = place;
    const isControl = event.ctrlKey || event.metaKey;
    const screen = Math.max(1, Math.floor(shape().viewPx / ROW_PX) - 1);
    if (isControl && event.key === "c") {
      if (window.getSelection()?.toString() !== "") return;
      const cell = rowAt(row)?.[column];
      void navigator.clipboard?.writeText(cell?.full ?? "");
    } else if (event.key === "ArrowDown") go(row + 1, column);
    else if (event.key === "ArrowUp") go(row - 1, column);
    else if (event.key === "ArrowRight") go(row, column + 1);
    else if (event.key === "ArrowLeft") go(row, column - 1);
    else if (event.key === "PageDown") go(row + screen, column);
    else if (event.key === "PageUp") go(row - screen, column);
    else if (event.key === "Home") go(isControl ? 0 : row, 0);
    else if (event.key === "End") go(isControl ? rowCount - 1 : row, columns.length - 1);
    else return;
    event.preventDefault();
  };

  const cellId = (row: number, column: number) => `${id}-${row}-${column}`;
  const isPlaceDrawn =
    shownRows.some((slot) => slot.index + state.offset === place.row) &&
    shownColumns.some((item) => item.index === place.column);
  const width = across.getTotalSize();
  return (
    <div
      ref={scroller}
      className={styles.grid}
      role="grid"
      aria-label={label}
      aria-rowcount={rowCount + 1}
      aria-colcount={columns.length}
      aria-activedescendant={isPlaceDrawn ? cellId(place.row, place.column) : undefined}
      tabIndex={0}
      onScroll={onScroll}
      onKeyDown={onKeyDown}
      data-testid="grid"
    >
      <div className={styles.header} role="row" aria-rowindex={1} style={{ width, minWidth: "100%" }}>
        {shownColumns.map((item) => {
          const column = columns[item.index];
          if (column === undefined) return null;
          return (
            <div
              key={item.key}
              className={styles.columnHeader}
              role="columnheader"
              aria-colindex={item.index + 1}
              data-align={column.align}
              data-marked={column.isMarked}
              data-active={item.index === place.column}
              style={{ left: item.start, width: item.size }}
              title={`${column.name}\n${column.note}`}
              onMouseDown={() => onPlace({ ...place, column: item.index })}
            >
              <strong>{column.name}</strong>
              <small>{column.note}</small>
            </div>
          );
        })}
      </div>
      <div style={{ position: "relative", width, minWidth: "100%", height: slots * ROW_PX }}>
        {shownRows.map((slot) => {
          const row = slot.index + state.offset;
          const cells = rowAt(row);
          return (
            <div
              key={slot.key}
              className={styles.row}
              role="row"
              aria-rowindex={row + 2}
              style={{
                width,
                minWidth: "100%",
                height: ROW_PX,
                transform: `translateY(${slot.start - HEADER_PX}px)`,
              }}
            >
              {shownColumns.map((item) => {
                const cell = cells?.[item.index];
                const isActive = row === place.row && item.index === place.column;
                return (
                  <div
                    key={item.key}
                    id={cellId(row, item.index)}
                    className={styles.cell}
                    role="gridcell"
                    aria-colindex={item.index + 1}
                    aria-selected={isActive}
                    data-align={columns[item.index]?.align}
                    data-active={isActive}
                    data-null={cell === null}
                    data-waiting={cells === undefined}
                    style={{ left: item.start, width: item.size }}
                    title={cell === null ? "No value (NULL)" : cell?.full}
                    onMouseDown={() => onPlace({ row, column: item.index })}
                  >
                    {cells === undefined ? "…" : cell === null ? "–" : cell?.text}
                  </div>
                );
              })}
            </div>
          );
        })}
      </div>
    </div>
  );
}
