/** What came of a query: its rows in a grid, with what can be done with them; or what it changed; or its plan. */
import { Button, SegmentedControl } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type ColumnInfo, type IfExists, type ResultInfo, type TableInfo, useClient } from "../../../api/client";
import { forgetResults, keys } from "../../../api/queries";
import { AskName } from "../../../components/AskName";
import { Note } from "../../../components/Message";
import { costWords, PRICE_NOTE } from "../../../lib/cost";
import { whole } from "../../../lib/number";
import { shortTable, tableId } from "../../../lib/tables";
import { elapsed } from "../../../lib/time";
import { READ_ONLY, useDataActions } from "../actions";
import { TableRows } from "../TableRows";
import styles from "./Query.module.css";
import type { Kept } from "./results";

/** `DELETE: 12 rows of market.bars.` */
export function changedWords({ statement, table, rows }: { statement: string; table: string; rows: number | null }) {
  return `${statement}: ${whole(rows)} ${rows === 1 ? "row" : "rows"} of ${shortTable(table)}.`;
}

type ResultViewProps = {
  kept: Kept;
  workspace: string;
  isActive: boolean;
  onResult: (result: ResultInfo) => void;
  onColumn: (column: ColumnInfo | null) => void;
  onProfile: (column: ColumnInfo) => void;
};

export function ResultView({ kept, workspace, isActive, onResult, onColumn, onProfile }: ResultViewProps) {
  const { outcome } = kept;
  switch (outcome.kind) {
    case "changed":
      return (
        <div className={styles.changed} data-testid="changed">
          <Note tone="positive">
            {changedWords(outcome)} It took {elapsed(outcome.seconds)}
            {outcome.cost !== null && `, ${costWords(outcome.cost)}`}.
          </Note>
        </div>
      );
    case "plan":
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrows scroll it
        <pre className={`card ${styles.plan}`} tabIndex={0} data-testid="plan">
          {outcome.text}
        </pre>
      );
    case "rows":
      return (
        <div className={styles.result}>
          <ResultBar result={outcome.result} onResult={onResult} />
          <div className={styles.resultRows}>
            <TableRows
              table={outcome.result.table}
              name={kept.title}
              workspace={workspace}
              version={outcome.result.ran_at}
              isLasting={false}
              isActive={isActive}
              testId="result-grid"
              onColumn={onColumn}
              onProfile={onProfile}
            />
          </div>
        </div>
      );
  }
}

type Asking = "pin" | "save" | null;

function ResultBar({ result, onResult }: { result: ResultInfo; onResult: (result: ResultInfo) => void }) {
  const client = useClient();
  const queries = useQueryClient();
  const actions = useDataActions();
  const [asking, setAsking] = useState<Asking>(null);
  const [ifExists, setIfExists] = useState<IfExists>("fail");
  const [saved, setSaved] = useState<TableInfo | null>(null);
  const pin = async (name: string) => {
    onResult(await client.pinResult(result.id, name));
    await queries.invalidateQueries({ queryKey: keys.results });
  };
  const unpin = () => {
    actions.unpin(result);
    onResult({ ...result, name: null });
  };
  const save = async (table: string) => {
    setSaved(await client.saveResult(result.id, table, ifExists));
    forgetResults(queries);
  };
  return (
    <div className={styles.resultBar}>
      <span data-testid="result-words" data-value={result.rows}>
        {whole(result.rows)} {result.rows === 1 ? "row" : "rows"} in {elapsed(result.seconds)}
      </span>
      {result.cost !== null && (
        <span className="muted" title={PRICE_NOTE} data-testid="result-cost" data-value={result.cost.bytes_billed}>
          {costWords(result.cost)}
        </span>
      )}
      {result.name !== null && <span className="muted">pinned as {result.name}</span>}
      <span className={styles.grow} />
      <button type="button" className="link" onClick={() => (result.name === null ? setAsking("pin") : unpin())}>
        {result.name === null ? "Pin…" : "Unpin"}
      </button>
      <button
        type="button"
        className="link"
        disabled={!actions.canWrite}
        title={actions.canWrite ? undefined : READ_ONLY}
        onClick={() => setAsking("save")}
      >
        Save as table…
      </button>
      <button type="button" className="link" onClick={() => actions.exportTable(result.table, result.name ?? "result")}>
        Export…
      </button>
      {saved !== null && (
        <output className={styles.saved}>
          <Note tone="positive">
            {whole(saved.rows)} rows are in {shortTable(tableId(saved))}.{" "}
            <Button variant="default" size="compact-xs" onClick={() => actions.openTable(tableId(saved))}>
              Open the table
            </Button>
          </Note>
        </output>
      )}
      {asking === "pin" && (
        <AskName
          title="Pin the result"
          label="Name, shown in the list of results"
          verb="Pin"
          initial=""
          onName={pin}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === "save" && (
        <AskName
          title={`Save ${whole(result.rows)} rows as a table`}
          label="Table, as dataset.table"
          verb="Save"
          initial=""
          onName={save}
          onClose={() => setAsking(null)}
        >
          <IfExistsChoice value={ifExists} onChange={setIfExists} />
        </AskName>
      )}
    </div>
  );
}

const CHOICES: { value: IfExists; label: string }[] = [
  { value: "fail", label: "Stop" },
  { value: "append", label: "Append" },
  { value: "replace", label: "Replace" },
];

export function IfExistsChoice({ value, onChange }: { value: IfExists; onChange: (value: IfExists) => void }) {
  return (
    <div>
      <span className="label" id="if-exists">
        If the table exists
      </span>
      <div>
        <SegmentedControl size="xs" aria-labelledby="if-exists" data={CHOICES} value={value} onChange={onChange} />
      </div>
    </div>
  );
}
