/** A query: its text, its parameters, what it would read, and what came of it. */
import { Button, Tabs } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useRef, useState } from "react";
import { type ColumnInfo, type Problem, problemOf, type ResultInfo, useClient } from "../../../api/client";
import { forgetResults, keys, useSqlWords, useWorkspace } from "../../../api/queries";
import { AskName } from "../../../components/AskName";
import { CloseIcon } from "../../../components/icons";
import { Loading, ProblemNote } from "../../../components/Message";
import { Split } from "../../../components/Split";
import { TaskWaiting } from "../../../frame/TaskWaiting";
import { useTask } from "../../../frame/task";
import { showProblem } from "../../../frame/Workbench";
import { useKnownTables } from "../../../frame/warehouses";
import { PRICE_NOTE } from "../../../lib/cost";
import { bytes, usd, whole } from "../../../lib/number";
import { tableId } from "../../../lib/tables";
import type { Catalogue } from "./completion";
import { Parameters, paramsOf } from "./Parameters";
import styles from "./Query.module.css";
import { QueryLibrary } from "./QueryLibrary";
import type { QueryTab } from "./queryTabs";
import { changedWords, ResultView } from "./ResultView";
import { type Kept, useQueryResults } from "./results";
import type { EditorHandle, Mark } from "./SqlEditor";

const SqlEditor = lazy(() => import("./SqlEditor"));

/** A person stops typing for so long before the text is checked. */
const PAUSE_MS = 500;

type QueryPaneProps = {
  tab: QueryTab;
  workspace: string;
  isActive: boolean;
  onChange: (part: Partial<Omit<QueryTab, "id">>) => void;
  onOpen: (sql: string, title?: string) => void;
  /** What the person looks at: a column of a result. */
  onColumn: (result: ResultInfo | null, title: string, column: ColumnInfo | null) => void;
};

/** What is known of the text; only of the text as it stands now. */
function useCheck(tab: QueryTab) {
  const client = useClient();
  const asked = useMemo(() => ({ sql: tab.sql, params: paramsOf(tab.sql, tab.params) }), [tab.sql, tab.params]);
  const [settled] = useDebouncedValue(asked, PAUSE_MS);
  const query = useQuery({
    queryKey: ["sql-check", settled],
    queryFn: () => client.checkSql(settled.sql, settled.params),
    enabled: settled.sql.trim() !== "",
    gcTime: 0,
  });
  const isCurrent = settled === asked && settled.sql.trim() !== "";
  return {
    isAsking: asked.sql.trim() !== "" && (settled !== asked || query.isFetching),
    check: isCurrent ? (query.data ?? null) : null,
    failure: isCurrent && query.error !== null ? problemOf(query.error) : null,
  };
}

function useCatalogue(): Catalogue {
  const client = useClient();
  const queries = useQueryClient();
  const tables = useKnownTables();
  const words = useSqlWords().data;
  return useMemo(
    () => ({
      tables: tables.map(tableId),
      words: words ?? { functions: [], keywords: [] },
      columnsOf: async (table) => {
        try {
          return await queries.fetchQuery({
            queryKey: keys.columns(table),
            queryFn: () => client.tableColumns(table),
            staleTime: 60_000,
          });
        } catch {
          // While it is being written, a table's name is often none yet; the check below the editor says so.
          return [];
        }
      },
    }),
    [client, queries, tables, words],
  );
}

