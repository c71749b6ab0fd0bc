/** How a column's values are compared with what a person typed. */
import type { Filter, FilterOp } from "../api/client";

/** The sign a narrow field shows, and the words. */
export const FILTER_OPS: readonly [op: FilterOp, sign: string, words: string][] = [
  ["eq", "=", "is"],
  ["ne", "≠", "is not"],
  ["lt", "<", "below"],
  ["le", "≤", "at most"],
  ["gt", ">", "above"],
  ["ge", "≥", "at least"],
  ["contains", "∋", "contains"],
  ["starts_with", "^", "starts with"],
  ["is_null", "∅", "is NULL"],
  ["is_not_null", "∃", "is not NULL"],
];

/** Whether it compares with nothing. */
export function takesNoValue(op: FilterOp): boolean {
  return op === "is_null" || op === "is_not_null";
}

/** `close at least 100`. */
export function filterWords({ column, op, value }: Filter): string {
  const words = FILTER_OPS.find(([known]) => known === op)?.[2] ?? op;
  return takesNoValue(op) ? `${column} ${words}` : `${column} ${words} ${value}`;
}

/** The filters with this one in the place of the column's own; a value of nothing removes it. */
export function withFilter(filters: readonly Filter[], filter: Filter): Filter[] {
  const others = filters.filter(({ column }) => column !== filter.column);
  return takesNoValue(filter.op) || filter.value !== "" ? [...others, filter] : others;
}
