/** A recipe as the page edits it: entries with what a person typed, every edit a function, and the recipe it becomes. */
import type { Entry, IndicatorForm, Param, Recipe, Setting, Value } from "../../api/client";
import { type Draft, defaultsOf, isNumeric, numberOf, partsOf } from "../../lib/params";

/** An entry, known by its key while it is edited, moved and undone. */
export type Item = {
  key: string;
  isLabel: boolean;
  /** As the catalogue has it: `ta.rsi`, `transform.lag`, `sql`; empty where the file names none or several. */
  id: string;
  as: string;
  /** Only what was given. A typed text may hold several values between commas. */
  params: Record<string, Setting>;
};

export type RecipeDraft = { name: string; items: Item[] };

export const EMPTY_RECIPE: RecipeDraft = { name: "", items: [] };

/** Bars that a new label reads ahead. */
const LABEL_BARS = 10;

const EXPRESSION: Param = {
  name: "sql",
  label: "Expression",
  kind: { kind: "text", default: "" },
  unit: "",
  help: "Of columns of the same bar, and of columns made above.",
};

/** Beside what the catalogue has: an expression. */
export const SQL_FORM: IndicatorForm = {
  id: "sql",
  family: "sql",
  group: "Expression",
  label: "SQL expression",
  help: "A column from other columns of the same bar.",
  formula: "SAFE_DIVIDE(high - low, close)",
  source: "BigQuery's SQL, without aggregates and window functions",
  params: [EXPRESSION],
  outputs: [{ name: "value", pattern: "", integer: false, draw: "line" }],
  streams: true,
};

let made = 0;
export function newKey(): string {
  made += 1;
  return `${Date.now().toString(36)}-${made}`;
}

/** The parameter by which an entry can read later bars, if it has one. */
export function aheadParam(form: IndicatorForm): Param | undefined {
  return form.params.find(({ kind, unit }) => kind.kind === "int" && unit === "bars" && (kind.min ?? 0) < 0);
}

export function canBeLabel(form: IndicatorForm): boolean {
  return form.id === SQL_FORM.id || aheadParam(form) !== undefined;
}

export function newItem(form: IndicatorForm, isLabel: boolean): Item {
  const ahead = isLabel ? aheadParam(form) : undefined;
  const params: Item["params"] = ahead === undefined ? {} : { [ahead.name]: -LABEL_BARS };
  return { key: newKey(), isLabel, id: form.id, as: "", params };
}

/** A text with a comma stands for itself only inside a list. */
function asTyped(name: string, setting: Setting): Setting {
  return name !== "sql" && typeof setting === "string" && setting.includes(",") ? [setting] : setting;
}

const KINDS = ["indicator", "transform", "sql"];

export function itemOf(entry: Entry, isLabel: boolean): Item {
  // The generated type holds for every key that the named ones have the type of a parameter as well.
  const settings: [string, Setting | undefined][] = Object.entries(entry);
  const given = settings.filter((pair): pair is [string, Setting] => pair[1] !== undefined && pair[1] !== null);
  const kinds = given.filter(([name]) => KINDS.includes(name));
  const [kind, id] = kinds[0] ?? ["", ""];
  const isKnown = kinds.length === 1 && typeof id === "string";
  const as = given.find(([name]) => name === "as")?.[1];
  const isParam = (name: string) => name !== "as" && (!isKnown || name === "sql" || !KINDS.includes(name));
  return {
    key: newKey(),
    isLabel,
    id: !isKnown ? "" : kind === "sql" ? "sql" : kind === "transform" ? `transform.${id}` : id,
    as: typeof as === "string" ? as : "",
    params: Object.fromEntries(
      given.filter(([name]) => isParam(name)).map(([name, setting]) => [name, asTyped(name, setting)]),
    ),
  };
}

export function draftOf(recipe: Recipe): RecipeDraft {
  return {
    name: recipe.name,
    items: [
      ...(recipe.feature ?? []).map((entry) => itemOf(entry, false)),
      ...(recipe.label ?? []).map((entry) => itemOf(entry, true)),
    ],
  };
}

