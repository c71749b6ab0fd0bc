/** Which warehouse the workspace uses, where, and within which limits. What is saved here is in the workspace's file. */
import { Button, Radio, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import {
  type FieldProblem,
  type GoogleSettings,
  type GoogleSettingsPage,
  type Problem,
  problemOf,
  useClient,
} from "../../api/client";
import { forgetWorkspace, useConnection, useGoogleSettings, useWorkspace } from "../../api/queries";
import { Copyable } from "../../components/Facts";
import { Note, ProblemNote, Shown } from "../../components/Message";
import { viewOf } from "../../lib/view";
import { READ_ONLY } from "../data/actions";
import { NoWorkspace } from "../NoWorkspace";
import styles from "./Settings.module.css";

export function WarehouseSection() {
  const workspace = useWorkspace();
  const view = viewOf(useGoogleSettings());
  if (workspace === null) return <NoWorkspace shows="Which warehouse is used is a setting of a workspace." />;
  return (
    <Shown view={view} loading="Reading the settings" failed="The settings were not read">
      {(page) => <WarehouseForm key={JSON.stringify(page)} page={page} isReadOnly={workspace?.read_only === true} />}
    </Shown>
  );
}

type Choice = GoogleSettings["warehouse"];
type Name = Exclude<keyof GoogleSettings, "warehouse">;

/** The project a form means. */
function projectOf(settings: GoogleSettings, connected: string | null): string {
  return settings.project.trim() || connected || "the connection's project";
}

function choices(project: string, embedded: string): { value: Choice; label: string; description: string }[] {
  return [
    {
      value: "off",
      label: "Embedded alone",
      description: "Tables are in the workspace's folder. BigQuery is not used.",
    },
    {
      value: "embedded",
      label: "Embedded, with BigQuery beside it",
      description: `Names without a project mean the workspace's tables, and runs write there; those of ${project} are read by their full names.`,
    },
    {
      value: "bigquery",
      label: "BigQuery, with the embedded one beside it",
      description: `Names without a project mean tables of ${project}, and runs write there; the workspace's tables are named ${embedded}.dataset.table.`,
    },
  ];
}

/** What another choice changes for what is there already. */
function changeWords(from: Choice, to: Choice, project: string, embedded: string): string {
  if (to === "off") {
    return `The tables of ${project} stay there and are no longer listed. ${
      from === "bigquery" ? `Runs write into ${embedded} again, and runs that are kept on BigQuery no longer show.` : ""
    }`.trim();
  }
  if (to === "bigquery") {
    return `From now on runs are written to ${project} and billed there. Runs and tables so far stay in ${embedded}: the Models page shows those of BigQuery.`;
  }
  return from === "bigquery"
    ? `Runs write into ${embedded} again, and runs that are kept on BigQuery no longer show on the Models page.`
    : `The tables of ${project} are listed beside the workspace's own. Reading them is billed.`;
}

function WarehouseForm({ page, isReadOnly }: { page: GoogleSettingsPage; isReadOnly: boolean }) {
  const client = useClient();
  const queries = useQueryClient();
  const connection = useConnection().data ?? null;
  const [draft, setDraft] = useState(page.settings);
  const [refused, setRefused] = useState<FieldProblem[]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isSaving, setSaving] = useState(false);
  const { settings: saved, embedded_project: embedded } = page;
  const project = projectOf(draft, connection?.project ?? null);
  const isChanged = JSON.stringify(draft) !== JSON.stringify(saved);

  const change = (part: Partial<GoogleSettings>) => {
    setDraft((now) => ({ ...now, ...part }));
    // What was said of a field no longer holds when it changes.
    setRefused((now) => now.filter(({ field }) => !(field in part)));
    setProblem(null);
  };
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!isChanged || isReadOnly) return;
    setProblem(null);
    setSaving(true);
    try {
      const found = await client.saveGoogleSettings(draft);
      setRefused(found);
      if (found.length === 0) await forgetWorkspace(queries);
    } catch (thrown) {
      setProblem(problemOf(thrown));
    }
    setSaving(false);
  };
  const field = (name: Name, label: string, placeholder: string, description?: string) => {
    const found = refused.find((one) => one.field === name)?.problem;
    return (
      <TextInput
        label={label}
        placeholder={placeholder}
        description={description}
        error={found === undefined ? null : `${found.message}. ${found.hint}`}
        value={draft[name]}
        onChange={(event) => change({ [name]: event.currentTarget.value })}
        disabled={isReadOnly}
        spellCheck={false}
        autoComplete="off"
        data-testid={`setting-${name}`}
      />
    );
  };
  return (
    <form className="stack" aria-label="Warehouse of the workspace" onSubmit={(event) => void save(event)}>
      <section className="card card-body" aria-label="Warehouse">
        <h2 className="card-title" id="warehouse-title">
          Warehouse of this workspace
        </h2>
        <Radio.Group
          aria-labelledby="warehouse-title"
          value={draft.warehouse}
          onChange={(value) => {
            const chosen = choices(project, embedded).find((choice) => choice.value === value);
            if (chosen !== undefined) change({ warehouse: chosen.value });
          }}
        >
          <div className={styles.choices}>
            {choices(project, embedded).map(({ value, label, description }) => (
              <Radio
                key={value}
                size="xs"
                value={value}
                label={label}
                description={description}
                disabled={isReadOnly}
                data-testid={`warehouse-${value}`}
              />
            ))}
          </div>
        </Radio.Group>
        {draft.warehouse !== saved.warehouse && (
          <div data-testid="warehouse-changes">
            <Note tone="warning">{changeWords(saved.warehouse, draft.warehouse, project, embedded)}</Note>
          </div>
        )}
        {(draft.warehouse !== "off" || draft.bucket.trim() !== "") && connection === null && (
          <Note tone="warning">
            Nobody is connected to Google Cloud: BigQuery and a bucket can be used once somebody is.{" "}
            <a className="link" href="#/settings/connection">
              Connect
            </a>
          </Note>
        )}
        <div className="pair">
          {field("project", "Project of BigQuery", connection?.project ?? "the connection's")}
          {field("location", "Location of new datasets", connection?.location ?? "BigQuery's choice")}
        </div>
      </section>
      <section className="card card-body" aria-label="Models">
        <h2 className="card-title">Models</h2>
        <div className="pair">
          {field("bucket", "Bucket", "none: the workspace's folder")}
          {field("domain", "Domain", "none", "A folder before models/, for model files from now on")}
        </div>
      </section>
      <section className="card card-body" aria-label="Limits of BigQuery">
        <h2 className="card-title">Limits of BigQuery</h2>
        <div className={styles.triple}>
          {field("max_bytes", "A query reads at most", page.default_max_bytes)}
          {field("max_job_bytes", "A job reads at most", "no limit", "All queries of a job together")}
          {field("copy_limit", "A table is copied here up to", page.default_copy_limit)}
        </div>
      </section>
      {problem !== null && <ProblemNote problem={problem} />}
      <div className={styles.action}>
        <Button
          type="submit"
          loading={isSaving}
          disabled={!isChanged || isReadOnly}
          title={isReadOnly ? READ_ONLY : undefined}
          data-testid="save-settings"
        >
          Save
        </Button>
        <Button
          variant="default"
          disabled={!isChanged || isSaving}
          onClick={() => {
            setDraft(saved);
            setRefused([]);
            setProblem(null);
          }}
        >
          Undo the changes
        </Button>
        <span className="label" data-testid="settings-state">
          {isReadOnly ? READ_ONLY : isChanged ? "Not saved yet" : "As saved in"}
        </span>
        <Copyable text={page.file} what="the file of the settings" />
      </div>
    </form>
  );
}
