/** The features that mattered most, longest bar first. */
import { useState } from "react";
import type { Importance } from "../../api/client";
import { allDigits, percent } from "../../lib/number";
import styles from "./Train.module.css";

const MOST = 7;

export function ImportanceCard({ importance, heightPx }: { importance: readonly Importance[]; heightPx: number }) {
  const [isWhole, setWhole] = useState(false);
  const sizes = importance.map((one) => Math.abs(one.importance ?? 0));
  const largest = Math.max(...sizes, 0);
  const total = sizes.reduce((a, b) => a + b, 0);
  const shown = isWhole ? importance : importance.slice(0, MOST);
  return (
    <section className={`card ${styles.importance}`} aria-label="Importance" data-testid="importance">
      <header>
        <h2>Importance</h2>
        {importance.length > MOST && (
          <button type="button" className="link" onClick={() => setWhole(!isWhole)}>
            {isWhole ? `first ${MOST}` : `all ${importance.length}`}
          </button>
        )}
      </header>
      {importance.length === 0 && <p className="muted">This algorithm tells no importance.</p>}
      <ol style={{ maxHeight: heightPx + 20 }}>
        {shown.map(({ variable, importance: size }) => (
          <li
            key={variable}
            title={`${variable}: ${allDigits(size)}, ${percent(total > 0 ? Math.abs(size ?? 0) / total : null)} of all`}
          >
            <span>{variable}</span>
            <i
              style={{
                width: `${largest > 0 ? (100 * Math.abs(size ?? 0)) / largest : 0}%`,
              }}
            />
          </li>
        ))}
      </ol>
    </section>
  );
}