/** What a setting is for the application: text that a person typed becomes numbers, and a list where it has commas. */
export function settingOf(param: Param | undefined, setting: Setting): Setting {
  if (typeof setting !== "string") return setting;
  const parts = partsOf(setting);
  const values = param !== undefined && isNumeric(param) ? parts.map(numberOf) : parts;
  const [only] = values;
  if (values.length > 1) return values;
  return only ?? "";
}

/** A setting as the text that a field shows. */
export function settingText(setting: Setting | undefined): string {
  return Array.isArray(setting) ? setting.join(", ") : setting === undefined ? "" : String(setting);
}

export function entryOf(item: Item, form: IndicatorForm | undefined): Entry {
  const [family = ""] = item.id.split(".");
  const kind: [string, string][] =
    item.id === "" || item.id === "sql"
      ? []
      : family === "transform"
        ? [["transform", item.id.slice("transform.".length)]]
        : [["indicator", item.id]];
  const params = Object.entries(item.params).map(([name, setting]): [string, Setting] => {
    const param = form?.params.find((known) => known.name === name);
    return [name, name === EXPRESSION.name ? setting : settingOf(param, setting)];
  });
  const as: [string, string][] = item.as.trim() === "" ? [] : [["as", item.as.trim()]];
  const sql: [string, Setting][] = item.id === "sql" && item.params.sql === undefined ? [["sql", ""]] : [];
  return Object.fromEntries([...kind, ...sql, ...params, ...as]);
}

export type FormOf = (id: string) => IndicatorForm | undefined;

export function recipeOf(draft: RecipeDraft, formOf: FormOf): Recipe {
  const entries = (isLabel: boolean) =>
    draft.items.filter((item) => item.isLabel === isLabel).map((item) => entryOf(item, formOf(item.id)));
  return { name: draft.name.trim(), feature: entries(false), label: entries(true) };
}

/** What the form of an entry shows: what was given, and the defaults. */
export function fieldsOf(item: Item, form: IndicatorForm): Draft {
  const given = Object.entries(item.params).map(([name, setting]): [string, Value] => {
    return [name, Array.isArray(setting) ? settingText(setting) : setting];
  });
  return { ...defaultsOf(form.params), ...Object.fromEntries(given) };
}

/** Two recipes that make the same columns in the same order. */
export function isSame(a: Recipe, b: Recipe): boolean {
  const plain = ({ name, feature, label }: Recipe) =>
    JSON.stringify([name, feature ?? [], label ?? []], (_, value: unknown) =>
      value !== null && typeof value === "object" && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([x], [y]) => x.localeCompare(y)))
        : value,
    );
  return plain(a) === plain(b);
}

// Edits. Features stand before labels, always.

const inOrder = (items: readonly Item[]): Item[] => [
  ...items.filter((item) => !item.isLabel),
  ...items.filter((item) => item.isLabel),
];

export function added(draft: RecipeDraft, item: Item, after?: string): RecipeDraft {
  const at = draft.items.findIndex(({ key }) => key === after);
  const items = at < 0 ? [...draft.items, item] : draft.items.toSpliced(at + 1, 0, item);
  return { ...draft, items: inOrder(items) };
}

export function removed(draft: RecipeDraft, key: string): RecipeDraft {
  return { ...draft, items: draft.items.filter((item) => item.key !== key) };
}

export function changed(draft: RecipeDraft, key: string, change: (item: Item) => Item): RecipeDraft {
  return { ...draft, items: inOrder(draft.items.map((item) => (item.key === key ? change(item) : item))) };
}

/** Puts an entry so many places further among its kind; as far as it goes. */
export function moved(draft: RecipeDraft, key: string, by: number): RecipeDraft {
  const item = draft.items.find((known) => known.key === key);
  if (item === undefined) return draft;
  const kind = draft.items.filter((known) => known.isLabel === item.isLabel);
  const from = kind.indexOf(item);
  const to = Math.min(kind.length - 1, Math.max(0, from + by));
  if (to === from) return draft;
  const others = draft.items.filter((known) => known.isLabel !== item.isLabel);
  return { ...draft, items: inOrder([...kind.toSpliced(from, 1).toSpliced(to, 0, item), ...others]) };
}
