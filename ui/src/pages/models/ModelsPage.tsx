/** The registry: every run with its score against its control; find, compare, name, repeat, delete and use them. */
import { Button, Modal } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { problemOf, type RunSummary, useClient } from "../../api/client";
import { forgetRegistry, useRunRecord, useRuns, useWorkspace } from "../../api/queries";
import { Empty, Note, Shown } from "../../components/Message";
import { PageLayout } from "../../frame/PageLayout";
import { showProblem, useWorkbench } from "../../frame/Workbench";
import { whole } from "../../lib/number";
import { navigate } from "../../lib/route";
import { viewOf } from "../../lib/view";
import { useWish } from "../../lib/wishes";
import { NoWorkspace } from "../NoWorkspace";
import { CompareView } from "./CompareView";
import { ExportDialog } from "./ExportDialog";
import { FilterPanel } from "./FilterPanel";
import styles from "./Models.module.css";
import { PredictDialog } from "./PredictDialog";
import { filters, finished, runsOf, sortedBy, unfiltered, useRunQuery } from "./query";
import { RunDetails } from "./RunDetails";
import { type RunActions, RunRegistry } from "./RunRegistry";
import { RunTable } from "./RunTable";

/** Long enough to read the message and to change one's mind. */
const UNDO_MS = 15_000;

export function ModelsPage({ id }: { id: string | null }) {
  const workspace = useWorkspace();
  return workspace === null ? (
    <PageLayout
      page="models"
      leftLabel="Filters"
      left={<p className="muted">The filters show here.</p>}
      rightLabel="Run"
      right={<p className="muted">What is kept of a run shows here.</p>}
    >
      <NoWorkspace shows="Models lists every run with its score against the score without signal." />
    </PageLayout>
  ) : (
    <Registry key={workspace?.path ?? ""} id={id} />
  );
}

