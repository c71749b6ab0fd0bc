/** The page that shows, kept in the address after `#` so that back, forward and reload work. */
import { useSyncExternalStore } from "react";

export const PAGES = ["start", "data", "features", "train", "models", "jobs", "settings"] as const;
export type PageName = (typeof PAGES)[number];

/** A page, and what is open in it: a table, a run, a job. */
export type Route = { page: PageName; id: string | null };

export function parseRoute(hash: string): Route {
  const [, name = "", id = ""] = /^#\/([^/]*)\/?(.*)$/.exec(hash) ?? [];
  const page = PAGES.find((known) => known === name) ?? "start";
  return { page, id: id === "" ? null : decodeURIComponent(id) };
}

export function hashOf(page: PageName, id: string | null = null): string {
  return id === null ? `#/${page}` : `#/${page}/${encodeURIComponent(id)}`;
}

export function navigate(page: PageName, id: string | null = null): void {
  window.location.hash = hashOf(page, id);
}

function subscribe(changed: () => void): () => void {
  window.addEventListener("hashchange", changed);
  return () => window.removeEventListener("hashchange", changed);
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  return parseRoute(hash);
}
