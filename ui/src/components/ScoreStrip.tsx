/**
 * The distribution of reference scores in grey, with one score as a mark on it. The grey shape is a kernel density
 * (Gaussian, Silverman's bandwidth); the ticks under it are the scores themselves.
 */
import { useElementSize } from "@mantine/hooks";
import { axisNumber } from "../lib/number";
import styles from "./ScoreStrip.module.css";

type ScoreStripProps = {
  score: number | null;
  references: readonly (number | null)[];
  /** What the picture says, for people who hear it. */
  label: string;
};

const HEIGHT = 74;
const BASE = 48;
const TOP = 12;
const SIDE = 24;
const POINTS = 96;

function density(values: readonly number[], at: number, bandwidth: number): number {
  return values.reduce((sum, value) => sum + Math.exp(-(((at - value) / bandwidth) ** 2) / 2), 0);
}

function bandwidthOf(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  const width = 1.06 * Math.sqrt(variance) * values.length ** -0.2;
  return width > 0 ? width : Math.max(1e-6, Math.abs(mean) * 0.02);
}

/** Round numbers, four to six, across a range. */
function ticksOf(low: number, high: number): number[] {
  const rough = (high - low) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((multiple) => multiple * power >= rough) ?? 10) * power;
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step); i * step <= high; i += 1) ticks.push(i * step);
  return ticks;
}

export function ScoreStrip({ score, references, label }: ScoreStripProps) {
  const { ref, width: measured } = useElementSize();
  const width = measured > 0 ? measured : 480;
  const values = references.filter((value) => value !== null);
  const all = score === null ? values : [...values, score];
  if (values.length === 0)
    return (
      <div ref={ref} className="muted">
        No scores without signal to compare with
      </div>
    );

  const bandwidth = bandwidthOf(values);
  const low = Math.min(...all) - 2.5 * bandwidth;
  const high = Math.max(...all) + 2.5 * bandwidth;
  const x = (value: number) => SIDE + ((value - low) / (high - low)) * (width - 2 * SIDE);
  const grid = Array.from({ length: POINTS + 1 }, (_, i) => low + (i / POINTS) * (high - low));
  const heights = grid.map((at) => density(values, at, bandwidth));
  const peak = Math.max(...heights);
  const outline = grid.map(
    (at, i) => `${x(at).toFixed(1)},${(BASE - ((heights[i] ?? 0) / peak) * (BASE - TOP)).toFixed(1)}`,
  );

  return (
    <div ref={ref} className={styles.strip}>
      <svg width={width} height={HEIGHT} role="img" aria-label={label}>
        <polygon className={styles.hill} points={`${x(low)},${BASE} ${outline.join(" ")} ${x(high)},${BASE}`} />
        <line className={styles.axis} x1={SIDE} x2={width - SIDE} y1={BASE + 0.5} y2={BASE + 0.5} />
        {values.map((value, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: equal scores are told apart by their place only
          <line key={i} className={styles.tick} x1={x(value)} x2={x(value)} y1={BASE + 2} y2={BASE + 7} />
        ))}
        {ticksOf(low, high).map((tick) => (
          <text key={tick} className={styles.number} x={x(tick)} y={BASE + 20} textAnchor="middle">
            {axisNumber(tick)}
          </text>
        ))}
        {score !== null && (
          <g>
            <line className={styles.mark} x1={x(score)} x2={x(score)} y1={6} y2={BASE + 6} />
            <circle className={styles.dot} cx={x(score)} cy={BASE} r={4.5} />
          </g>
        )}
      </svg>
    </div>
  );
}
