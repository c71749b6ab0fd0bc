/** The tables to choose from: project, dataset, table, with date shards folded under one entry; and pinned results. */
import { TextInput, Tree, type TreeNodeData, useTree } from "@mantine/core";
import { type KeyboardEvent, type MouseEvent, useMemo, useState } from "react";
import type { ResultInfo, TableInfo } from "../../api/client";
import { asksForMenu, ContextMenu, type MenuAction, type MenuPlace, placeUnder } from "../../components/ContextMenu";
import { Section } from "../../components/Facts";
import { DownIcon, RightIcon } from "../../components/icons";
import { ProblemNote } from "../../components/Message";
import { TaskWaiting } from "../../frame/TaskWaiting";
import type { BigQueryTables } from "../../frame/warehouses";
import { count, whole } from "../../lib/number";
import { hashOf } from "../../lib/route";
import { type TableNode, tableId, tableTree } from "../../lib/tables";
import { resultActions, tableActions, useDataActions } from "./actions";
import styles from "./Data.module.css";

type Entry = { note: string; title: string; testId: string };

function tableEntry(node: TableNode, entries: Map<string, Entry>): TreeNodeData {
  if (node.kind === "shards") {
    const days = `${node.days.length} ${node.days.length === 1 ? "day" : "days"}`;
    entries.set(node.id, {
      note: days,
      title: `${whole(node.rows)} rows in ${days}`,
      testId: `shards-${node.label}`,
    });
    return {
      value: node.id,
      label: node.label,
      children: node.days.map((day) => tableEntry(day, entries)),
    };
  }
  const { info } = node;
  entries.set(node.id, {
    note: count(info.rows),
    title: `${info.table}, ${whole(info.rows)} rows`,
    testId: `table-${info.dataset}.${info.table}`,
  });
  return { value: node.id, label: node.label };
}

type TableTreeProps = {
  tables: readonly TableInfo[];
  selected: string | null;
  /** Null where the workspace does not use BigQuery. */
  bigquery: BigQueryTables | null;
};

export function TableTree({ tables, selected, bigquery }: TableTreeProps) {
  const elsewhere = bigquery?.project ?? null;
  const [filter, setFilter] = useState("");
  const [menu, setMenu] = useState<{ info: TableInfo; place: MenuPlace } | null>(null);
  const actions = useDataActions();
  const [toggled, setToggled] = useState<Record<string, boolean>>({});
  const { data, entries, always } = useMemo(() => {
    const found = new Map<string, Entry>();
    const always: string[] = [];
    const projects = tableTree(tables, filter).map((project): TreeNodeData => {
      always.push(project.id);
      if (elsewhere !== null) {
        const isElsewhere = project.id === elsewhere;
        found.set(project.id, {
          note: isElsewhere ? "BigQuery" : "embedded",
          title: isElsewhere ? `${project.id}, tables of BigQuery` : `${project.id}, tables of the workspace's folder`,
          testId: `project-${project.label}`,
        });
      }
      const children = project.datasets.map((dataset): TreeNodeData => {
        if (!dataset.id.includes(".model_")) always.push(dataset.id);
        const inside = dataset.tables.map((node) => tableEntry(node, found));
        found.set(dataset.id, {
          note: "",
          title: `${dataset.tables.length} tables`,
          testId: `dataset-${dataset.label}`,
        });
        return { value: dataset.id, label: dataset.label, children: inside };
      });
      return { value: project.id, label: project.label, children };
    });
    return { data: projects, entries: found, always };
  }, [tables, filter, elsewhere]);

  // The data sets of a person's own tables are open, and the one of the table that shows; a filter opens all it finds.
  const [project, dataset] = selected?.split(".") ?? [];
  const open = filter === "" ? [...always, `${project}.${dataset}`] : [...entries.keys(), ...always];
  const tree = useTree({
    expandedState: { ...Object.fromEntries(open.map((id) => [id, true])), ...(filter === "" ? toggled : {}) },
    onNodeExpand: (id) => setToggled((now) => ({ ...now, [id]: true })),
    onNodeCollapse: (id) => setToggled((now) => ({ ...now, [id]: false })),
  });
  const tableAt = (target: EventTarget): TableInfo | null => {
    const id = target instanceof Element ? target.closest("[data-value]")?.getAttribute("data-value") : null;
    return tables.find((info) => tableId(info) === id) ?? null;
  };
  const openTable = (target: EventTarget) => {
    const info = tableAt(target);
    if (info !== null) actions.openTable(tableId(info));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter") openTable(event.target);
    const info = tableAt(event.target);
    if (!asksForMenu(event) || info === null || !(event.target instanceof Element)) return;
    event.preventDefault();
    setMenu({ info, place: placeUnder(event.target.querySelector(`.${styles.node}`) ?? event.target) });
  };
  const onContextMenu = (event: MouseEvent) => {
    const info = tableAt(event.target);
    if (info === null) return;
    event.preventDefault();
    setMenu({ info, place: { x: event.clientX, y: event.clientY } });
  };
  return (
    <>
      <TextInput
        placeholder="Filter tables"
        aria-label="Filter tables"
        value={filter}
        onChange={(event) => setFilter(event.currentTarget.value)}
      />
      {data.length === 0 && bigquery === null && (
        <p className="muted">{filter === "" ? "No tables yet." : `No table is named like “${filter}”.`}</p>
      )}
      <Tree
        data={data}
        tree={tree}
        levelOffset={14}
        aria-label="Tables"
        onClickCapture={(event) => openTable(event.target)}
        onKeyDown={onKeyDown}
        onContextMenu={onContextMenu}
        renderNode={({ node, level, expanded, hasChildren, elementProps }) => {
          const entry = entries.get(node.value);
          const Chevron = expanded ? DownIcon : RightIcon;
          return (
            <div
              {...elementProps}
              className={`${elementProps.className} ${styles.node}`}
              data-current={node.value === selected}
              data-level={level}
              data-testid={entry?.testId}
              title={entry?.title}
            >
              <span className={styles.chevron}>{hasChildren && <Chevron size={12} aria-hidden />}</span>
              <span className={styles.nodeLabel}>{node.label}</span>
              <span className="label">{entry?.note}</span>
            </div>
          );
        }}
      />
      {bigquery !== null && <BigQueryLine bigquery={bigquery} />}
      <ContextMenu
        label={menu?.info.table ?? "Table"}
        place={menu?.place ?? null}
        actions={menu === null ? [] : tableActions(actions, menu.info)}
        onClose={() => setMenu(null)}
      />
    </>
  );
}

