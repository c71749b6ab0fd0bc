/**
 * As much SQL as the fake client needs: SELECT of columns or COUNT(*) with WHERE, ORDER BY and LIMIT, and DELETE. What
 * it does not know it refuses with line and column, as the application does.
 */
import type { Cell, ColumnInfo, Filter, Problem, SqlParam, SqlWords } from "./client";
import { type FakeTable, type FakeWarehouse, rowsOfView } from "./fakeWarehouse";
import type { FilterOp, SortKey } from "./generated/bindings";

export const WORDS: SqlWords = {
  functions: [
    { name: "AVG", signature: "AVG(number)", help: "The mean of the values that are not NULL." },
    { name: "COUNT", signature: "COUNT(* | value)", help: "How many rows, or how many values that are not NULL." },
    { name: "DATE_TRUNC", signature: "DATE_TRUNC(date, part)", help: "The first day of the date's part." },
    {
      name: "LAG",
      signature: "LAG(value[, offset[, default]])",
      help: "The value so many rows before, in the window.",
    },
    { name: "SAFE_DIVIDE", signature: "SAFE_DIVIDE(a, b)", help: "a / b, or NULL where b is 0." },
  ],
  keywords: ["SELECT", "FROM", "WHERE", "GROUP BY", "ORDER BY", "LIMIT", "JOIN", "WITH", "QUALIFY", "DELETE FROM"],
};

export type Refused = { problem: Problem; line: number | null; column: number | null };
export type Statement =
  | { kind: "select"; table: FakeTable; columns: ColumnInfo[]; rows: () => Cell[][] }
  | { kind: "delete"; table: FakeTable; filters: Filter[] };

const SHAPE =
  /^\s*(?:SELECT\s+(?<columns>.+?)|(?<delete>DELETE))\s+FROM\s+(?<table>`[^`]+`|[\w.-]+)(?:\s+WHERE\s+(?<where>.+?))?(?:\s+ORDER\s+BY\s+(?<order>.+?))?(?:\s+LIMIT\s+(?<limit>\d+))?\s*;?\s*$/is;
const TEST = /^`?(?<column>\w+)`?\s*(?<op><=|>=|!=|<>|=|<|>|IS NOT NULL|IS NULL)\s*(?<value>.*)$/is;
const OPS: Record<string, FilterOp> = {
  "=": "eq",
  "!=": "ne",
  "<>": "ne",
  "<": "lt",
  "<=": "le",
  ">": "gt",
  ">=": "ge",
  "IS NULL": "is_null",
  "IS NOT NULL": "is_not_null",
};

function refused(sql: string, at: number, message: string, hint: string): Refused {
  const before = sql.slice(0, at).split("\n");
  const line = before.length;
  const column = (before.at(-1) ?? "").length + 1;
  return { problem: { code: "BadInput", message: `Line ${line}, column ${column}: ${message}`, hint }, line, column };
}

function filtersOf(where: string | undefined, sql: string, params: readonly SqlParam[]): Filter[] | Refused {
  if (where === undefined) return [];
  const filters: Filter[] = [];
  for (const part of where.split(/\s+AND\s+/i)) {
    const test = TEST.exec(part.trim())?.groups;
    const op = OPS[(test?.op ?? "").toUpperCase().replace(/\s+/g, " ")];
    if (test === undefined || op === undefined) {
      return refused(sql, sql.indexOf(part), `this condition is not known here: ${part}.`, "Compare with a value.");
    }
    const text = test.value ?? "";
    if (text.startsWith("@")) {
      const param = params.find(({ name }) => name === text.slice(1));
      if (param === undefined) {
        return refused(sql, sql.indexOf(text), `the parameter ${text} has no value.`, "Give it one below the editor.");
      }
      filters.push({ column: test.column ?? "", op, value: param.value });
    } else filters.push({ column: test.column ?? "", op, value: text.replace(/^['"]|['"]$/g, "") });
  }
  return filters;
}

function sortOf(order: string | undefined): SortKey[] {
  return (order?.split(",") ?? []).map((key) => {
    const [column = "", direction = ""] = key.trim().split(/\s+/);
    return { column, descending: direction.toUpperCase() === "DESC" };
  });
}

/** What the text asks for, or why and where it is refused. */
export function parse(warehouse: FakeWarehouse, sql: string, params: readonly SqlParam[]): Statement | Refused {
  const groups = SHAPE.exec(sql)?.groups;
  if (groups === undefined) {
    return refused(sql, sql.length - sql.trimStart().length, "this is no statement known here.", "Begin with SELECT.");
  }
  const name = (groups.table ?? "").replaceAll("`", "");
  const table = warehouse.lookUp(name);
  if (table === undefined) {
    return refused(sql, sql.indexOf(name), `there is no table ${name}.`, "The tree on the left lists every table.");
  }
  const filters = filtersOf(groups.where, sql, params);
  if (!Array.isArray(filters)) return filters;
  const sort = sortOf(groups.order);
  const named = (groups.columns ?? "*").split(",").map((text) => text.trim().replaceAll("`", ""));
  const known = (column: string) => table.columns.findIndex(({ name }) => name.toLowerCase() === column.toLowerCase());
  const isCount = /^COUNT\(\*\)/i.test(named[0] ?? "");
  const asked = [
    ...(named[0] === "*" || isCount ? [] : named),
    ...filters.map(({ column }) => column),
    ...sort.map(({ column }) => column),
  ];
  for (const column of asked) {
    if (known(column) < 0) {
      return refused(sql, sql.indexOf(column), `${name} has no column ${column}.`, "Choose one of its columns.");
    }
  }
  if (groups.delete !== undefined) return { kind: "delete", table, filters };
  const limit = groups.limit === undefined ? Number.POSITIVE_INFINITY : Number(groups.limit);
  const at = named[0] === "*" ? table.columns.map((_, i) => i) : named.map(known);
  return {
    kind: "select",
    table,
    columns: isCount
      ? [{ name: "f0_", type: "INT64", label_horizon: null }]
      : at.flatMap((i) => table.columns[i] ?? []),
    rows: () => {
      const rows = rowsOfView(table, sort, filters);
      if (isCount) return [[filters.length === 0 ? table.rows : rows.length]];
      return rows.slice(0, limit).map((row) => at.map((i) => row[i] ?? null));
    },
  };
}
