/** Runs side by side: their scores against their controls, only what differs, and their charts next to each other. */
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { Comparison, ComparisonRow, RunSummary } from "../../api/client";
import { problemOf, useClient } from "../../api/client";
import { useComparison, useRun } from "../../api/queries";
import { Id } from "../../components/Facts";
import { WarningIcon } from "../../components/icons";
import { Shown } from "../../components/Message";
import { showProblem } from "../../frame/Workbench";
import { allDigits, significant, UNDEFINED } from "../../lib/number";
import { hashOf, navigate } from "../../lib/route";
import { timestamp } from "../../lib/time";
import { viewOf } from "../../lib/view";
import { RunResult } from "../train/RunResult";
import styles from "./Models.module.css";

const SECTIONS: Record<string, string> = {
  request: "Request",
  parameters: "Parameters",
  model: "Model",
  data: "Data",
  features: "Features",
  scores: "Scores",
  control: "Control",
  versions: "Versions",
};

export function CompareView({ ids }: { ids: readonly string[] }) {
  const client = useClient();
  const view = viewOf(useComparison(ids));
  const save = async () => {
    try {
      const path = await client.pickSaveFile("Export the comparison", "comparison.csv");
      if (path === null) return;
      const file = await client.exportComparison([...ids], path);
      notifications.show({ title: "Exported the comparison", message: file.path, color: "var(--positive)" });
    } catch (thrown) {
      showProblem("The comparison was not exported", problemOf(thrown));
    }
  };
  return (
    <div className={styles.page}>
      <div className={styles.toolbar}>
        <h2 className={styles.count}>Comparison of {ids.length} runs</h2>
        <Button variant="default" onClick={() => void save()} data-testid="export-comparison">
          Export…
        </Button>
        <Button variant="default" onClick={() => navigate("models", ids[0] ?? null)} data-testid="end-comparison">
          Back to the list
        </Button>
      </div>
      <Shown view={view} loading="Comparing" failed="The runs were not compared">
        {(comparison) => <Compared comparison={comparison} />}
      </Shown>
    </div>
  );
}

function Compared({ comparison }: { comparison: Comparison }) {
  const { runs, rows } = comparison;
  return (
    <>
      <div className={styles.tableScroll}>
        <table className={`card ${styles.differences}`} data-testid="differences">
          <thead>
            <tr>
              <th scope="col">Differs</th>
              {runs.map((run) => (
                <th key={run.model_execution_id} scope="col">
                  <RunHead run={run} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              <Difference key={`${row.section} ${row.name}`} row={row} before={rows[i - 1] ?? null} />
            ))}
          </tbody>
        </table>
      </div>
      {rows.length === 0 && <p className="muted">Nothing differs: same request, data, scores and versions.</p>}
      <div className={styles.sideBySide} style={{ gridTemplateColumns: `repeat(${runs.length}, minmax(320px, 1fr))` }}>
        {runs.map((run) => (
          <RunColumn key={run.model_execution_id} run={run} />
        ))}
      </div>
    </>
  );
}

function RunHead({ run }: { run: RunSummary }) {
  return (
    <>
      <a className={styles.tableLink} href={hashOf("models", run.model_execution_id)}>
        {run.model_type}
      </a>{" "}
      {run.aliases.map((alias) => (
        <span key={alias} className={styles.alias}>
          {alias}
        </span>
      ))}
      {run.leaks && (
        <span className={styles.leaks}>
          <WarningIcon size={11} aria-hidden /> leaking split
        </span>
      )}
      <br />
      <small>{timestamp(run.executed_at).slice(0, 16)}</small>
    </>
  );
}

function Difference({ row, before }: { row: ComparisonRow; before: ComparisonRow | null }) {
  return (
    <>
      {row.section !== before?.section && (
        <tr className={styles.section}>
          <th scope="rowgroup" colSpan={row.values.length + 1}>
            {SECTIONS[row.section] ?? row.section}
          </th>
        </tr>
      )}
      <tr data-testid={`differs-${row.section}-${row.name}`}>
        <th scope="row">{row.name}</th>
        {row.values.map((value, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the place says which run
          <td key={i} data-number={typeof value === "number"}>
            <Value value={value} />
          </td>
        ))}
      </tr>
    </>
  );
}

function Value({ value }: { value: ComparisonRow["values"][number] }) {
  if (value === null || value === undefined) return <span title="This run has none">{UNDEFINED}</span>;
  if (typeof value === "number") return <span title={allDigits(value)}>{significant(value, 5)}</span>;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (/^[0-9a-f]{40,64}$/.test(value)) return <Id id={value} what="the value" />;
  return <span title={value}>{timestamp(value)}</span>;
}

function RunColumn({ run }: { run: RunSummary }) {
  const view = viewOf(useRun(run.model_execution_id));
  const name = `${run.model_type} of ${timestamp(run.executed_at).slice(0, 16)}`;
  return (
    <section className={styles.column} aria-label={name}>
      <h3>
        <RunHead run={run} />
      </h3>
      <Shown view={view} loading="Reading the run" failed="The run was not read">
        {(detail) => <RunResult run={detail} isCompared />}
      </Shown>
    </section>
  );
}
