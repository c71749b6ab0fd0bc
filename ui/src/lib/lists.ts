/** Numbers in words. */
import { whole } from "./number";

/** `1 column`, `3 columns`. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${whole(n)} ${n === 1 ? one : many}`;
}

/** The first names, and how many more there are. */
export function named(names: readonly string[], most: number): string {
  const more = names.length - most;
  return more > 0 ? `${names.slice(0, most).join(", ")} and ${whole(more)} more` : names.join(", ");
}
