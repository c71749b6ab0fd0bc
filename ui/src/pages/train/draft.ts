/** What the training form holds, completed with defaults, and the request it becomes. */
import { useSessionStorage } from "@mantine/hooks";
import {
  type AlgorithmForm,
  type ControlKind,
  Failure,
  type Impute,
  type Request,
  type SplitKind,
  type TrainForm,
  type TrainSource,
  type Value,
  type Window,
} from "../../api/client";
import { type Draft, defaultsOf, firstRefusal } from "../../lib/params";
import { type SearchChoice, type SearchDraft, searchOf, searchRefusal, specOf } from "./search";

/** Only what a person changed; the rest are defaults. */
export type TrainDraft = {
  table?: string;
  outcome?: string;
  /** Absent: every column that may be a feature. */
  features?: string[];
  algorithm?: string;
  /** By algorithm, so that going back to one finds its values again. */
  params: Record<string, Draft>;
  split: Draft;
  prepare?: Draft;
  control: Draft;
  search?: SearchDraft;
};

const NOTHING_CHANGED: TrainDraft = { params: {}, split: {}, control: {} };

/** Every choice made: what the form shows. */
export type TrainChoice = {
  source: TrainSource;
  outcome: string;
  features: string[];
  algorithm: AlgorithmForm;
  params: Draft;
  split: Draft;
  prepare: Draft;
  control: Draft;
  /** Null where nothing is searched for. */
  search: SearchChoice | null;
};

export function useTrainDraft(workspace: string) {
  return useSessionStorage<TrainDraft>({
    key: `algomosaic.train.${workspace}`,
    defaultValue: NOTHING_CHANGED,
    getInitialValueInEffect: false,
  });
}

/** Null where there is nothing to choose from. */
export function choiceOf(draft: TrainDraft, form: TrainForm, sources: readonly TrainSource[]): TrainChoice | null {
  const source = sources.find((known) => known.table === draft.table) ?? sources[0];
  const algorithm = form.algorithms.find((known) => known.id === draft.algorithm) ?? form.algorithms[0];
  if (source === undefined || algorithm === undefined) return null;
  const outcome = source.outcomes.find((known) => known === draft.outcome) ?? source.outcomes[0];
  if (outcome === undefined) return null;
  return {
    source,
    outcome,
    features: draft.features?.filter((name) => source.features.includes(name)) ?? source.features,
    algorithm,
    params: { ...defaultsOf(algorithm.params), ...draft.params[algorithm.id] },
    split: { ...defaultsOf(form.split), ...draft.split },
    prepare: { ...defaultsOf(form.prepare ?? []), ...draft.prepare },
    control: { ...defaultsOf(form.control), ...draft.control },
    search: searchOf(draft.search, form, algorithm),
  };
}

/** The parameters that have one value: all but those that are searched for. */
export function fixedParams({ algorithm, search }: TrainChoice): AlgorithmForm["params"] {
  return algorithm.params.filter(({ name }) => !search?.ranges.some(({ param }) => param.name === name));
}

/** The first reason why this cannot be trained, or null. */
export function refusalOf(choice: TrainChoice, form: TrainForm): string | null {
  if (choice.features.length === 0) return "Choose at least one feature.";
  return (
    firstRefusal(fixedParams(choice), choice.params) ??
    (choice.search === null ? null : searchRefusal(choice.search, form, choice.split.kind)) ??
    firstRefusal(form.split, choice.split) ??
    firstRefusal(form.prepare ?? [], choice.prepare) ??
    firstRefusal(form.control, choice.control)
  );
}

/** What a field holds that is no number is never sent as one. */
function numberOf(draft: Draft, name: string): number {
  const value = draft[name];
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new Failure({
    code: "BadInput",
    message: `${name} needs a number, but is “${value ?? ""}”.`,
    hint: "Correct the field, then train again.",
  });
}

/** The numbers of these names that the form has. */
function numbersOf<Name extends string>(draft: Draft, names: readonly Name[]): Partial<Record<Name, number>> {
  const numbers: Partial<Record<Name, number>> = {};
  for (const name of names) if (name in draft) numbers[name] = numberOf(draft, name);
  return numbers;
}

// The application declares these choices as parameters and knows them by the same names, so the form may hold any of
// them; the request's type lists them once more.
const splitKind = (value: Value | undefined) => value as SplitKind;
const window = (value: Value | undefined) => value as Window;
const impute = (value: Value | undefined) => value as Impute;
const controlKind = (value: Value | undefined) => value as ControlKind;

/** Throws a `Failure` where a number is none; `refusalOf` says so before. */
export function requestOf(choice: TrainChoice): Request {
  const { source, outcome, features, algorithm, split, prepare, control, search } = choice;
  const fixed = new Set(fixedParams(choice).map(({ name }) => name));
  return {
    operation: "train",
    from: { kind: "table", table: source.table },
    spec: {
      outcome,
      features,
      algorithm: algorithm.id,
      params: Object.fromEntries(Object.entries(choice.params).filter(([name]) => fixed.has(name))),
      split: {
        kind: splitKind(split.kind),
        ...("window" in split && { window: window(split.window) }),
        ...numbersOf(split, ["test_size", "embargo_bars", "folds", "groups", "test_groups"]),
      },
      ...("impute" in prepare && {
        prepare: { impute: impute(prepare.impute), ...numbersOf(prepare, ["winsorize"]) },
      }),
      ...(search !== null && { search: specOf(search) }),
      control: {
        kind: controlKind(control.kind),
        repeats: numberOf(control, "repeats"),
        seed: numberOf(control, "seed"),
      },
    },
  };
}
