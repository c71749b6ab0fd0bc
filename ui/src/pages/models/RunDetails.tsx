/** A run in full: its result, what was asked, how it came about, and what its job said. */
import { Tabs } from "@mantine/core";
import type { Fact, LineageStep, RunDetail, RunRecord } from "../../api/client";
import { useRun, useRunRecord } from "../../api/queries";
import { Checks } from "../../components/Checks";
import { Copyable, Facts, Section } from "../../components/Facts";
import { Shown } from "../../components/Message";
import { hashOf } from "../../lib/route";
import { shortTable } from "../../lib/tables";
import { timestamp } from "../../lib/time";
import { viewOf } from "../../lib/view";
import { RunResult } from "../train/RunResult";
import styles from "./Models.module.css";

export function RunDetails({ id }: { id: string }) {
  const run = viewOf(useRun(id));
  const record = viewOf(useRunRecord(id));
  return (
    <Tabs defaultValue="result" keepMounted={false}>
      <Tabs.List>
        <Tabs.Tab value="result">Result</Tabs.Tab>
        <Tabs.Tab value="request">Request</Tabs.Tab>
        <Tabs.Tab value="lineage">Lineage</Tabs.Tab>
        <Tabs.Tab value="log">Log and checks</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="result" pt={10}>
        <Shown view={run} loading="Reading the run" failed="The run was not read">
          {(detail) => <RunResult run={detail} />}
        </Shown>
      </Tabs.Panel>
      {(["request", "lineage", "log"] as const).map((tab) => (
        <Tabs.Panel key={tab} value={tab} pt={10}>
          <Shown view={record} loading="Reading what was kept of the run" failed="What was kept was not read">
            {(kept) => (
              <div className={`card ${styles.kept}`}>
                {tab === "request" && <Request record={kept} />}
                {tab === "lineage" && <Lineage steps={kept.lineage} />}
                {tab === "log" && <Log record={kept} run={run.status === "ready" ? run.data : null} />}
              </div>
            )}
          </Shown>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

function FactList({ facts }: { facts: readonly Fact[] }) {
  if (facts.length === 0) return <p className="muted">Nothing was kept.</p>;
  return (
    <dl className={styles.factList}>
      {facts.map(({ name, value }) => (
        <div key={name} style={{ display: "contents" }}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Request({ record }: { record: RunRecord }) {
  return (
    <div className={styles.columns}>
      <Section title="What was asked">
        <FactList facts={record.request} />
      </Section>
      <Section title="Every parameter">
        <FactList facts={record.params} />
      </Section>
      <Section title="What was read">
        <FactList facts={record.query} />
      </Section>
      <Section title="Versions">
        <FactList facts={record.versions} />
      </Section>
      <div className={styles.wide}>
        <Section title={`${record.features.length} features`}>
          <p className={styles.features}>{record.features.join(", ")}</p>
        </Section>
      </div>
    </div>
  );
}

const KINDS: Record<LineageStep["kind"], string> = {
  file: "File",
  bars: "Bars",
  data: "Data",
  training: "Training",
  model: "Model file",
  evaluation: "Evaluation",
  predictions: "Predictions",
  backtest: "Backtest",
};

function Lineage({ steps }: { steps: readonly LineageStep[] }) {
  return (
    <ol className={styles.lineage} data-testid="lineage">
      {steps.map((step) => (
        <li key={`${step.kind} ${step.title} ${step.id ?? ""} ${step.table ?? ""}`} data-kind={step.kind}>
          <span className={styles.kind}>{KINDS[step.kind]}</span>
          <div>
            {step.title !== step.table && <p>{step.title}</p>}
            <p className="label">
              {step.at !== null && <span>{timestamp(step.at).slice(0, 19)} UTC </span>}
              {step.table !== null && (
                <a className={styles.tableLink} href={hashOf("data", step.table)}>
                  {shortTable(step.table)}
                </a>
              )}
            </p>
          </div>
          {step.id !== null && <Copyable text={step.id} shown={`${step.id.slice(0, 8)}…`} what="the id" />}
        </li>
      ))}
    </ol>
  );
}

function Log({ record, run }: { record: RunRecord; run: RunDetail | null }) {
  return (
    <div className="stack">
      <Section title="What the job said">
        {record.log.length === 0 ? (
          <p className="muted">This run was made by a version that kept no log.</p>
        ) : (
          <ol className={styles.log} data-testid="run-log">
            {record.log.map((line) => (
              <li key={`${line.at} ${line.text}`}>
                <time dateTime={line.at} title={`${timestamp(line.at)} UTC`}>
                  {timestamp(line.at).slice(11, 19)}
                </time>{" "}
                {line.text}
              </li>
            ))}
          </ol>
        )}
      </Section>
      <Section title="Checks">
        <Checks checks={run?.checks ?? []} />
      </Section>
      <Facts
        facts={[
          [
            "Job",
            <a key="job" className={styles.tableLink} href={hashOf("jobs", record.job_id)}>
              {record.job_id}
            </a>,
          ],
        ]}
      />
    </div>
  );
}
