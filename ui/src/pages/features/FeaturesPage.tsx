/** Makes columns from bars: choose indicators, see them on the candles as they change, keep them as a recipe. */
import { Button } from "@mantine/core";
import { useHotkeys, useLocalStorage, useSessionStorage } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import {
  type BarSource,
  Failure,
  type FeatureCorrelations,
  type IndicatorForm,
  problemOf,
  type Recipe,
  type RecipeCheck,
  useClient,
  type WorkspaceInfo,
} from "../../api/client";
import { keys, useBarSources, useCatalogue, useRecipes, useWorkspace } from "../../api/queries";
import { AskName } from "../../components/AskName";
import { Empty, Failed, Loading, Note, ProblemNote, Shown } from "../../components/Message";
import { PageLayout } from "../../frame/PageLayout";
import { TaskWaiting } from "../../frame/TaskWaiting";
import { type TaskState, useTask } from "../../frame/task";
import { showProblem } from "../../frame/Workbench";
import { counted } from "../../lib/lists";
import { navigate } from "../../lib/route";
import { shortTable } from "../../lib/tables";
import { type View, viewOf } from "../../lib/view";
import { askFor, useWish } from "../../lib/wishes";
import { NoWorkspace } from "../NoWorkspace";
import { CataloguePanel, SEARCH_ID } from "./CataloguePanel";
import { CheckView } from "./CheckView";
import { CorrelationView } from "./CorrelationView";
import { FeatureChart } from "./chart/FeatureChart";
import { planOf } from "./chart/plan";
import type { EntryActions } from "./EntryCard";
import styles from "./Features.module.css";
import { OpenRecipe, RecipeText } from "./RecipeDialogs";
import { type RecipeActions, RecipePanel } from "./RecipePanel";
import { RunDialog } from "./RunDialog";
import { RunStrip } from "./RunStrip";
import * as edit from "./recipe";
import { TickerGrid } from "./TickerGrid";
import { Toolbar, type ViewName } from "./Toolbar";
import { keyAt, type Preview, usePreview } from "./usePreview";
import { useRecipe } from "./useRecipe";

export function FeaturesPage({ table }: { table: string | null }) {
  const workspace = useWorkspace();
  const sources = viewOf(useBarSources());
  const catalogue = viewOf(useCatalogue());
  if (workspace && sources.status === "ready" && catalogue.status === "ready" && sources.data.length > 0) {
    return (
      <Editor
        key={workspace.path}
        workspace={workspace}
        sources={sources.data}
        catalogue={catalogue.data}
        wantedTable={table}
      />
    );
  }
  return (
    <PageLayout
      page="features"
      leftLabel="Indicators"
      left={<p className="muted">The indicators show here.</p>}
      rightLabel="Recipe"
      right={<p className="muted">The recipe shows here.</p>}
    >
      {workspace === null ? (
        <NoWorkspace shows="Features computes indicators from bars and shows them on the candles." />
      ) : (
        <Shown view={catalogue} loading="Reading the indicators" failed="The indicators were not read">
          {() => <NoBars sources={sources} canWrite={workspace?.read_only === false} />}
        </Shown>
      )}
    </PageLayout>
  );
}

function NoBars({ sources, canWrite }: { sources: View<BarSource[]>; canWrite: boolean }) {
  return (
    <Shown view={sources} loading="Reading tables" failed="The tables were not read">
      {() => (
        <Empty
          title="No table has bars"
          text="Features are computed from bars: a table with a time, open, high, low and close. Import some, or run the sample on the Start page."
        >
          <div className="buttons">
            {canWrite && (
              <Button
                onClick={() => {
                  navigate("data");
                  askFor("import");
                }}
              >
                Import files…
              </Button>
            )}
            <Button variant="default" onClick={() => navigate("start")}>
              Go to Start
            </Button>
          </div>
        </Empty>
      )}
    </Shown>
  );
}

type EditorProps = {
  workspace: WorkspaceInfo;
  sources: readonly BarSource[];
  catalogue: readonly IndicatorForm[];
  wantedTable: string | null;
};

/** What a person looks at, as far as they chose it. */
type Looks = { table?: string; tickers: Record<string, string>; bars: number };

