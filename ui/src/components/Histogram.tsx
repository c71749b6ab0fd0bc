/** A small picture of how values are spread. */
import styles from "./Histogram.module.css";

export type HistogramBin = { from: number; to: number; count: number };

type HistogramProps = {
  bins: readonly HistogramBin[];
  heightPx: number;
  /** What it shows, in words. */
  label: string;
  /** How a place on the axis reads; without, no axis is drawn. */
  axis?: (value: number) => string;
};

export function Histogram({ bins, heightPx, label, axis }: HistogramProps) {
  const most = Math.max(1, ...bins.map((bin) => bin.count));
  const [first] = bins;
  const last = bins.at(-1);
  if (first === undefined || last === undefined) return null;
  return (
    <figure className={styles.figure}>
      <svg
        viewBox={`0 0 ${bins.length} 100`}
        preserveAspectRatio="none"
        width="100%"
        height={heightPx}
        role="img"
        aria-label={label}
      >
        {bins.map((bin, i) => {
          // A bin with few values is still no empty one.
          const height = bin.count === 0 ? 0 : Math.max(1.5, (100 * bin.count) / most);
          return (
            <rect key={bin.from} x={i + 0.08} y={100 - height} width={0.84} height={height} className={styles.bar}>
              {axis !== undefined && <title>{`${axis(bin.from)} to ${axis(bin.to)}: ${bin.count}`}</title>}
            </rect>
          );
        })}
      </svg>
      {axis !== undefined && (
        <figcaption className={styles.axis}>
          <span>{axis(first.from)}</span>
          <span>{axis(last.to)}</span>
        </figcaption>
      )}
    </figure>
  );
}
