/** What the window remembers of the application's answers, by subject, and what makes each one stale. */
import { keepPreviousData, type QueryClient, useQuery } from "@tanstack/react-query";
import { type JobRecord, type RunQuery, useClient, type WorkspaceInfo } from "./client";

export const keys = {
  start: ["start"],
  tables: ["tables"],
  bigQueryTables: ["tables", "bigquery"],
  connection: ["connection"],
  connectionStatus: ["connection-status"],
  googleSettings: ["google-settings"],
  pages: ["page"],
  page: (table: string, page: number) => ["page", table, page],
  columns: (table: string) => ["columns", table],
  view: (table: string) => ["view", table],
  profile: (table: string, version: string) => ["profile", table, version],
  results: ["results"],
  sqlWords: ["sql-words"],
  sqlHistory: ["sql-history"],
  savedQueries: ["saved-queries"],
  catalogue: ["catalogue"],
  barSources: ["bar-sources"],
  recipes: ["recipes"],
  trainForm: ["train-form"],
  trainSources: ["train-sources"],
  jobs: ["jobs"],
  searchTrials: (job: string) => ["search-trials", job],
  runs: ["runs"],
  runList: (query: RunQuery) => ["runs", query],
  run: (id: string) => ["run", id],
  runRecords: ["run-record"],
  runRecord: (id: string) => ["run-record", id],
  comparisons: ["comparison"],
  comparison: (ids: readonly string[]) => ["comparison", ids],
} as const;

export function useStartState() {
  const client = useClient();
  return useQuery({ queryKey: keys.start, queryFn: () => client.startState() });
}

/** The open workspace; null when none is, undefined while that is unknown. */
export function useWorkspace(): WorkspaceInfo | null | undefined {
  return useStartState().data?.workspace;
}

/** Most questions only make sense of an open workspace. */
function useIsOpen(): boolean {
  const workspace = useWorkspace();
  return workspace !== null && workspace !== undefined;
}

export function useTables() {
  const client = useClient();
  return useQuery({
    queryKey: keys.tables,
    queryFn: () => client.listTables(),
    enabled: useIsOpen(),
  });
}

/** The connection to Google Cloud that is saved; null when none is. */
export function useConnection() {
  const client = useClient();
  return useQuery({ queryKey: keys.connection, queryFn: () => client.connection() });
}

export function useGoogleSettings() {
  const client = useClient();
  return useQuery({ queryKey: keys.googleSettings, queryFn: () => client.googleSettings(), enabled: useIsOpen() });
}

/** The results a person pinned. */
export function useResults() {
  const client = useClient();
  return useQuery({ queryKey: keys.results, queryFn: () => client.listResults(), enabled: useIsOpen() });
}

/** What can be written in a query: the same for as long as the application runs. */
export function useSqlWords() {
  const client = useClient();
  return useQuery({
    queryKey: keys.sqlWords,
    queryFn: () => client.sqlWords(),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The indicators: the same for as long as the application runs. */
export function useCatalogue() {
  const client = useClient();
  return useQuery({
    queryKey: keys.catalogue,
    queryFn: () => client.indicatorCatalogue(),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useBarSources() {
  const client = useClient();
  return useQuery({ queryKey: keys.barSources, queryFn: () => client.barSources(), enabled: useIsOpen() });
}

export function useRecipes() {
  const client = useClient();
  return useQuery({ queryKey: keys.recipes, queryFn: () => client.listRecipes(), enabled: useIsOpen() });
}

export function useTrainForm() {
  const client = useClient();
  return useQuery({
    queryKey: keys.trainForm,
    queryFn: () => client.trainForm(),
  });
}

export function useTrainSources() {
  const client = useClient();
  return useQuery({
    queryKey: keys.trainSources,
    queryFn: () => client.trainSources(),
    enabled: useIsOpen(),
  });
}

/** Jobs of other processes send no events to this window. */
const GUEST_POLL_MS = 2000;

export function useJobs() {
  const client = useClient();
  return useQuery({
    queryKey: keys.jobs,
    queryFn: () => client.listJobs(),
    enabled: useIsOpen(),
    refetchInterval: (query) =>
      query.state.data?.some((job) => job.state === "running" && !job.here) ? GUEST_POLL_MS : false,
  });
}

/** A trial takes from milliseconds to minutes. */
const TRIALS_POLL_MS = 700;

/** The trials of a job's search: as they come while it runs, then once more. */
export function useSearchTrials(job: string, isRunning: boolean) {
  const client = useClient();
  return useQuery({
    queryKey: [...keys.searchTrials(job), isRunning],
    queryFn: () => client.searchTrials(job),
    refetchInterval: isRunning ? TRIALS_POLL_MS : false,
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
}

const ALL_RUNS: RunQuery = {};

/** The runs that fit; without any wish all but the deleted ones. What showed stays until the answer is there. */
export function useRuns(query: RunQuery = ALL_RUNS) {
  const client = useClient();
  return useQuery({
    queryKey: keys.runList(query),
    queryFn: () => client.queryRuns(query),
    enabled: useIsOpen(),
    placeholderData: keepPreviousData,
  });
}

/** What people added to a run, and what is kept beside its numbers. */
export function useRunRecord(id: string | null) {
  const client = useClient();
  return useQuery({
    queryKey: keys.runRecord(id ?? ""),
    queryFn: () => client.runRecord(id ?? ""),
    enabled: useIsOpen() && id !== null,
  });
}

export function useComparison(ids: readonly string[]) {
  const client = useClient();
  return useQuery({
    queryKey: keys.comparison(ids),
    queryFn: () => client.compareRuns([...ids]),
    enabled: useIsOpen() && ids.length > 1,
  });
}

/** After a person changed what is kept of runs. */
export async function forgetRegistry(queries: QueryClient): Promise<void> {
  const stale = [keys.runs, keys.runRecords, keys.comparisons];
  await Promise.all(stale.map((queryKey) => queries.invalidateQueries({ queryKey })));
}

/** A run never changes, so it is asked for once. */
export function useRun(id: string | null) {
  const client = useClient();
  return useQuery({
    queryKey: keys.run(id ?? ""),
    queryFn: () => client.runDetail(id ?? ""),
    enabled: useIsOpen() && id !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Puts the latest record of a job in its place, newest job first. */
export function rememberJob(queries: QueryClient, job: JobRecord): void {
  queries.setQueryData<JobRecord[]>(keys.jobs, (jobs) => {
    if (jobs === undefined) return jobs;
    return jobs.some((known) => known.id === job.id)
      ? jobs.map((known) => (known.id === job.id ? job : known))
      : [job, ...jobs];
  });
}

/** After a job made something, what shows tables and runs asks again. */
export function forgetResults(queries: QueryClient): void {
  for (const queryKey of [
    keys.tables,
    keys.pages,
    ["columns"],
    keys.results,
    keys.barSources,
    keys.trainSources,
    keys.runs,
    keys.runRecords,
    keys.jobs,
  ]) {
    void queries.invalidateQueries({ queryKey });
  }
}

/** What does not depend on the workspace; the start state is asked for anew before. */
const OF_THE_APPLICATION: readonly string[] = [
  keys.start[0],
  keys.trainForm[0],
  keys.catalogue[0],
  keys.connection[0],
  keys.connectionStatus[0],
];

/** Another workspace is open: nothing remembered of the last one holds any longer. */
export async function forgetWorkspace(queries: QueryClient): Promise<void> {
  await queries.refetchQueries({ queryKey: keys.start });
  await queries.resetQueries({
    predicate: ({ queryKey }) => !OF_THE_APPLICATION.some((key) => queryKey[0] === key),
  });
}
