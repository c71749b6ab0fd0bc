/** Trains a model and shows whether it has any skill. */
import { Button } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { useState } from "react";
import { type JobRecord, type Problem, problemOf, type TrainForm, type TrainSource } from "../../api/client";
import { useJobs, useRun, useRuns, useTrainForm, useTrainSources, useWorkspace } from "../../api/queries";
import { Empty, Loading, Note, Shown } from "../../components/Message";
import { ProgressBar } from "../../components/ProgressBar";
import { PageLayout } from "../../frame/PageLayout";
import { useWorkbench } from "../../frame/Workbench";
import { percent } from "../../lib/number";
import { navigate } from "../../lib/route";
import { shortTable } from "../../lib/tables";
import { type View, viewOf } from "../../lib/view";
import { useWish } from "../../lib/wishes";
import { NoWorkspace } from "../NoWorkspace";
import { choiceOf, refusalOf, requestOf, useTrainDraft } from "./draft";
import { RunPanel } from "./RunPanel";
import { RunResult } from "./RunResult";
import { SearchNow, searches } from "./SearchNow";
import styles from "./Train.module.css";
import { TrainFormPanel } from "./TrainFormPanel";

export function TrainPage({ run: chosen }: { run: string | null }) {
  const workspace = useWorkspace();
  const runs = useRuns().data;
  const shown = chosen ?? runs?.[0]?.model_execution_id ?? null;
  const runQuery = useRun(shown);
  const run = runQuery.data ?? null;
  const sources = viewOf(useTrainSources());
  const form = viewOf(useTrainForm());
  return (
    <PageLayout
      page="train"
      crumbs={run === null ? [] : [shortTable(run.source), run.outcome]}
      leftLabel="Training"
      left={
        workspace === null ? (
          <p className="muted">The training form shows here.</p>
        ) : (
          <FormSide form={form} sources={sources} />
        )
      }
      rightLabel="Run"
      right={<RunPanel run={run} runs={runs ?? []} />}
    >
      {workspace === null ? (
        <NoWorkspace shows="Train fits a model and shows its score beside the score without signal." />
      ) : (
        <>
          <TrainingNow />
          {shown !== null ? (
            <Shown view={viewOf(runQuery)} loading="Reading the run" failed="The run was not read">
              {(detail) => <RunResult run={detail} />}
            </Shown>
          ) : runs === undefined ? (
            <Loading what="Reading runs" />
          ) : (
            <NothingYet hasSources={sources.status !== "ready" || sources.data.length > 0} />
          )}
        </>
      )}
    </PageLayout>
  );
}

function NothingYet({ hasSources }: { hasSources: boolean }) {
  return hasSources ? (
    <Empty
      title="Nothing is trained yet"
      text="Choose an outcome on the left and press Train. The score, the same score without signal, and the charts show here."
    />
  ) : (
    <Empty
      title="No table has a label"
      text="A model learns to predict a label, a column that reads later bars. The sample computes some: run it on the Start page."
    >
      <Button onClick={() => navigate("start")}>Go to Start</Button>
    </Empty>
  );
}

type FormSideProps = { form: View<TrainForm>; sources: View<TrainSource[]> };

function FormSide({ form, sources }: FormSideProps) {
  return (
    <Shown view={form} loading="Reading the form" failed="The form was not read">
      {(fields) => (
        <Shown view={sources} loading="Reading tables" failed="The tables were not read">
          {(tables) => <FormOf form={fields} sources={tables} />}
        </Shown>
      )}
    </Shown>
  );
}

function FormOf({ form, sources }: { form: TrainForm; sources: readonly TrainSource[] }) {
  const { start, workspace } = useWorkbench();
  const [draft, setDraft] = useTrainDraft(workspace?.path ?? "");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isStarting, setStarting] = useState(false);
  const choice = choiceOf(draft, form, sources);
  const broken = choice === null ? "There is nothing to train on." : refusalOf(choice, form);
  const refusal = workspace?.read_only === true ? "The workspace can be read, not written." : broken;

  const train = async () => {
    if (choice === null || refusal !== null || isStarting) return;
    setProblem(null);
    setStarting(true);
    try {
      await start(requestOf(choice), "open");
    } catch (thrown) {
      setProblem(problemOf(thrown));
    }
    setStarting(false);
  };
  useHotkeys([["mod+Enter", () => void train()]], []);
  useWish("train", refusal === null, () => void train());

  if (choice === null) return <p className="muted">The form shows here once a table has a label.</p>;
  return (
    <TrainFormPanel
      form={form}
      sources={sources}
      choice={choice}
      change={setDraft}
      refusal={refusal}
      problem={problem}
      isStarting={isStarting}
      onTrain={() => void train()}
    />
  );
}

/** The training that runs, or how the last one ended when it made no run to show. */
function TrainingNow() {
  const { cancel } = useWorkbench();
  const latest = useJobs().data?.find((job) => job.operation === "train" || job.operation === "demo");
  if (latest === undefined) return null;
  if (latest.state === "running") {
    return (
      <>
        <Running job={latest} onCancel={() => void cancel(latest.id)} />
        {searches(latest) && <SearchNow job={latest} />}
      </>
    );
  }
  return (
    <>
      <Ended job={latest} />
      {searches(latest) && latest.state !== "done" && <SearchNow job={latest} />}
    </>
  );
}

/** Why it made no run to show; nothing where a person stopped it. */
function Ended({ job: latest }: { job: JobRecord }) {
  if (latest.state === "failed" && latest.problem !== null) {
    return (
      <div className={styles.ended}>
        <Note tone="negative">
          <p>
            {latest.title} failed. {latest.problem.message}
          </p>
          {latest.problem.hint !== "" && <p>{latest.problem.hint}</p>}
        </Note>
      </div>
    );
  }
  return null;
}

function Running({ job, onCancel }: { job: JobRecord; onCancel: () => void }) {
  return (
    <section className={`card ${styles.running}`} aria-label="Training">
      <div className={styles.runningWords}>
        <strong>{job.title}</strong>
        <span className="muted">
          {job.stage === "" ? "Starting" : job.stage}, {percent(job.fraction, 0)}
        </span>
        {job.here && (
          <Button variant="default" onClick={onCancel} data-testid="cancel-job">
            Cancel
          </Button>
        )}
      </div>
      <ProgressBar fraction={job.fraction} label={job.title} />
    </section>
  );
}
