/**
 * What the window may ask of the application. Pages know this interface only: the real one talks to Rust, the fake one
 * answers from memory, and neither is visible from here.
 */
import { createContext, useContext } from "react";
import type {
  ChartFormat,
  JobRecord,
  Problem,
  Request,
  RunDetail,
  RunSummary,
  SavedFile,
  StartState,
  TableInfo,
  TablePage,
  TrainForm,
  TrainSource,
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
  listTables(): Promise<TableInfo[]>;
  /** `table` is `project.dataset.table`. */
  tablePage(table: string, offset: number, limit: number): Promise<TablePage>;
  trainForm(): Promise<TrainForm>;
  /** Tables with at least one label. */
  trainSources(): Promise<TrainSource[]>;
  /** Answers with the job's id at once; the work goes on beside the window. */
  startJob(request: Request): Promise<string>;
  cancelJob(id: string): Promise<void>;
  /** Newest first. */
  listJobs(): Promise<JobRecord[]>;
  /** Newest first. */
  listRuns(): Promise<RunSummary[]>;
  runDetail(modelExecutionId: string): Promise<RunDetail>;
  saveChart(modelExecutionId: string, chartId: string, format: ChartFormat, theme: ThemeName): Promise<SavedFile>;
  /** Tells the latest record of a job whenever it changes; returns how to stop listening. */
  onJobChanged(listener: (job: JobRecord) => void): () => void;
  /** The folder a person picked, or null. */
  pickFolder(title: string): Promise<string | null>;
  /** The data files a person picked, none when the dialog was closed. */
  pickFiles(title: string): Promise<string[]>;
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
