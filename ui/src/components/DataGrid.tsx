// biome-ignore-all lint/a11y/useSemanticElements: a table cannot place its rows freely, as a window over millions needs
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid itself holds the focus and names its active cell
/**
 * A grid over rows that are fetched as they come into view: millions of rows, hundreds of columns, only what shows is
 * drawn. It is walked with the arrows; Shift selects, Enter sorts, Ctrl+C copies. What those do, its owner decides.
 */
import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  type ReactNode,
  type UIEvent,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import type { Cell } from "../api/client";
import { revealed, type ScrollShape, type ScrollState, scrolled, slotCount } from "../lib/scrollWindow";
import type { SortKey } from "../lib/sort";
import { asksForMenu, type MenuPlace, placeUnder } from "./ContextMenu";
import styles from "./DataGrid.module.css";
import { GridHeader } from "./GridHeader";
import { type CellActions, type GridItem, GridRow } from "./GridRow";
import { squeezed } from "./gridLayout";
import { at, holds, type Place, type Range, rangeOf, type Selection } from "./gridSelection";

export type GridColumn = {
  name: string;
  /** Under the name: the type, or what sets the column apart. */
  note: string;
  isMarked: boolean;
  align: "left" | "right";
  widthPx: number;
  /** How much narrower it may be where that makes room for all columns. */
  sparePx: number;
};
/** What shows, and every digit for the title and the copy. Null is a missing value. */
export type GridCell = { text: string; full: string } | null;
/** A row as its owner keeps it: the same object as long as its cells are the same. */
export type GridData = readonly Cell[];

export type DataGridProps = {
  label: string;
  testId: string;
  /** In the order they show; the first `pinned` stay at the left. */
  columns: readonly GridColumn[];
  pinned: number;
  rowCount: number;
  /** Which rows they are: others are shown from their first. */
  rowsKey: string;
  /** Undefined while the row is on its way. */
  dataAt: (row: number) => GridData | undefined;
  /** The same function as long as it gives the same cells: another one draws every row anew. */
  cellOf: (data: GridData, column: number) => GridCell;
  onRows: (first: number, last: number) => void;
  selection: Selection;
  onSelection: (selection: Selection) => void;
  sort: readonly SortKey[];
  onSort: (column: string, isAdding: boolean) => void;
  onResize: (column: string, widthPx: number) => void;
  onAutoSize: (column: string) => void;
  onCopy: (range: Range, withNames: boolean) => void;
  onMenu: (column: string, place: MenuPlace) => void;
  /** A field under a column's header, or null where none show. */
  filterField: ((column: number) => ReactNode) | null;
};

const ROW_PX = 29;
const HEADER_PX = 40;
const FILTER_PX = 32;
const RESIZE_STEP_PX = 16;

