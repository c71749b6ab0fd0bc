/**
 * The order and the filters of a table's rows. What shows stays until the new rows are there; what takes long can be
 * stopped, and then what showed before is what is asked for again.
 */
import { useSessionStorage } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { type Client, type Filter, problemOf, useClient, type ViewInfo } from "../../api/client";
import { keys } from "../../api/queries";
import { useTask } from "../../frame/task";
import { showProblem } from "../../frame/Workbench";
import type { SortKey } from "../../lib/sort";
import { firstPage } from "./useTablePages";

export type Order = { sort: SortKey[]; filters: Filter[] };

const AS_WRITTEN: Order = { sort: [], filters: [] };

/** Without a view the table itself shows. `version` is that of the table's rows. */
type Shown = { order: Order; view: ViewInfo | null; version: string };

const isSame = (a: Order, b: Order) => JSON.stringify(a) === JSON.stringify(b);

function close(client: Client, view: ViewInfo | null): void {
  if (view === null) return;
  client
    .closeView(view.table)
    .catch((thrown: unknown) => showProblem("A sorted view was not removed", problemOf(thrown)));
}

/** `version` changes with the table's rows; the view is then made anew. */
export function useTableView(table: string, workspace: string, version: string) {
  const client = useClient();
  const queries = useQueryClient();
  const { state, run, stop } = useTask();
  const [wanted, setWanted] = useSessionStorage<Order>({
    key: `algomosaic.view.${workspace}.${table}`,
    defaultValue: AS_WRITTEN,
    getInitialValueInEffect: false,
  });
  // A view that took long is there again when one comes back from another page.
  const [shown, setShown] = useState<Shown>(
    () => queries.getQueryData<Shown>(keys.view(table)) ?? { order: AS_WRITTEN, view: null, version },
  );
  const latest = useRef(shown);

  const show = useCallback(
    (next: Shown) => {
      close(client, latest.current.view);
      latest.current = next;
      setShown(next);
      queries.setQueryDefaults(keys.view(table), { gcTime: Number.POSITIVE_INFINITY });
      queries.setQueryData(keys.view(table), next);
    },
    [client, queries, table],
  );

  useEffect(() => {
    const now = latest.current;
    if (isSame(now.order, wanted) && now.version === version) {
      stop();
      return;
    }
    if (wanted.sort.length === 0 && wanted.filters.length === 0) {
      stop();
      show({ order: wanted, view: null, version });
      return;
    }
    const work = run(async (task) => {
      const view = await client.openView(task, { table, ...wanted });
      // The old rows stay until there are new ones to show.
      await queries.prefetchQuery(firstPage(client, view.table));
      return view;
    });
    void work.then((outcome) => {
      if (outcome.status === "done") show({ order: wanted, view: outcome.value, version });
      else if (outcome.status === "stopped") close(client, outcome.value);
    });
  }, [wanted, table, version, client, queries, run, stop, show]);

  /** Back to what shows. */
  const giveUp = () => {
    stop();
    setWanted(shown.order);
  };
  /** The application lets go of the oldest views when there are many; this one is wanted still. */
  const makeAgain = useCallback(() => {
    latest.current = { ...latest.current, view: null, version: "" };
    setWanted((now) => ({ ...now }));
  }, [setWanted]);
  return {
    /** What shows. */
    shown,
    /** What was asked for, and shows soon. */
    wanted,
    state,
    setSort: (sort: SortKey[]) => setWanted((now) => ({ ...now, sort })),
    setFilters: (filters: Filter[]) => setWanted((now) => ({ ...now, filters })),
    giveUp,
    makeAgain,
  };
}
