/**
 * A client that keeps everything in memory, for tests and for a plain browser. It behaves as the application does:
 * jobs take time, report progress and can be cancelled, and what they make can be opened afterwards.
 */
import {
  type ChartFormat,
  type Client,
  type JobRecord,
  type LoginWaiting,
  type Outcome,
  type Problem,
  problemOf,
  type QueryRecord,
  type ResultInfo,
  type SavedQuery,
  type SavedRecipe,
  type SqlCheck,
  type SqlOutcome,
} from "./client";
import { CATALOGUE } from "./fakeCatalogue";
import { FORM, hexId, runOf, SOURCES } from "./fakeData";
import {
  BAR_SOURCES,
  checkedRecipe,
  correlationsOf,
  FIRST_RECIPE,
  featuresDocument,
  previewFeaturesOf,
  readToml,
  recipeToml,
  savedRecipe,
} from "./fakeFeatures";
import { FakeGoogle, type FakeGoogleState } from "./fakeGoogle";
import { checkOf, previewOf } from "./fakeImport";
import { FakeRegistry } from "./fakeModels";
import { parse, WORDS } from "./fakeSql";
import { foldsOf, searchedOf, trialsChart, withTraining } from "./fakeTraining";
import { FakeWarehouse, fail, rowsOfView } from "./fakeWarehouse";
import type { Request, RunDetail, WorkspaceInfo } from "./generated/bindings";

export type FakeOptions = {
  /** Open at the beginning: the sample with its results, the sample before its first run, or none. */
  workspace: "sample" | "fresh" | "none";
  /** Between two reports of a job. */
  stepMs: number;
  /** Before a command answers. */
  delayMs: number;
  /** Who is connected to Google Cloud, and whether the workspace uses it. */
  google: FakeGoogleState;
  /** How long a view, a query, a profile, an export or a check takes. */
  taskMs: number;
};

const HOME = "/home/ana/algomosaic";
const SAMPLE: WorkspaceInfo = {
  path: `${HOME}/sample`,
  name: "sample",
  project: "local",
  dataset: "main",
  domain: "",
  read_only: false,
  is_sample: true,
  bigquery: null,
};

const MODEL_TYPES: Record<string, string> = {
  elastic_net: "ElasticNet",
  ols: "LinearRegression",
};

function titleOf(request: Request): string {
  const nameOf = (from: { kind: string; table?: string }) => from.table?.split(".").slice(-2).join(".") ?? "a query";
  switch (request.operation) {
    case "demo":
      return "Run the sample";
    case "import":
      return `Import ${request.files[0]?.split("/").at(-1) ?? "files"} into ${request.table}`;
    case "train":
      return `Train ${MODEL_TYPES[request.spec.algorithm] ?? request.spec.algorithm} on ${nameOf(request.from)}`;
    case "features":
      return `Compute features of ${nameOf(request.from)} into ${request.table ?? "a file"}`;
    case "repeat":
      return `Repeat the run ${request.run.slice(0, 8)}`;
    case "predict":
      return `Predict ${nameOf(request.from)} with ${request.model.slice(0, 8)}`;
    case "push":
    case "pull":
      return `${request.operation} ${request.tables.join(", ")}`;
    default:
      return `${request.operation} ${nameOf(request.from)}`;
  }
}

const STAGES: Record<string, string[]> = {
  demo: [
    "Importing bars",
    "Computing features",
    "Fitting the model",
    "Fitting controls",
    "Backtesting",
    "Writing tables",
  ],
  train: [
    "Reading rows",
    "Fitting the model",
    "Fitting controls",
    "Fitting controls",
    "Fitting controls",
    "Writing tables",
  ],
  import: ["Reading files", "Writing the table"],
  features: ["Reading bars", "Computing columns", "Writing the table"],
};

