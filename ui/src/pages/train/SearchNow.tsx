/** A search that is not done: its trials as they come, or those that are kept of a stopped one, and how it goes on. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { type JobRecord, problemOf, type SearchTrials } from "../../api/client";
import { useSearchTrials } from "../../api/queries";
import { ChartCard } from "../../components/chart/ChartCard";
import { showProblem, useWorkbench } from "../../frame/Workbench";
import { score, whole } from "../../lib/number";
import styles from "./Train.module.css";
import { TrialTable } from "./TrialTable";

const CHART_PX = 150;

/** Whether a job is a training that searches for parameters. */
export function searches({ request }: JobRecord): boolean {
  return request.operation === "train" && request.spec.search !== undefined && request.spec.search !== null;
}

export function SearchNow({ job }: { job: JobRecord }) {
  const isRunning = job.state === "running";
  const found = useSearchTrials(job.id, isRunning).data ?? null;
  if (found === null || found.trials.length === 0) return null;
  return (
    <section className={styles.ended} aria-label="Search" data-testid="search-now" data-value={found.trials.length}>
      {isRunning ? (
        <p className="label" role="status">
          {wordsOf(found)}.
        </p>
      ) : (
        <Stopped job={job} found={found} />
      )}
      <ChartCard chart={found.chart} heightPx={CHART_PX} tools="beside" />
      {!isRunning && <TrialTable trials={found.trials} best={found.best} />}
    </section>
  );
}

function wordsOf({ trials, count, best }: SearchTrials): string {
  const tried = `${whole(trials.length)} of ${whole(count)} trials`;
  const at = trials.find(({ number }) => number === best);
  return at === undefined ? `${tried}, none with a score` : `${tried}; best R² ${score(at.score)} on inner folds`;
}

/** The trials of a stopped search are kept: the same training goes on from them. */
function Stopped({ job, found }: { job: JobRecord; found: SearchTrials }) {
  const { start, workspace } = useWorkbench();
  const [isStarting, setStarting] = useState(false);
  const resume = async () => {
    setStarting(true);
    try {
      await start(job.request, "open");
    } catch (thrown) {
      showProblem("The search did not go on", problemOf(thrown));
    }
    setStarting(false);
  };
  return (
    <div className={`card ${styles.stopped}`}>
      <span>
        <strong>The search stopped.</strong> It keeps {wordsOf(found)}.
      </span>
      <Button
        loading={isStarting}
        disabled={workspace?.read_only !== false}
        onClick={() => void resume()}
        data-testid="resume-search"
      >
        Resume
      </Button>
    </div>
  );
}
