/** A panel beside the page: its width is dragged or stepped with arrows, it collapses, and both are remembered. */
import { useLocalStorage } from "@mantine/hooks";
import type { KeyboardEvent, PointerEvent, ReactNode } from "react";
import { LeftIcon, RightIcon } from "../components/icons";
import styles from "./Frame.module.css";

type Side = "left" | "right";

const WIDTH_PX: Record<Side, number> = { left: 236, right: 222 };
const MIN_PX = 180;
const MAX_PX = 480;
const STEP_PX = 16;

const within = (px: number) => Math.min(MAX_PX, Math.max(MIN_PX, Math.round(px)));

export function SidePanel({ side, label, children }: { side: Side; label: string; children: ReactNode }) {
  const [width, setWidth] = useLocalStorage({
    key: `algomosaic.${side}-panel.width`,
    defaultValue: WIDTH_PX[side],
    getInitialValueInEffect: false,
  });
  const [isCollapsed, setCollapsed] = useLocalStorage({
    key: `algomosaic.${side}-panel.collapsed`,
    defaultValue: false,
    getInitialValueInEffect: false,
  });

  const [Inward, Outward] = side === "left" ? [LeftIcon, RightIcon] : [RightIcon, LeftIcon];
  if (isCollapsed) {
    return (
      <div className={styles.collapsed} data-side={side}>
        <button
          type="button"
          className={styles.iconButton}
          aria-label={`Show ${label}`}
          title={`Show ${label}`}
          onClick={() => setCollapsed(false)}
        >
          <Outward size={15} />
        </button>
      </div>
    );
  }

  const grow = (px: number) => setWidth((current) => within(current + px));
  const onPointerDown = (down: PointerEvent<HTMLDivElement>) => {
    const handle = down.currentTarget;
    const from = down.clientX;
    const sign = side === "left" ? 1 : -1;
    handle.setPointerCapture(down.pointerId);
    const move = (event: globalThis.PointerEvent) => setWidth(within(width + sign * (event.clientX - from)));
    const up = () => {
      handle.removeEventListener("pointermove", move);
      handle.removeEventListener("pointerup", up);
    };
    handle.addEventListener("pointermove", move);
    handle.addEventListener("pointerup", up);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const wider = side === "left" ? "ArrowRight" : "ArrowLeft";
    const narrower = side === "left" ? "ArrowLeft" : "ArrowRight";
    if (event.key === wider) grow(STEP_PX);
    else if (event.key === narrower) grow(-STEP_PX);
    else if (event.key === "Enter") setCollapsed(true);
    else return;
    event.preventDefault();
  };

  return (
    <aside className={styles.side} data-side={side} style={{ width }} aria-label={label}>
      <div className={styles.sideContent}>{children}</div>
      {/* biome-ignore lint/a11y/useSemanticElements: a rule cannot take the focus, and this separator is moved */}
      <div
        className={styles.separator}
        role="separator"
        aria-orientation="vertical"
        aria-label={`Width of ${label}`}
        aria-valuenow={width}
        aria-valuemin={MIN_PX}
        aria-valuemax={MAX_PX}
        tabIndex={0}
        onPointerDown={onPointerDown}
        onKeyDown={onKeyDown}
        onDoubleClick={() => setWidth(WIDTH_PX[side])}
      />
      <button
        type="button"
        className={`${styles.iconButton} ${styles.collapse}`}
        aria-label={`Hide ${label}`}
        title={`Hide ${label}`}
        onClick={() => setCollapsed(true)}
      >
        <Inward size={14} />
      </button>
    </aside>
  );
}