/** What keeps BigQuery's tables from the tree, in its place; the embedded ones can be used meanwhile. */
function BigQueryLine({ bigquery }: { bigquery: BigQueryTables }) {
  const { project, view, task, isAsking, ask, stop } = bigquery;
  if (isAsking) {
    return task === null ? null : <TaskWaiting what={`Listing ${project}`} task={task} onCancel={stop} />;
  }
  if (view.status === "ready") {
    return view.data.length > 0 ? null : <p className="muted">{project} on BigQuery holds no tables yet.</p>;
  }
  if (view.status === "loading") {
    return (
      <p className="muted" data-testid="bigquery-stopped">
        The tables of {project} were not listed.{" "}
        <button type="button" className="link" onClick={ask}>
          List them
        </button>
      </p>
    );
  }
  return (
    <div data-testid="bigquery-failed">
      <ProblemNote problem={{ ...view.problem, message: `${project} on BigQuery: ${view.problem.message}` }}>
        <p className={styles.ways}>
          <button type="button" className="link" onClick={ask} data-testid="bigquery-again">
            Try again
          </button>
          <a className="link" href={hashOf("settings")}>
            Settings
          </a>
        </p>
      </ProblemNote>
    </div>
  );
}

/** Results a person pinned, to open again. */
export function PinnedResults({ results, selected }: { results: readonly ResultInfo[]; selected: string | null }) {
  const actions = useDataActions();
  const [menu, setMenu] = useState<{ actions: MenuAction[]; place: MenuPlace } | null>(null);
  return (
    <Section title="Results">
      {results.length === 0 && <p className="label">Pin a query's result to keep it here.</p>}
      <ul className={styles.results}>
        {results.map((result) => (
          <li key={result.id}>
            <button
              type="button"
              className={`${styles.node} ${styles.result}`}
              data-current={result.table === selected}
              data-testid={`result-${result.name}`}
              title={`${result.sql}\n${whole(result.rows)} rows`}
              onClick={() => actions.openTable(result.table)}
              onContextMenu={(event) => {
                event.preventDefault();
                setMenu({ actions: resultActions(actions, result), place: { x: event.clientX, y: event.clientY } });
              }}
              onKeyDown={(event) => {
                if (!asksForMenu(event)) return;
                event.preventDefault();
                setMenu({ actions: resultActions(actions, result), place: placeUnder(event.currentTarget) });
              }}
            >
              <span className={styles.nodeLabel}>{result.name}</span>
              <span className="label">{count(result.rows)}</span>
            </button>
          </li>
        ))}
      </ul>
      <ContextMenu
        label="Result"
        place={menu?.place ?? null}
        actions={menu?.actions ?? []}
        onClose={() => setMenu(null)}
      />
    </Section>
  );
}