type Dialog =
  | { kind: "open" }
  | { kind: "text"; of: Recipe | string }
  | { kind: "save"; replaces: boolean }
  | { kind: "run" };

/** Panes that a recipe shows by itself; a person may show more. */
const MOST_PANES = 5;

/** The table with the fewest columns is most likely the one with bars alone. */
function plainest(sources: readonly BarSource[]): BarSource | undefined {
  return [...sources].sort((a, b) => a.columns.length - b.columns.length)[0];
}

/** Entries that are not on the chart: those put away, and those beyond what fits that nobody asked for. */
function hiddenOf(preview: Preview | null, wishes: ReadonlyMap<string, boolean>, chosen: string | null): Set<string> {
  const hidden = new Set<string>();
  const panes = new Set<string>();
  for (const [key, isShown] of wishes) if (!isShown) hidden.add(key);
  for (const column of preview?.columns ?? []) {
    const key = preview === null ? undefined : keyAt(preview, column);
    if (key === undefined || column.overlay || column.draw === "marks" || hidden.has(key) || panes.has(key)) continue;
    if (panes.size < MOST_PANES || wishes.get(key) === true || key === chosen) panes.add(key);
    else hidden.add(key);
  }
  return hidden;
}

function Editor({ workspace, sources, catalogue, wantedTable }: EditorProps) {
  const client = useClient();
  const queries = useQueryClient();
  const editor = useRecipe(workspace.path);
  const { draft, savedAs, change } = editor;
  const [looks, setLooks] = useSessionStorage<Looks>({
    key: `algomosaic.features.looks.${workspace.path}`,
    defaultValue: { tickers: {}, bars: 1000 },
    getInitialValueInEffect: false,
  });
  const [, setLeftCollapsed] = useLocalStorage({ key: "algomosaic.left-panel.collapsed", defaultValue: false });
  const [chosen, setChosen] = useState<string | null>(null);
  const [wishes, setWishes] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [wantedView, setView] = useState<ViewName>("chart");
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const [job, setJob] = useState<string | null>(null);
  const recipes = useRecipes().data;

  const byId = useMemo(() => new Map([edit.SQL_FORM, ...catalogue].map((form) => [form.id, form])), [catalogue]);
  const formOf = useCallback((id: string) => byId.get(id), [byId]);
  const find = (name: string | null | undefined) => sources.find(({ table }) => table === name);
  const source = find(wantedTable) ?? find(looks.table) ?? plainest(sources);
  const known = source?.tickers.find(({ ticker }) => ticker === looks.tickers[source.table]) ?? source?.tickers[0];
  const ticker = known?.ticker ?? null;
  const view = wantedView === "tickers" && (source?.tickers.length ?? 0) < 2 ? "chart" : wantedView;
  const table = source?.table ?? "";

  const recipe = useMemo(() => edit.recipeOf(draft, formOf), [draft, formOf]);
  const hide = useCallback((answer: Preview | null) => hiddenOf(answer, wishes, chosen), [wishes, chosen]);
  const question = useMemo(() => {
    const keysOf = (isLabel: boolean) => draft.items.filter((item) => item.isLabel === isLabel).map(({ key }) => key);
    return {
      request: { table, ticker, bars: looks.bars, recipe: { ...recipe, name: "" } },
      featureKeys: keysOf(false),
      labelKeys: keysOf(true),
    };
  }, [table, ticker, looks.bars, recipe, draft.items]);
  const preview = usePreview(question, hide);
  const { shown, hidden } = preview;
  const plan = useMemo(() => (shown === null ? null : planOf(shown, hidden)), [shown, hidden]);
  const measured = useRef(0);
  const onDrawn = useCallback(() => {
    if (shown === null || shown.changedAt === measured.current) return;
    measured.current = shown.changedAt;
    // Only the last one is kept: tests read it, and a long session leaves none behind.
    performance.clearMeasures?.("features-redraw");
    performance.measure?.("features-redraw", { start: shown.changedAt, end: performance.now() });
  }, [shown]);

  const from = { kind: "table" as const, table };
  const version = JSON.stringify([recipe, table]);
  const check = useFound<RecipeCheck>(version);
  const correlations = useFound<FeatureCorrelations>(version);
  const isEmpty = draft.items.length === 0;
  const refusal = workspace.read_only ? "The workspace can be read, not written." : null;
  const saved = recipes?.find(({ name }) => name === savedAs)?.recipe;
  const isUnsaved = !isEmpty && (saved === undefined || saved === null || !edit.isSame(saved, recipe));

  const add = useCallback(
    (form: IndicatorForm, isLabel: boolean) => {
      const item = edit.newItem(form, isLabel);
      change((now) => edit.added(now, item));
      setChosen(item.key);
      setWishes((now) => new Map([...now, [item.key, true]]));
      setView((now) => (now === "tickers" ? now : "chart"));
    },
    [change],
  );
  const entries: EntryActions = {
    choose: setChosen,
    setParam: (key, name, setting) =>
      change(
        (now) => edit.changed(now, key, (item) => ({ ...item, params: { ...item.params, [name]: setting } })),
        `${key} ${name}`,
      ),
    setAs: (key, as) => change((now) => edit.changed(now, key, (item) => ({ ...item, as })), `${key} as`),
    setLabel: (key, isLabel) => change((now) => edit.changed(now, key, (item) => ({ ...item, isLabel }))),
    move(key, by, isDrag = false) {
      change((now) => edit.moved(now, key, by), isDrag ? `drag ${key}` : undefined);
      // The browser lets go of what is moved.
      if (!isDrag) requestAnimationFrame(() => focusEntry(key));
    },
    duplicate(key) {
      const item = draft.items.find((one) => one.key === key);
      if (item === undefined) return;
      const copy = { ...item, key: edit.newKey() };
      change((now) => edit.added(now, copy, key));
      setChosen(copy.key);
      requestAnimationFrame(() => focusEntry(copy.key));
    },
    remove(key) {
      const at = draft.items.findIndex((one) => one.key === key);
      const next = draft.items[at + 1] ?? draft.items[at - 1];
      change((now) => edit.removed(now, key));
      setChosen(null);
      if (next !== undefined) requestAnimationFrame(() => focusEntry(next.key));
    },
    toggleShown: (key) => setWishes((now) => new Map([...now, [key, hidden.has(key)]])),
  };

  const save = async (name: string) => {
    await client.saveRecipe({ ...recipe, name });
    editor.saved(name);
    await queries.invalidateQueries({ queryKey: keys.recipes });
  };
  const actions: RecipeActions = {
    save() {
      if (isEmpty || refusal !== null || !isUnsaved) return;
      const name = draft.name.trim();
      const isOther = name !== savedAs && recipes?.some((one) => one.name === name) === true;
      if (name === "" || isOther) setDialog({ kind: "save", replaces: isOther });
      else save(name).catch((thrown: unknown) => showProblem("The recipe was not saved", problemOf(thrown)));
    },
    saveAs: () => setDialog({ kind: "save", replaces: false }),
    openList: () => setDialog({ kind: "open" }),
    openText: () => setDialog({ kind: "text", of: recipe }),
    startNew() {
      editor.open(edit.EMPTY_RECIPE, null);
      setChosen(null);
    },
    check() {
      if (isEmpty) return;
      setView("check");
      check.find((task) => client.checkRecipe(task, { recipe, from }));
    },
    correlate() {
      if (isEmpty) return;
      setView("correlation");
      correlations.find((task) => client.featureCorrelations(task, { recipe, from }));
    },
    run: () => !isEmpty && refusal === null && setDialog({ kind: "run" }),
  };
  const open = (opened: Recipe, name: string | null) => {
    editor.open(edit.draftOf(opened), name);
    setChosen(null);
  };
  const setTicker = useCallback(
    (next: string) => setLooks((now) => ({ ...now, tickers: { ...now.tickers, [table]: next } })),
    [setLooks, table],
  );
  const step = useCallback(
    (by: number) => {
      const tickers = source?.tickers ?? [];
      const at = tickers.findIndex((one) => one.ticker === ticker);
      const next = tickers[(at + by + tickers.length) % tickers.length];
      if (next !== undefined) setTicker(next.ticker);
    },
    [source, ticker, setTicker],
  );
  const setBars = useCallback((bars: number) => setLooks((now) => ({ ...now, bars })), [setLooks]);

  useEffect(() => {
    if (wantedTable !== null) setLooks((now) => (now.table === wantedTable ? now : { ...now, table: wantedTable }));
  }, [wantedTable, setLooks]);

  const unlessBusy = (run: () => void) => (event: KeyboardEvent) => {
    if (dialog !== null || !isOurs(event.target)) return;
    event.preventDefault();
    run();
  };
  const anywhere = { preventDefault: false };
  useHotkeys(
    [
      ["mod+Z", unlessBusy(editor.undo), anywhere],
      ["mod+shift+Z", unlessBusy(editor.redo), anywhere],
      ["mod+Y", unlessBusy(editor.redo), anywhere],
      ["mod+S", () => dialog === null && actions.save()],
      ["mod+Enter", () => dialog === null && actions.run()],
    ],
    [],
  );
  useHotkeys([
    ["[", () => step(-1)],
    ["]", () => step(1)],
  ]);
  useWish("feature", true, () => {
    setLeftCollapsed(false);
    requestAnimationFrame(() => document.getElementById(SEARCH_ID)?.focus());
  });
  useWish("check-recipe", !isEmpty, actions.check);
  useWish("correlate", !isEmpty, actions.correlate);
  useWish("run-recipe", !isEmpty, actions.run);
  useWish("save-recipe", !isEmpty, actions.save);
  useWish("open-recipe", true, actions.openList);
  useWish("new-recipe", true, actions.startNew);

  if (source === undefined) return null;
  return (
    <PageLayout
      page="features"
      crumbs={[shortTable(table), ...(ticker === null ? [] : [ticker])]}
      leftLabel="Indicators"
      left={<CataloguePanel forms={catalogue} onAdd={add} />}
      rightLabel="Recipe"
      right={
        <RecipePanel
          editor={editor}
          formOf={formOf}
          preview={shown}
          source={source}
          chosen={chosen}
          hidden={hidden}
          isUnsaved={isUnsaved}
          refusal={refusal}
          entries={entries}
          actions={actions}
        />
      }
    >
      <div className={styles.middle}>
        <Toolbar
          sources={sources}
          source={source}
          ticker={ticker}
          bars={looks.bars}
          view={view}
          onTable={openTable}
          onTicker={setTicker}
          onStep={step}
          onBars={setBars}
          onView={setView}
        />
        {job !== null && <RunStrip job={job} workspace={workspace.path} onClose={() => setJob(null)} />}
        {view === "chart" && (
          <div className={`card ${styles.chartCard}`}>
            {preview.problem !== null && (
              <div className={styles.chartProblem}>
                <ProblemNote problem={preview.problem}>
                  <button type="button" className="link" onClick={preview.retry}>
                    Try again
                  </button>
                </ProblemNote>
              </div>
            )}
            {plan !== null ? (
              <FeatureChart plan={plan} onDrawn={onDrawn} />
            ) : (
              preview.problem === null && <Loading what="Reading bars" />
            )}
          </div>
        )}
        {view === "tickers" && (
          <TickerGrid
            tickers={source.tickers.map((known) => known.ticker)}
            ticker={ticker}
            question={question}
            plan={plan}
            chosen={chosen}
            onOpen={(opened) => {
              setTicker(opened);
              setView("chart");
            }}
          />
        )}
        {view === "check" && (
          <FoundView
            found={check}
            what="Checking the recipe"
            failed="The recipe was not checked"
            intro="The check computes every column again from bars that end earlier, and from bars that begin later. It names each column whose values change when later bars are removed, and says how many rows each takes to settle."
            verb="Check"
            isEmpty={isEmpty}
            start={actions.check}
          >
            {(value) => <CheckView check={value} />}
          </FoundView>
        )}
        {view === "correlation" && (
          <FoundView
            found={correlations}
            what="Computing correlations"
            failed="The correlations were not computed"
            intro="Rank correlations of the recipe's columns with each other and with its labels show which features say the same, and which go with the outcome."
            verb="Compute"
            isEmpty={isEmpty}
            start={actions.correlate}
          >
            {(value) => <CorrelationView found={value} recipe={draft.name.trim()} />}
          </FoundView>
        )}
      </div>
      {dialog?.kind === "open" && (
        <OpenRecipe
          canWrite={!workspace.read_only}
          onOpen={open}
          onMend={(text) => setDialog({ kind: "text", of: text })}
          onClose={() => setDialog((now) => (now?.kind === "open" ? null : now))}
        />
      )}
      {dialog?.kind === "text" && (
        <RecipeText
          of={dialog.of}
          onUse={(read) => open(read, read.name === savedAs ? savedAs : null)}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog?.kind === "save" && (
        <AskName
          title="Save the recipe"
          label="Name"
          verb={dialog.replaces ? "Replace" : "Save"}
          initial={draft.name.trim()}
          onName={async (name) => {
            const isOther = name !== savedAs && recipes?.some((one) => one.name === name) === true;
            if (isOther && !(dialog.replaces && name === draft.name.trim())) {
              throw new Failure({
                code: "AlreadyExists",
                message: `There is a recipe ${name} already.`,
                hint: "Choose another name, or open that one and change it.",
              });
            }
            await save(name);
          }}
          onClose={() => setDialog(null)}
        >
          {dialog.replaces && (
            <Note tone="warning">There is a recipe {draft.name.trim()} already. Saving replaces it.</Note>
          )}
        </AskName>
      )}
      {dialog?.kind === "run" && (
        <RunDialog
          recipe={{ ...recipe, name: recipe.name === "" ? "recipe" : recipe.name }}
          table={table}
          tickers={source.tickers.length}
          onStarted={setJob}
          onClose={() => setDialog(null)}
        />
      )}
      <output className="visually-hidden" aria-live="polite">
        {shown === null ? "" : counted(shown.columns.length, "column")}
      </output>
    </PageLayout>
  );
}

const openTable = (table: string) => navigate("features", table);

function focusEntry(key: string): void {
  document.querySelector<HTMLElement>(`[data-entry="${key}"]`)?.focus();
}

/** Whether undo is the recipe's: not where a person types something else. */
function isOurs(target: EventTarget | null): boolean {
  if (!(target instanceof Element) || target.closest("[data-recipe]") !== null) return true;
  return target.closest("input, textarea, [contenteditable], [role='dialog']") === null;
}

/** What was found of a recipe by a task, and whether it still is that recipe. */
type Found<T> = {
  value: T | null;
  isStale: boolean;
  state: TaskState;
  find: (work: (task: string) => Promise<T>) => void;
  stop: () => void;
};

function useFound<T>(version: string): Found<T> {
  const task = useTask();
  const [found, setFound] = useState<{ value: T; version: string } | null>(null);
  return {
    value: found?.value ?? null,
    isStale: found !== null && found.version !== version,
    state: task.state,
    stop: task.stop,
    find(work) {
      void task.run(work).then((outcome) => {
        if (outcome.status === "done") setFound({ value: outcome.value, version });
      });
    },
  };
}

type FoundViewProps<T> = {
  found: Found<T>;
  what: string;
  failed: string;
  /** What it would show. */
  intro: string;
  verb: string;
  isEmpty: boolean;
  start: () => void;
  children: (value: T) => React.ReactNode;
};

function FoundView<T>({ found, what, failed, intro, verb, isEmpty, start, children }: FoundViewProps<T>) {
  const { state, value, isStale } = found;
  if (state.status === "running") return <TaskWaiting what={what} task={state.task} onCancel={found.stop} />;
  if (state.status === "failed") return <Failed title={failed} problem={state.problem} retry={start} />;
  if (value === null) {
    return (
      <Empty title={isEmpty ? "The recipe is empty" : `${verb} the recipe`} text={intro}>
        {!isEmpty && <Button onClick={start}>{verb}</Button>}
      </Empty>
    );
  }
  return (
    <>
      {isStale && (
        <Note tone="warning">
          The recipe or the table has changed since.{" "}
          {!isEmpty && (
            <button type="button" className="link" onClick={start}>
              {verb} again
            </button>
          )}
        </Note>
      )}
      {children(value)}
    </>
  );
}
