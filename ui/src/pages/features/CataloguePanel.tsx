/** The indicators and transforms: found by typing or by group, explained, and added to the recipe. */
import { Button, SegmentedControl, TextInput } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, memo, useId, useMemo, useRef, useState } from "react";
import type { IndicatorForm } from "../../api/client";
import { AddIcon, DownIcon, RightIcon } from "../../components/icons";
import { FAMILIES, rowsOf } from "./catalogue";
import styles from "./Features.module.css";
import { canBeLabel, SQL_FORM } from "./recipe";

type CataloguePanelProps = {
  forms: readonly IndicatorForm[];
  onAdd: (form: IndicatorForm, isLabel: boolean) => void;
};

const ROW_PX = 25;
export const SEARCH_ID = "feature-search";

export const CataloguePanel = memo(function CataloguePanel({ forms, onAdd }: CataloguePanelProps) {
  const [wanted, setWanted] = useState("");
  const [family, setFamily] = useState("all");
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [active, setActive] = useState<string | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const listId = useId();

  const all = useMemo(() => [SQL_FORM, ...forms], [forms]);
  const rows = useMemo(() => rowsOf(all, { wanted, family, open }), [all, wanted, family, open]);
  const at = rows.findIndex(({ id }) => id === active);
  // While a person searches, the best of what is found is ready to be added.
  const place = at < 0 && wanted.trim() !== "" ? 0 : at;
  const current = rows[place];
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => list.current,
    estimateSize: () => ROW_PX,
    overscan: 10,
  });

  const toggle = (id: string, isOpen: boolean) => {
    setOpen((now) => {
      const next = new Set(now);
      if (isOpen) next.add(id);
      else next.delete(id);
      return next;
    });
  };
  const go = (to: number) => {
    const next = Math.min(rows.length - 1, Math.max(0, to));
    setActive(rows[next]?.id ?? null);
    virtual.scrollToIndex(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const isTree = event.currentTarget !== event.target || !(event.target instanceof HTMLInputElement);
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
    if (step !== undefined) go(place < 0 ? 0 : place + step);
    else if (event.key === "Enter" && current?.kind === "entry") {
      onAdd(current.form, event.shiftKey && canBeLabel(current.form));
    } else if (event.key === "Enter" && current?.kind === "group") toggle(current.id, !current.isOpen);
    else if (isTree && event.key === "ArrowRight" && current?.kind === "group") toggle(current.id, true);
    else if (isTree && event.key === "ArrowLeft" && current?.kind === "group") toggle(current.id, false);
    else return;
    event.preventDefault();
  };
  const rowId = (id: string) => `${listId}-${id.replaceAll(" ", "_")}`;
  const shared = {
    "aria-controls": listId,
    "aria-activedescendant": current === undefined ? undefined : rowId(current.id),
    onKeyDown,
  };
  return (
    <div className={styles.catalogue}>
      <TextInput
        id={SEARCH_ID}
        role="combobox"
        aria-expanded
        aria-haspopup="tree"
        aria-label="Search indicators"
        placeholder={`Search ${forms.length} indicators`}
        value={wanted}
        onChange={(event) => {
          setWanted(event.currentTarget.value);
          setActive(null);
        }}
        data-testid="indicator-search"
        {...shared}
      />
      <SegmentedControl
        size="xs"
        fullWidth
        data={FAMILIES.map(({ id, label }) => ({ value: id, label }))}
        value={family}
        onChange={setFamily}
        aria-label="Family"
      />
      <div
        ref={list}
        id={listId}
        role="tree"
        aria-label="Indicators"
        tabIndex={0}
        className={styles.indicators}
        {...shared}
      >
        {rows.length === 0 && <p className="muted">No indicator is like “{wanted}”.</p>}
        <div role="presentation" style={{ position: "relative", height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            if (row === undefined) return null;
            const isGroup = row.kind === "group";
            const Chevron = isGroup && row.isOpen ? DownIcon : RightIcon;
            return (
              // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus, and names its active row
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the tree
              <div
                key={row.id}
                id={rowId(row.id)}
                role="treeitem"
                aria-level={isGroup ? 1 : 2}
                aria-selected={index === place}
                aria-expanded={isGroup ? row.isOpen : undefined}
                aria-setsize={rows.length}
                aria-posinset={index + 1}
                className={styles.indicator}
                data-kind={row.kind}
                data-in-group={!isGroup && wanted.trim() === "" && row.id !== SQL_FORM.id}
                data-testid={isGroup ? `group-${row.id}` : `indicator-${row.id}`}
                style={{ transform: `translateY(${start}px)`, height: ROW_PX }}
                title={isGroup ? row.label : `${row.form.label}: ${row.form.help}`}
                onClick={() => {
                  setActive(row.id);
                  if (isGroup) toggle(row.id, !row.isOpen);
                }}
                onDoubleClick={() => !isGroup && onAdd(row.form, false)}
              >
                {isGroup ? (
                  <>
                    <Chevron size={12} aria-hidden />
                    <span className={styles.rowLabel}>{row.label}</span>
                    <span className="label">{row.count}</span>
                  </>
                ) : (
                  <>
                    <span className={styles.rowLabel}>{row.form.label}</span>
                    <span className={styles.rowId}>{row.form.id}</span>
                    <button
                      type="button"
                      className={styles.rowAdd}
                      tabIndex={-1}
                      aria-label={`Add ${row.form.id}`}
                      title="Add to the recipe (Enter)"
                      onClick={(event) => {
                        event.stopPropagation();
                        setActive(row.id);
                        onAdd(row.form, false);
                      }}
                    >
                      <AddIcon size={13} aria-hidden />
                    </button>
                  </>
                )}
              </div>
            );
          })}
        </div>
      </div>
      {current?.kind === "entry" && <Explained form={current.form} onAdd={onAdd} />}
    </div>
  );
});

type ExplainedProps = { form: IndicatorForm; onAdd: CataloguePanelProps["onAdd"] };

function Explained({ form, onAdd }: ExplainedProps) {
  return (
    <section className={styles.explained} aria-label={form.label} data-testid="explained">
      <h2>
        {form.label} <code>{form.id}</code>
      </h2>
      <p>{form.help}.</p>
      <pre className={styles.formula}>{form.formula}</pre>
      <p className="label">Source: {form.source}.</p>
      {form.params.length > 0 && form.id !== SQL_FORM.id && (
        <p className="label">Parameters: {form.params.map(({ label }) => label.toLowerCase()).join(", ")}.</p>
      )}
      <div className={styles.explainedButtons}>
        <Button onClick={() => onAdd(form, false)} data-testid="add-feature">
          Add
        </Button>
        {canBeLabel(form) && (
          <Button
            variant="default"
            onClick={() => onAdd(form, true)}
            title="Add it as a column to predict, which reads later bars (Shift Enter)"
            data-testid="add-label"
          >
            Add as label
          </Button>
        )}
      </div>
    </section>
  );
}