export function QueryPane({ tab, workspace, isActive, onChange, onOpen, onColumn }: QueryPaneProps) {
  const client = useClient();
  const queries = useQueryClient();
  const editor = useRef<EditorHandle>(null);
  const catalogue = useCatalogue();
  const { check, failure, isAsking } = useCheck(tab);
  const { state, run, stop } = useTask();
  const [hasSelection, setSelected] = useState(false);
  const results = useQueryResults(tab.id);
  const [asking, setAsking] = useState<"history" | "saved" | "save" | null>(null);
  const [said, setSaid] = useState("");
  const [explaining, setExplaining] = useState<Problem | null>(null);

  const params = paramsOf(tab.sql, tab.params);
  const mark = useMemo((): Mark | null => {
    if (check?.problem === null || check === null || check.line === null) return null;
    return { line: check.line, column: check.column ?? 1, message: check.problem.message };
  }, [check]);

  const start = async (what: "all" | "selection") => {
    const sql = what === "selection" ? (editor.current?.selected() ?? "") : tab.sql;
    if (sql.trim() === "") return;
    setExplaining(null);
    const done = await run((task) => client.runSql(task, sql, paramsOf(sql, tab.params)));
    void queries.invalidateQueries({ queryKey: keys.sqlHistory });
    if (done.status !== "done") return;
    results.keep(done.value);
    if (done.value.kind === "changed") {
      setSaid(changedWords(done.value));
      forgetResults(queries);
    } else setSaid(`${whole(done.value.result.rows)} rows.`);
  };
  const explain = async () => {
    setExplaining(null);
    try {
      results.keep({ kind: "plan", text: await client.explainSql(tab.sql, params) });
    } catch (thrown) {
      setExplaining(problemOf(thrown));
    }
  };
  const format = async () => {
    const { formatted } = await import("./format");
    try {
      editor.current?.replace(formatted(tab.sql));
    } catch (thrown) {
      showProblem("The text was left as it is", {
        code: "BadInput",
        message: thrown instanceof Error ? (thrown.message.split("\n")[0] ?? "") : String(thrown),
        hint: "It can be laid out once its parentheses and quotes match.",
      });
    }
  };

  const isRunning = state.status === "running";
  const isEmpty = tab.sql.trim() === "";
  const problem = state.status === "failed" ? state.problem : (explaining ?? failure);
  return (
    <>
      <Split
        name="query"
        label="Height of the editor"
        upperPx={230}
        upper={
          <section className={`card ${styles.query}`} aria-label={tab.title}>
            <Suspense fallback={<Loading what="Loading the editor" />}>
              <SqlEditor
                label={`SQL of ${tab.title}`}
                initial={tab.sql}
                onChange={(sql) => onChange({ sql })}
                onSelected={setSelected}
                onRun={(what) => void start(what)}
                onFormat={() => void format()}
                catalogue={catalogue}
                mark={mark}
                handle={editor}
              />
            </Suspense>
            <Parameters
              params={params}
              onChange={(name, draft) => onChange({ params: { ...tab.params, [name]: draft } })}
            />
            <div className={styles.bar}>
              <Button onClick={() => void start("all")} disabled={isEmpty} loading={isRunning} data-testid="run-query">
                Run <kbd className={styles.key}>Ctrl ⏎</kbd>
              </Button>
              {hasSelection && (
                <Button variant="default" onClick={() => void start("selection")} disabled={isRunning}>
                  Run selection
                </Button>
              )}
              {isRunning ? (
                <TaskWaiting what="Running" task={state.task} onCancel={stop} />
              ) : (
                <CheckWords check={check} isEmpty={isEmpty} isAsking={isAsking} />
              )}
              <span className={styles.grow} />
              <button type="button" className="link" onClick={() => void format()} disabled={isEmpty}>
                Format
              </button>
              <button type="button" className="link" onClick={() => void explain()} disabled={isEmpty}>
                Explain
              </button>
              <button type="button" className="link" onClick={() => setAsking("history")}>
                History
              </button>
              <button type="button" className="link" onClick={() => setAsking("saved")}>
                Saved
              </button>
              <button type="button" className="link" onClick={() => setAsking("save")} disabled={isEmpty}>
                Save…
              </button>
            </div>
            {problem === null && check !== null && check.problem !== null && (
              <p className={styles.refused} role="status" data-testid="sql-problem">
                {check.problem.message} <span className="muted">{check.problem.hint}</span>
              </p>
            )}
            {problem !== null && (
              <div className={styles.problem}>
                <ProblemNote problem={problem} />
              </div>
            )}
          </section>
        }
        lower={
          results.all.length === 0 ? null : (
            <Results
              results={results.all}
              shown={results.shown}
              workspace={workspace}
              isActive={isActive}
              onShow={results.show}
              onRemove={(kept) => {
                if (results.remove(kept) === 0) onColumn(null, "", null);
              }}
              onResult={results.change}
              onColumn={onColumn}
            />
          )
        }
      />
      <output className="visually-hidden" aria-live="polite" data-testid="query-said">
        {said}
      </output>
      {(asking === "history" || asking === "saved") && (
        <QueryLibrary shows={asking} onOpen={onOpen} onClose={() => setAsking(null)} />
      )}
      {asking === "save" && (
        <AskName
          title="Save the query"
          label="Name; a query of this name is replaced"
          verb="Save"
          initial={/^Query \d+$/.test(tab.title) ? "" : tab.title}
          onName={async (name) => {
            const saved = await client.saveQuery(name, tab.sql);
            onChange({ title: saved.name });
            await queries.invalidateQueries({ queryKey: keys.savedQueries });
          }}
          onClose={() => setAsking(null)}
        />
      )}
    </>
  );
}

