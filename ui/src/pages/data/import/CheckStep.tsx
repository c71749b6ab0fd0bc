/** What an import would do: its rows, those that cannot be kept and why, and what is odd about its bars. */
import { Button, Checkbox, Radio } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type BarsReport, type Fault, type ImportCheck, problemOf, useClient } from "../../../api/client";
import { Facts, Section } from "../../../components/Facts";
import { Failed, Note } from "../../../components/Message";
import { TaskWaiting } from "../../../frame/TaskWaiting";
import { taskQuery, useTaskOf } from "../../../frame/task";
import { whole } from "../../../lib/number";
import { day } from "../../../lib/time";
import { filesOf, type ImportDraft, optionsOf } from "./draft";
import styles from "./Import.module.css";

export function useImportCheck(draft: ImportDraft, isWanted: boolean) {
  const client = useClient();
  const queries = useQueryClient();
  const files = filesOf(draft);
  // It counts what would be left out, whether or not that is chosen.
  const options = { ...optionsOf(draft), drop_bad_rows: true };
  const queryKey = ["import-check", files, options];
  const query = useQuery({
    ...taskQuery(client, queries, queryKey, (task) => client.checkImport(task, files, options)),
    enabled: isWanted,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });
  return { query, task: useTaskOf(queryKey), cancel: () => void queries.cancelQueries({ queryKey }) };
}

/** Rows that must be left out for the import to work. */
export function mustDrop(check: ImportCheck): boolean {
  return check.faults.some((fault) => fault.drops);
}

type CheckStepProps = {
  draft: ImportDraft;
  check: ReturnType<typeof useImportCheck>;
  onChange: (part: Partial<ImportDraft>) => void;
};

export function CheckStep({ draft, check: { query, task, cancel }, onChange }: CheckStepProps) {
  if (query.data !== undefined) return <Report check={query.data} draft={draft} onChange={onChange} />;
  if (query.isFetching) {
    return task !== null && <TaskWaiting what="Reading every row" task={task} onCancel={cancel} />;
  }
  if (query.error !== null) {
    return (
      <Failed title="The files were not checked" problem={problemOf(query.error)} retry={() => void query.refetch()} />
    );
  }
  return (
    <div className="stack">
      <p>The check was stopped. Nothing is known yet of the rows that cannot be kept.</p>
      <div>
        <Button variant="default" onClick={() => void query.refetch()}>
          Check again
        </Button>
      </div>
    </div>
  );
}

type ReportProps = { check: ImportCheck; draft: ImportDraft; onChange: (part: Partial<ImportDraft>) => void };

function Report({ check, draft, onChange }: ReportProps) {
  const dropped = check.faults.filter((fault) => fault.drops);
  const kept = check.faults.filter((fault) => !fault.drops);
  return (
    <div className="stack" data-testid="import-check">
      <p role="status">
        {whole(check.rows)} rows can be imported{check.dropped === 0 ? "." : `, ${whole(check.dropped)} cannot.`}
      </p>
      {dropped.length > 0 && (
        <>
          <FaultTable title="Rows that cannot be kept" faults={dropped} />
          <Radio.Group
            label="What to do with them"
            value={draft.dropsBadRows ? "drop" : "stop"}
            onChange={(value) => onChange({ dropsBadRows: value === "drop" })}
          >
            <div className={styles.choices}>
              <Radio size="xs" value="stop" label="Stop: import nothing until the file is corrected" />
              <Radio size="xs" value="drop" label={`Leave these ${whole(check.dropped)} rows out`} />
            </div>
          </Radio.Group>
        </>
      )}
      {kept.length > 0 && <FaultTable title="Odd rows that are kept" faults={kept} />}
      {check.bars !== null && <Bars bars={check.bars} isSorted={draft.sort} onSort={(sort) => onChange({ sort })} />}
    </div>
  );
}

function FaultTable({ title, faults }: { title: string; faults: readonly Fault[] }) {
  return (
    <Section title={title}>
      <table className={styles.columns}>
        <thead>
          <tr>
            {["What is wrong", "Rows", "Lines", "For example"].map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {faults.map(({ reason, count, lines, example }) => (
            <tr key={reason}>
              <th scope="row">{reason}</th>
              <td>{whole(count)}</td>
              <td>
                {lines.map((line) => whole(line)).join(", ")}
                {lines.length < (count ?? 0) && " …"}
              </td>
              <td className={styles.example}>{example}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}

type BarsProps = { bars: BarsReport; isSorted: boolean; onSort: (isSorted: boolean) => void };

function Bars({ bars, isSorted, onSort }: BarsProps) {
  const odd: [words: string, name: keyof BarsReport, count: number | null][] = [
    ["High below low", "high_below_low", bars.high_below_low],
    ["Open or close outside low to high", "prices_outside_range", bars.prices_outside_range],
    ["Prices at or below zero", "prices_not_positive", bars.prices_not_positive],
    ["Without volume", "zero_volume", bars.zero_volume],
    ["Times that occur twice", "duplicates", bars.duplicates],
    ["Missing bars", "gaps", bars.gaps],
  ];
  const found = odd.filter(([, , count]) => (count ?? 0) > 0);
  const linesOf = (name: string) => {
    const lines = bars.lines[name] ?? [];
    return lines.length === 0 ? "" : `, from line ${whole(lines[0])}`;
  };
  return (
    <Section title="Bars">
      <div className={styles.facts}>
        <Facts
          facts={[
            ["Tickers", whole(bars.tickers)],
            ["From", day(bars.from)],
            ["To", day(bars.to)],
            ...found.map(([words, name, count]): [string, string] => [words, `${whole(count)}${linesOf(name)}`]),
          ]}
        />
      </div>
      {found.length === 0 && <Note tone="positive">Prices are in order, and no bar is missing or occurs twice.</Note>}
      {(bars.unsorted ?? 0) > 0 && (
        <Note tone="warning">{whole(bars.unsorted)} bars stand before an earlier one of their ticker.</Note>
      )}
      {((bars.unsorted ?? 0) > 0 || isSorted) && (
        <Checkbox
          size="xs"
          label="Sort rows by ticker and time"
          checked={isSorted}
          onChange={(event) => onSort(event.currentTarget.checked)}
        />
      )}
    </Section>
  );
}
