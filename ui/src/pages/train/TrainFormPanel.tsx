/** The training form: data, features, algorithm, split and control, drawn from what the application declares. */
import { Button, Select } from "@mantine/core";
import type { Problem, TrainForm, TrainSource, Value } from "../../api/client";
import { Section } from "../../components/Facts";
import { Note } from "../../components/Message";
import { ParamFields } from "../../components/ParamFields";
import { whole } from "../../lib/number";
import { shortTable } from "../../lib/tables";
import { fixedParams, type TrainChoice, type TrainDraft } from "./draft";
import { FeatureChips } from "./FeatureChips";
import { SearchFields } from "./SearchFields";
import styles from "./Train.module.css";

type TrainFormPanelProps = {
  form: TrainForm;
  sources: readonly TrainSource[];
  choice: TrainChoice;
  change: (change: (draft: TrainDraft) => TrainDraft) => void;
  /** Why it cannot be trained, or null. */
  refusal: string | null;
  /** Why the application refused the last attempt. */
  problem: Problem | null;
  isStarting: boolean;
  onTrain: () => void;
};

/** The fields of a split that change something in one of this kind. */
function taken({ split, split_takes }: TrainForm, kind: Value | undefined): TrainForm["split"] {
  const names = typeof kind === "string" ? split_takes?.[kind] : undefined;
  return names === undefined ? split : split.filter(({ name }) => name === "kind" || names.includes(name));
}

export function TrainFormPanel(props: TrainFormPanelProps) {
  const { form, sources, choice, change, refusal, problem, isStarting, onTrain } = props;
  const { source, algorithm, features } = choice;
  const kept = source.labels_kept_out ?? 0;
  return (
    <form
      className={styles.form}
      aria-label="Training"
      onSubmit={(event) => {
        event.preventDefault();
        onTrain();
      }}
    >
      <Section title="Outcome">
        <Select
          label={`Table, ${whole(source.rows)} rows`}
          data={sources.map((known) => ({
            value: known.table,
            label: shortTable(known.table),
          }))}
          value={source.table}
          onChange={(table) =>
            change(({ outcome: _, features: __, ...draft }) => (table === null ? draft : { ...draft, table }))
          }
          data-testid="train-table"
        />
        <Select
          label="Label to predict"
          data={source.outcomes}
          value={choice.outcome}
          searchable={source.outcomes.length > 12}
          onChange={(outcome) => outcome !== null && change((draft) => ({ ...draft, outcome }))}
          data-testid="train-outcome"
        />
      </Section>

      <Section title={`Features, ${features.length} of ${source.features.length} chosen`}>
        <FeatureChips
          all={source.features}
          chosen={features}
          onChange={(chosen) => change((draft) => ({ ...draft, features: chosen }))}
        />
        {kept > 0 && (
          <Note tone="positive">
            {whole(kept)} label {kept === 1 ? "column is" : "columns are"} kept out: they read later bars.
          </Note>
        )}
      </Section>

      <Section title="Algorithm">
        <Select
          label="Type"
          data={form.algorithms.map((known) => ({
            value: known.id,
            label: known.label,
          }))}
          value={algorithm.id}
          title={algorithm.help}
          onChange={(id) => id !== null && change((draft) => ({ ...draft, algorithm: id }))}
          data-testid="train-algorithm"
        />
        <ParamFields
          params={fixedParams(choice)}
          draft={choice.params}
          onChange={(name, value: Value) =>
            change((draft) => ({
              ...draft,
              params: {
                ...draft.params,
                [algorithm.id]: {
                  ...draft.params[algorithm.id],
                  [name]: value,
                },
              },
            }))
          }
        />
      </Section>

      {(form.search ?? []).length > 0 && (
        <Section title="Search">
          <SearchFields
            form={form}
            algorithm={algorithm}
            search={choice.search}
            split={choice.split.kind}
            change={(of) => change((draft) => ({ ...draft, search: of(draft.search ?? {}) }))}
          />
        </Section>
      )}

      <Section title="Split">
        <ParamFields
          params={taken(form, choice.split.kind)}
          draft={choice.split}
          onChange={(name, value) =>
            change((draft) => ({
              ...draft,
              split: { ...draft.split, [name]: value },
            }))
          }
        />
        {choice.split.kind === "shuffled" && (
          <Note tone="warning">
            Shuffled rows leak: neighbours of a test row are trained on, so scores are too good.
          </Note>
        )}
      </Section>

      {form.prepare !== undefined && form.prepare.length > 0 && (
        <Section title="Prepare">
          <ParamFields
            params={form.prepare}
            draft={choice.prepare}
            onChange={(name, value) =>
              change((draft) => ({
                ...draft,
                prepare: { ...draft.prepare, [name]: value },
              }))
            }
          />
        </Section>
      )}

      <Section title="Control">
        <ParamFields
          params={form.control}
          draft={choice.control}
          onChange={(name, value) =>
            change((draft) => ({
              ...draft,
              control: { ...draft.control, [name]: value },
            }))
          }
        />
      </Section>

      <div className={styles.submit}>
        {problem !== null && (
          <Note tone="negative">
            <p>{problem.message}</p>
            {problem.hint !== "" && <p>{problem.hint}</p>}
          </Note>
        )}
        <Button
          type="submit"
          fullWidth
          loading={isStarting}
          disabled={refusal !== null}
          title={refusal ?? undefined}
          data-testid="train-button"
        >
          Train <kbd className={styles.key}>Ctrl ⏎</kbd>
        </Button>
      </div>
    </form>
  );
}
