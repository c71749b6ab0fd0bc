/**
 * What came of a tab's queries. It stays while the window is open, also when another page shows, and is told to the
 * application when it is no longer wanted.
 */
import { readSessionStorageValue, useSessionStorage } from "@mantine/hooks";
import { useRef } from "react";
import { type Client, type Cost, problemOf, type ResultInfo, useClient } from "../../../api/client";
import { showProblem } from "../../../frame/Workbench";

export type Outcome =
  | { kind: "rows"; result: ResultInfo }
  | {
      kind: "changed";
      statement: string;
      table: string;
      rows: number | null;
      seconds: number | null;
      cost: Cost | null;
    }
  | { kind: "plan"; text: string };

/** An outcome in its tab. */
export type Kept = { id: string; title: string; outcome: Outcome };
type Results = { all: Kept[]; shown: string | null; made: number };

/** Results kept beside each other in one tab; the oldest makes room. */
const MOST_RESULTS = 8;
const NONE: Results = { all: [], shown: null, made: 0 };
const WORDS: Record<Outcome["kind"], string> = { rows: "Result", changed: "Change", plan: "Plan" };

const keyOf = (tab: string) => `algomosaic.results.${tab}`;

function forget(client: Client, { outcome }: Kept): void {
  if (outcome.kind !== "rows" || outcome.result.name !== null) return;
  client
    .closeView(outcome.result.table)
    .catch((thrown: unknown) => showProblem("A result was not removed", problemOf(thrown)));
}

/** A tab that closes takes its results with it. */
export function forgetResultsOf(client: Client, tab: string): void {
  const { all } = readSessionStorageValue<Results>({ key: keyOf(tab), defaultValue: NONE });
  for (const kept of all) forget(client, kept);
  sessionStorage.removeItem(keyOf(tab));
}

export function useQueryResults(tab: string) {
  const client = useClient();
  const [results, setResults] = useSessionStorage<Results>({
    key: keyOf(tab),
    defaultValue: NONE,
    getInitialValueInEffect: false,
  });
  // A query ends long after the render that began it.
  const latest = useRef(results);
  latest.current = results;

  const keep = (outcome: Outcome) => {
    const { all, made } = latest.current;
    const kept: Kept = { id: `${tab}-${made + 1}`, title: `${WORDS[outcome.kind]} ${made + 1}`, outcome };
    const more = [...all, kept];
    for (const old of more.slice(0, -MOST_RESULTS)) forget(client, old);
    setResults({ all: more.slice(-MOST_RESULTS), shown: kept.id, made: made + 1 });
  };
  /** Answers with how many are left. */
  const remove = (kept: Kept): number => {
    forget(client, kept);
    const all = results.all.filter((other) => other.id !== kept.id);
    setResults({ ...results, all, shown: results.shown === kept.id ? (all.at(-1)?.id ?? null) : results.shown });
    return all.length;
  };
  /** A result was pinned or unpinned. */
  const change = (result: ResultInfo) =>
    setResults((now) => ({
      ...now,
      all: now.all.map((kept) =>
        kept.outcome.kind === "rows" && kept.outcome.result.id === result.id
          ? { ...kept, title: result.name ?? kept.title, outcome: { kind: "rows", result } }
          : kept,
      ),
    }));
  const show = (shown: string) => setResults((now) => ({ ...now, shown }));
  return { ...results, keep, remove, change, show };
}
