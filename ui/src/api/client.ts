/**
 * What the window may ask of the application. Pages know this interface only: the real one talks to Rust, the fake one
 * answers from memory, and neither is visible from here.
 */
import { createContext, useContext } from "react";
import type {
  AliasChange,
  BarSource,
  ChartFormat,
  ColumnInfo,
  Comparison,
  ConnectedDocument,
  ConnectionInfo,
  ConnectionStatus,
  ConnectRequest,
  CopiedText,
  DisconnectedDocument,
  ExportedModel,
  FeatureCorrelations,
  FeaturePreview,
  FieldProblem,
  GoogleSettings,
  GoogleSettingsPage,
  HeatMap,
  IfExists,
  ImportCheck,
  ImportOptions,
  ImportPreview,
  IndicatorForm,
  JobRecord,
  LoginWaiting,
  ModelFormat,
  PictureFormat,
  PreviewRequest,
  Problem,
  Profile,
  QueryRecord,
  Recipe,
  RecipeCheck,
  RecipeOn,
  Request,
  ResultInfo,
  RunDetail,
  RunQuery,
  RunRecord,
  RunSummary,
  SavedFile,
  SavedQuery,
  SavedRecipe,
  SearchTrials,
  SqlCheck,
  SqlOutcome,
  SqlParam,
  SqlWords,
  StartState,
  TableInfo,
  TablePage,
  Theme,
  TrainForm,
  TrainSource,
  TrashChange,
  ViewInfo,
  ViewRequest,
  WorkspaceInfo,
} from "./generated/bindings";

export type * from "./generated/bindings";

export type RecentWorkspace = StartState["recent"][number];
/** A value of a table: INT64 beyond 2^53, NaN and timestamps as text. */
export type Cell = TablePage["rows"][number][number];
export type ThemeName = "light" | "dark";

/** Every command answers or throws a `Failure`. */
export interface Client {
  startState(): Promise<StartState>;
  openWorkspace(path: string): Promise<WorkspaceInfo>;
  createWorkspace(path: string, sample: boolean): Promise<WorkspaceInfo>;
  closeWorkspace(): Promise<void>;
  /** Those of the workspace's folder. */
  listTables(): Promise<TableInfo[]>;
  /** Those of BigQuery, where the workspace uses it. */
  listBigQueryTables(task: string): Promise<TableInfo[]>;
  /** `table` is `project.dataset.table`. */
  tablePage(table: string, offset: number, limit: number): Promise<TablePage>;
  tableColumns(table: string): Promise<ColumnInfo[]>;
  /** Removes a table a person asked to remove. */
  dropTable(table: string): Promise<void>;
  /** A table in another order, or some of its rows; its pages are read as those of the table it answers with. */
  openView(task: string, request: ViewRequest): Promise<ViewInfo>;
  /** Forgets a view, or a result that is not pinned. */
  closeView(table: string): Promise<void>;
  profileTable(task: string, table: string): Promise<Profile>;
  /** Rows as tab separated text under their column names, at most 100,000. */
  copyRows(table: string, columns: string[], offset: number, limit: number): Promise<CopiedText>;
  /** Writes a whole table; the path's ending says in which format. */
  exportTable(task: string, table: string, path: string): Promise<SavedFile>;

  runSql(task: string, sql: string, params: SqlParam[]): Promise<SqlOutcome>;
  /** What is known of a statement before it runs. A statement that cannot run is an answer, not a failure. */
  checkSql(sql: string, params: SqlParam[]): Promise<SqlCheck>;
  explainSql(sql: string, params: SqlParam[]): Promise<string>;
  sqlWords(): Promise<SqlWords>;
  /** Newest first. */
  sqlHistory(): Promise<QueryRecord[]>;
  savedQueries(): Promise<SavedQuery[]>;
  saveQuery(name: string, sql: string): Promise<SavedQuery>;
  renameQuery(name: string, newName: string): Promise<SavedQuery>;
  deleteQuery(name: string): Promise<void>;
  /** The pinned ones. */
  listResults(): Promise<ResultInfo[]>;
  pinResult(id: string, name: string): Promise<ResultInfo>;
  unpinResult(id: string): Promise<void>;
  saveResult(id: string, table: string, ifExists: IfExists): Promise<TableInfo>;

  previewImport(task: string, files: string[], options: ImportOptions): Promise<ImportPreview>;
  checkImport(task: string, files: string[], options: ImportOptions): Promise<ImportCheck>;