type CheckWordsProps = { check: ReturnType<typeof useCheck>["check"]; isEmpty: boolean; isAsking: boolean };

/** What running it would read, where, and what that costs. */
function CheckWords({ check, isEmpty, isAsking }: CheckWordsProps) {
  const bigquery = useWorkspace()?.bigquery ?? null;
  if (isEmpty) return <span className="muted">Write a query; Ctrl Space completes.</span>;
  // On this computer the answer is there before it could be announced.
  if (check === null) return isAsking && bigquery !== null ? <span className="muted">Estimating…</span> : null;
  if (check.problem !== null) return null;
  const reads = bytes(check.bytes);
  if (check.runs_in !== null) {
    return (
      <span
        className="muted"
        title={PRICE_NOTE}
        data-testid="sql-estimate"
        data-value={check.bytes}
        data-usd={check.usd}
      >
        BigQuery reads {reads}, about {usd(check.usd)}
      </span>
    );
  }
  const copies = bigquery !== null && check.tables.some((table) => table.startsWith(`${bigquery.project}.`));
  const where = copies ? ", on copies of BigQuery's tables" : bigquery === null ? "" : ", free on this computer";
  return (
    <span className="muted" data-testid="sql-estimate" data-value={check.bytes}>
      reads {reads}
      {where}
    </span>
  );
}

type ResultsProps = {
  results: readonly Kept[];
  shown: string | null;
  workspace: string;
  isActive: boolean;
  onShow: (id: string) => void;
  onRemove: (kept: Kept) => void;
  onResult: (result: ResultInfo) => void;
  onColumn: (result: ResultInfo | null, title: string, column: ColumnInfo | null) => void;
};

function Results({ results, shown, workspace, isActive, onShow, onRemove, onResult, onColumn }: ResultsProps) {
  return (
    <Tabs
      value={shown}
      onChange={(id) => id !== null && onShow(id)}
      className={styles.results}
      keepMounted={false}
      aria-label="Results"
    >
      <Tabs.List>
        {results.map((kept) => (
          <span key={kept.id} className={styles.tab}>
            <Tabs.Tab
              value={kept.id}
              aria-keyshortcuts="Delete"
              onKeyDown={(event) => {
                if (event.key !== "Delete") return;
                const list = event.currentTarget.closest("[role='tablist']");
                onRemove(kept);
                requestAnimationFrame(() => list?.querySelector<HTMLElement>("[aria-selected='true']")?.focus());
              }}
            >
              {kept.title}
            </Tabs.Tab>
            {/* For the pointer, as on the tabs of the page. */}
            <button
              type="button"
              title={`Close ${kept.title} (Delete)`}
              aria-hidden
              tabIndex={-1}
              onClick={() => onRemove(kept)}
            >
              <CloseIcon size={12} aria-hidden />
            </button>
          </span>
        ))}
      </Tabs.List>
      {results.map((kept) => (
        <Tabs.Panel key={kept.id} value={kept.id} className={styles.panel}>
          <ResultView
            kept={kept}
            workspace={workspace}
            isActive={isActive}
            onResult={onResult}
            onColumn={(column) =>
              onColumn(kept.outcome.kind === "rows" ? kept.outcome.result : null, kept.title, column)
            }
            onProfile={(column) =>
              onColumn(kept.outcome.kind === "rows" ? kept.outcome.result : null, kept.title, column)
            }
          />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