export function DataGrid(props: DataGridProps) {
  const { label, pinned, rowCount, dataAt, cellOf, onRows, selection, onSelection, sort, filterField } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [viewPx, setViewPx] = useState(0);
  useLayoutEffect(() => {
    const box = scroller.current;
    if (box === null) return;
    const watch = new ResizeObserver(() => setViewPx(box.clientWidth));
    watch.observe(box);
    setViewPx(box.clientWidth);
    return () => watch.disconnect();
  }, []);
  const columns = useMemo(() => squeezed(props.columns, viewPx), [props.columns, viewPx]);
  // Where it stands now; only another offset needs a drawing of its own, the rows in view follow the scroller.
  const stand = useRef<ScrollState>({ top: 0, offset: 0 });
  const [offset, setOffset] = useState(0);
  const slots = slotCount({ rows: rowCount, rowPx: ROW_PX });
  const headerPx = HEADER_PX + (filterField === null ? 0 : FILTER_PX);
  const { focus } = selection;
  const range = rangeOf(selection);

  const pinnedItems = useMemo(() => {
    let start = 0;
    return columns.slice(0, pinned).map((column, index): GridItem => {
      const item = { key: column.name, index, start, size: column.widthPx };
      start += column.widthPx;
      return item;
    });
  }, [columns, pinned]);
  const pinnedPx = pinnedItems.reduce((sum, item) => sum + item.size, 0);
  const rows = useVirtualizer({
    count: slots,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
    scrollMargin: headerPx,
  });
  const across = useVirtualizer({
    count: columns.length - pinned,
    getScrollElement: () => scroller.current,
    estimateSize: (i) => columns[pinned + i]?.widthPx ?? 100,
    horizontal: true,
    overscan: 3,
    paddingStart: pinnedPx,
    scrollPaddingStart: pinnedPx,
  });

  const shape = (): ScrollShape => ({
    rows: rowCount,
    rowPx: ROW_PX,
    viewPx: Math.max(ROW_PX, (scroller.current?.clientHeight ?? 0) - headerPx),
  });
  const follow = (next: ScrollState) => {
    stand.current = next;
    setOffset(next.offset);
    if (scroller.current !== null && scroller.current.scrollTop !== next.top) scroller.current.scrollTop = next.top;
  };
  const onScroll = (event: UIEvent<HTMLDivElement>) => {
    follow(scrolled(stand.current, event.currentTarget.scrollTop, shape()));
  };

  const shownRows = rows.getVirtualItems();
  const inView = across.getVirtualItems();
  // The same columns at the same places are the same items, so that rows need not be drawn anew.
  const places = inView.map(({ index, start, size }) => `${index} ${start} ${size}`).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the places say whether what is in view changed
  const freeItems = useMemo(
    () =>
      inView.map(
        (item): GridItem => ({
          key: columns[pinned + item.index]?.name ?? String(item.key),
          index: pinned + item.index,
          start: item.start,
          size: item.size,
        }),
      ),
    [places, columns, pinned],
  );
  const first = (shownRows[0]?.index ?? 0) + offset;
  const last = (shownRows.at(-1)?.index ?? 0) + offset;
  useEffect(() => {
    if (rowCount > 0) onRows(first, Math.min(last, rowCount - 1));
  }, [first, last, rowCount, onRows]);

  // The columns of another table have other widths.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the virtualizer is one object for the grid's whole life
  useLayoutEffect(() => across.measure(), [columns, pinned]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only other rows, or fewer of them, begin anew
  useLayoutEffect(() => {
    follow({ top: 0, offset: 0 });
  }, [props.rowsKey, rowCount]);

  // Wherever one is sent, by a key or from outside, is brought into view.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a move reveals; scrolling away from it is allowed
  useLayoutEffect(() => {
    follow(revealed(stand.current, focus.row, shape()));
    if (focus.column >= pinned) across.scrollToIndex(focus.column - pinned, { align: "auto" });
  }, [focus.row, focus.column]);

  const go = (row: number, column: number, isExtending: boolean) => {
    const place: Place = {
      row: Math.min(Math.max(0, row), Math.max(0, rowCount - 1)),
      column: Math.min(Math.max(0, column), columns.length - 1),
    };
    onSelection(isExtending ? { anchor: selection.anchor, focus: place } : at(place));
  };
  const active = columns[focus.column];
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    // The filter fields have keys of their own.
    if (event.target !== event.currentTarget) return;
    const { row, column } = focus;
    const isControl = event.ctrlKey || event.metaKey;
    const isShift = event.shiftKey;
    const screen = Math.max(1, Math.floor(shape().viewPx / ROW_PX) - 1);
    if (isControl && event.key.toLowerCase() === "c") props.onCopy(range, isShift);
    else if (isControl && event.key === "a") {
      onSelection({ anchor: { row: 0, column: 0 }, focus: { row: rowCount - 1, column: columns.length - 1 } });
    } else if (event.key === "Enter" && !isControl && active !== undefined) props.onSort(active.name, isShift);
    else if (asksForMenu(event) && active !== undefined) {
      const cell = document.getElementById(cellId(row, column));
      props.onMenu(active.name, placeUnder(cell ?? event.currentTarget));
    } else if (event.altKey && event.key === "ArrowRight" && active !== undefined) {
      props.onResize(active.name, active.widthPx + RESIZE_STEP_PX);
    } else if (event.altKey && event.key === "ArrowLeft" && active !== undefined) {
      props.onResize(active.name, active.widthPx - RESIZE_STEP_PX);
    } else if (event.key === "ArrowDown") go(row + 1, column, isShift);
    else if (event.key === "ArrowUp") go(row - 1, column, isShift);
    else if (event.key === "ArrowRight") go(row, column + 1, isShift);
    else if (event.key === "ArrowLeft") go(row, column - 1, isShift);
    else if (event.key === "PageDown") go(row + screen, column, isShift);
    else if (event.key === "PageUp") go(row - screen, column, isShift);
    else if (event.key === "Home") go(isControl ? 0 : row, 0, isShift);
    else if (event.key === "End") go(isControl ? rowCount - 1 : row, columns.length - 1, isShift);
    else return;
    event.preventDefault();
  };
  const cellActions = useRef<CellActions>({ press: () => undefined, extendTo: () => undefined, menu: () => undefined });
  cellActions.current = {
    press: (event, place) => {
      // A press of another button asks for the menu of what is selected.
      if (event.button !== 0 && holds(range, place.row, place.column)) return;
      onSelection(event.shiftKey ? { anchor: selection.anchor, focus: place } : at(place));
    },
    extendTo: (place) => go(place.row, place.column, true),
    menu: props.onMenu,
  };

  const cellId = (row: number, column: number) => `${id}-${row}-${column}`;
  const isFocusDrawn =
    shownRows.some((slot) => slot.index + offset === focus.row) &&
    (focus.column < pinned || freeItems.some((item) => item.index === focus.column));
  const width = across.getTotalSize();

  const header = (item: GridItem) => {
    const column = columns[item.index];
    if (column === undefined) return null;
    return (
      <GridHeader
        key={item.key}
        column={column}
        index={item.index}
        start={item.start}
        isActive={item.index === focus.column}
        sort={sort}
        onSort={(isAdding) => props.onSort(column.name, isAdding)}
        onResize={(px) => props.onResize(column.name, px)}
        onAutoSize={() => props.onAutoSize(column.name)}
        onMenu={(place) => props.onMenu(column.name, place)}
        onChoose={() => {
          onSelection(at({ row: focus.row, column: item.index }));
          scroller.current?.focus({ preventScroll: true });
        }}
      >
        {filterField?.(item.index)}
      </GridHeader>
    );
  };
  return (
    <div
      ref={scroller}
      className={styles.grid}
      role="grid"
      aria-label={label}
      aria-rowcount={rowCount + 1}
      aria-colcount={columns.length}
      aria-multiselectable
      aria-activedescendant={isFocusDrawn ? cellId(focus.row, focus.column) : undefined}
      tabIndex={0}
      onScroll={onScroll}
      onKeyDown={onKeyDown}
      data-testid={props.testId}
    >
      <div className={styles.header} role="row" aria-rowindex={1} style={{ width, minWidth: "100%", height: headerPx }}>
        {pinned > 0 && (
          <div className={styles.pinned} role="presentation" style={{ width: pinnedPx }}>
            {pinnedItems.map(header)}
          </div>
        )}
        {freeItems.map(header)}
      </div>
      <div style={{ position: "relative", width, minWidth: "100%", height: slots * ROW_PX }}>
        {shownRows.map((slot) => {
          const row = slot.index + offset;
          const isSelected = row >= range.top && row <= range.bottom;
          return (
            <GridRow
              key={slot.key}
              row={row}
              topPx={slot.start - headerPx}
              heightPx={ROW_PX}
              widthPx={width}
              columns={columns}
              pinnedItems={pinnedItems}
              pinnedPx={pinnedPx}
              freeItems={freeItems}
              data={dataAt(row)}
              cellOf={cellOf}
              selectedFrom={isSelected ? range.left : -1}
              selectedTo={isSelected ? range.right : -1}
              activeColumn={row === focus.row ? focus.column : -1}
              idPrefix={id}
              actions={cellActions}
            />
          );
        })}
      </div>
    </div>
  );
}
