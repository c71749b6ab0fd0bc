/** Google Cloud in memory for the fake client: a connection, its permissions, the workspace's settings and two tables. */
import type {
  ConnectBy,
  ConnectedDocument,
  ConnectionInfo,
  ConnectionStatus,
  ConnectRequest,
  FieldProblem,
  GoogleSettings,
  GoogleSettingsPage,
  Problem,
  TableInfo,
} from "./client";
import { fail } from "./fakeWarehouse";
import type { BigQueryUse } from "./generated/bindings";

/** Nobody; somebody, with an embedded workspace; or somebody, with BigQuery beside the embedded warehouse. */
export type FakeGoogleState = "none" | "connected" | "beside";

const PROJECT = "ana-research";
const KEY_ACCOUNT = "writer@ana-research.iam.gserviceaccount.com";

const PERMISSIONS: [what: string, name: string, granted: boolean | null][] = [
  ["run queries and loads", "bigquery.jobs.create", true],
  ["create datasets", "bigquery.datasets.create", false],
  ["create tables", "bigquery.tables.create", true],
  ["read tables", "bigquery.tables.getData", true],
  ["write tables", "bigquery.tables.updateData", true],
  ["read tables fast (Storage Read)", "bigquery.readsessions.create", true],
  ["list models", "storage.objects.list", null],
];

const table = (dataset: string, name: string, rows: number, bytes: number): TableInfo => ({
  project: PROJECT,
  dataset,
  table: name,
  rows,
  fault: null,
  bytes,
  modified: "2026-01-30T08:00:00.000000Z",
});

const NOBODY: Problem = {
  code: "Permission",
  message: `the workspace uses BigQuery of ${PROJECT}, and nobody is connected to Google Cloud`,
  hint: "Connect: `algom connect gcp`, or Settings in the window.",
};

function wordsOf(by: ConnectBy): { kind: string; by: string; principal: string } {
  if (by === "adc") return { kind: "adc", by: "gcloud login", principal: "ana@example.com" };
  if (by === "metadata") return { kind: "metadata", by: "metadata server", principal: "machine@example.com" };
  if ("key" in by) return { kind: "key", by: "service account key", principal: KEY_ACCOUNT };
  return { kind: "browser", by: "browser login", principal: "ana@example.com" };
}

export class FakeGoogle {
  connection: ConnectionInfo | null;
  settings: GoogleSettings;
  readonly tablesOfBigQuery = [
    table("market", "ticks", 4_812_000_000, 310_000_000_000),
    table("main", "trades", 1_200, 48_000),
  ];

  constructor(state: FakeGoogleState) {
    this.connection = state === "none" ? null : this.connectionOf({ by: "adc" });
    this.settings = {
      warehouse: state === "beside" ? "embedded" : "off",
      project: state === "beside" ? PROJECT : "",
      location: "",
      bucket: "",
      domain: "",
      max_bytes: "",
      max_job_bytes: "",
      copy_limit: "",
    };
  }

  private connectionOf({ by, ...choices }: Partial<ConnectRequest> & { by: ConnectBy }): ConnectionInfo {
    return {
      ...wordsOf(by),
      project: choices.project ?? PROJECT,
      location: choices.location ?? null,
      bucket: choices.bucket ?? null,
      impersonate: choices.impersonate ?? null,
      connected_at: new Date().toISOString(),
    };
  }

  /** As the open workspace has it. */
  use(): BigQueryUse | null {
    if (this.settings.warehouse === "off") return null;
    return {
      project: this.settings.project || (this.connection?.project ?? "bigquery"),
      is_default: this.settings.warehouse === "bigquery",
      problem: this.connection === null ? NOBODY : null,
    };
  }

  tables(): TableInfo[] {
    if (this.use() === null) return [];
    if (this.connection === null) throw fail(NOBODY.code, NOBODY.message, NOBODY.hint);
    return this.tablesOfBigQuery;
  }

  connect(request: ConnectRequest): ConnectedDocument {
    const { by } = request;
    if (typeof by === "object" && by.key !== undefined && by.key.file.includes("missing")) {
      throw fail("NotFound", `the key file is not there: ${by.key.file}`, "Name the file that Google's console gave.");
    }
    this.connection = this.connectionOf(request);
    return { connection: this.connection, note: null };
  }

  known(): ConnectionInfo {
    if (this.connection === null) throw fail("Permission", "nobody is connected to Google Cloud", "Connect first.");
    return this.connection;
  }

  status(): ConnectionStatus {
    const connection = this.known();
    return {
      connection,
      token_age_s: 62,
      token_expires_in_s: 3537,
      permissions: PERMISSIONS.map(([what_for, name, granted]) => ({
        what_for,
        name,
        on: name.startsWith("storage") ? "bucket models" : `project ${connection.project}`,
        granted,
      })),
      unknown: ["the bucket models was not found"],
    };
  }

  page(): GoogleSettingsPage {
    return {
      settings: this.settings,
      default_max_bytes: "100GB",
      default_copy_limit: "2GB",
      embedded_project: "local",
      file: "/home/ana/algomosaic/sample/algomosaic.toml",
    };
  }

  /** Refuses sizes without a unit, as the application does. */
  save(settings: GoogleSettings): FieldProblem[] {
    const refused = (["max_bytes", "max_job_bytes", "copy_limit"] as const).flatMap((field) => {
      const text = settings[field].trim();
      if (text === "" || /^[\d.]+ ?(MB|GB|TB)$/i.test(text)) return [];
      const message = `"${text}" is no size: it is a number of MB, GB or TB, at least 64MB`;
      return [{ field, problem: { code: "BadInput" as const, message, hint: "Write it as 100GB." } }];
    });
    if (refused.length === 0) this.settings = settings;
    return refused;
  }
}
