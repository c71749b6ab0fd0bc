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
import { allDigits, dataValue, percent, score, significant } from "../../lib/number";
import { ClassesCard } from "./ClassesCard";
import { FoldsCard } from "./FoldsCard";
import { ImportanceCard } from "./ImportanceCard";
import { ScoreCard } from "./ScoreCard";
import { SearchCard } from "./SearchCard";
import styles from "./Train.module.css";

type Metric = {
  name: string;
  of: (scores: Scores) => number | null | undefined;
  label: string;
  help: string;
  format: (value: number | null) => string;
};

const METRICS: readonly Metric[] = [
  {
    name: "mae",
    of: ({ mae }) => mae,
    label: "Mean absolute error",
    help: "In the outcome's own unit; lower is better",
    format: (value) => significant(value, 3),
  },
  {
    name: "direction_hits",
    of: ({ direction_hits }) => direction_hits,
    label: "Direction right",
    help: "Share of rows whose sign was predicted",
    format: (value) => percent(value),
  },
  {
    name: "information_coefficient",
    of: ({ information_coefficient }) => information_coefficient,
    label: "Information coefficient",
    help: "Spearman's rank correlation of predictions and outcomes",
    format: score,
  },
];

const CLASS_METRICS: readonly Metric[] = [
  {
    name: "balanced_accuracy",
    of: ({ classes }) => classes?.balanced_accuracy,
    label: "Balanced accuracy",
    help: "Share of the rows whose class was predicted, the mean over the classes",
    format: (value) => percent(value),
  },
  {
    name: "roc_auc",
    of: ({ classes }) => classes?.roc_auc,
    label: "ROC AUC",
    help: "Probability that a row of the class is predicted higher than one of another: 0.5 by chance",
    format: score,
  },
  {
    name: "log_loss",
    of: ({ classes }) => classes?.log_loss,
    label: "Log loss",
    help: "Mean of -ln of the probability of what happened; lower is better",
    format: (value) => significant(value, 3),
  },
];

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
        {(run.scores.classes ? CLASS_METRICS : METRICS).map((metric) => (
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
  const value = of(scores) ?? null;
  const control = median(controls.map((one) => of(one) ?? null));
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
