/** What was looked at, each with whether it passed. */
import type { Check } from "../api/client";
import styles from "./Checks.module.css";
import { OkIcon, WarningIcon } from "./icons";

export function Checks({ checks }: { checks: readonly Check[] }) {
  return (
    <ul className={styles.checks}>
      {checks.map((check) => (
        <li key={check.text} data-ok={check.ok}>
          {check.ok ? <OkIcon size={13} aria-label="Passed" /> : <WarningIcon size={13} aria-label="Attention" />}
          <span>{check.text}</span>
        </li>
      ))}
    </ul>
  );
}
