/** The registry of the fake client: what people add to runs, kept in memory. */
import { fail } from "./fakeWarehouse";
import type {
  AliasChange,
  Comparison,
  ComparisonRow,
  RunDetail,
  RunQuery,
  RunRecord,
  RunSummary,
  TrashChange,
} from "./generated/bindings";

type Added = { tags: Set<string>; note: string; deleted: boolean; purged: boolean };

const NOW = "2026-01-31T10:00:00.000000Z";

export class FakeRegistry {
  private readonly added = new Map<string, Added>();
  private changes: AliasChange[] = [];

  constructor(private readonly runs: RunDetail[]) {}

  private of(id: string): Added {
    const known = this.added.get(id) ?? { tags: new Set<string>(), note: "", deleted: false, purged: false };
    this.added.set(id, known);
    return known;
  }

  private run(id: string): RunDetail {
    const run = this.runs.find((known) => known.model_execution_id === id);
    if (run === undefined) throw fail("NotFound", `There is no run ${id}.`, "Open one of the list.");
    return run;
  }

  /** Who has an alias of an outcome. */
  private holder(alias: string, outcome: string): string | null {
    const last = this.changes.find((change) => change.alias === alias && change.outcome === outcome);
    return last?.model_execution_id ?? null;
  }

  private aliasesOf(run: RunDetail): string[] {
    const names = [...new Set(this.changes.map(({ alias }) => alias))].sort();
    return names.filter((alias) => this.holder(alias, run.outcome) === run.model_execution_id);
  }

  private summary(detail: RunDetail): RunSummary {
    const added = this.of(detail.model_execution_id);
    const { p_value, median } = detail.control;
    return {
      model_execution_id: detail.model_execution_id,
      model_id: detail.model_id,
      model_type: detail.model_type,
      outcome: detail.outcome,
      executed_at: detail.executed_at,
      rsquared: detail.scores.rsquared,
      control_median: median,
      p_value,
      leaks: detail.split.leaks,
      signal: !detail.split.leaks && p_value !== null && p_value <= 0.05,
      source: detail.source,
      domain: "",
      tags: [...added.tags].sort(),
      note: added.note,
      aliases: this.aliasesOf(detail),
      deleted_at: added.deleted ? NOW : null,
    };
  }

  list(query: RunQuery): RunSummary[] {
    const text = (query.text ?? "").trim().toLowerCase();
    const is = (wanted: string | null | undefined, value: string) => (wanted ?? value) === value;
    const kept = this.runs
      .filter((run) => !this.of(run.model_execution_id).purged)
      .map((run) => this.summary(run))
      .filter(
        (run) =>
          (run.deleted_at !== null) === (query.trash ?? false) &&
          is(query.algorithm, run.model_type) &&
          is(query.outcome, run.outcome) &&
          (query.tag === null || query.tag === undefined || run.tags.includes(query.tag)) &&
          (query.alias === null || query.alias === undefined || run.aliases.includes(query.alias)) &&
          (!query.signal_only || run.signal) &&
          (query.min_score === null || query.min_score === undefined || (run.rsquared ?? -1) >= query.min_score) &&
          (query.since === null || query.since === undefined || run.executed_at >= query.since) &&
          (query.until === null || query.until === undefined || run.executed_at.slice(0, 10) <= query.until) &&
          [run.model_type, run.outcome, run.note, run.model_execution_id, ...run.tags, ...run.aliases].some((word) =>
            word.toLowerCase().includes(text),
          ),
      );
    const orders: Record<string, (a: RunSummary, b: RunSummary) => number> = {
      started: (a, b) => b.executed_at.localeCompare(a.executed_at),
      score: (a, b) => (b.rsquared ?? -9) - (a.rsquared ?? -9),
      p_value: (a, b) => (a.p_value ?? 2) - (b.p_value ?? 2),
      model: (a, b) => a.model_type.localeCompare(b.model_type),
      outcome: (a, b) => a.outcome.localeCompare(b.outcome),
    };
    kept.sort(orders[query.sort ?? "started"]);
    return query.reverse === true ? kept.reverse() : kept;
  }

