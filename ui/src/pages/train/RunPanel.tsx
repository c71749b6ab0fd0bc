/** What stands behind a run: its identity, its split, its checks, and the runs before it. */
import type { RunDetail, RunSummary } from "../../api/client";
import { Checks } from "../../components/Checks";
import { Copyable, Facts, Id, Section } from "../../components/Facts";
import { pValue, score, whole } from "../../lib/number";
import { hashOf } from "../../lib/route";
import { shortTable } from "../../lib/tables";
import { day, duration, timestamp } from "../../lib/time";
import styles from "./Train.module.css";

const SPLITS: Record<string, string> = {
  chronological: "Chronological",
  walk_forward: "Walk-forward",
  purged_kfold: "Purged k-fold",
  combinatorial_purged: "Combinatorial purged",
  shuffled: "Shuffled",
};

export function RunPanel({ run, runs }: { run: RunDetail | null; runs: readonly RunSummary[] }) {
  return (
    <div className="stack">
      {run === null ? (
        <p className="muted">A run's identity, split and checks show here.</p>
      ) : (
        <RunSections run={run} />
      )}
      <RecentRuns runs={runs} current={run?.model_execution_id ?? null} />
    </div>
  );
}

function RunSections({ run }: { run: RunDetail }) {
  const { split } = run;
  return (
    <>
      <Section title="Run">
        <p className={styles.modelType}>{run.model_type}</p>
        <Facts
          facts={[
            ["Outcome", run.outcome],
            ["Model", <Id key="model" id={run.model_id} what="the model's id" />],
            ["Execution", <Id key="run" id={run.model_execution_id} what="the run's id" testId="run-id" />],
            ["Data", <Copyable key="data" text={run.source} shown={shortTable(run.source)} what="the source" />],
            ["SHA-256", <Id key="hash" id={run.data_hash} what="the data's hash" />],
            ["Rows", whole(run.record_count)],
            ["Features", whole(run.feature_count)],
            ["Seed", whole(run.seed)],
            ["Took", `${duration(run.run_time_seconds)}, ${whole(run.fits)} fits`],
            [
              "Ran",
              <span key="ran" title={timestamp(run.executed_at)}>
                {timestamp(run.executed_at).slice(0, 16)}
              </span>,
            ],
          ]}
        />
        <Copyable text={run.model_file} shown="Copy the model file's path" what="the model file" kind="words" />
      </Section>
      <Section title="Split">
        <Facts
          facts={[
            ["Kind", SPLITS[split.kind] ?? split.kind],
            [
              "Train",
              <span key="train">
                {whole(split.train_rows)} rows
                <br />
                <small>
                  {day(split.train_start)} to {day(split.train_end)}
                </small>
              </span>,
            ],
            ["Folds", (split.folds ?? 1) > 1 ? whole(split.folds ?? 1) : null],
            ["Purged", `${whole(split.purged_rows)} rows`],
            [
              "Test",
              <span key="test">
                {whole(split.test_rows)} rows
                <br />
                <small>
                  {day(split.test_start)} to {day(split.test_end)}
                </small>
              </span>,
            ],
            ["Embargo", split.embargo_rows === 0 ? null : `${whole(split.embargo_rows)} rows`],
            ["Label", `${whole(split.horizon_bars)} bars ahead`],
          ]}
        />
      </Section>
      <Section title="Checks">
        <Checks checks={run.checks} />
      </Section>
      <Section title="Tables written">
        <ul className={styles.tables}>
          {run.tables.map((table) => (
            <li key={table}>
              <a className={styles.tableLink} href={hashOf("data", table)} title={table}>
                {shortTable(table)}
              </a>
            </li>
          ))}
        </ul>
      </Section>
    </>
  );
}

function RecentRuns({ runs, current }: { runs: readonly RunSummary[]; current: string | null }) {
  return (
    <Section title="Recent runs">
      {runs.length === 0 && <p className="muted">None yet.</p>}
      <ul className={styles.runs}>
        {runs.slice(0, 12).map((run) => (
          <li key={run.model_execution_id}>
            <a
              href={hashOf("train", run.model_execution_id)}
              aria-current={run.model_execution_id === current ? "true" : undefined}
              title={`${run.model_type}, ${timestamp(run.executed_at)}`}
              data-testid="recent-run"
            >
              <span>{run.model_type}</span>
              <span>{score(run.rsquared)}</span>
              <small>
                {run.outcome} · {timestamp(run.executed_at).slice(5, 16)}
              </small>
              <small data-sign={run.signal ? "better" : "unsure"}>
                control {score(run.control_median)}, p = {pValue(run.p_value)}
                {run.leaks && ", leaking split"}
              </small>
            </a>
          </li>
        ))}
      </ul>
    </Section>
  );
}
