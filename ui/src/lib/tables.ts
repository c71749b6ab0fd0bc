/** The tree of tables: project, dataset, table, with the date shards of one table folded under one entry. */
import type { TableInfo } from "../api/client";

export type TableNode =
  | { kind: "table"; id: string; label: string; info: TableInfo }
  | {
      kind: "shards";
      id: string;
      label: string;
      rows: number;
      days: TableNode[];
    };
export type DatasetNode = { id: string; label: string; tables: TableNode[] };
export type ProjectNode = {
  id: string;
  label: string;
  datasets: DatasetNode[];
};

const SHARD = /^(.+)_(\d{4})(\d{2})(\d{2})$/;

/** `project.dataset.table`, as every command takes it. */
export function tableId(info: TableInfo): string {
  return `${info.project}.${info.dataset}.${info.table}`;
}

/** The same without the project, as people say it. */
export function shortTable(id: string): string {
  const parts = id.split(".");
  return parts.length > 2 ? parts.slice(1).join(".") : id;
}

function inOrder<T, K>(items: readonly T[], key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const at = key(item);
    const group = groups.get(at);
    if (group === undefined) groups.set(at, [item]);
    else group.push(item);
  }
  return groups;
}

function tablesOf(infos: readonly TableInfo[]): TableNode[] {
  const byStem = inOrder(infos, (info) => SHARD.exec(info.table)?.[1] ?? info.table);
  return [...byStem].flatMap(([stem, members]): TableNode[] => {
    const days: TableNode[] = [];
    const whole: TableNode[] = [];
    for (const info of members) {
      const shard = SHARD.exec(info.table);
      const id = tableId(info);
      if (shard === null) whole.push({ kind: "table", id, label: info.table, info });
      else
        days.push({
          kind: "table",
          id,
          label: `${shard[2]}-${shard[3]}-${shard[4]}`,
          info,
        });
    }
    if (days.length === 0) return whole;
    days.sort((a, b) => b.label.localeCompare(a.label));
    const first = members[0];
    const id = first === undefined ? stem : `${first.project}.${first.dataset}.${stem}_*`;
    const rows = days.reduce((sum, node) => sum + (node.kind === "table" ? (node.info.rows ?? 0) : 0), 0);
    return [...whole, { kind: "shards", id, label: stem, rows, days }];
  });
}

/** The tree, of the tables whose name holds the text. */
export function tableTree(infos: readonly TableInfo[], filter: string): ProjectNode[] {
  const wanted = filter.trim().toLowerCase();
  const kept = infos
    .filter((info) => tableId(info).toLowerCase().includes(wanted))
    .sort((a, b) => tableId(a).localeCompare(tableId(b)));
  return [...inOrder(kept, (info) => info.project)].map(([project, inProject]) => ({
    id: project,
    label: project,
    datasets: [...inOrder(inProject, (info) => info.dataset)].map(([dataset, inDataset]) => ({
      id: `${project}.${dataset}`,
      label: dataset,
      tables: tablesOf(inDataset),
    })),
  }));
}
