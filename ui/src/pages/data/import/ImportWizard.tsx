/** Files become a table, step by step: how they are written, what their columns are, what is wrong with their rows. */
import { Button, Modal, Textarea, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { CancelledError, keepPreviousData, useIsFetching, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import {
  type IfExists,
  type ImportPreview,
  type JobRecord,
  type Problem,
  problemOf,
  useClient,
} from "../../../api/client";
import { useJobs } from "../../../api/queries";
import { FolderIcon } from "../../../components/icons";
import { Loading, Note, ProblemNote } from "../../../components/Message";
import { ProgressBar } from "../../../components/ProgressBar";
import { TaskWaiting } from "../../../frame/TaskWaiting";
import { taskQuery, useTaskOf } from "../../../frame/task";
import { useWorkbench } from "../../../frame/Workbench";
import { percent, whole } from "../../../lib/number";
import { navigate } from "../../../lib/route";
import { IfExistsChoice } from "../query/ResultView";
import { CheckStep, mustDrop, useImportCheck } from "./CheckStep";
import { ColumnsStep } from "./ColumnsStep";
import {
  columnsRefusal,
  filesOf,
  type ImportDraft,
  NOTHING_CHOSEN,
  optionsOf,
  previewOptions,
  tableFor,
} from "./draft";
import { FormatStep } from "./FormatStep";
import styles from "./Import.module.css";
import { PreviewTable } from "./PreviewTable";

const STEPS = ["Files", "Format", "Columns", "Check", "Table"] as const;
const LAST = STEPS.length - 1;
const PAUSE_MS = 250;

type ImportWizardProps = {
  /** Dropped onto the window. */
  files: readonly string[];
  onClose: () => void;
};

export function ImportWizard({ files, onClose }: ImportWizardProps) {
  return (
    <Modal opened onClose={onClose} title="Import files" size={940} closeOnClickOutside={false}>
      <Wizard files={files} onClose={onClose} />
    </Modal>
  );
}

function Wizard({ files, onClose }: ImportWizardProps) {
  const client = useClient();
  const queries = useQueryClient();
  const { start, cancel, workspace } = useWorkbench();
  const [draft, setDraft] = useState<ImportDraft>({ ...NOTHING_CHOSEN, files: files.join("\n") });
  const [step, setStep] = useState(0);
  const [table, setTable] = useState("");
  const [ifExists, setIfExists] = useState<IfExists>("fail");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isWaiting, setWaiting] = useState(false);
  const [jobId, setJobId] = useState<string | null>(null);
  const job = useJobs().data?.find((one) => one.id === jobId) ?? null;

  const paths = filesOf(draft);
  const previewQuery = (of: ImportDraft) => {
    const [files, options] = [filesOf(of), previewOptions(of)];
    const work = (task: string) => client.previewImport(task, files, options);
    return { ...taskQuery(client, queries, ["import-preview", files, options], work), gcTime: 60_000 };
  };
  const [settled] = useDebouncedValue(draft, PAUSE_MS);
  const preview = useQuery({
    ...previewQuery(settled),
    enabled: step > 0 && filesOf(settled).length > 0,
    placeholderData: keepPreviousData,
  });
  // What cannot be read is corrected while the last that could be read still shows.
  const [known, setKnown] = useState<ImportPreview>();
  if (preview.data !== undefined && preview.data !== known) setKnown(preview.data);
  const { queryKey: previewKey } = previewQuery(step === 0 ? draft : settled);
  const reading = useTaskOf(previewKey);
  const isReading = useIsFetching({ queryKey: previewKey, exact: true }) > 0;
  // Files that nobody imports any more are read no further.
  useEffect(() => () => void queries.cancelQueries({ queryKey: ["import-preview"] }), [queries]);
  const check = useImportCheck(draft, step === 3);
  const change = (part: Partial<ImportDraft>) => {
    setProblem(null);
    setDraft((now) => ({ ...now, ...part }));
  };

  const readFiles = async () => {
    setWaiting(true);
    setProblem(null);
    try {
      await queries.fetchQuery(previewQuery(draft));
      if (table === "") setTable(`${workspace?.dataset ?? "main"}.${tableFor(paths[0] ?? "")}`);
      setStep(1);
    } catch (thrown) {
      // Being stopped is not a failure.
      if (!(thrown instanceof CancelledError)) setProblem(problemOf(thrown));
    }
    setWaiting(false);
  };
  const submit = async () => {
    setProblem(null);
    setWaiting(true);
    try {
      const request = { operation: "import", files: paths, table: table.trim(), if_exists: ifExists } as const;
      setJobId(await start({ ...request, options: optionsOf(draft) }, "stay"));
    } catch (thrown) {
      setProblem(problemOf(thrown));
    }
    setWaiting(false);
  };

  const columns = draft.columns ?? known?.columns ?? [];
  const refusal = ((): string | null => {
    switch (step) {
      case 0:
        return paths.length === 0 ? "Choose at least one file." : null;
      case 1:
        return preview.error !== null ? problemOf(preview.error).message : null;
      case 2:
        return preview.error !== null ? problemOf(preview.error).message : columnsRefusal(columns);
      case 3:
        if (check.query.data === undefined) return "The rows are not checked yet.";
        return mustDrop(check.query.data) && !draft.dropsBadRows
          ? "Some rows cannot be kept: correct the file, or leave them out."
          : null;
      default:
        return table.trim() === "" ? "The table needs a name." : null;
    }
  })();
  const isRunning = job?.state === "running";
  const goOn = (event: FormEvent) => {
    event.preventDefault();
    if (refusal !== null || isWaiting || isRunning) return;
    if (step === 0) void readFiles();
    else if (step === LAST) void submit();
    else setStep(step + 1);
  };

  if (job !== null && job.state === "done") return <Imported job={job} onClose={onClose} />;
  const failure = problem ?? job?.problem ?? null;
  return (
    <form className={styles.wizard} onSubmit={goOn} aria-label="Import files">
      <ol className={styles.steps} aria-label="Steps">
        {STEPS.map((name, i) => (
          <li key={name} aria-current={i === step ? "step" : undefined}>
            <button type="button" disabled={i >= step || isRunning} onClick={() => setStep(i)}>
              {i + 1}. {name}
            </button>
          </li>
        ))}
      </ol>
      <div className={styles.body}>
        {step === 0 && <FilesStep draft={draft} paths={paths} onChange={change} />}
        {step > 0 && step < LAST && preview.error !== null && step !== 3 && (
          <ProblemNote problem={problemOf(preview.error)} />
        )}
        {step === 1 && (
          <Previewed preview={known}>
            {(shown) => (
              <>
                <FormatStep
                  format={draft.format ?? shown.format}
                  detected={shown.detected}
                  onChange={(format) => change({ format, columns: null })}
                />
                <PreviewTable preview={shown} />
              </>
            )}
          </Previewed>
        )}
        {step === 2 && (
          <Previewed preview={known}>
            {(shown) => <ColumnsStep draft={draft} preview={shown} onChange={change} />}
          </Previewed>
        )}
        {step === 3 && <CheckStep draft={draft} check={check} onChange={change} />}
        {step === LAST && (
          <div className="stack">
            <TextInput
              label="Table, as dataset.table"
              placeholder="dataset.table"
              value={table}
              onChange={(event) => setTable(event.currentTarget.value)}
              data-autofocus
              data-testid="import-table"
            />
            <IfExistsChoice value={ifExists} onChange={setIfExists} />
            {draft.dropsBadRows && check.query.data !== undefined && (
              <Note tone="warning">{whole(check.query.data.dropped)} rows are left out.</Note>
            )}
            {isRunning && (
              <div>
                <ProgressBar fraction={job.fraction} label={job.title} />
                <p className="label" role="status">
                  {percent(job.fraction, 0)} {job.stage}
                </p>
              </div>
            )}
            {job?.state === "cancelled" && <Note tone="warning">The import was cancelled; nothing was written.</Note>}
          </div>
        )}
      </div>
      {isReading && reading !== null && (
        <TaskWaiting
          what="Reading the beginning of the file"
          task={reading}
          onCancel={() => void queries.cancelQueries({ queryKey: previewKey, exact: true })}
        />
      )}
      {failure !== null && <ProblemNote problem={failure} />}
      <div className={styles.foot}>
        <Button variant="default" onClick={onClose}>
          {isRunning ? "Close and go on" : "Close"}
        </Button>
        <span className={styles.grow}>
          {refusal !== null && step > 0 && (
            <span className="label" role="status">
              {refusal}
            </span>
          )}
        </span>
        {step > 0 && !isRunning && (
          <Button variant="default" onClick={() => setStep(step - 1)}>
            Back
          </Button>
        )}
        {isRunning && (
          <Button variant="default" onClick={() => void cancel(job.id)}>
            Cancel
          </Button>
        )}
        {step < LAST ? (
          <Button type="submit" loading={isWaiting} disabled={refusal !== null} data-testid="import-next">
            Next
          </Button>
        ) : (
          <Button
            type="submit"
            loading={isWaiting || isRunning}
            disabled={refusal !== null}
            data-testid="import-button"
          >
            Import
          </Button>
        )}
      </div>
    </form>
  );
}

type PreviewedProps = {
  preview: ImportPreview | undefined;
  children: (preview: ImportPreview) => React.ReactNode;
};

function Previewed({ preview, children }: PreviewedProps) {
  return preview === undefined ? <Loading what="Reading the beginning of the file" /> : children(preview);
}

type FilesStepProps = { draft: ImportDraft; paths: string[]; onChange: (part: Partial<ImportDraft>) => void };

function FilesStep({ draft, paths, onChange }: FilesStepProps) {
  const client = useClient();
  const [problem, setProblem] = useState<Problem | null>(null);
  // Other files are written in another way.
  const take = (files: string) => onChange({ files, format: null, columns: null, bars: null });
  const browse = async () => {
    setProblem(null);
    try {
      const picked = await client.pickFiles("Choose files to import");
      if (picked.length > 0) take([...paths, ...picked].join("\n"));
    } catch (thrown) {
      setProblem(problemOf(thrown));
    }
  };
  return (
    <div className="stack">
      <Textarea
        label="Files, one a line: CSV, JSON, NDJSON, Parquet or Arrow"
        placeholder="/path/to/bars.csv"
        rows={5}
        value={draft.files}
        onChange={(event) => take(event.currentTarget.value)}
        data-autofocus
        data-testid="import-files"
      />
      <div className={styles.browse}>
        <Button variant="default" leftSection={<FolderIcon size={15} />} onClick={() => void browse()}>
          Browse…
        </Button>
        <span className="label">
          Files may also be dropped onto the window. Several go into one table, all of them or none.
        </span>
      </div>
      {problem !== null && <ProblemNote problem={problem} />}
    </div>
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
      <div className="buttons">
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
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
