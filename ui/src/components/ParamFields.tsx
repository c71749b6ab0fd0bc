/** Fields drawn wholly from parameter declarations: label, range, unit and help are written nowhere else. */
import { NumberInput, Select, Switch, TextInput, Tooltip } from "@mantine/core";
import type { ReactNode } from "react";
import type { Param, Value } from "../api/client";
import { type Draft, refusal } from "../lib/params";

type ParamFieldsProps = {
  params: readonly Param[];
  draft: Draft;
  onChange: (name: string, value: Value) => void;
};

function helpOf({ help, kind }: Param): string {
  const isNumber = kind.kind === "int" || kind.kind === "float";
  const range = isNumber && kind.min !== null && kind.max !== null ? `${kind.min} to ${kind.max}` : "";
  const standard = kind.kind === "choice" ? "" : `default ${kind.default}`;
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
}: {
  param: Param;
  value: Value | undefined;
  onChange: (value: Value) => void;
}) {
  const { kind, label, unit, name } = param;
  const error = refusal(param, value);
  const shared = { label, error, "data-testid": `param-${name}` };
  switch (kind.kind) {
    case "int":
    case "float":
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
          {...(unit === ""
            ? {}
            : {
                rightSection: <span className="label">{unit}</span>,
                rightSectionWidth: 12 + 7 * unit.length,
              })}
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
      return (
        <TextInput
          {...shared}
          value={typeof value === "string" ? value : ""}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
  }
}

/** Choices take a line of their own unless a number follows; numbers stand in pairs. */
export function ParamFields({ params, draft, onChange }: ParamFieldsProps) {
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
        <Field param={param} value={draft[param.name]} onChange={(value) => onChange(param.name, value)} />
      </div>
    </Tooltip>
  );
  return rows.map((row) => (
    <div key={row[0]?.name} className={row.length > 1 || row[0]?.kind.kind !== "choice" ? "pair" : undefined}>
      {row.map(field)}
    </div>
  ));
}
