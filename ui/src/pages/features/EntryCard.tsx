/** An entry of the recipe: the columns it makes, what is wrong with it, and its parameters while it is chosen. */
import { Textarea, TextInput } from "@mantine/core";
import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import type { EntryProblem, IndicatorForm, PreviewColumn, Setting } from "../../api/client";
import {
  DuplicateIcon,
  GripIcon,
  HiddenIcon,
  MoveDownIcon,
  MoveUpIcon,
  RemoveIcon,
  ShownIcon,
  WarningIcon,
} from "../../components/icons";
import { ParamFields } from "../../components/ParamFields";
import { counted, folded } from "../../lib/lists";
import styles from "./Features.module.css";
import { canBeLabel, fieldsOf, type Item, settingText } from "./recipe";

export type EntryActions = {
  choose: (key: string | null) => void;
  setParam: (key: string, name: string, setting: Setting) => void;
  setAs: (key: string, as: string) => void;
  setLabel: (key: string, isLabel: boolean) => void;
  move: (key: string, by: number, isDrag?: boolean) => void;
  duplicate: (key: string) => void;
  remove: (key: string) => void;
  toggleShown: (key: string) => void;
};

type EntryCardProps = {
  item: Item;
  form: IndicatorForm | undefined;
  /** What it makes, as far as that is known. */
  columns: readonly PreviewColumn[];
  problem: EntryProblem | undefined;
  isChosen: boolean;
  isHidden: boolean;
  /** Columns that its parameters may name. */
  offered: readonly string[];
  actions: EntryActions;
};

/** Columns whose names a card shows. */
const NAMES = 8;

export function EntryCard(props: EntryCardProps) {
  const { item, form, columns, problem, isChosen, isHidden, actions } = props;
  const { key } = item;
  const card = useRef<HTMLLIElement>(null);
  const title = form?.label ?? (item.id === "" ? "Entry" : item.id);
  const horizon = Math.max(0, ...columns.map((column) => column.horizon));
  const warmUp = Math.max(0, ...columns.map((column) => column.warm_up ?? 0));
  const names = columns.map((column) => column.name);

  const onKeyDown = (event: KeyboardEvent) => {
    const isMod = event.ctrlKey || event.metaKey;
    if (event.altKey && event.key === "ArrowUp") actions.move(key, -1);
    else if (event.altKey && event.key === "ArrowDown") actions.move(key, 1);
    else if (event.key === "Delete") actions.remove(key);
    else if (isMod && event.key === "d") actions.duplicate(key);
    else if (!event.altKey && !isMod && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      focusNext(event.currentTarget, event.key === "ArrowDown" ? 1 : -1);
    } else return;
    event.preventDefault();
  };

  /** The card follows the pointer past the middle of its neighbours. */
  const onGrip = (event: PointerEvent) => {
    event.preventDefault();
    const follow = ({ clientY }: globalThis.PointerEvent) => {
      const own = card.current;
      const [above, below] = [own?.previousElementSibling, own?.nextElementSibling];
      const middle = (element: Element) => {
        const { top, height } = element.getBoundingClientRect();
        return top + height / 2;
      };
      if (above && clientY < middle(above)) actions.move(key, -1, true);
      else if (below && clientY > middle(below)) actions.move(key, 1, true);
    };
    const end = () => {
      window.removeEventListener("pointermove", follow);
      window.removeEventListener("pointerup", end);
      window.removeEventListener("pointercancel", end);
    };
    window.addEventListener("pointermove", follow);
    window.addEventListener("pointerup", end);
    window.addEventListener("pointercancel", end);
  };

  return (
    <li
      ref={card}
      className={styles.entry}
      data-chosen={isChosen}
      data-faulty={problem !== undefined}
      data-testid="entry"
      data-id={item.id}
    >
      <div className={styles.entryHead}>
        <span className={styles.grip} title="Drag to move (Alt Up, Alt Down)" onPointerDown={onGrip}>
          <GripIcon size={13} aria-hidden />
        </span>
        <button
          type="button"
          className={styles.entryTitle}
          aria-expanded={isChosen}
          title={`${title}\nAlt Up and Alt Down move it, Ctrl D doubles it, Delete removes it`}
          data-entry={key}
          onClick={() => actions.choose(isChosen ? null : key)}
          onKeyDown={onKeyDown}
        >
          <b>{title}</b>
          {problem === undefined && names.length > 0 && (
            <span className={styles.names} title={names.join(", ")}>
              {folded(names, NAMES)}
            </span>
          )}
          {problem === undefined && (horizon > 0 || warmUp > 0) && (
            <span className="label">
              {horizon > 0 && <em className={styles.ahead}>reads {counted(horizon, "later bar")}</em>}
              {warmUp > 0 && <>first value after {counted(warmUp, "bar")}</>}
            </span>
          )}
        </button>
        <button
          type="button"
          className={styles.iconButton}
          aria-label={isHidden ? `Show ${title} on the chart` : `Hide ${title} on the chart`}
          title={isHidden ? "Show on the chart" : "Hide on the chart"}
          onClick={() => actions.toggleShown(key)}
        >
          {isHidden ? <HiddenIcon size={14} aria-hidden /> : <ShownIcon size={14} aria-hidden />}
        </button>
      </div>
      {problem !== undefined && (
        <div className={styles.problem} role="alert" data-testid="entry-problem">
          <WarningIcon size={13} aria-hidden />
          <div>
            <p>{problem.message}</p>
            {problem.hint !== "" && <p>{problem.hint}</p>}
          </div>
        </div>
      )}
      {isChosen && <EntryForm {...props} title={title} />}
    </li>
  );
}

