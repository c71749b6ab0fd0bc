/** What a person adds to a run and does with it: alias, tags, note, predict, repeat, delete. */
import { Button, Textarea, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type Problem, problemOf, type RunRecord, type RunSummary, useClient } from "../../api/client";
import { forgetRegistry, useRun } from "../../api/queries";
import { Copyable, Facts, Id, Section } from "../../components/Facts";
import { CloseIcon } from "../../components/icons";
import { Note, ProblemNote } from "../../components/Message";
import { showProblem } from "../../frame/Workbench";
import { pValue, score, whole } from "../../lib/number";
import { hashOf } from "../../lib/route";
import { shortTable } from "../../lib/tables";
import { duration, timestamp } from "../../lib/time";
import styles from "./Models.module.css";

export type RunActions = {
  predict: () => void;
  repeat: () => void;
  exportModel: () => void;
  remove: () => void;
  restore: () => void;
  /** Null where there is nothing to compare with. */
  compareWithChampion: (() => void) | null;
};

type RunRegistryProps = {
  run: RunSummary;
  record: RunRecord | undefined;
  canWrite: boolean;
  actions: RunActions;
};

export function RunRegistry({ run, record, canWrite, actions }: RunRegistryProps) {
  const client = useClient();
  const queries = useQueryClient();
  const id = run.model_execution_id;
  const isDeleted = run.deleted_at !== null;
  const change = async (work: () => Promise<unknown>) => {
    await work();
    await forgetRegistry(queries);
  };
  const attempt = async (title: string, work: () => Promise<unknown>) => {
    try {
      await change(work);
    } catch (thrown) {
      showProblem(title, problemOf(thrown));
    }
  };
  const [moved, setMoved] = useState<string | null>(null);
  const giveAlias = (alias: string) =>
    change(async () => {
      const { from } = await client.giveAlias(id, alias);
      setMoved(from === null || from === id ? null : `${alias} was ${from.slice(0, 8)}… before.`);
    });
  const canEdit = canWrite && !isDeleted;
  return (
    <div className="stack">
      <Section title="Run">
        <p className={styles.modelType}>{run.model_type}</p>
        <p className="label">
          R² {score(run.rsquared)}, control {score(run.control_median)}, p {pValue(run.p_value)}
          {run.leaks && ", leaking split"}
        </p>
        {isDeleted && <Note tone="warning">In the trash since {timestamp(run.deleted_at).slice(0, 16)} UTC.</Note>}
        <div className={styles.actions}>
          {isDeleted ? (
            <Button onClick={actions.restore} disabled={!canWrite} data-testid="restore-run">
              Restore
            </Button>
          ) : (
            <>
              <Button onClick={actions.predict} disabled={!canWrite} data-testid="predict">
                Predict…
              </Button>
              <Button variant="default" onClick={actions.repeat} disabled={!canWrite} data-testid="repeat-run">
                Repeat
              </Button>
              <Button variant="default" onClick={actions.exportModel} data-testid="export-model">
                Export…
              </Button>
              <Button variant="default" onClick={actions.remove} disabled={!canWrite} data-testid="delete-run">
                Delete
              </Button>
            </>
          )}
        </div>
        {actions.compareWithChampion !== null && (
          <button type="button" className="link" onClick={actions.compareWithChampion} data-testid="compare-champion">
            Compare with the champion
          </button>
        )}
      </Section>
      <Section title="Alias">
        <Chips
          names={run.aliases}
          one="alias"
          onRemove={canEdit ? (alias) => void attempt("The alias stays", () => client.takeAlias(id, alias)) : undefined}
        />
        {canEdit && (
          <>
            <AddField
              key={id}
              label="Give an alias"
              placeholder="Give an alias…"
              testId="add-alias"
              onAdd={giveAlias}
            />
            {!run.aliases.includes("champion") && (
              <button
                type="button"
                className="link"
                data-testid="make-champion"
                onClick={() => void attempt("The alias was not given", () => giveAlias("champion"))}
              >
                Make it the champion for {run.outcome}
              </button>
            )}
          </>
        )}
        {moved !== null && (
          <p className="label" role="status" data-testid="alias-moved">
            {moved}
          </p>
        )}
      </Section>
      <Section title="Tags">
        <Chips
          names={run.tags}
          one="tag"
          onRemove={canEdit ? (tag) => void attempt("The tag stays", () => client.untagRun(id, [tag])) : undefined}
        />
        {canEdit && (
          <AddField
            key={id}
            label="Add a tag"
            placeholder="Add a tag…"
            testId="add-tag"
            onAdd={(tag) => change(() => client.tagRun(id, [tag]))}
          />
        )}
      </Section>
      <Section title="Note">
        <NoteField
          key={`${id} ${run.note}`}
          note={run.note}
          canEdit={canEdit}
          onSave={(text) => change(() => client.noteRun(id, text))}
        />
      </Section>
      <Identity id={id} record={record} />
    </div>
  );
}

