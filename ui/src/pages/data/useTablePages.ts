/** The pages of a table that are in view, and their rows by number. */
import { useQueries, useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { type Cell, type Client, useClient } from "../../api/client";
import { keys } from "../../api/queries";

export const PAGE_ROWS = 200;
/** Rows beyond those in view that are fetched already, so that scrolling finds them there. */
const AHEAD_ROWS = 100;

export function firstPage(client: Client, table: string) {
  return { queryKey: keys.page(table, 0), queryFn: () => client.tablePage(table, 0, PAGE_ROWS) };
}

/** The first page: the columns, the number of rows, and how each column is shown. */
export function useFirstPage(table: string) {
  return useQuery(firstPage(useClient(), table));
}

export function useTableRows(table: string, rowCount: number) {
  const client = useClient();
  const [inView, setInView] = useState({ first: 0, last: 0 });
  const pages: number[] = [];
  for (let page = inView.first; page <= inView.last; page += 1) pages.push(page);
  const answers = useQueries({
    queries: pages.map((page) => ({
      queryKey: keys.page(table, page),
      queryFn: () => client.tablePage(table, page * PAGE_ROWS, PAGE_ROWS),
      gcTime: 60_000,
      staleTime: 60_000,
    })),
  });
  const onRows = useCallback(
    (firstRow: number, lastRow: number) => {
      const next = {
        first: Math.floor(Math.max(0, firstRow - AHEAD_ROWS) / PAGE_ROWS),
        last: Math.floor(Math.min(rowCount - 1, lastRow + AHEAD_ROWS) / PAGE_ROWS),
      };
      setInView((now) => (now.first === next.first && now.last === next.last ? now : next));
    },
    [rowCount],
  );
  /** Undefined while the row is on its way. */
  const rowAt = (row: number): readonly Cell[] | undefined => {
    const page = Math.floor(row / PAGE_ROWS);
    return answers[pages.indexOf(page)]?.data?.rows[row - page * PAGE_ROWS];
  };
  const failure = answers.find((answer) => answer.error !== null)?.error ?? null;
  return { rowAt, onRows, failure };
}
