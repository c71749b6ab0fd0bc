/** The rows of a table or of a result: sorted, filtered, copied, with the columns arranged as a person likes them. */
import { Checkbox, Popover } from "@mantine/core";
import { type FormEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { type Cell, type ColumnInfo, type Filter, problemOf, type TablePage, useClient } from "../../api/client";
import { ContextMenu, type MenuAction, type MenuPlace } from "../../components/ContextMenu";
import { DataGrid, type GridColumn } from "../../components/DataGrid";
import { shownOrder, useGridLayout } from "../../components/gridLayout";
import { at, FIRST_CELL, type Range, rangeOf, type Selection, sizeOf } from "../../components/gridSelection";
import { CloseIcon } from "../../components/icons";
import { Empty, Note, ProblemNote, Shown } from "../../components/Message";
import { TaskWaiting } from "../../frame/TaskWaiting";
import { showProblem } from "../../frame/Workbench";
import { copyText, fieldText } from "../../lib/clipboard";
import { filterWords, withFilter } from "../../lib/filters";
import { whole } from "../../lib/number";
import { nextSort, sortWords } from "../../lib/sort";
import { shortTable } from "../../lib/tables";
import { viewOf } from "../../lib/view";
import { useWish } from "../../lib/wishes";
import { isNumberType, shownColumns, widthFor } from "./cells";
import { FilterField } from "./FilterField";
import styles from "./Rows.module.css";
import { useFirstPage, useTableRows } from "./useTablePages";
import { useTableView } from "./useTableView";

type TableRowsProps = {
  table: string;
  /** How people call it. */
  name: string;
  workspace: string;
  /** Changes with the rows. */
  version: string;
  /** Whether the columns' arrangement is remembered. */
  isLasting: boolean;
  /** Whether it is what shows, so that keys and the palette mean it. */
  isActive: boolean;
  testId: string;
  onColumn: (column: ColumnInfo | null) => void;
  /** Told once they are known. */
  onColumns?: (columns: ColumnInfo[]) => void;
  onProfile: (column: ColumnInfo) => void;
};

export function TableRows(props: TableRowsProps) {
  const view = viewOf(useFirstPage(props.table));
  return (
    <Shown view={view} loading="Reading rows" failed="The table was not read">
      {(page) =>
        page.total === 0 ? (
          <Empty
            title={props.isLasting ? "This table is empty" : "No rows"}
            text={
              props.isLasting
                ? `${props.name} has ${page.columns.length} columns and no rows. Import rows into it to see them here.`
                : `The query ran and gives no row. Its ${page.columns.length === 1 ? "column is" : "columns are"} ${page.columns.map((column) => column.name).join(", ")}.`
            }
          />
        ) : (
          <RowsGrid {...props} first={page} />
        )
      }
    </Shown>
  );
}

/** More rows than these are copied by the application, which has them at hand. */
const MOST_COPIED_HERE = 2000;
const MOST_COPIED = 100_000;

function RowsGrid(props: TableRowsProps & { first: TablePage }) {
  const { table, name, first, isActive, isLasting, onColumn } = props;
  const client = useClient();
  const { shown, wanted, state, setSort, setFilters, giveUp, makeAgain } = useTableView(
    table,
    props.workspace,
    props.version,
  );
  const { layout, resize, setPinned, setHidden, showAll } = useGridLayout(isLasting ? table : null);
  const [selection, setSelection] = useState<Selection>(FIRST_CELL);
  const [isFiltering, setFiltering] = useState(wanted.filters.length > 0);
  const [menu, setMenu] = useState<{ column: string; place: MenuPlace } | null>(null);
  const [said, setSaid] = useState("");
  const box = useRef<HTMLDivElement>(null);

  const source = shown.view?.table ?? table;
  const total = first.total ?? 0;
  const rowCount = shown.view === null ? total : (shown.view.rows ?? 0);
  const shownAll = useMemo(() => shownColumns(first), [first]);
  const { order, pinned } = useMemo(
    () =>
      shownOrder(
        shownAll.map(({ info }) => info.name),
        layout,
      ),
    [shownAll, layout],
  );
  const columns = useMemo(
    () =>
      order.flatMap((i): GridColumn[] => {
        const column = shownAll[i]?.column;
        if (column === undefined) return [];
        const chosenPx = layout.widths[column.name];
        return [chosenPx === undefined ? column : { ...column, widthPx: chosenPx, sparePx: 0 }];
      }),
    [shownAll, order, layout],
  );
  const { rowAt, onRows, failure } = useTableRows(source, rowCount);
  const cellOf = useCallback(
    (cells: readonly Cell[], column: number) => {
      const i = order[column] ?? -1;
      return shownAll[i]?.format(cells[i] ?? null) ?? null;
    },
    [order, shownAll],
  );
  const cellAt = (row: number, column: number) => {
    const cells = rowAt(row);
    return cells === undefined ? undefined : cellOf(cells, column);
  };
  const infoAt = (column: number): ColumnInfo | null => shownAll[order[column] ?? -1]?.info ?? null;
  const infoOf = (column: string) => shownAll.find(({ info }) => info.name === column)?.info ?? null;

  const isGone = failure !== null && shown.view !== null && problemOf(failure).code === "NotFound";
  useEffect(() => {
    if (isGone) makeAgain();
  }, [isGone, makeAgain]);

  const current = infoAt(selection.focus.column);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the column is explained when one goes to it
  useEffect(() => {
    if (isActive) onColumn(current);
  }, [current, isActive]);

  const { onColumns } = props;
  useEffect(() => onColumns?.(first.columns), [first.columns, onColumns]);

  // Other rows show: they are looked at from the beginning.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another view starts anew
  useEffect(() => {
    setSelection((now) => at({ row: 0, column: now.focus.column }));
    const words = [
      shown.order.sort.length > 0 ? `Sorted by ${sortWords(shown.order.sort)}.` : "",
      shown.order.filters.length > 0 ? `Filtered: ${shown.order.filters.map(filterWords).join(", ")}.` : "",
    ];
    setSaid(`${words.join(" ")} ${countWords(rowCount, total)}`.trim());
  }, [source]);

  const copy = async ({ top, bottom, left, right }: Range, withNames: boolean) => {
    const rows = bottom - top + 1;
    const names = columns.slice(left, right + 1).map((column) => column.name);
    const cells = rows === 1 && left === right ? cellAt(top, left) : undefined;
    try {
      if (cells !== undefined && !withNames) {
        await copyText(cells?.full ?? "");
        return;
      }
      if (rows > MOST_COPIED) {
        showProblem("The rows were not copied", {
          code: "Usage",
          message: `${whole(rows)} rows are more than the ${whole(MOST_COPIED)} that can be copied at once.`,
          hint: "Select fewer, or export the table to a file.",
        });
        return;
      }
      await copyText((await textOf(top, rows, names, withNames)) ?? "");
      setSaid(`Copied ${whole(rows)} × ${whole(names.length)} cells.`);
    } catch (thrown) {
      showProblem("Nothing was copied", problemOf(thrown));
    }
  };
  const textOf = async (top: number, rows: number, names: string[], withNames: boolean) => {
    const here = rows <= MOST_COPIED_HERE ? Array.from({ length: rows }, (_, i) => rowAt(top + i)) : [undefined];
    if (here.every((row) => row !== undefined)) {
      const at = names.map((column) => shownAll.findIndex(({ info }) => info.name === column));
      const lines = here.map((row) => at.map((i) => fieldText(String(row?.[i] ?? ""))).join("\t"));
      return [...(withNames ? [names.join("\t")] : []), ...lines].join("\n");
    }
    const { text } = await client.copyRows(source, names, top, rows);
    return (withNames ? text : text.slice(text.indexOf("\n") + 1)).replace(/\n$/, "");
  };

  const goToFilter = (column: string) => {
    setFiltering(true);
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`[data-testid="filter-${column}"]`)?.focus());
  };
  const autoSize = (column: string) => {
    const info = infoOf(column);
    const i = columns.findIndex((known) => known.name === column);
    if (info === null) return;
    const texts = Array.from(
      { length: 400 },
      (_, k) => cellAt(Math.max(0, selection.focus.row - 200) + k, i)?.text ?? "",
    );
    const onFirst = first.rows.map((_, row) => cellAt(row, i)?.text ?? "");
    resize(column, widthFor(info, [...texts, ...onFirst]));
  };
  const filterOf = (column: string): Filter | null => wanted.filters.find((filter) => filter.column === column) ?? null;
  const actionsFor = (column: string): MenuAction[] => {
    const isPinned = layout.pinned.includes(column);
    const info = infoOf(column);
    return [
      { label: "Sort ascending", run: () => setSort([{ column, descending: false }]) },
      { label: "Sort descending", run: () => setSort([{ column, descending: true }]) },
      { label: "Filter…", run: () => goToFilter(column) },
      { label: "Copy", run: () => void copy(rangeOf(selection), false), hasLine: true },
      { label: "Copy with names", run: () => void copy(rangeOf(selection), true) },
      { label: isPinned ? "Unfreeze" : "Freeze at the left", run: () => setPinned(column, !isPinned), hasLine: true },
      { label: "Fit the width", run: () => autoSize(column) },
      {
        label: "Hide",
        run: () => setHidden(column, true),
        refusal: columns.length === 1 ? "It is the only column that shows" : null,
      },
      ...(info === null ? [] : [{ label: "Profile", run: () => props.onProfile(info), hasLine: true }]),
    ];
  };
  const goTo = (row: number) => {
    setSelection((now) => at({ row, column: now.focus.column }));
    box.current?.querySelector<HTMLElement>('[role="grid"]')?.focus({ preventScroll: true });
  };

  // A hidden column is no place to stand on.
  const lastColumn = columns.length - 1;
  useEffect(() => {
    setSelection((now) => (now.focus.column > lastColumn ? at({ row: now.focus.row, column: lastColumn }) : now));
  }, [lastColumn]);

  const size = sizeOf(rangeOf(selection));
  return (
    <div ref={box} className={styles.rows}>
      <div className={styles.bar}>
        <button
          type="button"
          className="link"
          aria-pressed={isFiltering}
          onClick={() => setFiltering(!isFiltering)}
          data-testid="filter-toggle"
        >
          {isFiltering ? "Hide filters" : "Filter"}
        </button>
        <ColumnsMenu
          columns={shownAll.map(({ info }) => info.name)}
          hidden={layout.hidden}
          onHide={setHidden}
          onShowAll={showAll}
        />
        <GoToRow isActive={isActive} rowCount={rowCount} onRow={goTo} />
        {wanted.filters.map((filter) => (
          <span key={filter.column} className={styles.chip}>
            {filterWords(filter)}
            <button
              type="button"
              aria-label={`Remove the filter: ${filterWords(filter)}`}
              onClick={() => setFilters(wanted.filters.filter((known) => known !== filter))}
            >
              <CloseIcon size={11} aria-hidden />
            </button>
          </span>
        ))}
        {wanted.sort.length > 0 && (
          <span className={styles.chip}>
            by {sortWords(wanted.sort)}
            <button type="button" aria-label="Remove the order" onClick={() => setSort([])}>
              <CloseIcon size={11} aria-hidden />
            </button>
          </span>
        )}
        <span className={styles.grow} />
        {state.status === "running" && (
          <TaskWaiting what={wanted.sort.length > 0 ? "Sorting" : "Filtering"} task={state.task} onCancel={giveUp} />
        )}
      </div>
      {state.status === "failed" && (
        <ProblemNote problem={state.problem}>
          <button type="button" className="link" onClick={giveUp}>
            Back to the rows that show
          </button>
        </ProblemNote>
      )}
      {failure !== null && !isGone && <ProblemNote problem={problemOf(failure)} />}
      <div className={`card ${styles.gridCard}`}>
        <DataGrid
          label={`Rows of ${name}`}
          testId={props.testId}
          columns={columns}
          pinned={pinned}
          rowCount={rowCount}
          rowsKey={source}
          dataAt={rowAt}
          cellOf={cellOf}
          onRows={onRows}
          selection={selection}
          onSelection={setSelection}
          sort={shown.order.sort}
          onSort={(column, isAdding) => setSort(nextSort(wanted.sort, column, isAdding))}
          onResize={resize}
          onAutoSize={autoSize}
          onCopy={(range, withNames) => void copy(range, withNames)}
          onMenu={(column, place) => setMenu({ column, place })}
          filterField={
            isFiltering
              ? (i) => {
                  const info = infoAt(i);
                  return info === null ? null : (
                    <FilterField
                      column={info.name}
                      isText={!isNumberType(info.type) && info.type === "STRING"}
                      filter={filterOf(info.name)}
                      onFilter={(filter) => setFilters(withFilter(wanted.filters, filter))}
                    />
                  );
                }
              : null
          }
        />
      </div>
      {rowCount === 0 && <Note tone="warning">No row passes the filters. Remove one above to see rows again.</Note>}
      <div className={styles.under}>
        <span data-testid="row-count" data-value={rowCount}>
          {countWords(rowCount, total)}, {whole(first.columns.length)} columns
          {layout.hidden.length > 0 && ` (${layout.hidden.length} hidden)`}
        </span>
        <span>
          {size.rows * size.columns > 1 && `${whole(size.rows)} × ${whole(size.columns)} cells selected, `}
          <span>{`row ${whole(selection.focus.row + 1)}, ${current?.name ?? ""}`}</span>
        </span>
      </div>
      <output className="visually-hidden" aria-live="polite" data-testid="rows-said">
        {said}
      </output>
      <ContextMenu
        label={`Column ${menu?.column ?? ""} of ${shortTable(table)}`}
        place={menu?.place ?? null}
        actions={menu === null ? [] : actionsFor(menu.column)}
        onClose={() => setMenu(null)}
      />
    </div>
  );
}

