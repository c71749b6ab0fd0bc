/** The tables of the workspace: their rows, their profile, and queries over them, each in a tab. */
import { Button } from "@mantine/core";
import { useDisclosure, useHotkeys, useSessionStorage } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { type ColumnInfo, problemOf, type ResultInfo, type TableInfo, useClient } from "../../api/client";
import { keys, useResults, useTables, useWorkspace } from "../../api/queries";
import { AddIcon } from "../../components/icons";
import { Empty, Shown } from "../../components/Message";
import { PageLayout } from "../../frame/PageLayout";
import { TaskWaiting } from "../../frame/TaskWaiting";
import { showProblem } from "../../frame/Workbench";
import { useBigQueryTables, useKnownTables } from "../../frame/warehouses";
import { whole } from "../../lib/number";
import { navigate } from "../../lib/route";
import { selectFrom } from "../../lib/sqlText";
import { shortTable, tableId } from "../../lib/tables";
import { viewOf } from "../../lib/view";
import { askFor, useWish } from "../../lib/wishes";
import { NoWorkspace } from "../NoWorkspace";
import { ActionsProvider, type DataActions } from "./actions";
import styles from "./Data.module.css";
import { Details, type Subject } from "./Details";
import { DropTable } from "./DropTable";
import { ImportWizard } from "./import/ImportWizard";
import { type Pane, PaneTabs } from "./PaneTabs";
import { ProfileTab } from "./ProfileParts";
import { PROFILED_UNASKED_ROWS, useProfile } from "./profile";
import { QueryPane } from "./query/QueryPane";
import { useQueryTabs } from "./query/queryTabs";
import { forgetResultsOf } from "./query/results";
import { TableRows } from "./TableRows";
import { PinnedResults, TableTree } from "./TableTree";
import { useExport } from "./useExport";

export function DataPage({ table }: { table: string | null }) {
  const workspace = useWorkspace();
  if (workspace === null) {
    return (
      <PageLayout
        page="data"
        leftLabel="Tables"
        left={<p className="muted">Tables show here.</p>}
        rightLabel="Column and table"
        right={<Details subject={null} column={null} />}
      >
        <NoWorkspace shows="Data shows the tables of a workspace, row by row." />
      </PageLayout>
    );
  }
  const path = workspace?.path ?? "";
  // Another workspace has other tabs.
  return <Workshop key={path} table={table} workspace={path} canWrite={workspace?.read_only === false} />;
}

type WorkshopProps = { table: string | null; workspace: string; canWrite: boolean };

/** The subject and the column of a pane, for the details. */
type Look = { subject: Subject; column: ColumnInfo | null };

function subjectOfResult(result: ResultInfo, name: string): Subject {
  return { table: result.table, name, rows: result.rows, version: result.ran_at, info: null, result };
}

