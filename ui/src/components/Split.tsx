/** Two parts above each other; the rule between them is dragged or stepped with the arrows, and its place remembered. */
import { useLocalStorage } from "@mantine/hooks";
import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef } from "react";
import styles from "./Split.module.css";

type SplitProps = {
  /** Under which the height of the upper part is remembered. */
  name: string;
  label: string;
  upperPx: number;
  upper: ReactNode;
  /** Null: the upper part takes all there is. */
  lower: ReactNode | null;
};

const MIN_PX = 90;
const STEP_PX = 24;

export function Split({ name, label, upperPx, upper, lower }: SplitProps) {
  const box = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useLocalStorage({
    key: `algomosaic.split.${name}`,
    defaultValue: upperPx,
    getInitialValueInEffect: false,
  });
  const most = () => Math.max(MIN_PX, (box.current?.clientHeight ?? 800) - MIN_PX);
  const within = (px: number) => Math.round(Math.min(most(), Math.max(MIN_PX, px)));
  const onPointerDown = (down: PointerEvent<HTMLDivElement>) => {
    const rule = down.currentTarget;
    const from = down.clientY;
    rule.setPointerCapture(down.pointerId);
    const move = (event: globalThis.PointerEvent) => setHeight(within(height + event.clientY - from));
    const up = () => {
      rule.removeEventListener("pointermove", move);
      rule.removeEventListener("pointerup", up);
    };
    rule.addEventListener("pointermove", move);
    rule.addEventListener("pointerup", up);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: STEP_PX, ArrowUp: -STEP_PX }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    setHeight(within(height + step));
  };
  return (
    <div ref={box} className={styles.split}>
      <div className={styles.upper} style={lower === null ? { flex: 1, maxHeight: "none" } : { height }}>
        {upper}
      </div>
      {lower !== null && (
        <>
          {/* biome-ignore lint/a11y/useSemanticElements: a rule cannot take the focus, and this separator is moved */}
          <div
            className={styles.rule}
            role="separator"
            aria-orientation="horizontal"
            aria-label={label}
            aria-valuenow={height}
            aria-valuemin={MIN_PX}
            tabIndex={0}
            onPointerDown={onPointerDown}
            onKeyDown={onKeyDown}
            onDoubleClick={() => setHeight(upperPx)}
          />
          <div className={styles.lower}>{lower}</div>
        </>
      )}
    </div>
  );
}
