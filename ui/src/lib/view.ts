/** What a page knows of what it shows: exactly one of three. */
import type { UseQueryResult } from "@tanstack/react-query";
import { type Problem, problemOf } from "../api/client";

export type View<T> =
  | { status: "loading" }
  | { status: "failed"; problem: Problem; retry: () => void }
  | { status: "ready"; data: T };

export function viewOf<T>(query: UseQueryResult<T>): View<T> {
  if (query.data !== undefined) return { status: "ready", data: query.data };
  if (query.error !== null) {
    return {
      status: "failed",
      problem: problemOf(query.error),
      retry: () => void query.refetch(),
    };
  }
  return { status: "loading" };
}
