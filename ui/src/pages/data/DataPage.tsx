/** The tables of the workspace, and the rows of the one that is chosen. */
import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useEffect, useMemo, useState } from "react";
import { type ColumnInfo, problemOf, type TableInfo, type TablePage } from "../../api/client";
import { useTables, useWorkspace } from "../../api/queries";
import { DataGrid, type Place } from "../../components/DataGrid";
import { Copyable, Facts, Section } from "../../components/Facts";
import { Empty, Note, Shown } from "../../components/Message";
import { PageLayout } from "../../frame/PageLayout";
import { bytes, whole } from "../../lib/number";
import { navigate } from "../../lib/route";
import { shortTable, tableId } from "../../lib/tables";
import { timestamp } from "../../lib/time";
import { viewOf } from "../../lib/view";
import { useWish } from "../../lib/wishes";
import { NoWorkspace } from "../NoWorkspace";
import { shownColumns } from "./cells";
import styles from "./Data.module.css";
import { ImportModal } from "./ImportModal";
import { TableTree } from "./TableTree";
import { useFirstPage, useTableRows } from "./useTablePages";

export function DataPage({ table }: { table: string | null }) {
  const workspace = useWorkspace();
  const view = viewOf(useTables());
  const [isImporting, importing] = useDisclosure(false);
  const [column, setColumn] = useState<ColumnInfo | null>(null);
  const canImport = workspace !== null && workspace !== undefined && !workspace.read_only;
  useWish("import", canImport, importing.open);

  const tables = view.status === "ready" ? view.data : [];
  const info = tables.find((known) => tableId(known) === table) ?? null;
  const importButton = (
    <Button
      variant="default"
      disabled={!canImport}
      title={canImport ? undefined : "The workspace can be read, not written"}
      onClick={importing.open}
      data-testid="import"
    >
      Import…
    </Button>
  );
  return (
    <PageLayout
      page="data"
      crumbs={table === null ? [] : table.split(".").slice(1)}
      leftLabel="Tables"
      left={
        workspace === null ? (
          <p className="muted">Tables show here.</p>
        ) : (
          <div className={styles.left}>
            {view.status === "ready" && <TableTree tables={tables} selected={table} />}
            {importButton}
          </div>
        )
      }
      rightLabel="Column and table"
      right={<Details info={info} column={column} />}
    >
      {workspace === null ? (
        <NoWorkspace shows="Data shows the tables of a workspace, row by row." />
      ) : (
        <Shown view={view} loading="Reading tables" failed="The tables were not read">
          {(all) =>
            all.length === 0 ? (
              <Empty
                title="No tables yet"
                text="Import price files, or run the sample on the Start page; each table then opens here as a grid."
              >
                <Button onClick={importing.open} disabled={!canImport}>
                  Import…
                </Button>
              </Empty>
            ) : table === null ? (
              <Empty
                title="Choose a table"
                text="Its rows show here. The tree on the left lists every table of the workspace."
              >
                <FirstTables tables={all} />
              </Empty>
            ) : (
              <TableView key={table} table={table} onColumn={setColumn} />
            )
          }
        </Shown>
      )}
      <ImportModal opened={isImporting} onClose={importing.close} />
    </PageLayout>
  );
}

function FirstTables({ tables }: { tables: readonly TableInfo[] }) {
  const own = tables.filter((info) => !info.dataset.startsWith("model_")).slice(0, 5);
  return own.map((info) => (
    <button key={tableId(info)} type="button" className="link" onClick={() => navigate("data", tableId(info))}>
      {shortTable(tableId(info))}, {whole(info.rows)} rows
    </button>
  ));
}

function TableView({ table, onColumn }: { table: string; onColumn: (column: ColumnInfo | null) => void }) {
  const view = viewOf(useFirstPage(table));
  return (
    <Shown view={view} loading="Reading rows" failed="The table was not read">
      {(page) =>
        page.total === 0 ? (
          <Empty
            title="This table is empty"
            text={`${shortTable(table)} has ${page.columns.length} columns and no rows. Import rows into it to see them here.`}
          />
        ) : (
          <TableGrid table={table} first={page} onColumn={onColumn} />
        )
      }
    </Shown>
  );
}

type TableGridProps = {
  table: string;
  first: TablePage;
  onColumn: (column: ColumnInfo | null) => void;
};

function TableGrid({ table, first, onColumn }: TableGridProps) {
  const [place, setPlace] = useState<Place>({ row: 0, column: 0 });
  const shown = useMemo(() => shownColumns(first), [first]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first column is explained when its table opens
  useEffect(() => onColumn(first.columns[0] ?? null), []);
  const columns = useMemo(() => shown.map((one) => one.column), [shown]);
  const { rowAt, onRows, failure } = useTableRows(table, shown);
  return (
    <div className={styles.tableView}>
      {failure !== null && (
        <Note tone="negative">
          {problemOf(failure).message} {problemOf(failure).hint}
        </Note>
      )}
      <div className={`card ${styles.gridCard}`}>
        <DataGrid
          label={`Rows of ${shortTable(table)}`}
          columns={columns}
          rowCount={first.total ?? 0}
          rowAt={rowAt}
          onRows={onRows}
          place={place}
          onPlace={(next) => {
            setPlace(next);
            onColumn(first.columns[next.column] ?? null);
          }}
        />
      </div>
      <div className={styles.under}>
        <span>
          {whole(first.total)} rows, {whole(first.columns.length)} columns
        </span>
        <span>
          row {whole(place.row + 1)}, {first.columns[place.column]?.name}
        </span>
      </div>
    </div>
  );
}

function Details({ info, column }: { info: TableInfo | null; column: ColumnInfo | null }) {
  if (info === null) return <p className="muted">What is known of a table and its columns shows here.</p>;
  return (
    <div className="stack">
      {column !== null && (
        <Section title={column.name}>
          <Facts
            facts={[
              ["Type", column.type],
              ["May be", column.label_horizon === null ? null : "an outcome only"],
            ]}
          />
          {column.label_horizon !== null && (
            <Note tone="warning">
              A label: it reads {column.label_horizon} {column.label_horizon === 1 ? "bar" : "bars"} ahead, so it is
              never a feature.
            </Note>
          )}
          <Copyable text={column.name} shown="Copy the name" what="the column" kind="words" />
        </Section>
      )}
      <Section title="Table">
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
        <Copyable text={tableId(info)} what="the table's name" />
      </Section>
    </div>
  );
}
