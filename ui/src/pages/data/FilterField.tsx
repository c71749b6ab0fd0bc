/** The filter under a column's header: how to compare, and with what. Enter applies it, Escape takes it away. */
import { type KeyboardEvent, useEffect, useState } from "react";
import type { Filter, FilterOp } from "../../api/client";
import { FILTER_OPS, takesNoValue } from "../../lib/filters";
import styles from "./Rows.module.css";

type FilterFieldProps = {
  column: string;
  isText: boolean;
  filter: Filter | null;
  onFilter: (filter: Filter) => void;
};

export function FilterField({ column, isText, filter, onFilter }: FilterFieldProps) {
  const usual: FilterOp = isText ? "contains" : "ge";
  const [op, setOp] = useState<FilterOp>(filter?.op ?? usual);
  const [value, setValue] = useState(filter?.value ?? "");
  // It may have been changed elsewhere, such as by the cross of its chip.
  useEffect(() => {
    setOp(filter?.op ?? usual);
    setValue(filter?.value ?? "");
  }, [filter, usual]);

  const apply = (nextOp: FilterOp, nextValue: string) => {
    if (nextOp === filter?.op && nextValue === filter.value) return;
    if (filter === null && nextValue === "" && !takesNoValue(nextOp)) return;
    onFilter({ column, op: nextOp, value: takesNoValue(nextOp) ? "" : nextValue });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter") apply(op, value);
    else if (event.key === "Escape") {
      setValue("");
      onFilter({ column, op: usual, value: "" });
    }
  };
  return (
    <div className={styles.filterField}>
      <span className={styles.filterSign} aria-hidden>
        {FILTER_OPS.find(([known]) => known === op)?.[1]}
      </span>
      <select
        className={styles.filterOp}
        aria-label={`How to filter ${column}`}
        title={FILTER_OPS.find(([known]) => known === op)?.[2]}
        value={op}
        onChange={(event) => {
          const chosen = FILTER_OPS.find(([known]) => known === event.currentTarget.value)?.[0] ?? usual;
          setOp(chosen);
          if (takesNoValue(chosen) || value !== "") apply(chosen, value);
        }}
      >
        {FILTER_OPS.map(([known, sign, words]) => (
          <option key={known} value={known}>
            {sign} {words}
          </option>
        ))}
      </select>
      {!takesNoValue(op) && (
        <input
          className={styles.filterValue}
          aria-label={`Filter ${column}`}
          data-testid={`filter-${column}`}
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          onBlur={() => apply(op, value)}
        />
      )}
    </div>
  );
}
