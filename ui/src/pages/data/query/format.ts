/** Lays out a query. Loaded when it is first asked for. */
import { bigquery, formatDialect } from "sql-formatter";

/** Throws where the text cannot be read. */
export function formatted(sql: string): string {
  return formatDialect(sql, { dialect: bigquery, keywordCase: "upper", tabWidth: 2, linesBetweenQueries: 1 });
}
