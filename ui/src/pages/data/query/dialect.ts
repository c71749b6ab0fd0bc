/** BigQuery's SQL for the editor: what is a keyword, what quotes a name, what begins a comment. */
import { SQLDialect } from "@codemirror/lang-sql";

const KEYWORDS =
  "all and any array as asc assert_rows_modified at between by case cast collate contains create cross cube current " +
  "default define delete desc distinct drop else end enum escape except exclude exists explain extract false fetch " +
  "following for from full group grouping groups hash having if ignore in inner insert intersect interval into is join " +
  "lateral left like limit lookup merge natural new no not null nulls of offset on or order outer over partition " +
  "percent pivot preceding proto qualify range recursive replace respect right rollup rows select set sets some " +
  "struct table tablesample then to treat true truncate unbounded union unnest unpivot update using values view when " +
  "where window with within";

const TYPES =
  "array bignumeric bool boolean bytes date datetime decimal float64 geography int64 integer interval json numeric " +
  "string struct time timestamp";

export const BIG_QUERY = SQLDialect.define({
  keywords: KEYWORDS,
  types: TYPES,
  backslashEscapes: true,
  doubleQuotedStrings: true,
  hashComments: true,
  identifierQuotes: "`",
  specialVar: "@",
  operatorChars: "*+-%<>!=&|^/~?",
  caseInsensitiveIdentifiers: true,
});