  /** How much of what the window waits for under this id is done, from 0 to 1; null while that is unknown. */
  taskShare(task: string): Promise<number | null>;
  /** Asks what the window waits for under this id to stop; it then fails with the code `Cancelled`. */
  cancelTask(task: string): Promise<void>;
  /** The connection to Google Cloud, if one is saved. */
  connection(): Promise<ConnectionInfo | null>;
  /** Connects in place of an earlier connection. A key is named by its file; its secret never comes here. */
  connectGoogle(task: string, request: ConnectRequest): Promise<ConnectedDocument>;
  /** Who is connected, and which permissions are missing for what. */
  connectionStatus(task: string): Promise<ConnectionStatus>;
  disconnectGoogle(task: string): Promise<DisconnectedDocument>;
  /** Deletes the key file that was last connected with. */
  deleteKeyFile(): Promise<void>;
  /** What the workspace's file says of Google Cloud. */
  googleSettings(): Promise<GoogleSettingsPage>;
  /** Answers with the fields that were refused; then nothing is written. */
  saveGoogleSettings(settings: GoogleSettings): Promise<FieldProblem[]>;
  /** Tells the address of a login that waits in the browser; returns how to stop listening. */
  onLoginWaiting(listener: (login: LoginWaiting) => void): () => void;
  /** Every indicator and transform. */
  indicatorCatalogue(): Promise<IndicatorForm[]>;
  /** Tables with bars, and their tickers. */
  barSources(): Promise<BarSource[]>;
  /** The last bars of a ticker with the columns of a recipe. An entry that cannot be computed is no failure. */
  previewFeatures(request: PreviewRequest): Promise<FeaturePreview>;
  featureCorrelations(task: string, on: RecipeOn): Promise<FeatureCorrelations>;
  checkRecipe(task: string, on: RecipeOn): Promise<RecipeCheck>;
  listRecipes(): Promise<SavedRecipe[]>;
  /** Over one that has the name. */
  saveRecipe(recipe: Recipe): Promise<SavedRecipe>;
  deleteRecipe(name: string): Promise<void>;
  /** A recipe from the text of its file. */
  readRecipe(text: string): Promise<Recipe>;
  recipeText(recipe: Recipe): Promise<string>;
  /** Numbers that a page shows, as a file below the workspace's `exports`. */
  saveCsv(name: string, csv: string): Promise<SavedFile>;
  /** The same numbers as a picture. */
  saveHeatMap(name: string, map: HeatMap, format: PictureFormat, theme: Theme): Promise<SavedFile>;
  trainForm(): Promise<TrainForm>;
  /** Tables with at least one label. */
  trainSources(): Promise<TrainSource[]>;
  /** Answers with the job's id at once; the work goes on beside the window. */
  startJob(request: Request): Promise<string>;
  cancelJob(id: string): Promise<void>;
  /** Newest first. */
  listJobs(): Promise<JobRecord[]>;
  /** The runs that fit, in the query's order; without any wish all but the deleted ones, newest first. */
  queryRuns(query: RunQuery): Promise<RunSummary[]>;
  /** Writes the list to a file; the path's ending says in which format. */
  exportRuns(query: RunQuery, path: string): Promise<SavedFile>;
  /** What is kept of a run beside its numbers. */
  runRecord(modelExecutionId: string): Promise<RunRecord>;
  tagRun(modelExecutionId: string, tags: string[]): Promise<RunSummary>;
  untagRun(modelExecutionId: string, tags: string[]): Promise<RunSummary>;
  /** Over an earlier one; empty text removes it. */
  noteRun(modelExecutionId: string, text: string): Promise<RunSummary>;
  /** Another run of the same outcome that has the alias loses it. */
  giveAlias(modelExecutionId: string, alias: string): Promise<AliasChange>;
  takeAlias(modelExecutionId: string, alias: string): Promise<AliasChange>;
  /** Who has which alias; with every change where the history is wanted, the last first. */
  listAliases(history: boolean): Promise<AliasChange[]>;
  /** Into the trash. A run with an alias only where it is forced. */
  deleteRun(modelExecutionId: string, force: boolean): Promise<TrashChange>;
  restoreRun(modelExecutionId: string): Promise<TrashChange>;
  /** Removes the model files of deleted runs for good; none named are all of them. */
  purgeRuns(modelExecutionIds: string[]): Promise<TrashChange>;
  /** Only what differs. */
  compareRuns(modelExecutionIds: string[]): Promise<Comparison>;
  exportComparison(modelExecutionIds: string[], path: string): Promise<SavedFile>;
  runDetail(modelExecutionId: string): Promise<RunDetail>;
  /** The trials so far of a search that runs or was stopped; null where the job has none, or is done. */
  searchTrials(job: string): Promise<SearchTrials | null>;
  /** Writes the model of a run for other programs. A file that is there is replaced only where it is said so. */
  exportModel(modelExecutionId: string, format: ModelFormat, path: string, replace: boolean): Promise<ExportedModel>;
  saveChart(modelExecutionId: string, chartId: string, format: ChartFormat, theme: Theme): Promise<SavedFile>;
  /** Tells the latest record of a job whenever it changes; returns how to stop listening. */
  onJobChanged(listener: (job: JobRecord) => void): () => void;
  /** The folder a person picked, or null. */
  pickFolder(title: string): Promise<string | null>;
  /** The data files a person picked, none when the dialog was closed. */
  pickFiles(title: string): Promise<string[]>;
  /** The file with this ending that a person picked, or null. */
  pickFile(title: string, ending: string): Promise<string | null>;
  /** Where a person wants a file to be saved, or null; of these endings, or else of those of tables. */
  pickSaveFile(title: string, suggestedName: string, endings?: readonly string[]): Promise<string | null>;
  /** Tells the paths of files that were dropped onto the window; returns how to stop listening. */
  onFilesDropped(listener: (paths: string[]) => void): () => void;
}

/** A command that failed, with the code, the sentence and the next step. */
export class Failure extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
    this.name = "Failure";
  }
}

/** Whatever was thrown, as a problem a person can read. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof Failure) return thrown.problem;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return {
    code: "Internal",
    message: message === "" ? "Something failed without saying why." : message,
    hint: "This is a fault of the application. Try again; if it stays, report it with this sentence.",
  };
}

const ClientContext = createContext<Client | null>(null);

export const ClientProvider = ClientContext.Provider;

export function useClient(): Client {
  const client = useContext(ClientContext);
  if (client === null) throw new Error("useClient needs a ClientProvider above it");
  return client;
}
