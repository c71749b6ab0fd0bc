/** What the list of runs is asked for, as its filters and headers change it. */
import { useSessionStorage } from "@mantine/hooks";
import type { RunQuery, RunSort, RunSummary } from "../../api/client";

/** The filters of the list, kept while the window is open, for each workspace by itself. */
export function useRunQuery(workspace: string) {
  return useSessionStorage<RunQuery>({
    key: `algomosaic.models.${workspace}`,
    defaultValue: {},
    getInitialValueInEffect: false,
  });
}

/** Whether the query leaves out some of the runs. The order and the trash leave out none. */
export function filters(query: RunQuery): boolean {
  const { sort: _sort, reverse: _reverse, trash: _trash, ...rest } = query;
  return Object.values(rest).some((wish) => wish !== undefined && wish !== null && wish !== "" && wish !== false);
}

/** Without the filters, in the same order. */
export function unfiltered({ sort, reverse, trash }: RunQuery): RunQuery {
  return {
    ...(sort === undefined ? {} : { sort }),
    ...(reverse === undefined ? {} : { reverse }),
    ...(trash === undefined ? {} : { trash }),
  };
}

/** The order after a click on a header: by it, then backwards. */
export function sortedBy(query: RunQuery, sort: RunSort): RunQuery {
  const same = (query.sort ?? "started") === sort;
  return { ...query, sort, reverse: same ? query.reverse !== true : false };
}

/** A query as it is sent: a day or a number that is not finished yet does not filter. */
export function finished(query: RunQuery): RunQuery {
  const day = (text: string | null | undefined) => (/^\d{4}-\d{2}-\d{2}$/.test(text ?? "") ? (text ?? null) : null);
  return { ...query, since: day(query.since), until: day(query.until) };
}

/** The values of a column that a filter offers. */
export function offered(runs: readonly RunSummary[], of: (run: RunSummary) => string | readonly string[]): string[] {
  return [...new Set(runs.flatMap((run) => of(run)))].sort((a, b) => a.localeCompare(b));
}

/** The runs in the address: one is shown, several are compared. */
export function runsOf(id: string | null): string[] {
  return id === null ? [] : id.split("+").filter((part) => part !== "");
}
