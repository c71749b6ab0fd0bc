/**
 * Tables in memory for the fake client: paged, sorted, filtered, profiled and copied. Views of a table of millions look
 * at its first rows only, since every row is computed when it is asked for.
 */
import { type Cell, type ColumnInfo, Failure, type Filter, type TableInfo } from "./client";
import { columnsOf, rowOf, TABLES } from "./fakeData";
import type { Code, ColumnProfile, Profile, SortKey, TablePage } from "./generated/bindings";

/** More rows than these are not scanned. */
const SCANNED_ROWS = 100_000;

export type FakeTable = {
  id: string;
  columns: ColumnInfo[];
  rows: number;
  rowAt: (row: number) => Cell[];
};

export function fail(code: Code, message: string, hint: string): Failure {
  return new Failure({ code, message, hint });
}

const idOf = (info: TableInfo) => `${info.project}.${info.dataset}.${info.table}`;

/** Numbers by size, texts by their characters. */
function compare(a: Cell, b: Cell): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}

const isNumberType = (type: string) => type === "FLOAT64" || type === "INT64";

/** The value to compare with: of the column's type, or a problem that names both. */
function literal(column: ColumnInfo, filter: Filter): Cell {
  if (!isNumberType(column.type) || filter.op === "contains" || filter.op === "starts_with") return filter.value;
  const value = Number(filter.value);
  if (filter.value.trim() === "" || Number.isNaN(value)) {
    throw fail(
      "BadInput",
      `“${filter.value}” is no ${column.type}, which ${column.name} holds.`,
      "Write a number such as 100 or 0.5.",
    );
  }
  return value;
}

function keeps(filter: Filter, wanted: Cell, cell: Cell): boolean {
  switch (filter.op) {
    case "is_null":
      return cell === null;
    case "is_not_null":
      return cell !== null;
    case "contains":
      return cell !== null && String(cell).toLowerCase().includes(String(wanted).toLowerCase());
    case "starts_with":
      return cell !== null && String(cell).toLowerCase().startsWith(String(wanted).toLowerCase());
  }
  if (cell === null) return false;
  // A day is the beginning of its timestamps.
  const order = compare(cell, wanted);
  const is = { eq: order === 0, ne: order !== 0, lt: order < 0, le: order <= 0, gt: order > 0, ge: order >= 0 };
  return is[filter.op];
}

function columnOf(table: FakeTable, name: string): { at: number; column: ColumnInfo } {
  const at = table.columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase());
  const column = table.columns[at];
  if (column === undefined) {
    throw fail("BadInput", `${table.id} has no column ${name}.`, "Choose one of its columns.");
  }
  return { at, column };
}

/** The rows a view keeps, in its order; rows of equal keys stay in the table's order. */
export function rowsOfView(table: FakeTable, sort: readonly SortKey[], filters: readonly Filter[]): Cell[][] {
  const tests = filters.map((filter) => {
    const { at, column } = columnOf(table, filter.column);
    const wanted = literal(column, filter);
    return (row: Cell[]) => keeps(filter, wanted, row[at] ?? null);
  });
  const keys = sort.map((key) => ({ at: columnOf(table, key.column).at, sign: key.descending ? -1 : 1 }));
  const kept: Cell[][] = [];
  for (let row = 0; row < Math.min(table.rows, SCANNED_ROWS); row += 1) {
    const cells = table.rowAt(row);
    if (tests.every((test) => test(cells))) kept.push(cells);
  }
  return kept.sort((a, b) => {
    for (const { at, sign } of keys) {
      const [first, second] = [a[at] ?? null, b[at] ?? null];
      // Missing values come last in either direction.
      const isMissing = first === null || second === null;
      const order = isMissing ? Number(first === null) - Number(second === null) : sign * compare(first, second);
      if (order !== 0) return order;
    }
    return 0;
  });
}

const QUANTILES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];
const BINS = 24;

function profileOf(column: ColumnInfo, values: readonly Cell[]): ColumnProfile {
  const present = values.filter((value) => value !== null).sort(compare);
  const counts = new Map<Cell, number>();
  for (const value of present) counts.set(value, (counts.get(value) ?? 0) + 1);
  const isTime = column.type === "TIMESTAMP";
  const numbers = present.flatMap((value) =>
    typeof value === "number" ? [value] : isTime ? [Date.parse(String(value))] : [],
  );
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const squares = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const [low = 0] = numbers;
  const high = numbers.at(-1) ?? low;
  const width = (high - low) / BINS || 1;
  const histogram = Array.from({ length: numbers.length === 0 ? 0 : BINS }, (_, i) => ({
    from: low + i * width,
    to: low + (i + 1) * width,
    count: 0,
  }));
  for (const value of numbers) {
    const bin = histogram[Math.min(BINS - 1, Math.floor((value - low) / width))];
    if (bin !== undefined) bin.count += 1;
  }
  const isNumber = isNumberType(column.type) && numbers.length > 0;
  return {
    name: column.name,
    type: column.type,
    nulls: values.length - present.length,
    nans: 0,
    distinct: counts.size,
    distinct_is_exact: true,
    min: present[0] ?? null,
    max: present.at(-1) ?? null,
    mean: isNumber ? mean : null,
    sd: isNumber && numbers.length > 1 ? Math.sqrt(squares / (numbers.length - 1)) : null,
    quantiles: isNumber
      ? QUANTILES.map((p) => ({ p, value: numbers[Math.round(p * (numbers.length - 1))] ?? null }))
      : [],
    quantiles_are_exact: true,
    histogram,
    top:
      column.type === "STRING"
        ? [...counts]
            .sort((a, b) => b[1] - a[1])
            .slice(0, 10)
            .map(([value, count]) => ({ value, count }))
        : [],
  };
}

