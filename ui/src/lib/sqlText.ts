/** What can be told from the text of a query alone, while it is still being written. */

const QUIET = /'''[\s\S]*?'''|"""[\s\S]*?"""|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|(?:--|#)[^\n]*|\/\*[\s\S]*?\*\//g;

/** The text with strings and comments blanked out, every other character at its place. */
export function withoutQuiet(sql: string): string {
  return sql.replace(QUIET, (quiet) => quiet.replace(/[^\n]/g, " "));
}

/** Names of the parameters, each once, in the order they come. */
export function parametersIn(sql: string): string[] {
  const found = withoutQuiet(sql).matchAll(/(?<![@\w])@([A-Za-z_]\w*)/g);
  return [...new Set([...found].flatMap(([, name]) => name ?? []))];
}

export type NamedTable = { table: string; alias: string };

const NAMED = /\b(?:FROM|JOIN|INTO|UPDATE)\s+(`[^`\s]+`|[A-Za-z_][\w.-]*)(?:\s+(?:AS\s+)?([A-Za-z_]\w*))?/gi;
const NO_ALIAS = new Set(
  "WHERE JOIN LEFT RIGHT FULL INNER CROSS ON USING GROUP ORDER LIMIT HAVING QUALIFY WINDOW UNION EXCEPT INTERSECT SET".split(
    " ",
  ),
);

/** The tables a query names, with the names its columns may be written with. */
export function tablesIn(sql: string): NamedTable[] {
  return [...withoutQuiet(sql).matchAll(NAMED)].map(([, written = "", alias]) => {
    const table = written.replaceAll("`", "");
    const own = table.split(".").at(-1) ?? table;
    return { table, alias: alias === undefined || NO_ALIAS.has(alias.toUpperCase()) ? own : alias };
  });
}

/** What can come at a place of the text. */
export type Expected =
  | { kind: "table" }
  /** Columns of one table, after its alias and a dot. */
  | { kind: "column"; table: string }
  | { kind: "any"; tables: string[] };

export type AtCursor = {
  /** Where the word begins that is being written. */
  from: number;
  expected: Expected;
};

export function atCursor(sql: string, position: number): AtCursor {
  const before = withoutQuiet(sql.slice(0, position));
  const word = /[\w.`-]*$/.exec(before)?.[0] ?? "";
  const from = position - word.length;
  if (/\b(?:FROM|JOIN|INTO|UPDATE|TABLE)\s+$/i.test(before.slice(0, from)))
    return { from, expected: { kind: "table" } };
  const tables = tablesIn(sql);
  const dot = word.lastIndexOf(".");
  if (dot >= 0) {
    const owner = word.slice(0, dot).replaceAll("`", "").toLowerCase();
    const named = tables.find(({ alias, table }) => [alias.toLowerCase(), table.toLowerCase()].includes(owner));
    if (named !== undefined) return { from: from + dot + 1, expected: { kind: "column", table: named.table } };
  }
  return { from, expected: { kind: "any", tables: tables.map(({ table }) => table) } };
}

/** The stretch of text a line and column, both from 1, point at: the word there, or one character. */
export function stretchAt(sql: string, line: number, column: number): { from: number; to: number } {
  const lines = sql.split("\n");
  const before = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  const from = Math.min(before + Math.max(0, column - 1), sql.length);
  const word = /^(?:`[^`\n]*`|[\w.-]+|.)/.exec(sql.slice(from))?.[0] ?? "";
  return { from, to: from + word.length };
}

/** A query of a whole table, to begin with. */
export function selectFrom(table: string): string {
  return `SELECT *\nFROM \`${table}\`\nLIMIT 1000`;
}
