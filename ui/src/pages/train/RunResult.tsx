/** What a training run found: score against control, three more metrics, the standard charts, importance. */
import { notifications } from "@mantine/notifications";
import {
  type Chart,
  type ChartFormat,
  problemOf,
  type RunDetail,
  type Scores,
  type Theme,
  useClient,
} from "../../api/client";
import { ChartCard } from "../../components/chart/ChartCard";
import { Note } from "../../components/Message";
import { showProblem } from "../../frame/Workbench";
import { median } from "../../lib/median";
import { allDigits, dataValue } from "../../lib/number";
import { ClassesCard } from "./ClassesCard";
import { FoldsCard } from "./FoldsCard";
import { ImportanceCard } from "./ImportanceCard";
import { type Metric, metricsOf } from "./metrics";
import { ScoreCard } from "./ScoreCard";
import { SearchCard } from "./SearchCard";
import styles from "./Train.module.css";

const WIDE_PX = 176;
const SMALL_PX = 148;

type RunResultProps = {
  run: RunDetail;
  /** Beside other runs, what not every run has comes last, so that the others stay side by side. */
  isCompared?: boolean;
};

export function RunResult({ run, isCompared = false }: RunResultProps) {
  const client = useClient();
  const save = async (chart: Chart, format: ChartFormat, theme: Theme) => {
    try {
      const file = await client.saveChart(run.model_execution_id, chart.id, format, theme);
      notifications.show({
        title: `Saved ${chart.title} as ${format.toUpperCase()}`,
        message: file.path,
        color: "var(--positive)",
      });
    } catch (thrown) {
      showProblem("The chart was not saved", problemOf(thrown));
    }
  };
  const card = (chart: Chart, heightPx: number) => (
    <ChartCard
      key={chart.id}
      chart={chart}
      heightPx={heightPx}
      tools={heightPx === WIDE_PX ? "beside" : "under"}
      onSave={(format, theme) => void save(chart, format, theme)}
    />
  );
  const overTime = run.charts.filter((chart) => chart.x.kind === "time");
  const trials = run.charts.find((chart) => chart.id === "search_trials");
  const others = run.charts.filter((chart) => chart.x.kind !== "time" && chart !== trials);
  const [first, ...later] = overTime;
  // The last card fills the row.
  const columns = others.length > 3 || others.length === 2 ? 3 : 2;
  const span = columns - (others.length % columns);
  const search = run.search ?? null;
  const folds = run.folds ?? [];
  const searched = (
    <>
      {search !== null && <SearchCard run={run} search={search} />}
      {trials !== undefined && card(trials, WIDE_PX)}
    </>
  );
  return (
    <div className={styles.result}>
      {run.split.leaks && (
        <Note tone="warning">
          These rows were split at random, so the test rows' neighbours were trained on: every score here is too good.
          Split by time to see what the model can do.
        </Note>
      )}
      <ScoreCard scores={run.scores} control={run.control} />
      <div className={styles.metrics}>
        {metricsOf(run.scores).map((metric) => (
          <MetricCard key={metric.name} metric={metric} scores={run.scores} controls={run.control.scores} />
        ))}
      </div>
      {run.classes && <ClassesCard classes={run.classes} />}
      {!isCompared && searched}
      {first !== undefined && card(first, WIDE_PX)}
      <div className={styles.small} data-columns={columns}>
        {others.map((chart) => card(chart, SMALL_PX))}
        <ImportanceCard importance={run.importance} heightPx={SMALL_PX} span={span} />
      </div>
      {folds.length > 1 && <FoldsCard folds={folds} paths={run.paths ?? []} />}
      {later.map((chart) => card(chart, WIDE_PX))}
      {isCompared && searched}
    </div>
  );
}

function MetricCard({ metric, scores, controls }: { metric: Metric; scores: Scores; controls: readonly Scores[] }) {
  const { name, of, label, help, format } = metric;
  const value = of(scores);
  const control = median(controls.map(of));
  return (
    <section className={`card ${styles.metric}`} aria-label={label}>
      <h2 className="muted" title={help}>
        {label}
      </h2>
      <div
        className={styles.metricValue}
        data-testid={`score-${name}`}
        data-value={dataValue(value)}
        title={value === null ? "Undefined for these rows" : allDigits(value)}
      >
        {format(value)}
      </div>
      <div className="label" title={`Median of ${controls.length} controls`}>
        control {format(control)}
      </div>
    </section>
  );
}
