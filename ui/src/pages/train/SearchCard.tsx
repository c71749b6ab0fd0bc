/** What a search found: its best trial beside the score of the rows it never saw, every trial, and their scores. */
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { problemOf, type RunDetail, type Searched, useClient, type Value } from "../../api/client";
import { Section } from "../../components/Facts";
import { showProblem } from "../../frame/Workbench";
import { allDigits, dataValue, pValue, score, significant, whole } from "../../lib/number";
import styles from "./Train.module.css";
import { TrialTable, trialsCsv } from "./TrialTable";

const KINDS: Record<string, string> = { tpe: "estimated (TPE)", random: "at random", grid: "on a grid" };

const shown = (value: Value) => (typeof value === "number" ? significant(value, 4) : String(value));

export function SearchCard({ run, search }: { run: RunDetail; search: Searched }) {
  const client = useClient();
  const [isTable, setTable] = useState(false);
  const best = search.trials.find(({ number }) => number === search.best);
  const save = async () => {
    try {
      const file = await client.saveCsv(`trials ${run.model_execution_id.slice(0, 8)}`, trialsCsv(search.trials));
      notifications.show({ title: "Saved the trials as CSV", message: file.path, color: "var(--positive)" });
    } catch (thrown) {
      showProblem("The trials were not saved", problemOf(thrown));
    }
  };
  return (
    <section className={`card ${styles.search}`} aria-label="Search" data-testid="search">
      <Section title={`Search: ${whole(search.trials.length)} trials ${KINDS[search.kind] ?? search.kind}`}>
        <dl className={styles.pairOfScores}>
          <div>
            <dt>Best trial, on inner folds of the training rows</dt>
            <dd
              title={allDigits(search.inner_score)}
              data-testid="search-inner"
              data-value={dataValue(search.inner_score)}
            >
              {score(search.inner_score)}
            </dd>
          </div>
          <div>
            <dt>The same parameters, on rows the search never saw</dt>
            <dd
              title={allDigits(run.scores.rsquared)}
              data-testid="search-unseen"
              data-value={dataValue(run.scores.rsquared)}
            >
              {score(run.scores.rsquared)}
              <small>
                control {score(run.control.median)}, p = {pValue(run.control.p_value)}
              </small>
            </dd>
          </div>
        </dl>
        {best !== undefined && (
          <p className={styles.bestParams}>
            Trial {whole(best.number + 1)}:{" "}
            {Object.entries(best.params)
              .map(([name, value]) => `${name} = ${shown(value)}`)
              .join(", ")}
          </p>
        )}
      </Section>
      <div className={styles.searchTools}>
        <button
          type="button"
          className="link"
          aria-expanded={isTable}
          onClick={() => setTable(!isTable)}
          data-testid="show-trials"
        >
          {isTable ? "Hide the trials" : "Show every trial"}
        </button>
        <span aria-hidden> · </span>
        <button type="button" className="link" aria-label="Save the trials as CSV" onClick={() => void save()}>
          CSV
        </button>
      </div>
      {isTable && <TrialTable trials={search.trials} best={search.best} />}
    </section>
  );
}
