/** The part of the training form that says which parameters are searched for, where and how. */
import { Checkbox, Chip, NumberInput, SegmentedControl, Switch, TextInput } from "@mantine/core";
import type { AlgorithmForm, Param, TrainForm, Value } from "../../api/client";
import { ParamFields } from "../../components/ParamFields";
import { whole } from "../../lib/number";
import { isNumeric } from "../../lib/params";
import {
  combinations,
  firstRange,
  type RangeDraft,
  rangeRefusal,
  type SearchChoice,
  type SearchDraft,
  searchRefusal,
  settingsOf,
} from "./search";
import styles from "./Train.module.css";

type SearchFieldsProps = {
  form: TrainForm;
  algorithm: AlgorithmForm;
  search: SearchChoice | null;
  /** The kind of split that is chosen. */
  split: Value | undefined;
  change: (change: (draft: SearchDraft) => SearchDraft) => void;
};

export function SearchFields({ form, algorithm, search, split, change }: SearchFieldsProps) {
  const setRange = (name: string, range: RangeDraft | null) =>
    change((draft) => {
      const { [name]: _, ...others } = draft.ranges?.[algorithm.id] ?? {};
      const ranges = range === null ? others : { ...others, [name]: range };
      return { ...draft, ranges: { ...draft.ranges, [algorithm.id]: ranges } };
    });
  const isGrid = search?.settings.kind === "grid";
  const refused = search === null ? null : searchRefusal(search, form, split);
  const isRangeAtFault = search?.ranges.some(({ param, range }) => rangeRefusal(param, range, isGrid) !== null);
  return (
    <>
      <Switch
        size="xs"
        label="Search for parameters"
        checked={search !== null}
        disabled={algorithm.params.length === 0}
        onChange={(event) => {
          const on = event.currentTarget.checked;
          change((draft) => ({ ...draft, on }));
        }}
        data-testid="search-on"
      />
      {algorithm.params.length === 0 && <p className="label">{algorithm.label} has no parameter.</p>}
      {search !== null && (
        <>
          <ParamFields
            params={settingsOf(form, search.settings)}
            draft={search.settings}
            onChange={(name, value) =>
              change((draft) => ({ ...draft, settings: { ...draft.settings, [name]: value } }))
            }
          />
          <fieldset className={styles.ranges}>
            <legend className="label">Searched for</legend>
            {algorithm.params.map((param) => {
              const range = search.ranges.find((known) => known.param.name === param.name)?.range ?? null;
              return (
                <div key={param.name} className={styles.range}>
                  <Checkbox
                    size="xs"
                    label={param.label}
                    title={param.help}
                    checked={range !== null}
                    onChange={() => setRange(param.name, range === null ? firstRange(param) : null)}
                    data-testid={`search-${param.name}`}
                  />
                  {range !== null && (
                    <RangeFields
                      param={param}
                      range={range}
                      isGrid={isGrid}
                      onChange={(changed) => setRange(param.name, changed)}
                    />
                  )}
                </div>
              );
            })}
          </fieldset>
          {refused !== null ? (
            isRangeAtFault !== true && (
              <p className={styles.refused} role="status">
                {refused}
              </p>
            )
          ) : (
            <p className="label">
              {isGrid && `${whole(combinations(search))} combinations. `}
              Trials see training rows alone; the score is of rows that the search never saw.
            </p>
          )}
        </>
      )}
    </>
  );
}

type RangeFieldsProps = {
  param: Param;
  range: RangeDraft;
  isGrid: boolean;
  onChange: (range: RangeDraft) => void;
};

function RangeFields({ param, range, isGrid, onChange }: RangeFieldsProps) {
  const { kind, label, name } = param;
  const set = (part: Partial<RangeDraft>) => onChange({ ...range, ...part });
  const error = rangeRefusal(param, range, isGrid);
  const said = error !== null && (
    <p className={styles.refused} role="alert">
      {error}
    </p>
  );
  if (kind.kind === "choice" || kind.kind === "bool") {
    const options: readonly [Value, string][] =
      kind.kind === "choice"
        ? kind.options
        : [
            [true, "Yes"],
            [false, "No"],
          ];
    return (
      <>
        <fieldset className={styles.values} aria-label={`Values of ${label}`}>
          {options.map(([value, text]) => (
            <Chip
              key={text}
              size="xs"
              checked={range.picked.includes(value)}
              onChange={(isOn) =>
                // In the order in which they are declared.
                set({
                  picked: options
                    .map(([one]) => one)
                    .filter((one) => (one === value ? isOn : range.picked.includes(one))),
                })
              }
            >
              {text}
            </Chip>
          ))}
        </fieldset>
        {said}
      </>
    );
  }
  const number = (part: "min" | "max" | "steps", text: string) => (
    <NumberInput
      label={text}
      aria-label={`${label}, ${text.toLowerCase()}`}
      value={typeof range[part] === "number" || typeof range[part] === "string" ? range[part] : ""}
      onChange={(value) => set({ [part]: value })}
      clampBehavior="none"
      allowDecimal={kind.kind === "float" && part !== "steps"}
      thousandSeparator=","
      hideControls
      data-testid={`search-${name}-${part}`}
    />
  );
  return (
    <>
      {isNumeric(param) && (
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label={`How the values of ${label} are given`}
          data={[
            { value: "range", label: "Range" },
            { value: "list", label: "List" },
          ]}
          value={range.form}
          onChange={(chosen) => set({ form: chosen === "list" ? "list" : "range" })}
        />
      )}
      {range.form === "range" ? (
        <>
          <div className="pair">
            {number("min", "From")}
            {number("max", "To")}
          </div>
          <div className="pair">
            <Switch
              size="xs"
              label="By ratio"
              title="Equal ratios count as equal distances: 0.001, 0.01, 0.1"
              checked={range.log}
              onChange={(event) => set({ log: event.currentTarget.checked })}
            />
            {isGrid && number("steps", "Steps")}
          </div>
        </>
      ) : (
        <TextInput
          aria-label={`Values of ${label}, between commas`}
          placeholder="0.1, 0.5, 1"
          value={range.list}
          onChange={(event) => set({ list: event.currentTarget.value })}
          data-testid={`search-${name}-list`}
        />
      )}
      {said}
    </>
  );
}
