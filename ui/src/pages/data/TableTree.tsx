/** The tables to choose from: project, dataset, table, with date shards folded under one entry. */
import { TextInput, Tree, type TreeNodeData, useTree } from "@mantine/core";
import { useMemo, useState } from "react";
import type { TableInfo } from "../../api/client";
import { DownIcon, RightIcon } from "../../components/icons";
import { count, whole } from "../../lib/number";
import { navigate } from "../../lib/route";
import { type TableNode, tableId, tableTree } from "../../lib/tables";
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

export function TableTree({ tables, selected }: { tables: readonly TableInfo[]; selected: string | null }) {
  const [filter, setFilter] = useState("");
  const [toggled, setToggled] = useState<Record<string, boolean>>({});
  const { data, entries, always } = useMemo(() => {
    const found = new Map<string, Entry>();
    const always: string[] = [];
    const projects = tableTree(tables, filter).map((project): TreeNodeData => {
      always.push(project.id);
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
  }, [tables, filter]);

  // The data sets of a person's own tables are open, and the one of the table that shows; a filter opens all it finds.
  const [project, dataset] = selected?.split(".") ?? [];
  const open = filter === "" ? [...always, `${project}.${dataset}`] : [...entries.keys(), ...always];
  const tree = useTree({
    expandedState: { ...Object.fromEntries(open.map((id) => [id, true])), ...(filter === "" ? toggled : {}) },
    onNodeExpand: (id) => setToggled((now) => ({ ...now, [id]: true })),
    onNodeCollapse: (id) => setToggled((now) => ({ ...now, [id]: false })),
  });
  const openTable = (target: EventTarget) => {
    const id = target instanceof Element ? target.closest("[data-value]")?.getAttribute("data-value") : null;
    if (tables.some((info) => tableId(info) === id)) navigate("data", id);
  };
  return (
    <>
      <TextInput
        placeholder="Filter tables"
        aria-label="Filter tables"
        value={filter}
        onChange={(event) => setFilter(event.currentTarget.value)}
      />
      {data.length === 0 && (
        <p className="muted">{filter === "" ? "No tables yet." : `No table is named like “${filter}”.`}</p>
      )}
      <Tree
        data={data}
        tree={tree}
        levelOffset={14}
        aria-label="Tables"
        onClickCapture={(event) => openTable(event.target)}
        onKeyDown={(event) => event.key === "Enter" && openTable(event.target)}
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
    </>
  );
}
