/**
 * Says that something takes its time, for how long already and how much of it is done, and offers to stop it. Nothing shows
 * for the first moment.
 */
import { useEffect, useState } from "react";
import { percent } from "../lib/number";
import { duration } from "../lib/time";
import { ProgressBar } from "./ProgressBar";
import styles from "./Waiting.module.css";

/** What takes less passes without a word. */
export const PATIENCE_MS = 300;

type WaitingProps = {
  what: string;
  startedAt: number;
  /** Done, from 0 to 1; null while that is unknown. */
  share: number | null;
  onCancel: () => void;
};

export function Waiting({ what, startedAt, share, onCancel }: WaitingProps) {
  const [now, setNow] = useState(startedAt);
  useEffect(() => {
    const first = setTimeout(() => setNow(Date.now()), PATIENCE_MS);
    const ticks = setInterval(() => setNow(Date.now()), 500);
    return () => {
      clearTimeout(first);
      clearInterval(ticks);
    };
  }, []);
  if (now - startedAt < PATIENCE_MS) return null;
  return (
    <div className={styles.waiting} role="status" data-testid="waiting">
      <span>{what}</span>
      <div className={styles.bar}>
        <ProgressBar fraction={share} label={what} />
      </div>
      {share !== null && (
        <span className="tabular" aria-hidden>
          {percent(Math.floor(100 * share) / 100, 0)}
        </span>
      )}
      <span className="muted tabular" aria-hidden>
        {duration((now - startedAt) / 1000)}
      </span>
      <button type="button" className="link" onClick={onCancel}>
        Cancel
      </button>
    </div>
  );
}
