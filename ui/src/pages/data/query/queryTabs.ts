/** The queries that are open in tabs: their text and parameters stay when the window closes. */
import { useLocalStorage } from "@mantine/hooks";
import { useCallback } from "react";

export type ParamDraft = { type: string; value: string };
export type QueryTab = { id: string; title: string; sql: string; params: Record<string, ParamDraft> };

const NONE: QueryTab[] = [];

function nextTitle(tabs: readonly QueryTab[]): string {
  let number = 1;
  while (tabs.some(({ title }) => title === `Query ${number}`)) number += 1;
  return `Query ${number}`;
}

export function useQueryTabs(workspace: string) {
  const [tabs, setTabs] = useLocalStorage<QueryTab[]>({
    key: `algomosaic.queries.${workspace}`,
    defaultValue: NONE,
    getInitialValueInEffect: false,
  });
  /** Opens a tab and answers with its id. */
  const open = (sql: string, title?: string): string => {
    const id = `query-${Date.now().toString(36)}-${tabs.length}`;
    setTabs((now) => [...now, { id, title: title ?? nextTitle(now), sql, params: {} }]);
    return id;
  };
  const change = useCallback(
    (id: string, part: Partial<Omit<QueryTab, "id">>) =>
      setTabs((now) => now.map((tab) => (tab.id === id ? { ...tab, ...part } : tab))),
    [setTabs],
  );
  const close = (id: string) => setTabs((now) => now.filter((tab) => tab.id !== id));
  return { tabs, open, change, close };
}
