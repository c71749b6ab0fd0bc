/** Profiles of tables: asked for once for each state of a table, in the background, and stopped when nobody looks. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Problem } from "../../api/client";
import { type Cell, type ColumnInfo, type ColumnProfile, type Profile, problemOf, useClient } from "../../api/client";
import { keys } from "../../api/queries";
import type { HistogramBin } from "../../components/Histogram";
import { type Task, taskQuery, useTaskOf } from "../../frame/task";
import { UNDEFINED } from "../../lib/number";
import { cellFormat } from "./cells";

/** A table of more rows is profiled when a person asks for it. */
export const PROFILED_UNASKED_ROWS = 2_000_000;

export type ProfileView =
  /** Nobody asked, or it was stopped. */
  | { status: "off" }
  | { status: "running"; task: Task | null }
  | { status: "failed"; problem: Problem }
  | { status: "ready"; profile: Profile };

export function useProfile(table: string, version: string, isWanted: boolean) {
  const client = useClient();
  const queries = useQueryClient();
  const queryKey = keys.profile(table, version);
  const query = useQuery({
    ...taskQuery(client, queries, queryKey, (task) => client.profileTable(task, table)),
    enabled: isWanted,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const task = useTaskOf(queryKey);
  const view: ProfileView =
    query.data !== undefined
      ? { status: "ready", profile: query.data }
      : query.isFetching
        ? { status: "running", task }
        : query.error !== null
          ? { status: "failed", problem: problemOf(query.error) }
          : { status: "off" };
  return {
    view,
    start: () => void query.refetch(),
    cancel: () => void queries.cancelQueries({ queryKey }),
  };
}

export function binsOf(profile: ColumnProfile): HistogramBin[] {
  return profile.histogram.flatMap(({ from, to, count }) =>
    from === null || to === null || count === null ? [] : [{ from, to, count }],
  );
}

/** A value of the column as the grid would show it. */
export function valueText(profile: ColumnProfile, value: Cell): string {
  const column: ColumnInfo = { name: profile.name, type: profile.type, label_horizon: null };
  const values = [profile.min, profile.max, ...profile.quantiles.map((quantile) => quantile.value), value];
  return cellFormat(column, values)(value)?.text ?? UNDEFINED;
}

export function quantileText(profile: ColumnProfile, p: number): string {
  const quantile = profile.quantiles.find((known) => known.p === p);
  return quantile === undefined ? UNDEFINED : valueText(profile, quantile.value);
}

export function isTime(type: string): boolean {
  return type === "TIMESTAMP" || type === "DATETIME" || type === "DATE";
}
