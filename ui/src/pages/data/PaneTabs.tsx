/** The tabs of the page: a table's rows and profile, and the open queries. Arrows walk, Delete closes a query. */
import type { KeyboardEvent } from "react";
import { AddIcon, CloseIcon } from "../../components/icons";
import styles from "./Data.module.css";

export type Pane = {
  id: string;
  title: string;
  /** Opened by the person, who may close it. */
  isOwn?: boolean;
};

type PaneTabsProps = {
  panes: readonly Pane[];
  active: string;
  onShow: (id: string) => void;
  onClose: (id: string) => void;
  onNew: () => void;
};

export function PaneTabs({ panes, active, onShow, onClose, onNew }: PaneTabsProps) {
  const onKeyDown = (event: KeyboardEvent) => {
    const at = panes.findIndex(({ id }) => id === active);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next =
      step !== undefined
        ? panes[(at + step + panes.length) % panes.length]
        : event.key === "Home"
          ? panes[0]
          : event.key === "End"
            ? panes.at(-1)
            : undefined;
    if (next !== undefined) {
      event.preventDefault();
      onShow(next.id);
      document.getElementById(`tab-${next.id}`)?.focus();
    } else if (event.key === "Delete" && panes[at]?.isOwn === true) onClose(active);
  };
  return (
    <div className={styles.tabs}>
      <div role="tablist" aria-label="Rows and queries" className={styles.tabList}>
        {panes.map(({ id, title, isOwn }) => (
          <span key={id} className={styles.tabItem} data-active={id === active} role="presentation">
            <button
              type="button"
              role="tab"
              id={`tab-${id}`}
              aria-selected={id === active}
              aria-controls={`pane-${id}`}
              tabIndex={id === active ? 0 : -1}
              className={styles.tab}
              onClick={() => onShow(id)}
              onKeyDown={onKeyDown}
              aria-keyshortcuts={isOwn === true ? "Delete" : undefined}
              data-testid={isOwn === true ? "query-tab" : `tab-${id}`}
            >
              {title}
            </button>
            {isOwn === true && (
              // For the pointer: between tabs nothing else may stand for those who hear the page, and Delete does the same.
              <button
                type="button"
                className={styles.closeTab}
                title={`Close ${title} (Delete)`}
                aria-hidden
                tabIndex={-1}
                onClick={() => onClose(id)}
              >
                <CloseIcon size={12} aria-hidden />
              </button>
            )}
          </span>
        ))}
      </div>
      <button
        type="button"
        className={styles.newTab}
        aria-label="New query"
        title="New query"
        onClick={onNew}
        data-testid="new-query"
      >
        <AddIcon size={14} aria-hidden />
      </button>
    </div>
  );
}
