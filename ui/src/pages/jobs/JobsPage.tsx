/** What runs and what ran: state, progress, outcome; cancel, and open what was made. */
import { useInterval } from "@mantine/hooks";
import { useEffect, useState } from "react";
import type { JobRecord, JobState } from "../../api/client";
import { useJobs, useWorkspace } from "../../api/queries";
import { Empty, Shown } from "../../components/Message";
import { ProgressBar } from "../../components/ProgressBar";
import { PageLayout } from "../../frame/PageLayout";
import { useWorkbench } from "../../frame/Workbench";
import { percent } from "../../lib/number";
import { navigate } from "../../lib/route";
import { timestamp, took } from "../../lib/time";
import { viewOf } from "../../lib/view";
import { NoWorkspace } from "../NoWorkspace";
import { JobDetail } from "./JobDetail";
import styles from "./Jobs.module.css";
import { JOB_STATES } from "./jobWords";

type Filter = JobState | "all";
const FILTERS: readonly Filter[] = ["all", "running", "done", "failed", "cancelled", "interrupted"];

export function JobsPage({ job: chosen }: { job: string | null }) {
  const workspace = useWorkspace();
  const view = viewOf(useJobs());
  const [filter, setFilter] = useState<Filter>("all");
  const jobs = view.status === "ready" ? view.data : [];
  const shown = jobs.filter((job) => filter === "all" || job.state === filter);
  const selected = jobs.find((job) => job.id === chosen) ?? shown[0] ?? null;
  return (
    <PageLayout
      page="jobs"
      crumbs={workspace && selected ? [workspace.name, selected.title] : []}
      leftLabel="States"
      left={<Filters jobs={jobs} filter={filter} onFilter={setFilter} />}
      rightLabel="Job"
      right={
        selected === null ? (
          <p className="muted">A job's request and outcome show here.</p>
        ) : (
          <JobDetail job={selected} />
        )
      }
    >
      {workspace === null ? (
        <NoWorkspace shows="Jobs lists what runs and what ran." />
      ) : (
        <Shown view={view} loading="Reading jobs" failed="The jobs were not read">
          {(all) =>
            all.length === 0 ? (
              <Empty
                title="No job has run yet"
                text="Imports and trainings are listed here, with how they ended. Run the sample on the Start page, or train a model."
              />
            ) : shown.length === 0 ? (
              <Empty title={`No job is ${filter}`} text="Choose another state on the left." />
            ) : (
              <JobTable jobs={shown} selected={selected} />
            )
          }
        </Shown>
      )}
    </PageLayout>
  );
}

type FiltersProps = {
  jobs: readonly JobRecord[];
  filter: Filter;
  onFilter: (filter: Filter) => void;
};

function Filters({ jobs, filter, onFilter }: FiltersProps) {
  return (
    <fieldset className={styles.filters}>
      <legend className="heading">Show</legend>
      {FILTERS.map((state) => {
        const count = state === "all" ? jobs.length : jobs.filter((job) => job.state === state).length;
        return (
          <button
            key={state}
            type="button"
            className={styles.filter}
            aria-pressed={state === filter}
            onClick={() => onFilter(state)}
          >
            <span>{state === "all" ? "All" : JOB_STATES[state].word}</span>
            <span className="muted">{count}</span>
          </button>
        );
      })}
    </fieldset>
  );
}

function JobTable({ jobs, selected }: { jobs: readonly JobRecord[]; selected: JobRecord | null }) {
  const now = useNow(jobs.some((job) => job.state === "running"));
  return (
    <div className={`card ${styles.tableCard}`}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">Job</th>
            <th scope="col">Started, UTC</th>
            <th scope="col" className={styles.number}>
              Took
            </th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {jobs.map((job) => (
            <JobRow key={job.id} job={job} now={now} isSelected={job.id === selected?.id} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function JobRow({ job, now, isSelected }: { job: JobRecord; now: number; isSelected: boolean }) {
  const { cancel } = useWorkbench();
  const { word, Icon, colour } = JOB_STATES[job.state];
  const isRunning = job.state === "running";
  return (
    <tr
      className={styles.row}
      data-testid="job-row"
      data-state={job.state}
      data-id={job.id}
      aria-current={isSelected ? "true" : undefined}
    >
      <td>
        <span className={styles.state} style={{ color: colour }}>
          <Icon size={15} aria-hidden className={isRunning ? styles.turning : undefined} /> {word}
        </span>
      </td>
      <td>
        <button type="button" className={styles.title} onClick={() => navigate("jobs", job.id)}>
          {job.title}
        </button>
        {isRunning && (
          <div className={styles.progress}>
            <ProgressBar fraction={job.fraction} label={job.title} />
            <span className="label">
              {percent(job.fraction, 0)} {job.stage}
            </span>
          </div>
        )}
      </td>
      <td className="muted">{timestamp(job.started_at).slice(0, 19)}</td>
      <td className={styles.number}>{took(job.started_at, job.ended_at, now)}</td>
      <td className={styles.number}>
        {isRunning && job.here && (
          <button
            type="button"
            className="link"
            aria-label={`Cancel ${job.title}`}
            data-testid="cancel-job"
            onClick={() => void cancel(job.id)}
          >
            Cancel
          </button>
        )}
      </td>
    </tr>
  );
}

/** The time now, told each half second while something runs. */
function useNow(isTicking: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  const { start, stop } = useInterval(() => setNow(Date.now()), 500);
  useEffect(() => {
    if (isTicking) start();
    return stop;
  }, [isTicking, start, stop]);
  return now;
}
