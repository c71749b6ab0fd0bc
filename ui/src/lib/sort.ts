/** The order a grid shows its rows in, as clicks on its headers change it. */

export type SortKey = { column: string; descending: boolean };

/**
 * The order after a click on a column: ascending, then descending, then none. `isAdding` keeps the other keys and puts a
 * new one last.
 */
export function nextSort(keys: readonly SortKey[], column: string, isAdding: boolean): SortKey[] {
  const key = keys.find((known) => known.column === column);
  const next: SortKey[] = key?.descending === true ? [] : [{ column, descending: key !== undefined }];
  if (!isAdding) return next;
  if (key === undefined) return [...keys, ...next];
  return keys.flatMap((known) => (known.column === column ? next : known));
}

/** `close, descending, then ticker, ascending`. */
export function sortWords(keys: readonly SortKey[]): string {
  return keys.map(({ column, descending }) => `${column}, ${descending ? "descending" : "ascending"}`).join(", then ");
}
