/** The client of the real window. Besides the generated bindings, the only importer of @tauri-apps. */
import { open } from "@tauri-apps/plugin-dialog";
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

const DATA_FILES = ["csv", "json", "ndjson", "jsonl", "parquet"];

export const tauriClient: Client = {
  startState: () => dataOf(commands.startState()),
  openWorkspace: (path) => dataOf(commands.openWorkspace(path)),
  createWorkspace: (path, sample) => dataOf(commands.createWorkspace(path, sample)),
  closeWorkspace: () => done(commands.closeWorkspace()),
  listTables: () => dataOf(commands.listTables()),
  tablePage: (table, offset, limit) => dataOf(commands.tablePage(table, offset, limit)),
  trainForm: () => dataOf(commands.trainForm()),
  trainSources: () => dataOf(commands.trainSources()),
  startJob: (request) => dataOf(commands.startJob(request)),
  cancelJob: (id) => done(commands.cancelJob(id)),
  listJobs: () => dataOf(commands.listJobs()),
  listRuns: () => dataOf(commands.listRuns()),
  runDetail: (id) => dataOf(commands.runDetail(id)),
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
};
