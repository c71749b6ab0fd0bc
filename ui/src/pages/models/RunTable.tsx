/** The runs as rows, each score with its control and p-value. Only the rows in view are in the page. */
import { Checkbox } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useRef } from "react";
import type { RunQuery, RunSort, RunSummary } from "../../api/client";
import { DownIcon, OkIcon, UpIcon, WarningIcon } from "../../components/icons";
import { allDigits, dataValue, pValue, score } from "../../lib/number";
import { timestamp } from "../../lib/time";
import styles from "./Models.module.css";

const ROW_PX = 30;
/** Rows that show without scrolling. */
const MOST_ROWS = 7;

const COLUMNS: readonly { title: string; sort: RunSort | null; isNumber?: boolean; help?: string }[] = [
  { title: "Model", sort: "model" },
  { title: "Outcome", sort: "outcome" },
  { title: "R²", sort: "score", isNumber: true, help: "On the held-out rows" },
  { title: "Control", sort: null, isNumber: true, help: "Median R² of the same job without signal" },
  { title: "p", sort: "p_value", isNumber: true, help: "Share of controls that score as well" },
  { title: "Started, UTC", sort: "started" },
  { title: "Alias, tags", sort: null },
];

type RunTableProps = {
  runs: readonly RunSummary[];
  query: RunQuery;
  selected: string | null;
  checked: ReadonlySet<string>;
  onSelect: (id: string) => void;
  onCheck: (id: string) => void;
  onSort: (sort: RunSort) => void;
};

export function RunTable({ runs, query, selected, checked, onSelect, onCheck, onSort }: RunTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: runs.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 10,
  });
  const at = runs.findIndex((run) => run.model_execution_id === selected);
  const shown = useRef(-1);
  useEffect(() => {
    if (at >= 0 && at !== shown.current) rows.scrollToIndex(at);
    shown.current = at;
  }, [at, rows]);

  const onKeyDown = (event: KeyboardEvent) => {
    const page = MOST_ROWS - 1;
    const steps: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: runs.length - 1,
    };
    const next = steps[event.key];
    const current = runs[at];
    if (next !== undefined) {
      const run = runs[Math.min(runs.length - 1, Math.max(0, next))];
      if (run !== undefined) onSelect(run.model_execution_id);
    } else if (event.key === " " && current !== undefined) onCheck(current.model_execution_id);
    else return;
    event.preventDefault();
  };

  const order = query.sort ?? "started";
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot lay out rows that are not in the page
    <div className={`card ${styles.table}`} role="table" aria-label="Runs" aria-rowcount={runs.length + 1}>
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      <div className={styles.head} role="row" aria-rowindex={1} tabIndex={-1}>
        {/* biome-ignore lint/a11y/useSemanticElements: see above */}
        <span role="columnheader" tabIndex={-1}>
          <span className="visually-hidden">Compare</span>
        </span>
        {COLUMNS.map(({ title, sort, isNumber, help }) => {
          const isOrder = sort !== null && sort === order;
          // The usual order of times and scores is the greatest first.
          const isDown = (sort === "started" || sort === "score") !== (query.reverse === true);
          return (
            // biome-ignore lint/a11y/useSemanticElements: see above
            <span
              key={title}
              role="columnheader"
              tabIndex={-1}
              aria-sort={isOrder ? (isDown ? "descending" : "ascending") : undefined}
              data-number={isNumber}
              title={help}
            >
              {sort === null ? (
                title
              ) : (
                <button type="button" onClick={() => onSort(sort)} data-number={isNumber} data-testid={`sort-${sort}`}>
                  {title}
                  {isOrder && (isDown ? <DownIcon size={12} aria-hidden /> : <UpIcon size={12} aria-hidden />)}
                </button>
              )}
            </span>
          );
        })}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      <div
        ref={scroller}
        className={styles.rows}
        style={{ height: ROW_PX * Math.min(MOST_ROWS, runs.length) }}
        role="rowgroup"
        aria-label="Runs; arrows choose one, Space marks it for a comparison"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrows walk through the rows
        tabIndex={0}
        onKeyDown={onKeyDown}
        data-testid="runs"
      >
        <div style={{ height: rows.getTotalSize(), position: "relative" }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const run = runs[index];
            if (run === undefined) return null;
            const id = run.model_execution_id;
            return (
              <Row
                key={id}
                run={run}
                index={index}
                top={start}
                isSelected={id === selected}
                isChecked={checked.has(id)}
                onSelect={() => onSelect(id)}
                onCheck={() => onCheck(id)}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

type RowProps = {
  run: RunSummary;
  index: number;
  top: number;
  isSelected: boolean;
  isChecked: boolean;
  onSelect: () => void;
  onCheck: () => void;
};

function Row({ run, index, top, isSelected, isChecked, onSelect, onCheck }: RowProps) {
  const name = `${run.model_type} of ${timestamp(run.executed_at).slice(0, 16)}`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: see the table
    // biome-ignore lint/a11y/useKeyWithClickEvents: the button in the row takes the keys
    <div
      className={styles.row}
      role="row"
      aria-rowindex={index + 2}
      aria-current={isSelected ? "true" : undefined}
      tabIndex={-1}
      style={{ top, height: ROW_PX }}
      onClick={onSelect}
      data-testid="run-row"
      data-id={run.model_execution_id}
    >
      <Cell>
        <Checkbox
          size="xs"
          checked={isChecked}
          onChange={onCheck}
          onClick={(event) => event.stopPropagation()}
          aria-label={`Compare ${name}`}
          data-testid="check-run"
          tabIndex={-1}
        />
      </Cell>
      <Cell>
        <button type="button" className={styles.name} tabIndex={-1}>
          {run.model_type}
        </button>
      </Cell>
      <Cell title={run.outcome}>{run.outcome}</Cell>
      <Cell isNumber title={allDigits(run.rsquared)}>
        <span data-testid="run-score" data-value={dataValue(run.rsquared)}>
          {score(run.rsquared)}
        </span>
      </Cell>
      <Cell isNumber title={allDigits(run.control_median)}>
        {score(run.control_median)}
      </Cell>
      <Cell isNumber title={allDigits(run.p_value)}>
        {run.signal && <OkIcon className={styles.signal} size={12} aria-label="Better than chance" />}{" "}
        {pValue(run.p_value)}
      </Cell>
      <Cell>
        <span className="muted">{timestamp(run.executed_at).slice(0, 16)}</span>
      </Cell>
      <Cell title={[...run.aliases, ...run.tags].join(", ")}>
        {run.leaks && (
          <span className={styles.leaks} title="Rows were split at random: the score is too good">
            <WarningIcon size={11} aria-hidden /> leaking split
          </span>
        )}
        {run.aliases.map((alias) => (
          <span key={alias} className={styles.alias}>
            {alias}
          </span>
        ))}
        {run.tags.map((tag) => (
          <span key={tag} className={styles.tag}>
            {tag}
          </span>
        ))}
      </Cell>
    </div>
  );
}

type CellProps = { isNumber?: boolean; title?: string; children: React.ReactNode };

function Cell({ isNumber = false, title, children }: CellProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: see the table
    <span role="cell" className={styles.cell} data-number={isNumber} title={title}>
      {children}
    </span>
  );
}
