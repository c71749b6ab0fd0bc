/** The first page: run the sample, open or create a workspace, see what is connected. */
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { type StartState, useClient } from "../../api/client";
import { useConnection, useStartState } from "../../api/queries";
import { Copyable, Facts, Section } from "../../components/Facts";
import { FolderIcon, RunIcon } from "../../components/icons";
import { Note, ProblemNote, Shown } from "../../components/Message";
import { ProgressBar } from "../../components/ProgressBar";
import { PageLayout } from "../../frame/PageLayout";
import { useWorkbench } from "../../frame/Workbench";
import { percent } from "../../lib/number";
import { hashOf } from "../../lib/route";
import { timestamp } from "../../lib/time";
import { viewOf } from "../../lib/view";
import styles from "./Start.module.css";

export function StartPage() {
  const view = viewOf(useStartState());
  const state = view.status === "ready" ? view.data : null;
  return (
    <PageLayout
      page="start"
      crumbs={state?.workspace ? [state.workspace.name] : []}
      leftLabel="Recent workspaces"
      left={<Recent state={state} />}
      rightLabel="Connection"
      right={<Connection state={state} />}
    >
      <Shown view={view} loading="Reading settings" failed="The start page was not read">
        {(ready) => <Doors state={ready} />}
      </Shown>
    </PageLayout>
  );
}

function Doors({ state }: { state: StartState }) {
  return (
    <div className="cards">
      <SampleCard state={state} />
      <WorkspaceCard />
    </div>
  );
}

function SampleCard({ state }: { state: StartState }) {
  const { running, runSample, cancel, workspace } = useWorkbench();
  const [isStarting, setStarting] = useState(false);
  const job = running.find((one) => one.operation === "demo");
  const run = async () => {
    setStarting(true);
    await runSample();
    setStarting(false);
  };
  const isOpen = workspace?.is_sample === true;
  return (
    <section className="card card-body" aria-label="The sample">
      <h2 className="card-title">From prices to a verdict in one run</h2>
      <p className={styles.text}>
        The sample brings daily bars of its own. One run computes indicators, trains a model on the earlier years,
        scores it on the later ones beside the same job without signal, backtests a rule, and writes tables and charts.
      </p>
      {job === undefined ? (
        <div className={styles.action}>
          <Button
            leftSection={<RunIcon size={15} />}
            loading={isStarting}
            onClick={() => void run()}
            data-testid="run-sample"
          >
            Run the sample
          </Button>
          <span className="label">
            {isOpen ? "The sample workspace is open" : `Its workspace: ${state.sample_path}`}
          </span>
        </div>
      ) : (
        <div className={styles.progress}>
          <ProgressBar fraction={job.fraction} label={job.title} />
          <div className={styles.progressWords}>
            <span>
              {job.stage === "" ? "Starting" : job.stage}, {percent(job.fraction, 0)}
            </span>
            {job.here && (
              <Button variant="default" onClick={() => void cancel(job.id)} data-testid="cancel-job">
                Cancel
              </Button>
            )}
          </div>
          <span className="label">The result opens on the Train page when it is done.</span>
        </div>
      )}
    </section>
  );
}

function WorkspaceCard() {
  const client = useClient();
  const { openWorkspace, createWorkspace } = useWorkbench();
  const [path, setPath] = useState("");
  const typed = path.trim();
  const browse = async () => {
    const picked = await client.pickFolder("Choose a folder for the workspace");
    if (picked !== null) setPath(picked);
  };
  const open = (event: FormEvent) => {
    event.preventDefault();
    if (typed !== "") void openWorkspace(typed);
  };
  return (
    <form className="card card-body" aria-label="A workspace of your own" onSubmit={open}>
      <h2 className="card-title">Your own prices</h2>
      <p className={styles.text}>
        A workspace is a folder with its tables, models and runs. Open one, or name an empty folder and create it there;
        then import CSV, JSON or Parquet files on the Data page.
      </p>
      <div className={styles.path}>
        <TextInput
          aria-label="Folder of the workspace"
          placeholder="/path/to/workspace"
          value={path}
          onChange={(event) => setPath(event.currentTarget.value)}
          data-testid="workspace-path"
        />
        <Button variant="default" leftSection={<FolderIcon size={15} />} onClick={() => void browse()}>
          Browse…
        </Button>
      </div>
      <div className={styles.action}>
        <Button type="submit" variant="default" disabled={typed === ""} data-testid="open-workspace">
          Open
        </Button>
        <Button
          variant="default"
          disabled={typed === ""}
          onClick={() => void createWorkspace(typed)}
          data-testid="create-workspace"
        >
          Create
        </Button>
        {typed === "" && <span className="label">Type a folder, or browse for one</span>}
      </div>
    </form>
  );
}

function Recent({ state }: { state: StartState | null }) {
  const { openWorkspace } = useWorkbench();
  const recent = state?.recent ?? [];
  return (
    <Section title="Recent workspaces">
      {recent.length === 0 && <p className="muted">Workspaces you open are listed here.</p>}
      <ul className={styles.recent}>
        {recent.map((known) => {
          const isOpen = known.path === state?.workspace?.path;
          return (
            <li key={known.path}>
              <button
                type="button"
                className={styles.recentItem}
                aria-current={isOpen ? "true" : undefined}
                disabled={!known.exists}
                title={known.exists ? known.path : `${known.path} is not there now`}
                onClick={() => void openWorkspace(known.path)}
              >
                <strong>{known.name}</strong>
                <span className="label">
                  {isOpen ? "open" : known.exists ? timestamp(known.opened_at).slice(0, 16) : "not there now"}
                </span>
                <span className={styles.recentPath}>{known.path}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}

function Connection({ state }: { state: StartState | null }) {
  const { closeWorkspace } = useWorkbench();
  const connection = useConnection().data ?? null;
  const workspace = state?.workspace ?? null;
  const bigquery = workspace?.bigquery ?? null;
  return (
    <div className="stack">
      <Section title="Connected">
        <Facts
          facts={[
            ["Warehouse", bigquery === null ? "Embedded" : bigquery.is_default ? "BigQuery" : "Embedded and BigQuery"],
            ["As", connection?.principal ?? "this computer"],
            ["Project", bigquery?.project ?? null],
            ["Network", bigquery === null ? "not used" : "Google Cloud"],
          ]}
        />
        {bigquery !== null && bigquery.problem !== null && <ProblemNote problem={bigquery.problem} />}
        <a className="link" href={hashOf("settings")}>
          Connections and settings
        </a>
      </Section>
      <Section title="Workspace">
        {workspace === null ? (
          <p className="muted">None is open.</p>
        ) : (
          <>
            <Facts
              facts={[
                ["Name", workspace.name],
                ["Project", workspace.project],
                ["Dataset", workspace.dataset],
                ["Domain", workspace.domain === "" ? null : workspace.domain],
              ]}
            />
            <Copyable text={workspace.path} what="the folder" />
            {workspace.read_only && <Note tone="warning">It can be read, not written: jobs cannot run here.</Note>}
            <Button variant="default" onClick={() => void closeWorkspace()}>
              Close workspace
            </Button>
          </>
        )}
      </Section>
    </div>
  );
}