function Workshop({ table, workspace, canWrite }: WorkshopProps) {
  const client = useClient();
  const queries = useQueryClient();
  const view = viewOf(useTables());
  const results = useResults().data ?? [];
  const { tabs, open, change, close } = useQueryTabs(workspace);
  const [{ active, of }, setPane] = useSessionStorage({
    key: `algomosaic.data.${workspace}`,
    defaultValue: { active: "rows", of: table },
    getInitialValueInEffect: false,
  });
  const setActive = (id: string) => setPane({ active: id, of: table });
  const [visited, setVisited] = useState<ReadonlySet<string>>(new Set());
  const [looks, setLooks] = useState<Record<string, Look | null>>({});
  const [dropping, setDropping] = useState<TableInfo | null>(null);
  const [isImporting, importing] = useDisclosure(false);
  const [dropped, setDropped] = useState<string[]>([]);
  const exporting = useExport();

  const bigquery = useBigQueryTables();
  const tables = useKnownTables();
  const info = tables.find((known) => tableId(known) === table) ?? null;
  const pinned = results.find((result) => result.table === table) ?? null;
  const subject = useMemo((): Subject | null => {
    if (table === null) return null;
    if (pinned !== null) return subjectOfResult(pinned, pinned.name ?? "Result");
    const rows = info?.rows ?? null;
    return { table, name: shortTable(table), rows, version: info?.modified ?? "", info, result: null };
  }, [table, info, pinned]);

  const wanted = useRef<"rows" | "profile">("rows");
  const openPane = (id: string, pane: "rows" | "profile") => {
    if (id === table) setPane({ active: pane, of: id });
    else {
      wanted.current = pane;
      navigate("data", id);
    }
  };

  // A link or the tree leads to the rows of another table.
  useEffect(() => {
    if (of === table) return;
    const pane = wanted.current;
    wanted.current = "rows";
    setPane((now) => ({ active: table === null ? now.active : pane, of: table }));
    setLooks(({ rows: _, ...others }) => others);
  }, [table, of, setPane]);
  const show = (id: string) => {
    setVisited((now) => new Set([...now, id]));
    setActive(id);
  };

  const actions: DataActions = {
    canWrite,
    openTable: (id) => openPane(id, "rows"),
    openProfile: (id) => openPane(id, "profile"),
    queryTable: (id) => show(open(selectFrom(id))),
    newQuery: (sql, title) => show(open(sql, title)),
    exportTable: (id, suggestedName) => void exporting.start(id, suggestedName),
    dropTable: setDropping,
    unpin: (result) => {
      client
        .unpinResult(result.id)
        .catch((thrown: unknown) => showProblem("The result was not unpinned", problemOf(thrown)))
        .finally(() => void queries.invalidateQueries({ queryKey: keys.results }));
      if (result.table === table) navigate("data");
    },
  };
  const newQuery = () => (table === null ? actions.newQuery("") : actions.queryTable(table));
  useWish("import", canWrite, importing.open);
  useWish("query", view.status === "ready", newQuery);
  useWish("export", subject !== null, () => {
    if (subject !== null) actions.exportTable(subject.table, subject.name.split(".").at(-1) ?? subject.name);
  });
  useWish("profile", table !== null, () => show("profile"));
  useHotkeys([["mod+G", () => askFor("row")]], []);
  useEffect(
    () =>
      client.onFilesDropped((paths) => {
        if (!canWrite) return;
        setDropped(paths);
        importing.open();
      }),
    [client, canWrite, importing.open],
  );

  const profile = useProfile(
    table ?? "",
    subject?.version ?? "",
    table !== null && (active === "profile" || (subject?.rows ?? Number.POSITIVE_INFINITY) <= PROFILED_UNASKED_ROWS),
  );
  const look = looks[active === "profile" ? "rows" : active] ?? null;
  const [columnsOfTable, setColumns] = useState<ColumnInfo[]>([]);
  const setColumn = (pane: string, next: Look | null) => setLooks((now) => ({ ...now, [pane]: next }));

  const importButton = (
    <Button
      variant="default"
      disabled={!canWrite}
      title={canWrite ? undefined : "The workspace can be read, not written"}
      onClick={importing.open}
      data-testid="import"
    >
      Import…
    </Button>
  );
  const panes: Pane[] = [
    { id: "rows", title: subject?.name ?? "Rows" },
    ...(table === null ? [] : [{ id: "profile", title: "Profile" }]),
    ...tabs.map(({ id, title }) => ({ id, title, isOwn: true })),
  ];
  // The tab of a query that was closed elsewhere shows no longer.
  const current = panes.some(({ id }) => id === active) ? active : "rows";

  const rowsPane = (all: readonly TableInfo[]) =>
    subject === null ? (
      <Empty
        title="Choose a table"
        text="Its rows show here. The tree on the left lists every table of the workspace; a query may read several."
      >
        <FirstTables tables={all} onOpen={actions.openTable} />
        <Button variant="default" leftSection={<AddIcon size={14} />} onClick={newQuery}>
          New query
        </Button>
      </Empty>
    ) : (
      <TableRows
        key={subject.table}
        table={subject.table}
        name={subject.name}
        workspace={workspace}
        version={subject.version}
        isLasting
        isActive={current === "rows"}
        testId="grid"
        onColumn={(column) => setColumn("rows", { subject, column })}
        onColumns={setColumns}
        onProfile={(column) => {
          setColumn("rows", { subject, column });
          show("profile");
        }}
      />
    );

  return (
    <ActionsProvider value={actions}>
      <PageLayout
        page="data"
        crumbs={subject === null ? [] : subject.name.split(".")}
        leftLabel="Tables"
        left={
          <div className={styles.left}>
            {view.status === "ready" && <TableTree tables={tables} selected={table} bigquery={bigquery} />}
            {view.status === "ready" && <PinnedResults results={results} selected={table} />}
            {importButton}
          </div>
        }
        rightLabel="Column and table"
        right={
          <Details subject={look?.subject ?? (current === "rows" ? subject : null)} column={look?.column ?? null} />
        }
      >
        <Shown view={view} loading="Reading tables" failed="The tables were not read">
          {(embedded) =>
            embedded.length === 0 && tables.length === 0 && bigquery === null && tabs.length === 0 ? (
              <Empty
                title="No tables yet"
                text="Import price files, or run the sample on the Start page; each table then opens here as a grid."
              >
                <Button onClick={importing.open} disabled={!canWrite}>
                  Import…
                </Button>
              </Empty>
            ) : (
              <div className={styles.workshop}>
                <PaneTabs
                  panes={panes}
                  active={current}
                  onShow={show}
                  onClose={(id) => {
                    close(id);
                    forgetResultsOf(client, id);
                    if (current === id) setActive("rows");
                  }}
                  onNew={newQuery}
                />
                {exporting.state.status === "running" && (
                  <TaskWaiting
                    what={`Exporting ${exporting.name}`}
                    task={exporting.state.task}
                    onCancel={exporting.stop}
                  />
                )}
                <div className={styles.panes}>
                  <PaneBox id="rows" active={current}>
                    {rowsPane(tables)}
                  </PaneBox>
                  {subject !== null && (
                    <PaneBox id="profile" active={current}>
                      {current === "profile" && (
                        <ProfileTab
                          view={profile.view}
                          name={subject.name}
                          rows={subject.rows}
                          columns={columnsOfTable}
                          selected={look?.column?.name ?? null}
                          onColumn={(column) => setColumn("rows", { subject, column })}
                          onStart={profile.start}
                          onCancel={profile.cancel}
                        />
                      )}
                    </PaneBox>
                  )}
                  {tabs
                    .filter(({ id }) => id === current || visited.has(id))
                    .map((tab) => (
                      <PaneBox key={tab.id} id={tab.id} active={current}>
                        <QueryPane
                          tab={tab}
                          workspace={workspace}
                          isActive={current === tab.id}
                          onChange={(part) => change(tab.id, part)}
                          onOpen={actions.newQuery}
                          onColumn={(result, name, column) =>
                            setColumn(
                              tab.id,
                              result === null ? null : { subject: subjectOfResult(result, name), column },
                            )
                          }
                        />
                      </PaneBox>
                    ))}
                </div>
              </div>
            )
          }
        </Shown>
        {isImporting && (
          <ImportWizard
            files={dropped}
            onClose={() => {
              importing.close();
              setDropped([]);
            }}
          />
        )}
        {dropping !== null && (
          <DropTable
            info={dropping}
            onDropped={() => {
              if (tableId(dropping) === table) navigate("data");
            }}
            onClose={() => setDropping(null)}
          />
        )}
      </PageLayout>
    </ActionsProvider>
  );
}

/** A pane keeps its place, its scrolling and what runs in it while another shows. */
function PaneBox({ id, active, children }: { id: string; active: string; children: React.ReactNode }) {
  const isShown = id === active;
  return (
    <div
      className={styles.pane}
      role="tabpanel"
      id={`pane-${id}`}
      aria-labelledby={`tab-${id}`}
      style={{ visibility: isShown ? "visible" : "hidden" }}
      aria-hidden={!isShown}
    >
      {children}
    </div>
  );
}

type FirstTablesProps = { tables: readonly TableInfo[]; onOpen: (table: string) => void };

function FirstTables({ tables, onOpen }: FirstTablesProps) {
  const own = tables.filter((info) => !info.dataset.startsWith("model_")).slice(0, 5);
  return own.map((info) => (
    <button key={tableId(info)} type="button" className="link" onClick={() => onOpen(tableId(info))}>
      {shortTable(tableId(info))}, {whole(info.rows)} rows
    </button>
  ));
}