function focusNext(from: Element, by: number): void {
  const titles = [...document.querySelectorAll<HTMLElement>("[data-entry]")];
  const at = titles.findIndex((title) => title.contains(from));
  titles[at + by]?.focus();
}

function EntryForm({ item, form, columns, offered, actions, title }: EntryCardProps & { title: string }) {
  const { key } = item;
  const isSql = item.id === "sql";
  const canBe = form === undefined || canBeLabel(form) || item.isLabel;
  const buttons = [
    { label: "Move up", keys: "Alt Up", icon: MoveUpIcon, run: () => actions.move(key, -1) },
    { label: "Move down", keys: "Alt Down", icon: MoveDownIcon, run: () => actions.move(key, 1) },
    { label: "Duplicate", keys: "Ctrl D", icon: DuplicateIcon, run: () => actions.duplicate(key) },
    { label: "Remove", keys: "Delete", icon: RemoveIcon, run: () => actions.remove(key) },
  ];
  return (
    <div className={styles.entryForm}>
      {isSql ? (
        <Textarea
          label="Expression"
          autosize
          minRows={2}
          maxRows={8}
          spellCheck={false}
          placeholder="SAFE_DIVIDE(high - low, close)"
          classNames={{ input: styles.code ?? "" }}
          value={settingText(item.params.sql)}
          onChange={(event) => actions.setParam(key, "sql", event.currentTarget.value)}
          data-testid="param-sql"
        />
      ) : (
        form !== undefined && (
          <ParamFields
            params={form.params}
            draft={fieldsOf(item, form)}
            onChange={(name, value) => actions.setParam(key, name, value)}
            lists={{ columns: offered }}
          />
        )
      )}
      <TextInput
        label="Name of the column"
        title={
          isSql ? undefined : "Empty: the usual name. A parameter's name in braces, such as {n}, stands for its value."
        }
        placeholder={isSql ? "range_pct" : (columns[0]?.name ?? "")}
        value={item.as}
        onChange={(event) => actions.setAs(key, event.currentTarget.value)}
        data-testid="entry-as"
      />
      <div className={styles.entryTools}>
        {buttons.map(({ label, keys, icon: Icon, run }) => (
          <button
            key={label}
            type="button"
            className={styles.iconButton}
            aria-label={`${label}: ${title}`}
            title={`${label} (${keys})`}
            onClick={run}
          >
            <Icon size={14} aria-hidden />
          </button>
        ))}
        <span className={styles.grow} />
        {canBe && (
          <button type="button" className="link" onClick={() => actions.setLabel(key, !item.isLabel)}>
            {item.isLabel ? "to features" : "to labels"}
          </button>
        )}
      </div>
    </div>
  );
}
