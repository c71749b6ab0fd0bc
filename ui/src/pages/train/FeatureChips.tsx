/** The chosen features as a few chips by prefix, and a list to choose others from. */
import { Checkbox, Popover, TextInput } from "@mantine/core";
import { useState } from "react";
import { AddIcon, CloseIcon } from "../../components/icons";
import { groupFeatures } from "../../lib/features";
import styles from "./Train.module.css";

type FeatureChipsProps = {
  all: readonly string[];
  chosen: readonly string[];
  onChange: (features: string[]) => void;
};

export function FeatureChips({ all, chosen, onChange }: FeatureChipsProps) {
  const [filter, setFilter] = useState("");
  const picked = new Set(chosen);
  const inOrder = (names: ReadonlySet<string>) => onChange(all.filter((name) => names.has(name)));
  const without = (names: readonly string[]) => inOrder(new Set(chosen.filter((name) => !names.includes(name))));
  const withAll = (names: readonly string[]) => inOrder(new Set([...chosen, ...names]));
  const shown = all.filter((name) => name.toLowerCase().includes(filter.trim().toLowerCase()));
  return (
    <fieldset className={styles.chips} aria-label="Features">
      {groupFeatures(chosen).map(({ label, names }) => (
        <span key={label} className={styles.chip} title={names.join(", ")}>
          {label} {names.length > 1 && names.length}
          <button type="button" aria-label={`Leave out ${label}`} onClick={() => without(names)}>
            <CloseIcon size={11} />
          </button>
        </span>
      ))}
      <Popover position="bottom-start" width={260} shadow="sm" trapFocus>
        <Popover.Target>
          <button type="button" className={styles.add} data-testid="add-features">
            <AddIcon size={12} aria-hidden /> add
          </button>
        </Popover.Target>
        <Popover.Dropdown p="sm">
          <TextInput
            placeholder="Filter features"
            aria-label="Filter features"
            value={filter}
            onChange={(event) => setFilter(event.currentTarget.value)}
          />
          <div className={styles.featureTools}>
            <button type="button" className="link" onClick={() => withAll(shown)}>
              Choose {filter === "" ? "all" : "these"} {shown.length}
            </button>
            <button type="button" className="link" onClick={() => without(shown)}>
              Leave {filter === "" ? "all" : "these"} out
            </button>
          </div>
          <div className={styles.featureList}>
            {shown.map((name) => (
              <Checkbox
                key={name}
                size="xs"
                label={name}
                checked={picked.has(name)}
                onChange={() => (picked.has(name) ? without([name]) : withAll([name]))}
              />
            ))}
            {shown.length === 0 && <p className="muted">No feature is named like this.</p>}
          </div>
        </Popover.Dropdown>
      </Popover>
    </fieldset>
  );
}
