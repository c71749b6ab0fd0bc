/** The client of the real window. Besides the generated bindings, the only importer of @tauri-apps. */
import { getCurrentWebview } from "@tauri-apps/api/webview";
import { open, save } from "@tauri-apps/plugin-dialog";
import { type Client, Failure, type Problem } from "./client";
import { commands, events } from "./generated/bindings";

type Answer<T> = { status: "ok"; data: T } | { status: "error"; error: Problem };

async function dataOf<T>(answer: Promise<Answer<T>>): Promise<T> {
  const settled = await answer;
  if (settled.status === "error") throw new Failure(settled.error);
  return settled.data;
}

async function done(answer: Promise<Answer<unknown>>): Promise<void> {
  await dataOf(answer);
}

const DATA_FILES = ["csv", "tsv", "txt", "gz", "json", "ndjson", "jsonl", "parquet", "arrow", "feather", "ipc"];
const SAVED_FILES = ["csv", "parquet", "xlsx", "json", "ndjson", "arrow"];

export const tauriClient: Client = {
  startState: () => dataOf(commands.startState()),
  openWorkspace: (path) => dataOf(commands.openWorkspace(path)),
  createWorkspace: (path, sample) => dataOf(commands.createWorkspace(path, sample)),
  closeWorkspace: () => done(commands.closeWorkspace()),
  listTables: () => dataOf(commands.listTables()),
  listBigQueryTables: (task) => dataOf(commands.listBigqueryTables(task)),
  tablePage: (table, offset, limit) => dataOf(commands.tablePage(table, offset, limit)),
  tableColumns: (table) => dataOf(commands.tableColumns(table)),
  dropTable: (table) => done(commands.dropTable(table)),
  openView: (task, request) => dataOf(commands.openView(task, request)),
  closeView: (table) => done(commands.closeView(table)),
  profileTable: (task, table) => dataOf(commands.profileTable(task, table)),
  copyRows: (table, columns, offset, limit) => dataOf(commands.copyRows(table, columns, offset, limit)),
  exportTable: (task, table, path) => dataOf(commands.exportTable(task, table, path)),
  runSql: (task, sql, params) => dataOf(commands.runSql(task, sql, params)),
  checkSql: (sql, params) => dataOf(commands.checkSql(sql, params)),
  explainSql: (sql, params) => dataOf(commands.explainSql(sql, params)),
  sqlWords: () => dataOf(commands.sqlWords()),
  sqlHistory: () => dataOf(commands.sqlHistory()),
  savedQueries: () => dataOf(commands.savedQueries()),
  saveQuery: (name, sql) => dataOf(commands.saveQuery(name, sql)),
  renameQuery: (name, newName) => dataOf(commands.renameQuery(name, newName)),
  deleteQuery: (name) => done(commands.deleteQuery(name)),
  listResults: () => dataOf(commands.listResults()),
  pinResult: (id, name) => dataOf(commands.pinResult(id, name)),
  unpinResult: (id) => done(commands.unpinResult(id)),
  saveResult: (id, table, ifExists) => dataOf(commands.saveResult(id, table, ifExists)),
  previewImport: (task, files, options) => dataOf(commands.previewImport(task, files, options)),
  checkImport: (task, files, options) => dataOf(commands.checkImport(task, files, options)),
  taskShare: (task) => dataOf(commands.taskShare(task)),
  cancelTask: (task) => done(commands.cancelTask(task)),
  connection: () => dataOf(commands.connection()),
  connectGoogle: (task, request) => dataOf(commands.connectGoogle(task, request)),
  connectionStatus: (task) => dataOf(commands.connectionStatus(task)),
  disconnectGoogle: (task) => dataOf(commands.disconnectGoogle(task)),
  deleteKeyFile: () => done(commands.deleteKeyFile()),
  googleSettings: () => dataOf(commands.googleSettings()),
  saveGoogleSettings: (settings) => dataOf(commands.saveGoogleSettings(settings)),
  onLoginWaiting(listener) {
    const listening = events.loginWaiting.listen((event) => listener(event.payload));
    return () => {
      listening.then((stop) => stop());
    };
  },
  indicatorCatalogue: () => dataOf(commands.indicatorCatalogue()),
  barSources: () => dataOf(commands.barSources()),
  previewFeatures: (request) => dataOf(commands.previewFeatures(request)),
  featureCorrelations: (task, on) => dataOf(commands.featureCorrelations(task, on)),
  checkRecipe: (task, on) => dataOf(commands.checkRecipe(task, on)),
  listRecipes: () => dataOf(commands.listRecipes()),
  saveRecipe: (recipe) => dataOf(commands.saveRecipe(recipe)),
  deleteRecipe: (name) => done(commands.deleteRecipe(name)),
  readRecipe: (text) => dataOf(commands.readRecipe(text)),
  recipeText: (recipe) => dataOf(commands.recipeText(recipe)),
  saveCsv: (name, csv) => dataOf(commands.saveCsv(name, csv)),
  saveHeatMap: (name, map, format, theme) => dataOf(commands.saveHeatMap(name, map, format, theme)),
  trainForm: () => dataOf(commands.trainForm()),
  trainSources: () => dataOf(commands.trainSources()),
  startJob: (request) => dataOf(commands.startJob(request)),
  cancelJob: (id) => done(commands.cancelJob(id)),
  listJobs: () => dataOf(commands.listJobs()),
  queryRuns: (query) => dataOf(commands.queryRuns(query)),
  exportRuns: (query, path) => dataOf(commands.exportRuns(query, path)),
  runRecord: (id) => dataOf(commands.runRecord(id)),
  tagRun: (id, tags) => dataOf(commands.tagRun(id, tags)),
  untagRun: (id, tags) => dataOf(commands.untagRun(id, tags)),
  noteRun: (id, text) => dataOf(commands.noteRun(id, text)),
  giveAlias: (id, alias) => dataOf(commands.giveAlias(id, alias)),
  takeAlias: (id, alias) => dataOf(commands.takeAlias(id, alias)),
  listAliases: (history) => dataOf(commands.listAliases(history)),
  deleteRun: (id, force) => dataOf(commands.deleteRun(id, force)),
  restoreRun: (id) => dataOf(commands.restoreRun(id)),
  purgeRuns: (ids) => dataOf(commands.purgeRuns(ids)),
  compareRuns: (ids) => dataOf(commands.compareRuns(ids)),
  exportComparison: (ids, path) => dataOf(commands.exportComparison(ids, path)),
  runDetail: (id) => dataOf(commands.runDetail(id)),
  searchTrials: (job) => dataOf(commands.searchTrials(job)),
  exportModel: (id, format, path, replace) => dataOf(commands.exportModel(id, format, path, replace)),
  saveChart: (id, chartId, format, theme) => dataOf(commands.saveChart(id, chartId, format, theme)),
  onJobChanged(listener) {
    const listening = events.jobChanged.listen((event) => listener(event.payload));
    return () => {
      listening.then((stop) => stop());
    };
  },
  pickFolder: (title) => open({ title, directory: true, multiple: false }),
  pickFiles: async (title) =>
    (await open({
      title,
      multiple: true,
      filters: [{ name: "Data files", extensions: DATA_FILES }],
    })) ?? [],
  pickFile: (title, ending) =>
    open({ title, multiple: false, filters: [{ name: ending.toUpperCase(), extensions: [ending] }] }),
  pickSaveFile: (title, suggestedName, endings = SAVED_FILES) =>
    save({
      title,
      defaultPath: suggestedName,
      filters: endings.map((ending) => ({ name: ending.toUpperCase(), extensions: [ending] })),
    }),
  onFilesDropped(listener) {
    const listening = getCurrentWebview().onDragDropEvent(({ payload }) => {
      if (payload.type === "drop") listener(payload.paths);
    });
    return () => {
      listening.then((stop) => stop());
    };
  },
};
