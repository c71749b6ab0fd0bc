/** The profile of one column, and of all columns of a table. */
import { Button } from "@mantine/core";
import type { ColumnInfo, ColumnProfile, Profile } from "../../api/client";
import { Facts } from "../../components/Facts";
import { Histogram } from "../../components/Histogram";
import { Empty, Failed, Note } from "../../components/Message";
import { TaskWaiting } from "../../frame/TaskWaiting";
import { allDigits, axisNumber, percent, significant, UNDEFINED, whole } from "../../lib/number";
import { duration, instant } from "../../lib/time";
import { isNumberType } from "./cells";
import styles from "./Profile.module.css";
import { binsOf, isTime, type ProfileView, quantileText, valueText } from "./profile";

const share = (part: number | null, all: number | null) =>
  part === null || all === null || all === 0 ? "" : ` (${percent(part / all)})`;

const distinctText = ({ distinct, distinct_is_exact: isExact }: ColumnProfile) =>
  `${isExact ? "" : "about "}${whole(distinct)}`;

const numberText = (value: number | null) => (
  <span title={value === null ? "Undefined for this column" : allDigits(value)}>{significant(value, 6)}</span>
);

const QUANTILES: [p: number, name: string][] = [
  [0.01, "1 %"],
  [0.05, "5 %"],
  [0.25, "25 %"],
  [0.5, "Median"],
  [0.75, "75 %"],
  [0.95, "95 %"],
  [0.99, "99 %"],
];

/** Everything known of a column's values, for the panel at the right. */
export function ColumnFacts({ profile, rows }: { profile: ColumnProfile; rows: number | null }) {
  const axis = (value: number) => (isTime(profile.type) ? instant(value) : axisNumber(value));
  const bins = binsOf(profile);
  const isNumber = isNumberType(profile.type);
  return (
    <div className="stack" data-testid="column-profile">
      {bins.length > 0 && (
        <Histogram bins={bins} heightPx={90} axis={axis} label={`How the values of ${profile.name} are spread`} />
      )}
      <Facts
        facts={[
          ["Missing", `${whole(profile.nulls)}${profile.nulls === 0 ? "" : share(profile.nulls, rows)}`],
          ["NaN", profile.nans === 0 || profile.nans === null ? null : whole(profile.nans)],
          ["Distinct", distinctText(profile)],
          ["Min", valueText(profile, profile.min)],
          ["Max", valueText(profile, profile.max)],
          ["Mean", isNumber ? numberText(profile.mean) : null],
          ["Deviation", isNumber ? numberText(profile.sd) : null],
        ]}
      />
      {profile.quantiles.length > 0 && (
        <Facts
          facts={[
            ["Quantiles", <small key="how">{profile.quantiles_are_exact ? "exact" : "approximate"}</small>],
            ...QUANTILES.map(([p, name]): [string, string] => [name, quantileText(profile, p)]),
          ]}
        />
      )}
      {profile.top.length > 0 && (
        <section aria-label="Most frequent values">
          <h3 className="label">Most frequent</h3>
          <Facts
            facts={profile.top.map(({ value, count }): [string, string] => [
              valueText(profile, value),
              `${whole(count)}${share(count, rows)}`,
            ])}
          />
        </section>
      )}
    </div>
  );
}

type ProfileTabProps = {
  view: ProfileView;
  name: string;
  rows: number | null;
  columns: readonly ColumnInfo[];
  selected: string | null;
  onColumn: (column: ColumnInfo) => void;
  onStart: () => void;
  onCancel: () => void;
};

/** Every column of a table on a line. */
export function ProfileTab({ view, name, rows, columns, selected, onColumn, onStart, onCancel }: ProfileTabProps) {
  switch (view.status) {
    case "off":
      return (
        <Empty title="No profile yet" text={`It reads the ${whole(rows)} rows of ${name} once, in the background.`}>
          <Button onClick={onStart}>Profile {whole(rows)} rows</Button>
        </Empty>
      );
    case "running":
      return view.task !== null && <TaskWaiting what={`Profiling ${name}`} task={view.task} onCancel={onCancel} />;
    case "failed":
      return <Failed title="The table was not profiled" problem={view.problem} retry={onStart} />;
    case "ready":
      return <ProfileTable profile={view.profile} columns={columns} selected={selected} onColumn={onColumn} />;
  }
}

type ProfileTableProps = {
  profile: Profile;
  columns: readonly ColumnInfo[];
  selected: string | null;
  onColumn: (column: ColumnInfo) => void;
};

function ProfileTable({ profile, columns, selected, onColumn }: ProfileTableProps) {
  const infoOf = (column: ColumnProfile): ColumnInfo =>
    columns.find(({ name }) => name === column.name) ?? { name: column.name, type: column.type, label_horizon: null };
  const labels = columns.filter(({ label_horizon: horizon }) => horizon !== null).length;
  return (
    <div className={styles.profile} data-testid="profile">
      <p className="label">
        {whole(profile.rows)} rows, {whole(profile.columns.length)} columns, profiled in {duration(profile.seconds)}
      </p>
      {labels > 0 && (
        <Note tone="warning">
          {labels} {labels === 1 ? "column is a label" : "columns are labels"}: they read later bars and are never
          features.
        </Note>
      )}
      <div className={`card ${styles.box}`}>
        <table className={styles.table}>
          <thead>
            <tr>
              {["Column", "Type", "Values", "Missing", "Distinct", "Min", "Median", "Max", "Mean", "Deviation"].map(
                (head, i) => (
                  <th key={head} scope="col" data-align={i < 3 ? "left" : "right"}>
                    {head}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {profile.columns.map((column) => {
              const info = infoOf(column);
              return (
                <tr key={column.name} data-current={column.name === selected} data-testid={`profile-${column.name}`}>
                  <th scope="row">
                    <button type="button" className={styles.name} onClick={() => onColumn(info)}>
                      {column.name}
                    </button>
                    {info.label_horizon !== null && <small className={styles.mark}>label</small>}
                  </th>
                  <td data-align="left">{column.type}</td>
                  <td className={styles.values} data-align="left">
                    {column.histogram.length > 0 ? (
                      <Histogram
                        bins={binsOf(column)}
                        heightPx={20}
                        label={`How the values of ${column.name} are spread`}
                      />
                    ) : (
                      <span className="label">
                        {column.top
                          .slice(0, 3)
                          .map(({ value }) => String(value))
                          .join(", ")}
                      </span>
                    )}
                  </td>
                  <td>{whole(column.nulls)}</td>
                  <td>{distinctText(column)}</td>
                  <td>{valueText(column, column.min)}</td>
                  <td>{quantileText(column, 0.5)}</td>
                  <td>{valueText(column, column.max)}</td>
                  <td>{column.mean === null ? UNDEFINED : numberText(column.mean)}</td>
                  <td>{column.sd === null ? UNDEFINED : numberText(column.sd)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </div>
  );
}
