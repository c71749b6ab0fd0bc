/** What the editor offers while a query is written: tables, columns of those it names, functions, keywords. */
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import type { ColumnInfo, SqlWords } from "../../../api/client";
import { atCursor } from "../../../lib/sqlText";

export type Catalogue = {
  /** `project.dataset.table`. */
  tables: readonly string[];
  words: SqlWords;
  /** None for a table that is not there. */
  columnsOf: (table: string) => Promise<readonly ColumnInfo[]>;
};

/** Columns before functions before keywords. */
const COLUMN_BOOST = 3;
const FUNCTION_BOOST = 1;

function tableCompletions({ tables }: Catalogue): Completion[] {
  return tables.map((table): Completion => {
    const [project = "", ...rest] = table.split(".");
    // Shards and odd names only pass in quotes.
    return { label: rest.join("."), detail: project, apply: `\`${table}\``, type: "class" };
  });
}

function columnCompletions(columns: readonly ColumnInfo[]): Completion[] {
  return columns.map(({ name, type, label_horizon: horizon }): Completion => {
    const label = horizon === null ? "" : `, a label: ${horizon} ${horizon === 1 ? "bar" : "bars"} ahead`;
    return { label: name, detail: `${type}${label}`, type: "property", boost: COLUMN_BOOST };
  });
}

function wordCompletions({ functions, keywords }: SqlWords): Completion[] {
  return [
    ...functions.map(
      ({ name, signature, help }): Completion => ({
        label: name,
        detail: signature.startsWith(name) ? signature.slice(name.length) : signature,
        info: help,
        apply: `${name}(`,
        type: "function",
        boost: FUNCTION_BOOST,
      }),
    ),
    ...keywords.map((label): Completion => ({ label, type: "keyword" })),
  ];
}

export async function completionsAt(sql: string, position: number, catalogue: Catalogue): Promise<CompletionResult> {
  const { from, expected } = atCursor(sql, position);
  const columnsOf = async (table: string) => columnCompletions(await catalogue.columnsOf(table));
  switch (expected.kind) {
    case "table": {
      // The name may stand in quotes, of which the editor has already written the second.
      const written = sql.slice(from, position).replaceAll("`", "").toLowerCase();
      const options = tableCompletions(catalogue).filter(({ label, detail }) =>
        `${detail}.${label}`.toLowerCase().includes(written),
      );
      return { from, to: position + (sql[position] === "`" ? 1 : 0), options, filter: false };
    }
    case "column":
      return { from, options: await columnsOf(expected.table), validFor: /^\w*$/ };
    case "any": {
      const columns = await Promise.all(expected.tables.map(columnsOf));
      const options = [...columns.flat(), ...wordCompletions(catalogue.words), ...tableCompletions(catalogue)];
      return { from, options, validFor: /^\w*$/ };
    }
  }
}

export function completionSource(catalogue: () => Catalogue) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const sql = context.state.doc.toString();
    const { from, expected } = atCursor(sql, context.pos);
    // The name of a parameter is the person's own.
    if (sql[from - 1] === "@") return null;
    // Unasked, only where something has been written or a table must follow.
    if (!context.explicit && from === context.pos && expected.kind === "any") return null;
    return completionsAt(sql, context.pos, catalogue());
  };
}
