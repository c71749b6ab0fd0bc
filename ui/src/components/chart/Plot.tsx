/** A chart drawn, and walked with the arrows: each step shows the values and says them. */
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { Chart } from "../../api/client";
import { useScheme } from "../../styles/scheme";
import { createChart, type ECharts } from "./engine";
import { chartOption, linesAt, mainSeries } from "./options";

export function Plot({ chart, heightPx }: { chart: Chart; heightPx: number }) {
  const box = useRef<HTMLDivElement>(null);
  const drawn = useRef<ECharts | null>(null);
  const walked = useRef(-1);
  const [said, setSaid] = useState("");
  const scheme = useScheme();

  useEffect(() => {
    if (box.current === null) return;
    const plot = createChart(box.current);
    drawn.current = plot;
    const resized = new ResizeObserver(() => plot.resize());
    resized.observe(box.current);
    return () => {
      resized.disconnect();
      plot.dispose();
      drawn.current = null;
    };
  }, []);

  useEffect(() => {
    drawn.current?.setOption(chartOption(chart, scheme), { notMerge: true });
  }, [chart, scheme]);

  const onKeyDown = (event: KeyboardEvent) => {
    const main = mainSeries(chart);
    const last = (chart.series[main]?.x.length ?? 0) - 1;
    const step = {
      ArrowRight: 1,
      ArrowLeft: -1,
      PageDown: 10,
      PageUp: -10,
      Home: -last,
      End: last,
    }[event.key];
    if (step === undefined || last < 0) return;
    event.preventDefault();
    walked.current = Math.min(last, Math.max(0, walked.current + step));
    drawn.current?.dispatchAction({
      type: "showTip",
      seriesIndex: 0,
      dataIndex: walked.current,
    });
    setSaid(linesAt(chart, main, walked.current).join(", "));
  };
  return (
    <>
      <div
        ref={box}
        role="img"
        aria-label={`${chart.title}. ${chart.note} Arrow keys walk through the values.`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrows walk through the chart's values
        tabIndex={0}
        style={{ height: heightPx }}
        onKeyDown={onKeyDown}
        onBlur={() => drawn.current?.dispatchAction({ type: "hideTip" })}
      />
      <span className="visually-hidden" aria-live="polite">
        {said}
      </span>
    </>
  );
}