function Registry({ id }: { id: string | null }) {
  const client = useClient();
  const queries = useQueryClient();
  const { workspace, start } = useWorkbench();
  const canWrite = workspace?.read_only === false;
  const [query, setQuery] = useRunQuery(workspace?.path ?? "");
  const [asked] = useDebouncedValue(query, 150);
  const view = viewOf(useRuns(finished(asked)));
  const all = useRuns().data ?? [];
  const [checked, setChecked] = useState<ReadonlySet<string>>(new Set());
  const [dialog, setDialog] = useState<"predict" | "export" | "delete" | "purge" | null>(null);
  const runs = view.status === "ready" ? view.data : [];
  const chosen = runsOf(id);
  const compared = chosen.length > 1 ? chosen : null;
  const shown = compared === null ? (chosen[0] ?? runs[0]?.model_execution_id ?? null) : null;
  const selected =
    runs.find((run) => run.model_execution_id === shown) ?? all.find((run) => run.model_execution_id === shown);
  const record = useRunRecord(selected?.model_execution_id ?? null).data;
  const marked = runs.filter((run) => checked.has(run.model_execution_id)).map((run) => run.model_execution_id);
  const champion = all.find(
    (run) =>
      run.aliases.includes("champion") &&
      run.outcome === selected?.outcome &&
      run.domain === selected.domain &&
      run.model_execution_id !== selected.model_execution_id,
  );

  const select = (run: string) => navigate("models", run);
  const check = (run: string) =>
    setChecked((now) => new Set(now.has(run) ? [...now].filter((known) => known !== run) : [...now, run]));
  const compare = (ids: readonly string[]) => navigate("models", ids.join("+"));
  const restore = async (run: RunSummary) => {
    try {
      await client.restoreRun(run.model_execution_id);
      await forgetRegistry(queries);
      notifications.show({ title: `Restored ${run.model_type}`, message: run.outcome, color: "var(--positive)" });
    } catch (thrown) {
      showProblem("The run was not restored", problemOf(thrown));
    }
  };
  const remove = async (run: RunSummary, force: boolean) => {
    setDialog(null);
    try {
      await client.deleteRun(run.model_execution_id, force);
      if (chosen.length === 1) navigate("models");
      setChecked((now) => new Set([...now].filter((known) => known !== run.model_execution_id)));
      await forgetRegistry(queries);
    } catch (thrown) {
      showProblem("The run was not deleted", problemOf(thrown));
      return;
    }
    const message = `deleted-${run.model_execution_id}`;
    const undo = () => {
      notifications.hide(message);
      void restore(run).then(() => select(run.model_execution_id));
    };
    notifications.show({
      id: message,
      title: `Deleted ${run.model_type}`,
      message: (
        <>
          It is in the trash.{" "}
          <button type="button" className="link" onClick={undo} data-testid="undo-delete">
            Undo
          </button>
        </>
      ),
      color: "var(--control)",
      autoClose: UNDO_MS,
      role: "status",
    });
  };
  const purge = async () => {
    setDialog(null);
    try {
      const { model_execution_ids: gone } = await client.purgeRuns([]);
      if (chosen.length === 1) navigate("models");
      await forgetRegistry(queries);
      notifications.show({
        title: "The trash is empty",
        message: `${whole(gone.length)} ${gone.length === 1 ? "run" : "runs"} purged`,
        color: "var(--positive)",
      });
    } catch (thrown) {
      showProblem("The trash was not emptied", problemOf(thrown));
    }
  };
  const exportList = async () => {
    try {
      const path = await client.pickSaveFile("Export the list of runs", "runs.csv");
      if (path === null) return;
      const file = await client.exportRuns(finished(query), path);
      notifications.show({ title: "Exported the list of runs", message: file.path, color: "var(--positive)" });
    } catch (thrown) {
      showProblem("The list was not exported", problemOf(thrown));
    }
  };
  const repeat = async (run: RunSummary) => {
    try {
      await start({ operation: "repeat", run: run.model_execution_id }, "open");
    } catch (thrown) {
      showProblem("The run was not repeated", problemOf(thrown));
    }
  };
  const actionsFor = (run: RunSummary): RunActions => ({
    predict: () => setDialog("predict"),
    repeat: () => void repeat(run),
    exportModel: () => setDialog("export"),
    remove: () => (run.aliases.length > 0 ? setDialog("delete") : void remove(run, false)),
    restore: () => void restore(run),
    compareWithChampion:
      champion === undefined ? null : () => compare([run.model_execution_id, champion.model_execution_id]),
  });

  const isUsable = selected !== undefined && selected.deleted_at === null && canWrite;
  const actions = selected === undefined ? null : actionsFor(selected);
  useWish("predict", isUsable, () => actions?.predict());
  useWish("export-model", selected !== undefined && selected.deleted_at === null, () => actions?.exportModel());
  useWish("repeat-run", isUsable, () => actions?.repeat());
  useWish("delete-run", isUsable, () => actions?.remove());
  useWish("compare-champion", selected !== undefined && champion !== undefined, () => actions?.compareWithChampion?.());
  useWish("export-runs", view.status === "ready", () => void exportList());

  return (
    <PageLayout
      page="models"
      crumbs={
        compared !== null
          ? [`${compared.length} runs compared`]
          : selected === undefined
            ? []
            : [selected.model_type, selected.outcome]
      }
      leftLabel="Filters"
      left={<FilterPanel query={query} runs={all} onChange={setQuery} />}
      rightLabel="Run"
      right={
        compared !== null ? (
          <p className="muted">
            The table shows what is not the same in all of the runs. Choose one to see what is kept of it.
          </p>
        ) : selected === undefined || actions === null ? (
          <p className="muted">What is kept of a run shows here.</p>
        ) : (
          <RunRegistry run={selected} record={record} canWrite={canWrite} actions={actions} />
        )
      }
    >
      {compared !== null ? (
        <CompareView ids={compared} />
      ) : (
        <Shown view={view} loading="Reading runs" failed="The runs were not read">
          {(list) => (
            <div className={styles.page}>
              <div className={styles.toolbar}>
                <h2 className={styles.count} data-testid="run-count" data-value={list.length}>
                  {list.length === 1 ? "1 run" : `${whole(list.length)} runs`}
                  {query.trash === true && " in the trash"}
                </h2>
                {query.trash === true && list.length > 0 && (
                  <Button variant="default" onClick={() => setDialog("purge")} disabled={!canWrite} data-testid="purge">
                    Empty the trash…
                  </Button>
                )}
                <Button
                  variant="default"
                  onClick={() => compare(marked)}
                  disabled={marked.length < 2}
                  title={marked.length < 2 ? "Mark at least two runs" : undefined}
                  data-testid="compare"
                >
                  {marked.length < 2 ? "Compare" : `Compare ${marked.length}`}
                </Button>
                <Button
                  variant="default"
                  onClick={() => void exportList()}
                  disabled={list.length === 0}
                  data-testid="export-runs"
                >
                  Export…
                </Button>
              </div>
              {list.length === 0 ? (
                <NoRuns
                  isFiltered={filters(query)}
                  isTrash={query.trash === true}
                  onClear={() => setQuery(unfiltered(query))}
                />
              ) : (
                <RunTable
                  runs={list}
                  query={query}
                  selected={shown}
                  checked={checked}
                  onSelect={select}
                  onCheck={check}
                  onSort={(sort) => setQuery(sortedBy(query, sort))}
                />
              )}
              {shown !== null && (list.length > 0 || chosen.length > 0) && <RunDetails key={shown} id={shown} />}
            </div>
          )}
        </Shown>
      )}
      {dialog === "predict" && selected !== undefined && (
        <PredictDialog run={selected} onClose={() => setDialog(null)} />
      )}
      {dialog === "export" && selected !== undefined && <ExportDialog run={selected} onClose={() => setDialog(null)} />}
      {dialog === "delete" && selected !== undefined && (
        <Modal opened onClose={() => setDialog(null)} title={`Delete ${selected.model_type}`} size={420}>
          <div className="stack">
            <Note tone="warning">
              This run is {selected.aliases.join(" and ")}. While it is in the trash, whatever names it so finds no
              model. Restored, it has the alias again.
            </Note>
            <div className="buttons">
              <Button variant="default" onClick={() => setDialog(null)} data-autofocus>
                Keep it
              </Button>
              <Button color="var(--negative)" onClick={() => void remove(selected, true)} data-testid="delete-forced">
                Delete all the same
              </Button>
            </div>
          </div>
        </Modal>
      )}
      {dialog === "purge" && (
        <Modal opened onClose={() => setDialog(null)} title="Empty the trash" size={420}>
          <div className="stack">
            <Note tone="warning">
              The model files of all runs in the trash are removed for good. Their rows in the tables stay.
            </Note>
            <div className="buttons">
              <Button variant="default" onClick={() => setDialog(null)} data-autofocus>
                Keep them
              </Button>
              <Button color="var(--negative)" onClick={() => void purge()} data-testid="purge-now">
                Remove the model files
              </Button>
            </div>
          </div>
        </Modal>
      )}
    </PageLayout>
  );
}

type NoRunsProps = { isFiltered: boolean; isTrash: boolean; onClear: () => void };

function NoRuns({ isFiltered, isTrash, onClear }: NoRunsProps) {
  if (isFiltered) {
    return (
      <Empty title="No run fits" text="Every run is left out by a filter on the left.">
        <Button onClick={onClear}>Clear the filters</Button>
      </Empty>
    );
  }
  if (isTrash) {
    return (
      <Empty title="The trash is empty" text="Deleted runs wait here until they are restored or removed for good." />
    );
  }
  return (
    <Empty
      title="No model is trained yet"
      text="Every training is listed here, with its score beside the score without signal. Train a model, or run the sample on the Start page."
    >
      <Button onClick={() => navigate("train")}>Go to Train</Button>
    </Empty>
  );
}
