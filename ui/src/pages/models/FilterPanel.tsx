/** Which runs the list shows. */
import { Button, NumberInput, Select, Switch, TextInput } from "@mantine/core";
import type { RunQuery, RunSummary } from "../../api/client";
import { filters, offered, unfiltered } from "./query";

type FilterPanelProps = {
  query: RunQuery;
  /** Every run, for what the filters offer. */
  runs: readonly RunSummary[];
  onChange: (query: RunQuery) => void;
};

export function FilterPanel({ query, runs, onChange }: FilterPanelProps) {
  const set = (part: RunQuery) => onChange({ ...query, ...part });
  const choices: { label: string; key: "algorithm" | "outcome" | "tag" | "alias" | "domain"; values: string[] }[] = [
    { label: "Algorithm", key: "algorithm", values: offered(runs, (run) => run.model_type) },
    { label: "Outcome", key: "outcome", values: offered(runs, (run) => run.outcome) },
    { label: "Tag", key: "tag", values: offered(runs, (run) => run.tags) },
    { label: "Alias", key: "alias", values: offered(runs, (run) => run.aliases) },
    { label: "Domain", key: "domain", values: offered(runs, (run) => run.domain).filter((domain) => domain !== "") },
  ];
  const isDay = (text: string | null | undefined) => !text || /^\d{4}-\d{2}-\d{2}$/.test(text);
  return (
    <div className="stack">
      <TextInput
        label="Search"
        placeholder="Id, model, source, tag, note"
        value={query.text ?? ""}
        onChange={(event) => set({ text: event.currentTarget.value })}
        data-testid="filter-text"
      />
      {choices.map(({ label, key, values }) => {
        const value = query[key] ?? null;
        return values.length === 0 && value === null ? null : (
          <Select
            key={key}
            label={label}
            placeholder="Any"
            data={value === null || values.includes(value) ? values : [value, ...values]}
            value={value}
            onChange={(chosen) => set({ [key]: chosen })}
            clearable
            data-testid={`filter-${key}`}
          />
        );
      })}
      <div className="pair">
        {(["since", "until"] as const).map((key) => (
          <TextInput
            key={key}
            label={key === "since" ? "Since, UTC" : "Until, UTC"}
            placeholder="2026-01-31"
            value={query[key] ?? ""}
            error={isDay(query[key]) ? undefined : "Year-month-day"}
            onChange={(event) => set({ [key]: event.currentTarget.value })}
          />
        ))}
      </div>
      <NumberInput
        label="R² at least"
        placeholder="Any"
        value={query.min_score ?? ""}
        step={0.01}
        onChange={(value) => set({ min_score: typeof value === "number" ? value : null })}
        data-testid="filter-score"
      />
      <Switch
        label="Better than chance only"
        checked={query.signal_only ?? false}
        onChange={(event) => set({ signal_only: event.currentTarget.checked })}
        data-testid="filter-signal"
      />
      <Switch
        label="In the trash"
        checked={query.trash ?? false}
        onChange={(event) => set({ trash: event.currentTarget.checked })}
        data-testid="filter-trash"
      />
      {filters(query) && (
        <Button variant="default" onClick={() => onChange(unfiltered(query))} data-testid="clear-filters">
          Clear the filters
        </Button>
      )}
    </div>
  );
}
