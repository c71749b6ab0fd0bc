/** The tables of both warehouses: those of the workspace's folder at once, BigQuery's as the network has them. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { type TableInfo, useClient } from "../api/client";
import { keys, useTables, useWorkspace } from "../api/queries";
import { type View, viewOf } from "../lib/view";
import { type Task, taskQuery, useTaskOf } from "./task";

/** BigQuery's list changes by others too, but asking for it takes a request for each dataset. */
const FRESH_MS = 300_000;

export type BigQueryTables = {
  project: string;
  view: View<TableInfo[]>;
  /** What is asked just now. */
  task: Task | null;
  isAsking: boolean;
  ask: () => void;
  stop: () => void;
};

/** BigQuery's tables; null where the workspace does not use it. */
export function useBigQueryTables(): BigQueryTables | null {
  const client = useClient();
  const queries = useQueryClient();
  const bigquery = useWorkspace()?.bigquery ?? null;
  const query = useQuery({
    ...taskQuery(client, queries, keys.bigQueryTables, (task) => client.listBigQueryTables(task)),
    enabled: bigquery !== null,
    staleTime: FRESH_MS,
  });
  const task = useTaskOf(keys.bigQueryTables);
  if (bigquery === null) return null;
  return {
    project: bigquery.project,
    view: viewOf(query),
    task,
    isAsking: query.fetchStatus === "fetching",
    ask: () => {
      // What kept BigQuery from being used may be gone.
      void query.refetch().then(() => queries.invalidateQueries({ queryKey: keys.start }));
    },
    stop: () => void queries.cancelQueries({ queryKey: keys.bigQueryTables }),
  };
}

/** The tables that are known by now, of both warehouses. */
export function useKnownTables(): TableInfo[] {
  const embedded = useTables().data;
  const bigquery = useBigQueryTables();
  const elsewhere = bigquery?.view.status === "ready" ? bigquery.view.data : undefined;
  return useMemo(() => [...(embedded ?? []), ...(elsewhere ?? [])], [embedded, elsewhere]);
}
