/** Says that something takes its time, for how long already, and offers to stop it. Nothing shows for the first moment. */
import { Loader } from "@mantine/core";
import { useEffect, useState } from "react";
import { duration } from "../lib/time";
import styles from "./Waiting.module.css";

/** What takes less passes without a word. */
export const PATIENCE_MS = 300;

type WaitingProps = { what: string; startedAt: number; onCancel: () => void };

export function Waiting({ what, startedAt, onCancel }: WaitingProps) {
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
      <Loader size={14} color="var(--accent)" aria-hidden />
      <span>{what}</span>
      <span className="muted tabular" aria-hidden>
        {duration((now - startedAt) / 1000)}
      </span>
      <button type="button" className="link" onClick={onCancel}>
        Cancel
      </button>
    </div>
  );
}
