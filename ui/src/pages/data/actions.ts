/** What can be done with a table, from the tree, its menu, the details and the palette alike. */
import { createContext, useContext } from "react";
import type { ResultInfo, TableInfo } from "../../api/client";
import { problemOf } from "../../api/client";
import type { MenuAction } from "../../components/ContextMenu";
import { showProblem } from "../../frame/Workbench";
import { copyText } from "../../lib/clipboard";
import { tableId } from "../../lib/tables";

export type DataActions = {
  canWrite: boolean;
  openTable: (table: string) => void;
  openProfile: (table: string) => void;
  /** A tab with a query of the table. */
  queryTable: (table: string) => void;
  /** A tab with this text. */
  newQuery: (sql: string, title?: string) => void;
  exportTable: (table: string, suggestedName: string) => void;
  /** Asks first. */
  dropTable: (info: TableInfo) => void;
  unpin: (result: ResultInfo) => void;
};

const ActionsContext = createContext<DataActions | null>(null);
export const ActionsProvider = ActionsContext.Provider;

export function useDataActions(): DataActions {
  const actions = useContext(ActionsContext);
  if (actions === null) throw new Error("useDataActions needs an ActionsProvider above it");
  return actions;
}

export const READ_ONLY = "The workspace can be read, not written";

export function copyName(name: string): void {
  copyText(name).catch((thrown: unknown) => showProblem("The name was not copied", problemOf(thrown)));
}

export function tableActions(actions: DataActions, info: TableInfo): MenuAction[] {
  const id = tableId(info);
  return [
    { label: "Open", run: () => actions.openTable(id) },
    { label: "Query this table", run: () => actions.queryTable(id) },
    { label: "Profile", run: () => actions.openProfile(id) },
    { label: "Copy name", run: () => copyName(id), hasLine: true },
    { label: "Export…", run: () => actions.exportTable(id, info.table) },
    {
      label: "Drop…",
      run: () => actions.dropTable(info),
      isDanger: true,
      refusal: actions.canWrite ? null : READ_ONLY,
      hasLine: true,
    },
  ];
}

export function resultActions(actions: DataActions, result: ResultInfo): MenuAction[] {
  return [
    { label: "Open", run: () => actions.openTable(result.table) },
    { label: "Open its query", run: () => actions.newQuery(result.sql, result.name ?? undefined) },
    { label: "Copy name", run: () => copyName(result.table), hasLine: true },
    { label: "Export…", run: () => actions.exportTable(result.table, result.name ?? "result") },
    { label: "Unpin", run: () => actions.unpin(result), isDanger: true, hasLine: true },
  ];
}
