/** Numbers in words. */
import { whole } from "./number";

/** `1 column`, `3 columns`. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${whole(n)} ${n === 1 ? one : many}`;
}

/** Names that begin alike, written once: `MACD_12_26_9_{macd, macdsignal, macdhist}`. */
export function folded(names: readonly string[], most: number): string {
  const [first = "", ...others] = names;
  if (others.length === 0) return first;
  let same = first.length;
  for (const name of others) while (!name.startsWith(first.slice(0, same))) same -= 1;
  const start = first.slice(0, first.slice(0, same).lastIndexOf("_") + 1);
  if (start === "") return named(names, most);
  return `${start}{${named(
    names.map((name) => name.slice(start.length)),
    most,
  )}}`;
}

/** The first names, and how many more there are. */
export function named(names: readonly string[], most: number): string {
  const more = names.length - most;
  return more > 0 ? `${names.slice(0, most).join(", ")} and ${whole(more)} more` : names.join(", ");
}
