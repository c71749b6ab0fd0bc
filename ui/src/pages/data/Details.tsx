/** What is known of the column one stands in and of its table, and what can be done with them. */
import { Button } from "@mantine/core";
import type { ColumnInfo, ResultInfo, TableInfo } from "../../api/client";
import { Copyable, Facts, Section } from "../../components/Facts";
import { Note, ProblemNote } from "../../components/Message";
import { TaskWaiting } from "../../frame/TaskWaiting";
import { bytes, whole } from "../../lib/number";
import { shortTable, tableId } from "../../lib/tables";
import { elapsed, timestamp } from "../../lib/time";
import { READ_ONLY, useDataActions } from "./actions";
import styles from "./Data.module.css";
import { ColumnFacts } from "./ProfileParts";
import { PROFILED_UNASKED_ROWS, useProfile } from "./profile";

/** What the middle of the page shows. */
export type Subject = {
  table: string;
  name: string;
  rows: number | null;
  version: string;
  info: TableInfo | null;
  result: ResultInfo | null;
};

type DetailsProps = { subject: Subject | null; column: ColumnInfo | null };

export function Details({ subject, column }: DetailsProps) {
  if (subject === null) return <p className="muted">What is known of a table and its columns shows here.</p>;
  return (
    <div className="stack">
      {column !== null && <ColumnSection key={subject.table} subject={subject} column={column} />}
      {subject.info !== null && <TableSection info={subject.info} />}
      {subject.result !== null && <ResultSection result={subject.result} />}
    </div>
  );
}

function ColumnSection({ subject, column }: { subject: Subject; column: ColumnInfo }) {
  const isWanted = (subject.rows ?? 0) <= PROFILED_UNASKED_ROWS;
  const { view, start, cancel } = useProfile(subject.table, subject.version, isWanted);
  const profile = view.status === "ready" ? view.profile.columns.find(({ name }) => name === column.name) : undefined;
  return (
    <Section title={column.name}>
      <Facts
        facts={[
          ["Type", column.type],
          ["May be", column.label_horizon === null ? null : "an outcome only"],
        ]}
      />
      {column.label_horizon !== null && (
        <Note tone="warning">
          A label: it reads {column.label_horizon} {column.label_horizon === 1 ? "bar" : "bars"} ahead, so it is never a
          feature.
        </Note>
      )}
      {profile !== undefined && <ColumnFacts profile={profile} rows={subject.rows} />}
      {view.status === "running" && view.task !== null && (
        <TaskWaiting what="Profiling" task={view.task} onCancel={cancel} />
      )}
      {view.status === "failed" && <ProblemNote problem={view.problem} />}
      {(view.status === "off" || view.status === "failed") && (
        <button type="button" className="link" onClick={start}>
          Profile {whole(subject.rows)} rows
        </button>
      )}
      <Copyable text={column.name} shown="Copy the name" what="the column" kind="words" />
    </Section>
  );
}

function TableSection({ info }: { info: TableInfo }) {
  const actions = useDataActions();
  const id = tableId(info);
  return (
    <Section title="Table">
      {info.fault !== null && <ProblemNote problem={info.fault} />}
      <Facts
        facts={[
          ["Rows", whole(info.rows)],
          [
            "Size",
            <span key="size" title={`${whole(info.bytes)} bytes`}>
              {bytes(info.bytes)}
            </span>,
          ],
          ["Changed", timestamp(info.modified).slice(0, 16)],
          ["Project", info.project],
          ["Dataset", info.dataset],
        ]}
      />
      <Copyable text={id} what="the table's name" />
      <div className={styles.actions}>
        <Button variant="default" onClick={() => actions.queryTable(id)} data-testid="query-table">
          Query this table
        </Button>
        <Button variant="default" onClick={() => actions.exportTable(id, info.table)} data-testid="export-table">
          Export…
        </Button>
        <Button
          variant="default"
          color="var(--negative)"
          disabled={!actions.canWrite}
          title={actions.canWrite ? undefined : READ_ONLY}
          onClick={() => actions.dropTable(info)}
          data-testid="drop-table"
        >
          Drop…
        </Button>
      </div>
    </Section>
  );
}

function ResultSection({ result }: { result: ResultInfo }) {
  return (
    <Section title="Result">
      <Facts
        facts={[
          ["Rows", whole(result.rows)],
          ["Took", elapsed(result.seconds)],
          ["Ran", timestamp(result.ran_at).slice(0, 19)],
          ["Pinned as", result.name],
          ["Read", result.tables.length === 0 ? null : result.tables.map(shortTable).join(", ")],
        ]}
      />
    </Section>
  );
}
