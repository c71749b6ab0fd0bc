/** Asks which files become which table, starts the import, and says why where it cannot. */
import { Button, Checkbox, Modal, SegmentedControl, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { type JobRecord, type Problem, problemOf, useClient } from "../../api/client";
import { useJobs } from "../../api/queries";
import { FolderIcon } from "../../components/icons";
import { Note } from "../../components/Message";
import { ProgressBar } from "../../components/ProgressBar";
import { useWorkbench } from "../../frame/Workbench";
import { whole } from "../../lib/number";
import { navigate } from "../../lib/route";
import styles from "./Data.module.css";

type IfExists = "fail" | "append" | "replace";
const CHOICES: { value: IfExists; label: string }[] = [
  { value: "fail", label: "Stop" },
  { value: "append", label: "Append" },
  { value: "replace", label: "Replace" },
];

/** `/data/AAPL daily.csv` as `AAPL_daily`. */
function tableFor(file: string): string {
  const name = file.split(/[\\/]/).at(-1) ?? file;
  return name.replace(/\.[^.]*$/, "").replace(/[^A-Za-z0-9_]+/g, "_");
}

const orNull = (text: string) => (text.trim() === "" ? null : text.trim());

export function ImportModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Import files" size={520}>
      <ImportForm onClose={onClose} />
    </Modal>
  );
}

function ImportForm({ onClose }: { onClose: () => void }) {
  const client = useClient();
  const { start, workspace } = useWorkbench();
  const [files, setFiles] = useState("");
  const [table, setTable] = useState("");
  const [ticker, setTicker] = useState("");
  const [interval, setInterval_] = useState("");
  const [ifExists, setIfExists] = useState<IfExists>("fail");
  const [sort, setSort] = useState(false);
  const [refused, setRefused] = useState<Problem | null>(null);
  const [jobId, setJobId] = useState<string | null>(null);
  const job = useJobs().data?.find((one) => one.id === jobId) ?? null;

  const paths = files.split("\n").flatMap((line) => orNull(line) ?? []);
  const take = (text: string) => {
    setFiles(text);
    const first = orNull(text.split("\n")[0] ?? "");
    if (table === "" && first !== null) setTable(`${workspace?.dataset ?? "main"}.${tableFor(first)}`);
  };
  const browse = async () => {
    const picked = await client.pickFiles("Choose files to import");
    if (picked.length > 0) take([...paths, ...picked].join("\n"));
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setRefused(null);
    try {
      const id = await start(
        {
          operation: "import",
          files: paths,
          table: table.trim(),
          if_exists: ifExists,
          ticker: orNull(ticker),
          interval: orNull(interval),
          sort,
        },
        "stay",
      );
      setJobId(id);
    } catch (thrown) {
      setRefused(problemOf(thrown));
    }
  };

  if (job !== null && job.state === "done") return <Imported job={job} onClose={onClose} />;
  const problem = refused ?? job?.problem ?? null;
  const isRunning = job?.state === "running";
  return (
    <form className="stack" onSubmit={(event) => void submit(event)} aria-label="Import files">
      <div>
        <Textarea
          label="Files, one a line: CSV, JSON, NDJSON or Parquet"
          placeholder="/path/to/bars.csv"
          rows={3}
          value={files}
          onChange={(event) => take(event.currentTarget.value)}
          data-testid="import-files"
        />
        <Button mt={6} variant="default" leftSection={<FolderIcon size={15} />} onClick={() => void browse()}>
          Browse…
        </Button>
      </div>
      <TextInput
        label="Table"
        placeholder="dataset.table"
        value={table}
        onChange={(event) => setTable(event.currentTarget.value)}
        data-testid="import-table"
      />
      <div className="pair">
        <TextInput
          label="Ticker, where the files name none"
          placeholder="AAPL"
          value={ticker}
          onChange={(event) => setTicker(event.currentTarget.value)}
        />
        <TextInput
          label="Interval, where the files name none"
          placeholder="1d"
          value={interval}
          onChange={(event) => setInterval_(event.currentTarget.value)}
        />
      </div>
      <div>
        <span className="label" id="if-exists">
          If the table exists
        </span>
        <div>
          <SegmentedControl
            size="xs"
            aria-labelledby="if-exists"
            data={CHOICES}
            value={ifExists}
            onChange={(value) => setIfExists(value)}
          />
        </div>
      </div>
      <Checkbox
        size="xs"
        label="Sort rows by ticker and time"
        checked={sort}
        onChange={(event) => setSort(event.currentTarget.checked)}
      />
      {problem !== null && (
        <Note tone="negative">
          <p>{problem.message}</p>
          {problem.hint !== "" && <p>{problem.hint}</p>}
        </Note>
      )}
      {job?.state === "cancelled" && <Note tone="warning">The import was cancelled; nothing was written.</Note>}
      {isRunning && <ProgressBar fraction={job.fraction} label={job.title} />}
      <div className={styles.buttons}>
        <Button variant="default" onClick={onClose}>
          {isRunning ? "Close and go on" : "Close"}
        </Button>
        <Button
          type="submit"
          loading={isRunning}
          disabled={paths.length === 0 || table.trim() === ""}
          data-testid="import-button"
        >
          Import
        </Button>
      </div>
    </form>
  );
}

function Imported({ job, onClose }: { job: JobRecord; onClose: () => void }) {
  const outcome = job.outcome?.kind === "import" ? job.outcome : null;
  return (
    <div className="stack">
      <Note tone="positive">
        <p>
          {whole(outcome?.rows)} rows are in {outcome?.table}.
        </p>
        {outcome?.notes.map((note) => (
          <p key={note}>{note}</p>
        ))}
      </Note>
      <div className={styles.buttons}>
        <Button
          onClick={() => {
            onClose();
            if (outcome !== null) navigate("data", outcome.table);
          }}
        >
          Open the table
        </Button>
      </div>
    </div>
  );
}