type ChipsProps = { names: readonly string[]; one: string; onRemove: ((name: string) => void) | undefined };

function Chips({ names, one, onRemove }: ChipsProps) {
  if (names.length === 0) return <p className="muted">None.</p>;
  return (
    <ul className={styles.chips}>
      {names.map((name) => (
        <li key={name} className={one === "alias" ? styles.alias : styles.tag} data-testid={`${one}-${name}`}>
          {name}
          {onRemove !== undefined && (
            <button type="button" aria-label={`Remove the ${one} ${name}`} onClick={() => onRemove(name)}>
              <CloseIcon size={11} aria-hidden />
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

type AddFieldProps = { label: string; placeholder: string; testId: string; onAdd: (name: string) => Promise<void> };

/** Enter adds what was written; what is refused stays, with the reason. */
function AddField({ label, placeholder, testId, onAdd }: AddFieldProps) {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === "") return;
    setProblem(null);
    try {
      await onAdd(text.trim());
      setText("");
    } catch (thrown) {
      setProblem(problemOf(thrown));
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <TextInput
        aria-label={label}
        placeholder={placeholder}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        data-testid={testId}
        rightSection={
          text.trim() === "" ? null : (
            <button type="submit" className="link">
              Add
            </button>
          )
        }
        rightSectionWidth={38}
      />
      {problem !== null && <ProblemNote problem={problem} />}
    </form>
  );
}

type NoteFieldProps = { note: string; canEdit: boolean; onSave: (text: string) => Promise<void> };

/** Saved when the field is left, or with Ctrl and Enter. */
function NoteField({ note, canEdit, onSave }: NoteFieldProps) {
  const [text, setText] = useState(note);
  const save = async () => {
    if (text.trim() === note) return;
    try {
      await onSave(text);
    } catch (thrown) {
      showProblem("The note was not saved", problemOf(thrown));
    }
  };
  if (!canEdit) return note === "" ? <p className="muted">None.</p> : <p className={styles.note}>{note}</p>;
  return (
    <Textarea
      aria-label="Note"
      placeholder="What this run is for"
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={() => void save()}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void save();
      }}
      autosize
      minRows={2}
      maxRows={8}
      data-testid="note"
    />
  );
}

function Identity({ id, record }: { id: string; record: RunRecord | undefined }) {
  const run = useRun(id).data;
  if (run === undefined) return null;
  const repeated = record?.repeat_of ?? null;
  return (
    <Section title="Identity">
      <Facts
        facts={[
          ["Outcome", run.outcome],
          ["Execution", <Id key="run" id={id} what="the run's id" testId="model-run-id" />],
          ["Model", <Id key="model" id={run.model_id} what="the model's id" />],
          ["Data", <Copyable key="data" text={run.source} shown={shortTable(run.source)} what="the source" />],
          ["SHA-256", <Id key="hash" id={run.data_hash} what="the data's hash" />],
          ["Rows", whole(run.record_count)],
          ["Features", whole(run.feature_count)],
          ["Took", `${duration(run.run_time_seconds)}, ${whole(run.fits)} fits`],
          ["Ran", timestamp(run.executed_at).slice(0, 16)],
          [
            "Repeats",
            repeated === null ? null : (
              <a key="of" className={styles.tableLink} href={hashOf("models", repeated)}>
                {repeated.slice(0, 8)}…
              </a>
            ),
          ],
        ]}
      />
      <Copyable text={run.model_file} shown="Copy the model file's path" what="the model file" kind="words" />
    </Section>
  );
}
