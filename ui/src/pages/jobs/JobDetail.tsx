/** One job: how it ended, what it made, and the request that makes it again. */
import { Button } from "@mantine/core";
import type { Cost, JobRecord, Outcome } from "../../api/client";
import { Copyable, Facts, Id, Section } from "../../components/Facts";
import { Note } from "../../components/Message";
import { repeatWords, runOfOutcome, tableOfOutcome } from "../../frame/Workbench";
import { costWords, PRICE_NOTE } from "../../lib/cost";
import { whole } from "../../lib/number";
import { navigate } from "../../lib/route";
import { shortTable } from "../../lib/tables";
import { timestamp } from "../../lib/time";
import styles from "./Jobs.module.css";
import { JOB_STATES } from "./jobWords";

export function JobDetail({ job }: { job: JobRecord }) {
  const request = JSON.stringify(job.request, null, 2);
  return (
    <div className="stack">
      <Section title="Job">
        <p className={styles.detailTitle}>{job.title}</p>
        <Facts
          facts={[
            ["State", JOB_STATES[job.state].word],
            ["Stage", job.stage === "" ? null : job.stage],
            ["Started", timestamp(job.started_at).slice(0, 19)],
            ["Ended", job.ended_at === null ? null : timestamp(job.ended_at).slice(0, 19)],
            ["Runs in", job.state !== "running" ? null : job.here ? "this window" : "another process"],
            ["Cost", job.cost === null || job.cost === undefined ? null : <JobCost key="cost" cost={job.cost} />],
            ["Id", <Copyable key="id" text={job.id} what="the job's id" />],
          ]}
        />
      </Section>
      {job.problem !== null && (
        <Note tone={job.state === "failed" ? "negative" : "warning"}>
          <p>{job.problem.message}</p>
          {job.problem.hint !== "" && <p>{job.problem.hint}</p>}
        </Note>
      )}
      {job.state === "cancelled" && <p className="muted">It was cancelled. What it had begun to write was removed.</p>}
      {job.outcome !== null && <OutcomeSection outcome={job.outcome} />}
      <Section title="Request">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the arrows scroll it */}
        <pre className={styles.request} tabIndex={0}>
          {request}
        </pre>
        <Copyable text={request} shown="Copy the request" what="the request" kind="words" />
      </Section>
    </div>
  );
}

function JobCost({ cost }: { cost: Cost }) {
  return (
    <span title={PRICE_NOTE} data-testid="job-cost" data-value={cost.bytes_billed}>
      {costWords(cost)}
    </span>
  );
}

function OutcomeSection({ outcome }: { outcome: Outcome }) {
  const run = runOfOutcome(outcome);
  const table = tableOfOutcome(outcome);
  return (
    <Section title="Outcome">
      <Facts facts={factsOf(outcome)} />
      {outcome.kind === "repeat" && <p>{repeatWords(outcome)}</p>}
      {outcome.kind === "import" && outcome.notes.map((note) => <p key={note}>{note}</p>)}
      {run !== null && (
        <Button
          variant="default"
          onClick={() => navigate(outcome.kind === "repeat" ? "models" : "train", run)}
          data-testid="open-run"
        >
          Open the run
        </Button>
      )}
      {table !== null && (
        <Button variant="default" onClick={() => navigate("data", table)}>
          Open the table
        </Button>
      )}
    </Section>
  );
}

function factsOf(outcome: Outcome): [string, React.ReactNode][] {
  switch (outcome.kind) {
    case "train":
      return [];
    case "repeat":
      return [["Repeats", <Id key="of" id={outcome.repeat_of} what="the repeated run's id" />]];
    case "demo":
      return [
        ["Models", whole(outcome.model_execution_ids.length)],
        ["Files", <Copyable key="out" text={outcome.out} what="the folder" />],
      ];
    case "import":
      return [
        ["Table", shortTable(outcome.table)],
        ["Rows", whole(outcome.rows)],
      ];
    case "features":
      return [
        ["Table", outcome.table === null ? "–" : shortTable(outcome.table)],
        ["Rows", whole(outcome.rows)],
        ["Columns", whole(outcome.columns)],
      ];
    case "predict":
      return [["Rows", whole(outcome.rows)]];
    case "transfer":
      return [
        ["Tables", whole(outcome.tables.length)],
        ["Models", whole(outcome.models.length)],
      ];
    case "backtest":
      return [["Backtest", <Copyable key="id" text={outcome.backtest_execution_id} what="the backtest's id" />]];
  }
}
