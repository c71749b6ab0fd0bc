// biome-ignore-all lint/a11y/useSemanticElements: a table cannot place its columns freely, as a window over them needs
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus; its keys sort and resize
/** The head of a column: its name, its type, the order it gives the rows, and the edge that resizes it. */
import type { PointerEvent, ReactNode } from "react";
import type { SortKey } from "../lib/sort";
import type { MenuPlace } from "./ContextMenu";
import type { GridColumn } from "./DataGrid";
import styles from "./DataGrid.module.css";

type GridHeaderProps = {
  column: GridColumn;
  index: number;
  start: number;
  isActive: boolean;
  sort: readonly SortKey[];
  onSort: (isAdding: boolean) => void;
  onResize: (widthPx: number) => void;
  onAutoSize: () => void;
  onMenu: (place: MenuPlace) => void;
  onChoose: () => void;
  children: ReactNode;
};

export function GridHeader(props: GridHeaderProps) {
  const { column, index, start, isActive, sort, children } = props;
  const at = sort.findIndex((key) => key.column === column.name);
  const key = sort[at];
  const order = key === undefined ? "none" : key.descending ? "descending" : "ascending";
  const words =
    key === undefined ? "" : `\nSorted ${order}${sort.length > 1 ? `, key ${at + 1} of ${sort.length}` : ""}`;

  const onPointerDown = (down: PointerEvent<HTMLDivElement>) => {
    const edge = down.currentTarget;
    const from = down.clientX;
    edge.setPointerCapture(down.pointerId);
    const move = (event: globalThis.PointerEvent) => props.onResize(column.widthPx + event.clientX - from);
    const up = () => {
      edge.removeEventListener("pointermove", move);
      edge.removeEventListener("pointerup", up);
    };
    edge.addEventListener("pointermove", move);
    edge.addEventListener("pointerup", up);
  };
  return (
    <div
      className={styles.columnHeader}
      role="columnheader"
      aria-colindex={index + 1}
      aria-sort={order}
      data-align={column.align}
      data-marked={column.isMarked}
      data-active={isActive}
      data-column={column.name}
      style={{ left: start, width: column.widthPx }}
      onContextMenu={(event) => {
        event.preventDefault();
        props.onMenu({ x: event.clientX, y: event.clientY });
      }}
    >
      <button
        type="button"
        className={styles.headerButton}
        tabIndex={-1}
        title={`${column.name}\n${column.note}${words}\nClick to sort, Shift adds a key`}
        data-testid={`sort-${column.name}`}
        // The grid keeps the focus.
        onMouseDown={(event) => {
          event.preventDefault();
          props.onChoose();
        }}
        onClick={(event) => event.button === 0 && props.onSort(event.shiftKey)}
      >
        <strong>
          <span className={styles.headerName}>{column.name}</span>
          {key !== undefined && (
            <span className={styles.sortMark} aria-hidden>
              {key.descending ? "▼" : "▲"}
              {sort.length > 1 && at + 1}
            </span>
          )}
        </strong>
        <small>{column.note}</small>
      </button>
      {children}
      <div
        className={styles.edge}
        aria-hidden
        title="Drag to resize, double click to fit"
        onPointerDown={onPointerDown}
        onDoubleClick={props.onAutoSize}
      />
    </div>
  );
}
