/** The job that computes the recipe's columns: its progress, then where they are. */
import { Button } from "@mantine/core";
import { useJobs } from "../../api/queries";
import { CloseIcon } from "../../components/icons";
import { Note, ProblemNote } from "../../components/Message";
import { ProgressBar } from "../../components/ProgressBar";
import { useWorkbench } from "../../frame/Workbench";
import { counted } from "../../lib/lists";
import { percent } from "../../lib/number";
import { hashOf, navigate } from "../../lib/route";
import { shortTable } from "../../lib/tables";
import { useTrainDraft } from "../train/draft";
import styles from "./Features.module.css";

export function RunStrip({ job: id, workspace, onClose }: { job: string; workspace: string; onClose: () => void }) {
  const { cancel } = useWorkbench();
  const [, setTrainDraft] = useTrainDraft(workspace);
  const job = useJobs().data?.find((known) => known.id === id);
  if (job === undefined) return null;
  const close = (
    <button type="button" className={styles.iconButton} aria-label="Close" onClick={onClose}>
      <CloseIcon size={13} aria-hidden />
    </button>
  );
  if (job.state === "running") {
    return (
      <section className={`card ${styles.strip}`} aria-label="Run">
        <div className={styles.stripWords}>
          <strong>{job.title}</strong>
          <span className="muted">
            {job.stage === "" ? "Starting" : job.stage}, {percent(job.fraction, 0)}
          </span>
          <span className={styles.grow} />
          <Button variant="default" onClick={() => void cancel(job.id)} data-testid="cancel-run">
            Cancel
          </Button>
        </div>
        <ProgressBar fraction={job.fraction} label={job.title} />
      </section>
    );
  }
  if (job.state === "failed" && job.problem !== null) {
    return <ProblemNote problem={job.problem}>{close}</ProblemNote>;
  }
  const { outcome } = job;
  if (job.state !== "done" || outcome?.kind !== "features" || outcome.table === null) return null;
  const { table } = outcome;
  const train = () => {
    setTrainDraft(({ outcome: _, features: __, ...draft }) => ({ ...draft, table }));
    navigate("train");
  };
  return (
    <Note tone="positive">
      <div className={styles.stripWords} data-testid="run-done">
        <span>
          {shortTable(table)} has {counted(outcome.rows, "row")} and {counted(outcome.columns, "new column")}
          {typeof outcome.rows_written === "number" &&
            outcome.rows_written !== outcome.rows &&
            `; ${counted(outcome.rows_written, "row")} computed now`}
          . {(outcome.notes ?? []).join(" ")}
        </span>
        <span className={styles.grow} />
        <a className={styles.stripLink} href={hashOf("data", table)}>
          Open it in Data
        </a>
        {outcome.labels.length > 0 && (
          <button type="button" className="link" onClick={train} data-testid="train-with">
            Train with it
          </button>
        )}
        {close}
      </div>
    </Note>
  );
}
