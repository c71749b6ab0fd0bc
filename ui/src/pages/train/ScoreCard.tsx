/** The one number that matters, on the distribution of the same number without signal, and the verdict in words. */
import type { Control, Scores } from "../../api/client";
import { OkIcon, UnknownIcon, UnsureIcon } from "../../components/icons";
import { ScoreStrip } from "../../components/ScoreStrip";
import { allDigits, dataValue, score, whole } from "../../lib/number";
import { verdictWords } from "../../lib/verdict";
import styles from "./Train.module.css";

const SIGNS = { better: OkIcon, unsure: UnsureIcon, undefined: UnknownIcon };

export function ScoreCard({ scores, control }: { scores: Scores; control: Control }) {
  const verdict = verdictWords(control);
  const Sign = SIGNS[verdict.sign];
  const hidden = control.rsquared.length - control.rsquared.filter((value) => value !== null).length;
  return (
    <section className={`card ${styles.scoreCard}`} aria-label="Score against control">
      <div className={styles.scoreWords}>
        <h2 className={styles.scoreTitle}>R² on {whole(scores.rows)} held-out rows</h2>
        <div
          className={styles.score}
          data-testid="score-rsquared"
          data-value={dataValue(scores.rsquared)}
          title={
            scores.rsquared === null
              ? "Undefined: the held-out outcomes do not vary, or none is known"
              : allDigits(scores.rsquared)
          }
        >
          {score(scores.rsquared)}
        </div>
        <div className={styles.verdict} data-sign={verdict.sign} data-testid="verdict">
          <Sign size={15} stroke={2.2} aria-hidden />
          <span
            data-testid="p-value"
            data-value={dataValue(control.p_value)}
            title={`p = ${allDigits(control.p_value)}`}
          >
            {verdict.text}
          </span>
        </div>
      </div>
      <div className={styles.stripSide}>
        <ScoreStrip
          score={scores.rsquared}
          references={control.rsquared}
          label={`R² of this model ${score(scores.rsquared)}; median of ${control.rsquared.length} controls ${score(control.median)}. ${verdict.text}.`}
        />
        <div className={styles.legend}>
          <span>
            <i className={styles.controlSwatch} /> {whole(control.rsquared.length)} controls without signal, median{" "}
            {score(control.median)}
          </span>
          <span>
            <i className={styles.modelSwatch} /> this model
          </span>
        </div>
        {hidden > 0 && <p className={styles.sentence}>{whole(hidden)} of them have no defined score.</p>}
      </div>
    </section>
  );
}
