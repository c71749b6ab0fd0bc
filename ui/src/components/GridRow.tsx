// biome-ignore-all lint/a11y/useSemanticElements: a table cannot place its rows freely, as a window over millions needs
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid itself holds the focus and names its active cell
/** A row of a grid. It is drawn anew only when something of it changed, so that scrolling draws new rows only. */
import { type MouseEvent, memo, type RefObject } from "react";
import type { MenuPlace } from "./ContextMenu";
import type { GridCell, GridColumn, GridData } from "./DataGrid";
import styles from "./DataGrid.module.css";
import type { Place } from "./gridSelection";

/** Where a column stands. */
export type GridItem = { key: string; index: number; start: number; size: number };

export type CellActions = {
  press: (event: MouseEvent, place: Place) => void;
  extendTo: (place: Place) => void;
  menu: (column: string, place: MenuPlace) => void;
};

type GridRowProps = {
  row: number;
  /** From the top of the scrolled rows. */
  topPx: number;
  heightPx: number;
  widthPx: number;
  columns: readonly GridColumn[];
  pinnedItems: readonly GridItem[];
  pinnedPx: number;
  freeItems: readonly GridItem[];
  /** The row's data; undefined while it is on its way. */
  data: GridData | undefined;
  cellOf: (data: GridData, column: number) => GridCell;
  /** The first and the last selected column, -1 where the row is not selected. */
  selectedFrom: number;
  selectedTo: number;
  /** The column one stands in, -1 in every other row. */
  activeColumn: number;
  idPrefix: string;
  actions: RefObject<CellActions>;
};

export const GridRow = memo(function GridRow(props: GridRowProps) {
  const { row, topPx, heightPx, widthPx, columns, pinnedItems, pinnedPx, freeItems, data, cellOf, actions } = props;
  const drawn = ({ key, index, start, size }: GridItem) => {
    const cell = data === undefined ? undefined : cellOf(data, index);
    return (
      <div
        key={key}
        id={`${props.idPrefix}-${row}-${index}`}
        className={styles.cell}
        role="gridcell"
        aria-colindex={index + 1}
        aria-selected={index >= props.selectedFrom && index <= props.selectedTo}
        data-align={columns[index]?.align}
        data-active={index === props.activeColumn}
        data-null={cell === null}
        data-waiting={cell === undefined}
        style={{ left: start, width: size }}
        title={cell === null ? "No value (NULL)" : cell?.full}
        onMouseDown={(event) => actions.current.press(event, { row, column: index })}
        onMouseEnter={(event) => event.buttons === 1 && actions.current.extendTo({ row, column: index })}
        onContextMenu={(event) => {
          event.preventDefault();
          const name = columns[index]?.name;
          if (name !== undefined) actions.current.menu(name, { x: event.clientX, y: event.clientY });
        }}
      >
        {cell === undefined ? "…" : cell === null ? "–" : cell.text}
      </div>
    );
  };
  return (
    <div
      className={styles.row}
      role="row"
      aria-rowindex={row + 2}
      style={{ width: widthPx, minWidth: "100%", height: heightPx, transform: `translateY(${topPx}px)` }}
    >
      {pinnedItems.length > 0 && (
        <div className={styles.pinned} role="presentation" style={{ width: pinnedPx }}>
          {pinnedItems.map(drawn)}
        </div>
      )}
      {freeItems.map(drawn)}
    </div>
  );
});