export function fakeClient(options: Partial<FakeOptions> = {}): Client {
  const { workspace: opened = "sample", stepMs = 350, delayMs = 40, taskMs = 250 } = options;
  const google = new FakeGoogle(options.google ?? "none");
  const logins = new Set<(login: LoginWaiting) => void>();
  let workspace: WorkspaceInfo | null = opened === "none" ? null : SAMPLE;
  let hasResults = opened === "sample";
  let jobs: JobRecord[] = [];
  const runs: RunDetail[] = [];
  const registry = new FakeRegistry(runs);
  const warehouse = new FakeWarehouse(google.tablesOfBigQuery);
  let results: ResultInfo[] = [];
  let history: QueryRecord[] = [];
  let saved: SavedQuery[] = [];
  let recipes: SavedRecipe[] = opened === "sample" ? [savedRecipe(FIRST_RECIPE, "2026-01-30T15:04:00.000000Z")] : [];
  const listeners = new Set<(job: JobRecord) => void>();
  const cancelled = new Set<string>();
  /** When each task ends. */
  const running = new Map<string, number>();

  const allFeatures = SOURCES[0]?.features ?? [];
  const keepRun = (skilled: boolean, modelType: string, outcome: string, executedAt: string, repeats = 50) => {
    const run = runOf(100 + runs.length * 17, {
      skilled,
      modelType,
      outcome,
      table: "local.features.us_daily",
      executedAt,
      repeats,
      features: allFeatures,
    });
    runs.unshift(run);
    return run;
  };
  const past = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString().replace("Z", "000Z");

  if (hasResults) {
    keepRun(false, "ElasticNet", "ROR_n5", "2026-01-31T09:21:40.000000Z");
    const latest = keepRun(true, "LinearRegression", "ROR_n10", "2026-01-31T09:30:02.000000Z");
    const importRequest: Request = {
      operation: "import",
      files: [`${HOME}/downloads/bars.csv`],
      table: "market.bars_us_daily",
      if_exists: "fail",
      options: {
        format: null,
        columns: null,
        ticker: null,
        interval: null,
        bars: null,
        sort: false,
        drop_bad_rows: false,
      },
    };
    const base = { stage: "", fraction: 1, here: true, cost: null };
    jobs = [
      {
        ...base,
        id: "j3",
        operation: "import",
        title: "Import bars.csv into market.bars_us_daily",
        state: "failed",
        stage: "Reading files",
        fraction: 0.4,
        started_at: past(12),
        ended_at: past(11.98),
        problem: {
          code: "BadInput",
          message: "bars.csv, line 4,812: high is 121.10, below low 121.73; a bar's high is never below its low.",
          hint: "Correct or remove that line, then import again. Nothing was written.",
        },
        outcome: null,
        request: importRequest,
      },
      {
        ...base,
        id: "j2",
        operation: "train",
        title: "Train ElasticNet on features.us_daily",
        state: "cancelled",
        fraction: 0.62,
        started_at: past(34),
        ended_at: past(33.9),
        problem: null,
        outcome: null,
        request: { operation: "demo", out: null },
      },
      {
        ...base,
        id: "j1",
        operation: "demo",
        title: "Run the sample",
        state: "done",
        started_at: past(48),
        ended_at: past(47.92),
        problem: null,
        outcome: {
          kind: "demo",
          model_execution_ids: [latest.model_execution_id],
          backtest_execution_id: hexId(900),
          out: `${HOME}/sample/out`,
        },
        request: { operation: "demo", out: null },
      },
    ];
  }

  const later = <T>(answer: () => T): Promise<T> =>
    new Promise((resolve, reject) => {
      setTimeout(() => {
        try {
          resolve(answer());
        } catch (failure) {
          reject(failure);
        }
      }, delayMs);
    });

  const inWorkspace = <T>(answer: () => T): Promise<T> =>
    later(() => {
      if (workspace === null) throw fail("Usage", "No workspace is open.", "Open one on the Start page.");
      return answer();
    });

  /** What the window waits for: takes its time, and fails as cancelled when it was asked to stop. */
  const task = async <T>(
    id: string,
    answer: () => T,
    within: (answer: () => T) => Promise<T> = inWorkspace,
  ): Promise<T> => {
    const ends = Date.now() + taskMs;
    running.set(id, ends);
    do {
      await new Promise((resolve) => setTimeout(resolve, Math.min(20, taskMs)));
      if (cancelled.delete(id)) throw fail("Cancelled", "It was stopped.", "");
    } while (Date.now() < ends);
    return within(answer);
  };
  /** Nothing is known of the first tenth of it. */
  const shareOf = (id: string): number | null => {
    const share = 1 - ((running.get(id) ?? Number.NaN) - Date.now()) / taskMs;
    return share > 0.1 && share < 1 ? share : null;
  };
  const now = () => new Date().toISOString().replace("Z", "000Z");
  const resultOf = (id: string): ResultInfo => {
    const result = results.find((known) => known.id === id);
    if (result === undefined) throw fail("NotFound", `There is no result ${id}.`, "Run the query again.");
    return result;
  };
  const keepResult = (changed: ResultInfo) => {
    results = results.map((known) => (known.id === changed.id ? changed : known));
    return changed;
  };

  const report = (job: JobRecord, change: Partial<JobRecord>) => {
    const changed = { ...job, ...change };
    jobs = jobs.map((other) => (other.id === job.id ? changed : other));
    for (const listener of listeners) listener(changed);
    return changed;
  };

  const outcomeOf = (request: Request): Outcome | Problem => {
    const executedAt = now();
    switch (request.operation) {
      case "demo": {
        hasResults = true;
        const run = keepRun(true, "LinearRegression", "ROR_n10", executedAt);
        return {
          kind: "demo",
          model_execution_ids: [run.model_execution_id],
          backtest_execution_id: hexId(900),
          out: `${HOME}/sample/out`,
        };
      }
      case "train": {
        const type = MODEL_TYPES[request.spec.algorithm] ?? request.spec.algorithm;
        const run = keepRun(
          request.spec.algorithm === "ols",
          type,
          request.spec.outcome,
          executedAt,
          request.spec.control?.repeats ?? 20,
        );
        const { search, split } = request.spec;
        Object.assign(
          run,
          withTraining(run, {
            folds: split?.kind === "walk_forward" ? foldsOf(split.folds ?? 5, run.scores) : [],
            search: search === undefined || search === null ? null : searchedOf(search, search.trials ?? 30),
          }),
        );
        return { kind: "train", model_execution_id: run.model_execution_id };
      }
      case "import": {
        const missing = request.files.find((file) => file.includes("missing"));
        if (missing !== undefined) {
          return {
            code: "NotFound",
            message: `There is no file ${missing}.`,
            hint: "Check the path, or browse for the file.",
          };
        }
        const rows = 13_085 - (request.options?.drop_bad_rows ? 2 : 0);
        try {
          warehouse.save(
            request.table,
            { ...warehouse.table("market.bars_us_daily"), rows },
            request.if_exists !== "fail",
          );
        } catch (thrown) {
          return problemOf(thrown);
        }
        return { kind: "import", table: `local.${request.table}`, rows, notes: ["Adj Close became adj_close"] };
      }
      case "features": {
        const table = `local.${request.table}`;
        try {
          const made = featuresDocument(readToml(request.recipe), table);
          warehouse.save(table, { ...warehouse.table("features.us_daily"), rows: made.rows }, true);
          return { kind: "features", ...made };
        } catch (thrown) {
          return problemOf(thrown);
        }
      }
      case "predict":
        return {
          kind: "predict",
          model_execution_id: hexId(700),
          rows: 9_848,
          table:
            request.table === null ? "local.model_predictions.model_prediction_20260131" : `local.${request.table}`,
        };
      case "repeat": {
        const before = runs.find((known) => known.model_execution_id === request.run);
        if (before === undefined) return { code: "NotFound", message: `There is no run ${request.run}.`, hint: "" };
        const again = keepRun(false, before.model_type, before.outcome, executedAt, before.control.repeats);
        return {
          kind: "repeat",
          model_execution_id: again.model_execution_id,
          repeat_of: request.run,
          same_data: true,
          same_scores: false,
          differs: ["scores rsquared"],
        };
      }
      default:
        return {
          code: "Usage",
          message: `The fake does not ${request.operation}.`,
          hint: "Use the application.",
        };
    }
  };

  const run = (started: JobRecord) => {
    const stages = STAGES[started.operation] ?? ["Working"];
    let step = 0;
    let job = started;
    const tick = () => {
      if (cancelled.has(job.id)) {
        report(job, { state: "cancelled", ended_at: new Date().toISOString() });
        return;
      }
      step += 1;
      const steps = stages.length * 3;
      if (step < steps) {
        job = report(job, {
          stage: stages[Math.floor(step / 3)] ?? "",
          fraction: step / steps,
        });
        setTimeout(tick, stepMs);
        return;
      }
      const outcome = outcomeOf(job.request);
      const ended_at = new Date().toISOString();
      if ("code" in outcome) report(job, { state: "failed", problem: outcome, ended_at });
      else
        report(job, {
          state: "done",
          stage: "",
          fraction: 1,
          outcome,
          ended_at,
        });
    };
    setTimeout(tick, stepMs);
  };

  const open = (info: WorkspaceInfo) => {
    workspace = info;
    return info;
  };
  const infoAt = (path: string, isSample: boolean): WorkspaceInfo => ({
    ...SAMPLE,
    path,
    name: path.split("/").at(-1) ?? path,
    is_sample: isSample,
  });

  /** Whether a statement reads tables of BigQuery. */
  const onBigQuery = (sql: string) => google.use() !== null && sql.includes(google.use()?.project ?? "");

  return {
    startState: () =>
      later(() => ({
        workspace: workspace === null ? null : { ...workspace, bigquery: google.use() },
        recent: [
          {
            path: SAMPLE.path,
            name: "sample",
            opened_at: "2026-01-31T09:12:00.000000Z",
            exists: true,
          },
          {
            path: `${HOME}/crypto`,
            name: "crypto",
            opened_at: "2026-01-28T16:02:00.000000Z",
            exists: true,
          },
          {
            path: "/media/usb/archive",
            name: "archive",
            opened_at: "2025-12-02T08:40:00.000000Z",
            exists: false,
          },
        ],
        version: "0.1.0",
        sample_path: SAMPLE.path,
      })),
    openWorkspace: (path) =>
      later(() => {
        if (path.includes("archive")) {
          throw fail(
            "NotFound",
            `There is no workspace at ${path}.`,
            "Connect the disk it is on, or create one there.",
          );
        }
        return open(infoAt(path, path === SAMPLE.path));
      }),
    createWorkspace: (path, sample) => later(() => open(infoAt(path, sample))),
    closeWorkspace: () =>
      later(() => {
        workspace = null;
      }),
    listTables: () => inWorkspace(() => (hasResults ? warehouse.tables() : [])),
    listBigQueryTables: (id) => task(id, () => google.tables()),
    tablePage: (table, offset, limit) => inWorkspace(() => warehouse.page(table, offset, limit)),
    tableColumns: (table) => inWorkspace(() => warehouse.table(table).columns),
    dropTable: (table) => inWorkspace(() => warehouse.drop(table)),
    openView: (id, { table, sort, filters }) =>
      task(id, () => {
        const from = warehouse.table(table);
        const { id: view, columns, rows } = warehouse.keep(from.columns, rowsOfView(from, sort, filters));
        return { table: view, columns, rows, seconds: 0.12, sql: `SELECT * FROM \`${table}\`` };
      }),
    closeView: (table) =>
      inWorkspace(() => {
        if (!results.some((result) => result.table === table && result.name !== null)) warehouse.forget(table);
      }),
    profileTable: (id, table) => task(id, () => warehouse.profile(table)),
    copyRows: (table, columns, offset, limit) => inWorkspace(() => warehouse.copy(table, columns, offset, limit)),
    exportTable: (id, table, path) =>
      task(id, () => {
        warehouse.table(table);
        return { path };
      }),
    runSql: (id, sql, params) =>
      task(id, (): SqlOutcome => {
        const statement = parse(warehouse, sql, params);
        const cost = onBigQuery(sql) ? { bytes_billed: 10_485_760, usd: 0.0000596 } : null;
        const record = { sql, ran_at: now(), seconds: 0.04, rows: null, problem: null, cost };
        if ("problem" in statement) {
          history = [{ ...record, problem: statement.problem.message }, ...history];
          throw fail(statement.problem.code, statement.problem.message, statement.problem.hint);
        }
        if (statement.kind === "delete") {
          const rows = warehouse.delete(statement.table.id, statement.filters);
          history = [{ ...record, rows }, ...history];
          return { kind: "changed", statement: "DELETE", table: statement.table.id, rows, seconds: 0.04, cost };
        }
        const { id: table, columns, rows } = warehouse.keep(statement.columns, statement.rows());
        history = [{ ...record, rows }, ...history];
        const result: ResultInfo = {
          id: `r-${results.length + 1}`,
          table,
          sql,
          name: null,
          rows,
          columns,
          seconds: 0.04,
          ran_at: record.ran_at,
          tables: [statement.table.id],
          cost,
        };
        results = [...results, result];
        return { kind: "rows", result };
      }),
    checkSql: (sql, params) =>
      inWorkspace((): SqlCheck => {
        const statement = parse(warehouse, sql, params);
        if ("problem" in statement)
          return { ...statement, statement: null, tables: [], columns: [], bytes: 0, runs_in: null, usd: null };
        const { table } = statement;
        const bytes = warehouse.info(table.id)?.bytes ?? 0;
        return {
          statement: statement.kind === "select" ? "SELECT" : "DELETE",
          problem: null,
          line: null,
          column: null,
          tables: [table.id],
          columns: statement.kind === "select" ? statement.columns : [],
          bytes,
          runs_in: onBigQuery(sql) ? (google.use()?.project ?? null) : null,
          usd: onBigQuery(sql) ? 0.0000596 : null,
        };
      }),
    explainSql: (sql, params) =>
      inWorkspace(() => {
        const statement = parse(warehouse, sql, params);
        if ("problem" in statement) {
          throw fail(statement.problem.code, statement.problem.message, statement.problem.hint);
        }
        return `PROJECTION\n  FILTER\n    PARQUET_SCAN ${statement.table.id}`;
      }),
    sqlWords: () => later(() => WORDS),
    sqlHistory: () => inWorkspace(() => history),
    savedQueries: () => inWorkspace(() => saved),
    saveQuery: (name, sql) =>
      inWorkspace(() => {
        if (/[/\\]/.test(name)) {
          throw fail("BadInput", `“${name}” holds a slash, which the name of a file cannot.`, "Choose another name.");
        }
        const query = { name, sql, changed_at: now() };
        saved = [...saved.filter((known) => known.name !== name), query];
        return query;
      }),
    renameQuery: (name, newName) =>
      inWorkspace(() => {
        const query = saved.find((known) => known.name === name);
        if (query === undefined) throw fail("NotFound", `There is no query ${name}.`, "Look at the list again.");
        const renamed = { ...query, name: newName };
        saved = saved.map((known) => (known === query ? renamed : known));
        return renamed;
      }),
    deleteQuery: (name) =>
      inWorkspace(() => {
        saved = saved.filter((known) => known.name !== name);
      }),
    listResults: () => inWorkspace(() => results.filter((result) => result.name !== null)),
    pinResult: (id, name) => inWorkspace(() => keepResult({ ...resultOf(id), name })),
    unpinResult: (id) =>
      inWorkspace(() => {
        keepResult({ ...resultOf(id), name: null });
      }),
    saveResult: (id, table, ifExists) =>
      inWorkspace(() => warehouse.save(table, warehouse.table(resultOf(id).table), ifExists !== "fail")),
    previewImport: (id, files, importOptions) => task(id, () => previewOf(files, importOptions)),
    checkImport: (id, files, importOptions) => task(id, () => checkOf(files, importOptions)),
    taskShare: (id) => later(() => shareOf(id)),
    cancelTask: (id) =>
      later(() => {
        cancelled.add(id);
      }),
    connection: () => later(() => google.connection),
    connectGoogle: (id, request) => {
      if (typeof request.by === "object" && request.by.browser !== undefined) {
        const login = { task: id, address: "https://accounts.google.com/o/oauth2/v2/auth?state=fake" };
        for (const listener of logins) listener(login);
      }
      return task(id, () => google.connect(request), later);
    },
    connectionStatus: (id) => task(id, () => google.status(), later),
    disconnectGoogle: (id) =>
      task(
        id,
        () => {
          const connection = google.known();
          google.connection = null;
          return { connection, note: null };
        },
        later,
      ),
    deleteKeyFile: () => later(() => undefined),
    googleSettings: () => inWorkspace(() => google.page()),
    saveGoogleSettings: (settings) => inWorkspace(() => google.save(settings)),
    onLoginWaiting(listener) {
      logins.add(listener);
      return () => logins.delete(listener);
    },
    indicatorCatalogue: () => later(() => CATALOGUE),
    barSources: () => inWorkspace(() => (hasResults ? BAR_SOURCES : BAR_SOURCES.slice(0, 2))),
    previewFeatures: (request) => inWorkspace(() => previewFeaturesOf(request)),
    featureCorrelations: (id, { recipe }) => task(id, () => correlationsOf(recipe)),
    checkRecipe: (id, { recipe }) => task(id, () => checkedRecipe(recipe)),
    listRecipes: () => inWorkspace(() => recipes),
    saveRecipe: (recipe) =>
      inWorkspace(() => {
        const file = savedRecipe(recipe, now());
        recipes = [...recipes.filter(({ name }) => name !== recipe.name), file].sort((a, b) =>
          a.name.localeCompare(b.name),
        );
        return file;
      }),
    deleteRecipe: (name) =>
      inWorkspace(() => {
        recipes = recipes.filter((known) => known.name !== name);
      }),
    readRecipe: (text) => later(() => readToml(text)),
    recipeText: (recipe) => later(() => recipeToml(recipe)),
    trainForm: () => later(() => FORM),
    trainSources: () => inWorkspace(() => (hasResults ? SOURCES : [])),
    startJob: (request) =>
      inWorkspace(() => {
        const id = `job-${jobs.length + 1}-${hexId(jobs.length + 50, 6)}`;
        const started: JobRecord = {
          id,
          operation: request.operation,
          title: titleOf(request),
          state: "running",
          stage: STAGES[request.operation]?.[0] ?? "",
          fraction: 0,
          started_at: new Date().toISOString(),
          ended_at: null,
          problem: null,
          outcome: null,
          request,
          here: true,
          cost: null,
        };
        jobs = [started, ...jobs];
        report(started, {});
        run(started);
        return id;
      }),
    cancelJob: (id) =>
      later(() => {
        cancelled.add(id);
      }),
    listJobs: () => inWorkspace(() => jobs),
    queryRuns: (query) => inWorkspace(() => registry.list(query)),
    exportRuns: (_query, path) => inWorkspace(() => ({ path })),
    runRecord: (id) => inWorkspace(() => registry.record(id)),
    tagRun: (id, tags) => inWorkspace(() => registry.tag(id, tags)),
    untagRun: (id, tags) => inWorkspace(() => registry.untag(id, tags)),
    noteRun: (id, text) => inWorkspace(() => registry.note(id, text)),
    giveAlias: (id, alias) => inWorkspace(() => registry.giveAlias(id, alias)),
    takeAlias: (id, alias) => inWorkspace(() => registry.takeAlias(id, alias)),
    listAliases: () => inWorkspace(() => registry.aliases()),
    deleteRun: (id, force) => inWorkspace(() => registry.delete(id, force)),
    restoreRun: (id) => inWorkspace(() => registry.restore(id)),
    purgeRuns: (ids) => inWorkspace(() => registry.purge(ids)),
    compareRuns: (ids) => inWorkspace(() => registry.compare(ids)),
    exportComparison: (_ids, path) => inWorkspace(() => ({ path })),
    runDetail: (id) =>
      inWorkspace(() => {
        const detail = runs.find((known) => known.model_execution_id === id);
        if (detail === undefined) throw fail("NotFound", `There is no run ${id}.`, "Open one of the recent runs.");
        return detail;
      }),
    saveHeatMap: (name, _map, format) => inWorkspace(() => ({ path: `${HOME}/sample/exports/${name}.${format}` })),
    searchTrials: (id) =>
      inWorkspace(() => {
        const job = jobs.find((known) => known.id === id);
        if (job === undefined || job.state === "done" || job.request.operation !== "train") return null;
        const wanted = job.request.spec.search;
        if (wanted === undefined || wanted === null) return null;
        const count = wanted.trials ?? 30;
        const trials = searchedOf(wanted, Math.floor(count * (job.fraction ?? 0))).trials;
        const best = trials.length === 0 ? null : searchedOf(wanted, trials.length).best;
        return { count, trials, best, chart: trialsChart(trials) };
      }),
    exportModel: (id, format, path, replace) =>
      inWorkspace(() => {
        const detail = runs.find((known) => known.model_execution_id === id);
        if (detail === undefined) throw fail("NotFound", `There is no run ${id}.`, "Open one of the list.");
        if (path.includes("exists") && !replace) {
          throw fail(
            "AlreadyExists",
            `${path} exists already, and an export replaces no file unasked`,
            "Choose another.",
          );
        }
        return { model_id: detail.model_id, model_execution_id: id, format, path, bytes: 4812 };
      }),
    saveCsv: (name) => inWorkspace(() => ({ path: `${HOME}/sample/exports/${name}.csv` })),
    saveChart: (id, chartId, format: ChartFormat) =>
      inWorkspace(() => ({
        path: `${HOME}/sample/out/${id.slice(0, 8)}_${chartId}.${format}`,
      })),
    onJobChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    pickFolder: () => later(() => `${HOME}/new-workspace`),
    pickFiles: () => later(() => [`${HOME}/downloads/bars.csv`]),
    pickFile: () => later(() => `${HOME}/downloads/key.json`),
    pickSaveFile: (_title, suggestedName) => later(() => `${HOME}/${suggestedName}`),
    onFilesDropped: () => () => undefined,
  };
}