export class FakeWarehouse {
  private infos: TableInfo[] = [...TABLES];
  private made = new Map<string, FakeTable>();
  private count = 0;

  /** With these tables of another warehouse. */
  constructor(private readonly others: readonly TableInfo[] = []) {}

  tables(): TableInfo[] {
    return this.infos;
  }

  /** What a list says of a table, of either warehouse. */
  info(id: string): TableInfo | undefined {
    return [...this.infos, ...this.others].find((known) => idOf(known) === id);
  }

  /** By `project.dataset.table`, `dataset.table`, or undefined. */
  lookUp(name: string): FakeTable | undefined {
    const id = name.split(".").length < 3 ? `local.${name}` : name;
    const made = this.made.get(id);
    if (made !== undefined) return made;
    const info = this.info(id);
    if (info === undefined) return undefined;
    return { id, columns: columnsOf(info), rows: info.rows ?? 0, rowAt: (row) => rowOf(info, row) };
  }

  table(name: string): FakeTable {
    const table = this.lookUp(name);
    if (table === undefined) throw fail("NotFound", `There is no table ${name}.`, "Refresh the list of tables.");
    return table;
  }

  /** Keeps rows as a table that is not listed, as the application keeps views and results. */
  keep(columns: ColumnInfo[], rows: Cell[][]): FakeTable {
    this.count += 1;
    const id = `local._results.r_${this.count}`;
    const table = { id, columns, rows: rows.length, rowAt: (row: number) => rows[row] ?? [] };
    this.made.set(id, table);
    return table;
  }

  /** Lists a table with the rows of another. */
  save(name: string, from: FakeTable, mayReplace: boolean): TableInfo {
    const [dataset = "", table = ""] = name.split(".").slice(-2);
    const id = `local.${dataset}.${table}`;
    if (this.infos.some((info) => idOf(info) === id)) {
      if (!mayReplace) {
        throw fail("AlreadyExists", `The table ${name} exists.`, "Choose another name, or choose to replace it.");
      }
      this.drop(id);
    }
    const modified = new Date().toISOString().replace("Z", "000Z");
    const info: TableInfo = {
      project: "local",
      dataset,
      table,
      rows: from.rows,
      fault: null,
      bytes: 40 * from.rows,
      modified,
    };
    this.infos = [...this.infos, info];
    this.made.set(id, { ...from, id });
    return info;
  }

  drop(id: string): void {
    this.table(id);
    this.made.delete(id);
    this.infos = this.infos.filter((info) => idOf(info) !== id);
  }

  forget(id: string): void {
    this.made.delete(id);
  }

  /** Leaves rows out of a table, as DELETE does; how many they were. */
  delete(name: string, filters: readonly Filter[]): number {
    const table = this.table(name);
    const gone = new Set(rowsOfView(table, [], filters).map((row) => JSON.stringify(row)));
    const left = rowsOfView(table, [], []).filter((row) => !gone.has(JSON.stringify(row)));
    this.made.set(table.id, { ...table, rows: left.length, rowAt: (row) => left[row] ?? [] });
    this.infos = this.infos.map((info) => (idOf(info) === table.id ? { ...info, rows: left.length } : info));
    return table.rows - left.length;
  }

  page(name: string, offset: number, limit: number): TablePage {
    const table = this.table(name);
    const last = Math.min(table.rows, offset + limit);
    const rows: Cell[][] = [];
    for (let row = offset; row < last; row += 1) rows.push(table.rowAt(row));
    return { columns: table.columns, rows, offset, total: table.rows };
  }

  copy(name: string, columns: readonly string[], offset: number, limit: number) {
    if (limit > 100_000) {
      throw fail("Usage", `${limit} rows are more than the 100,000 that can be copied.`, "Export the table instead.");
    }
    const table = this.table(name);
    const at = columns.map((column) => columnOf(table, column).at);
    const { rows } = this.page(name, offset, limit);
    const lines = rows.map((row) => at.map((i) => row[i] ?? "").join("\t"));
    return { text: `${[columns.join("\t"), ...lines].join("\n")}\n`, rows: rows.length };
  }

  profile(name: string): Profile {
    const table = this.table(name);
    const rows = rowsOfView(table, [], []);
    return {
      table: table.id,
      rows: table.rows,
      columns: table.columns.map((column, i) =>
        profileOf(
          column,
          rows.map((row) => row[i] ?? null),
        ),
      ),
      seconds: 0.31,
    };
  }
}