  record(id: string): RunRecord {
    const run = this.run(id);
    const { domain, tags, note, aliases, deleted_at } = this.summary(run);
    return {
      domain,
      tags,
      note,
      aliases,
      deleted_at,
      purged_at: null,
      repeat_of: null,
      request: [
        { name: "operation", value: "train" },
        { name: "from.table", value: run.source },
        { name: "algorithm", value: run.model_type },
        { name: "outcome", value: run.outcome },
      ],
      params: [{ name: "fit_intercept", value: "true" }],
      query: [
        { name: "input_type", value: "table" },
        { name: "table", value: run.source },
      ],
      features: run.importance.map(({ variable }) => variable).sort(),
      versions: [
        { name: "algomosaic", value: "0.1.0" },
        { name: "polars", value: "0.55.2" },
      ],
      log: [
        { at: run.executed_at, text: `reading ${run.source}` },
        { at: run.executed_at, text: `Training ${run.model_type}` },
        { at: run.executed_at, text: `Control ${run.control.repeats} of ${run.control.repeats}` },
      ],
      job_id: "j1",
      lineage: [
        {
          kind: "bars",
          title: "Imported from bars.csv",
          table: "local.market.bars_us_daily",
          id: null,
          at: "2026-01-31T08:00:00.000000Z",
        },
        { kind: "data", title: "Features of the recipe momentum", table: run.source, id: null, at: null },
        {
          kind: "training",
          title: `${run.model_type} for ${run.outcome}`,
          table: run.tables[0] ?? null,
          id: run.model_execution_id,
          at: run.executed_at,
        },
        { kind: "model", title: run.model_file, table: null, id: run.model_id, at: null },
        {
          kind: "evaluation",
          title: "Predictions on the held-out rows",
          table: run.tables[1] ?? null,
          id: null,
          at: null,
        },
      ],
    };
  }

  tag(id: string, tags: string[]): RunSummary {
    const run = this.run(id);
    for (const tag of tags) {
      if (tag.trim() === "" || tag.includes(",")) {
        throw fail("BadInput", `The tag "${tag}" holds a comma or is empty.`, "Write another, such as baseline.");
      }
      this.of(id).tags.add(tag.trim());
    }
    return this.summary(run);
  }

  untag(id: string, tags: string[]): RunSummary {
    for (const tag of tags) this.of(id).tags.delete(tag);
    return this.summary(this.run(id));
  }

  note(id: string, text: string): RunSummary {
    this.of(id).note = text.trim();
    return this.summary(this.run(id));
  }

  giveAlias(id: string, alias: string): AliasChange {
    if (!/^[a-z][a-z0-9_-]+$/.test(alias)) {
      throw fail("BadInput", `The alias "${alias}" holds other characters.`, "Write another, such as champion.");
    }
    return this.change(id, alias, id);
  }

  takeAlias(id: string, alias: string): AliasChange {
    return this.change(id, alias, null);
  }

  private change(id: string, alias: string, to: string | null): AliasChange {
    const { outcome } = this.run(id);
    const from = this.holder(alias, outcome);
    const change: AliasChange = { alias, outcome, domain: "", model_execution_id: to, from, at: NOW };
    this.changes = [change, ...this.changes];
    return change;
  }

  aliases(): AliasChange[] {
    return this.changes;
  }

  delete(id: string, force: boolean): TrashChange {
    const aliases = this.aliasesOf(this.run(id));
    if (aliases.length > 0 && !force) {
      throw fail("BadInput", `The run is ${aliases.join(" and ")}.`, "Give the alias to another run first.");
    }
    this.of(id).deleted = true;
    return { model_execution_ids: [id], aliases, removed_files: [] };
  }

  restore(id: string): TrashChange {
    if (!this.of(id).deleted) throw fail("NotFound", "The run is not in the trash.", "");
    this.of(id).deleted = false;
    return { model_execution_ids: [id], aliases: this.aliasesOf(this.run(id)), removed_files: [] };
  }

  purge(ids: string[]): TrashChange {
    const going = [...this.added].filter(([id, added]) => added.deleted && (ids.length === 0 || ids.includes(id)));
    for (const [, added] of going) added.purged = true;
    return { model_execution_ids: going.map(([id]) => id), aliases: [], removed_files: [] };
  }

  compare(ids: string[]): Comparison {
    const runs = ids.map((id) => this.run(id));
    const row = (section: string, name: string, of: (run: RunDetail) => string | number | null): ComparisonRow => ({
      section,
      name,
      values: runs.map(of),
    });
    const rows = [
      row("request", "algorithm", (run) => run.model_type),
      row("request", "outcome", (run) => run.outcome),
      row("data", "data_hash", (run) => run.data_hash),
      row("scores", "rsquared", (run) => run.scores.rsquared),
      row("scores", "mae", (run) => run.scores.mae),
      row("control", "p_value", (run) => run.control.p_value),
      row("data", "train_rows", (run) => run.split.train_rows),
    ];
    return {
      runs: runs.map((run) => this.summary(run)),
      rows: rows.filter(({ values }) => new Set(values).size > 1),
    };
  }
}
