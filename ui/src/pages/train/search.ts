/** What the form holds of a search over parameters, completed with the declared defaults, and the request it becomes. */
import type { Param, Range, SearchKind, SearchSpec, TrainForm, Value } from "../../api/client";
import {
  type Draft,
  defaultsOf,
  firstRefusal,
  isNumeric,
  listRefusal,
  numberOf,
  partsOf,
  refusal,
} from "../../lib/params";

/** The values of one parameter as a person writes them. */
export type RangeDraft = {
  /** A range of numbers, or single values. */
  form: "range" | "list";
  min: Value;
  max: Value;
  log: boolean;
  /** How many a grid tries of a range. */
  steps: Value;
  /** Numbers between commas. */
  list: string;
  /** Of a choice, or yes and no. */
  picked: Value[];
};

/** Only what a person changed. */
export type SearchDraft = {
  on?: boolean;
  settings?: Draft;
  /** By algorithm, so that going back to one finds its ranges again; by the parameter's name. */
  ranges?: { [algorithm: string]: { [param: string]: RangeDraft } };
};

/** A search as the form shows it. */
export type SearchChoice = {
  settings: Draft;
  /** In the order of the algorithm's parameters. */
  ranges: { param: Param; range: RangeDraft }[];
};

const STEPS: Param = {
  name: "steps",
  label: "Steps",
  unit: "",
  help: "How many numbers of the range a grid tries",
  kind: { kind: "int", default: 5, min: 2, max: 1000 },
};

/** Null where nothing is searched for. */
export function searchOf(
  draft: SearchDraft | undefined,
  form: TrainForm,
  algorithm: { id: string; params: readonly Param[] },
): SearchChoice | null {
  if (draft?.on !== true) return null;
  const drafted = draft.ranges?.[algorithm.id] ?? {};
  return {
    settings: { ...defaultsOf(form.search ?? []), ...draft.settings },
    ranges: algorithm.params.flatMap((param) => {
      const range = drafted[param.name];
      return range === undefined ? [] : [{ param, range }];
    }),
  };
}

const rounded = (value: number) => Number(value.toPrecision(3));

/** A first range of a parameter: all of a share, a tenth to ten times its default otherwise. */
export function firstRange(param: Param): RangeDraft {
  const { kind } = param;
  const range: RangeDraft = {
    form: "range",
    min: "",
    max: "",
    log: false,
    steps: STEPS.kind.default,
    list: "",
    picked: [],
  };
  switch (kind.kind) {
    case "int":
    case "float": {
      const least = kind.min ?? Number.NEGATIVE_INFINITY;
      const most = kind.max ?? Number.POSITIVE_INFINITY;
      const usual = kind.default ?? 0;
      const isShare = kind.kind === "float" && least >= 0 && most <= 1;
      const isScale = !isShare && usual > 0;
      const whole = (value: number) => (kind.kind === "int" ? Math.round(value) : rounded(value));
      const min = isShare ? least : Math.max(least, whole(isScale ? usual / 10 : usual - 10));
      const max = isShare ? most : Math.min(most, whole(isScale ? usual * 10 : usual + 10));
      return { ...range, min, max, log: isScale && min > 0, list: String(usual) };
    }
    case "choice":
      return { ...range, form: "list", picked: kind.options.map(([name]) => name) };
    case "bool":
      return { ...range, form: "list", picked: [true, false] };
    default:
      return { ...range, form: "list", list: String(kind.default) };
  }
}

/** The settings that change something: a grid tries all, however many. */
export function settingsOf(form: TrainForm, settings: Draft): Param[] {
  return (form.search ?? []).filter(({ name }) => name !== "trials" || settings.kind !== "grid");
}

const isPicked = ({ kind }: Param) => kind.kind === "choice" || kind.kind === "bool";

/** Why the values of one parameter cannot be tried, or null. */
export function rangeRefusal(param: Param, range: RangeDraft, isGrid: boolean): string | null {
  if (isPicked(param)) return range.picked.length > 0 ? null : `${param.label} needs at least one value.`;
  if (range.form === "list" || !isNumeric(param)) {
    return partsOf(range.list).length > 0 ? listRefusal(param, range.list) : `${param.label} needs at least one value.`;
  }
  const broken = refusal(param, range.min) ?? refusal(param, range.max);
  if (broken !== null) return broken;
  if (!(Number(range.min) < Number(range.max))) return `${param.label} must begin below its end.`;
  if (range.log && Number(range.min) <= 0) return `${param.label} must begin above 0 where ratios count.`;
  return isGrid ? refusal(STEPS, range.steps) : null;
}

/** The first reason why this cannot be searched for, or null. */
export function searchRefusal(search: SearchChoice, form: TrainForm, split: Value | undefined): string | null {
  const splits = form.search_splits ?? [];
  if (!splits.includes(String(split))) {
    const kind = form.split.find(({ name }) => name === "kind")?.kind;
    const options = kind?.kind === "choice" ? kind.options : [];
    const names = options.filter(([name]) => splits.includes(name)).map(([, label]) => label);
    return `A search needs held-out rows that it never sees: choose the split ${names.join(" or ")}.`;
  }
  if (search.ranges.length === 0) return "Choose at least one parameter to search for.";
  const isGrid = search.settings.kind === "grid";
  for (const { param, range } of search.ranges) {
    const sentence = rangeRefusal(param, range, isGrid);
    if (sentence !== null) return sentence;
  }
  return firstRefusal(settingsOf(form, search.settings), search.settings);
}

function valuesOf(param: Param, range: RangeDraft): Value[] {
  if (isPicked(param)) return range.picked;
  return partsOf(range.list).map((part) => (isNumeric(param) ? numberOf(part) : part));
}

function rangeOf(param: Param, range: RangeDraft): Range {
  if (range.form === "list") return valuesOf(param, range);
  return {
    min: Number(range.min),
    max: Number(range.max),
    log: range.log,
    ...(typeof range.steps === "number" ? { steps: range.steps } : {}),
  };
}

/** How many combinations a grid tries. */
export function combinations({ ranges }: SearchChoice): number {
  return ranges.reduce(
    (all, { param, range }) => all * (range.form === "list" ? valuesOf(param, range).length : Number(range.steps)),
    1,
  );
}

/** Holds where `searchRefusal` finds nothing. */
export function specOf({ settings, ranges }: SearchChoice): SearchSpec {
  return {
    // Declared as a choice of these names.
    kind: settings.kind as SearchKind,
    trials: Number(settings.trials),
    folds: Number(settings.folds),
    ranges: Object.fromEntries(ranges.map(({ param, range }) => [param.name, rangeOf(param, range)])),
  };
}
