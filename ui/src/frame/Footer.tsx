/** The job that runs, with its bar; the zone of all times; the version. */
import { useStartState } from "../api/queries";
import { CloseIcon } from "../components/icons";
import { ProgressBar } from "../components/ProgressBar";
import { percent } from "../lib/number";
import { hashOf } from "../lib/route";
import styles from "./Frame.module.css";
import { useWorkbench } from "./Workbench";

export function Footer() {
  const { running, cancel } = useWorkbench();
  const version = useStartState().data?.version;
  const [job, ...others] = running;
  return (
    <footer className={styles.footer}>
      {job === undefined ? (
        <span>No job runs</span>
      ) : (
        <>
          <a className={styles.footerJob} href={hashOf("jobs", job.id)} title="Open Jobs">
            <span className={styles.footerBar}>
              <ProgressBar fraction={job.fraction} label={job.title} />
            </span>
            <span>
              {job.title} {percent(job.fraction, 0)}
              {others.length > 0 && `, and ${others.length} more`}
            </span>
          </a>
          {job.here && (
            <button
              type="button"
              className={styles.iconButton}
              style={{ width: 20, height: 20 }}
              aria-label={`Cancel ${job.title}`}
              title="Cancel"
              onClick={() => void cancel(job.id)}
            >
              <CloseIcon size={13} />
            </button>
          )}
        </>
      )}
      <span className={styles.grow} />
      <span title="All times are in UTC">UTC</span>
      {version !== undefined && <span>software {version}</span>}
    </footer>
  );
}