function countWords(rows: number, total: number): string {
  return rows === total ? `${whole(total)} rows` : `${whole(rows)} of ${whole(total)} rows`;
}

type ColumnsMenuProps = {
  columns: readonly string[];
  hidden: readonly string[];
  onHide: (column: string, isHidden: boolean) => void;
  onShowAll: () => void;
};

function ColumnsMenu({ columns, hidden, onHide, onShowAll }: ColumnsMenuProps) {
  return (
    <Popover position="bottom-start" shadow="sm" trapFocus returnFocus hideDetached={false}>
      <Popover.Target>
        <button type="button" className="link" data-testid="columns-menu">
          Columns{hidden.length > 0 && ` (${columns.length - hidden.length} of ${columns.length})`}
        </button>
      </Popover.Target>
      <Popover.Dropdown className="stack" style={{ maxHeight: 360, overflow: "auto" }}>
        {hidden.length > 0 && (
          <button type="button" className="link" onClick={onShowAll}>
            Show all
          </button>
        )}
        {columns.map((column) => (
          <Checkbox
            key={column}
            size="xs"
            label={column}
            checked={!hidden.includes(column)}
            disabled={!hidden.includes(column) && hidden.length === columns.length - 1}
            onChange={(event) => onHide(column, !event.currentTarget.checked)}
          />
        ))}
      </Popover.Dropdown>
    </Popover>
  );
}

type GoToRowProps = { isActive: boolean; rowCount: number; onRow: (row: number) => void };

function GoToRow({ isActive, rowCount, onRow }: GoToRowProps) {
  const [text, setText] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useWish("row", isActive, () => field.current?.focus());
  const row = Number(text.replaceAll(",", ""));
  const isRow = Number.isInteger(row) && row >= 1 && row <= rowCount;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isRow) onRow(row - 1);
  };
  return (
    <form onSubmit={submit}>
      <input
        ref={field}
        className={styles.rowField}
        aria-label="Go to row"
        placeholder="Go to row"
        inputMode="numeric"
        value={text}
        aria-invalid={text !== "" && !isRow}
        title={text !== "" && !isRow ? `Rows go from 1 to ${whole(rowCount)}` : "Enter goes there"}
        onChange={(event) => setText(event.currentTarget.value)}
        data-testid="go-to-row"
      />
      {text !== "" && !isRow && (
        <span className="label" role="alert">
          {" "}
          Rows go from 1 to {whole(rowCount)}
        </span>
      )}
    </form>
  );
}
