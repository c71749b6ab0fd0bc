/** Fields drawn wholly from parameter declarations: label, range, unit and help are written nowhere else. */
import { Autocomplete, NumberInput, Select, Switch, TextInput, Tooltip } from "@mantine/core";
import type { ReactNode } from "react";
import type { Param, Value } from "../api/client";
import { type Draft, listRefusal, refusal } from "../lib/params";

type ParamFieldsProps = {
  params: readonly Param[];
  draft: Draft;
  onChange: (name: string, value: Value) => void;
  /** Where given, a field may hold several values between commas, and a column is offered from these. */
  lists?: { columns: readonly string[] };
};

function helpOf({ help, kind }: Param): string {
  const isNumber = kind.kind === "int" || kind.kind === "float";
  // A bound that only says what a number can be tells a person nothing.
  const isBound = (bound: number | null): bound is number => bound !== null && Math.abs(bound) < 1e15;
  const range = isNumber && isBound(kind.min) && isBound(kind.max) ? `${kind.min} to ${kind.max}` : "";
  const hasNone = kind.kind === "choice" || kind.default === "";
  const standard = hasNone ? "" : `default ${kind.default}`;
  const rule = [range, standard].filter((part) => part !== "").join(", ");
  return [help, rule === "" ? "" : `${rule.charAt(0).toUpperCase()}${rule.slice(1)}.`].filter(Boolean).join(" ");
}

/** A step that moves a number by about a tenth of its size. */
function stepOf(kind: Param["kind"]): number {
  if (kind.kind !== "float") return 1;
  const size = Math.abs(kind.default ?? 0) || 1;
  return 10 ** (Math.floor(Math.log10(size)) - (size < 1 ? 0 : 1));
}

function Field({
  param,
  value,
  onChange,
  lists,
}: {
  param: Param;
  value: Value | undefined;
  onChange: (value: Value) => void;
  lists: ParamFieldsProps["lists"];
}) {
  const { kind, label, unit, name } = param;
  const error = lists === undefined ? refusal(param, value) : listRefusal(param, value);
  const shared = { label, error, "data-testid": `param-${name}` };
  switch (kind.kind) {
    case "int":
    case "float":
      if (lists !== undefined) {
        return (
          <TextInput
            {...shared}
            value={value === undefined || value === null ? "" : String(value)}
            onChange={(event) => onChange(event.currentTarget.value)}
            {...unitOf(unit)}
          />
        );
      }
      return (
        <NumberInput
          {...shared}
          value={typeof value === "number" || typeof value === "string" ? value : ""}
          onChange={onChange}
          clampBehavior="none"
          allowDecimal={kind.kind === "float"}
          step={stepOf(kind)}
          thousandSeparator=","
          hideControls
          {...unitOf(unit)}
        />
      );
    case "choice":
      return (
        <Select
          {...shared}
          data={kind.options.map(([id, text]) => ({ value: id, label: text }))}
          value={typeof value === "string" ? value : null}
          onChange={(chosen) => onChange(chosen ?? kind.default)}
        />
      );
    case "bool":
      return (
        <Switch
          label={label}
          size="xs"
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
          data-testid={`param-${name}`}
        />
      );
    case "column":
      if (lists !== undefined) {
        return (
          <ColumnField
            {...shared}
            value={typeof value === "string" ? value : ""}
            onChange={onChange}
            columns={lists.columns}
          />
        );
      }
      return (
        <TextInput
          {...shared}
          value={typeof value === "string" ? value : ""}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case "text":
      return (
        <TextInput
          {...shared}
          value={value === undefined || value === null ? "" : String(value)}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
  }
}

type ColumnFieldProps = {
  label: string;
  error: string | null;
  value: string;
  onChange: (value: string) => void;
  columns: readonly string[];
};

/** Offers the columns that are like the last of those that stand there, between commas. */
function ColumnField({ value, onChange, columns, ...shared }: ColumnFieldProps) {
  const cut = value.lastIndexOf(",") + 1;
  const before = cut === 0 ? "" : `${value.slice(0, cut)} `;
  const last = value.slice(cut).trim().toLowerCase();
  const isWhole = columns.some((name) => name.toLowerCase() === last);
  const offered = columns.filter((name) => isWhole || name.toLowerCase().includes(last));
  return (
    <Autocomplete
      {...shared}
      value={value}
      onChange={onChange}
      data={[...new Set(offered)].map((name) => `${before}${name}`)}
      filter={({ options }) => options}
      limit={100}
      maxDropdownHeight={180}
      comboboxProps={{ width: "max-content", position: "bottom-start", shadow: "sm" }}
    />
  );
}

const unitOf = (unit: string) =>
  unit === "" ? {} : { rightSection: <span className="label">{unit}</span>, rightSectionWidth: 12 + 7 * unit.length };

/** Choices take a line of their own unless a number follows; numbers stand in pairs. */
export function ParamFields({ params, draft, onChange, lists }: ParamFieldsProps) {
  const rows: Param[][] = [];
  for (const param of params) {
    const last = rows.at(-1);
    const isNarrow = param.kind.kind === "int" || param.kind.kind === "float" || param.kind.kind === "bool";
    if (last !== undefined && last.length === 1 && isNarrow && last[0]?.kind.kind !== "choice") last.push(param);
    else rows.push([param]);
  }
  const field = (param: Param): ReactNode => (
    <Tooltip key={param.name} label={helpOf(param)} position="top-start" disabled={helpOf(param) === ""}>
      <div>
        <Field
          param={param}
          value={draft[param.name]}
          onChange={(value) => onChange(param.name, value)}
          lists={lists}
        />
      </div>
    </Tooltip>
  );
  return rows.map((row) => (
    <div key={row[0]?.name} className={row.length > 1 || row[0]?.kind.kind !== "choice" ? "pair" : undefined}>
      {row.map(field)}
    </div>
  ));
}
