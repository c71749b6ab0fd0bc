/** Checks what a form holds against the parameter declarations, with the sentence to show where a rule is broken. */
import type { Param, Value } from "../api/client";

/** What a field holds while a person types: text that is no number yet included. */
export type Draft = { [name in string]: Value };

export function defaultsOf(params: readonly Param[]): Draft {
  return Object.fromEntries(params.map((param) => [param.name, param.kind.default]));
}

const plain = (bound: number) => bound.toLocaleString("en-US", { maximumSignificantDigits: 15 });

/** Why this value is refused, or null. The application checks again; this answers while one types. */
export function refusal(param: Param, value: Value | undefined): string | null {
  const { kind, label } = param;
  switch (kind.kind) {
    case "int":
    case "float": {
      if (typeof value !== "number" || !Number.isFinite(value)) {
        const held = value === undefined || value === null || value === "" ? "is empty" : `is “${value}”`;
        return `${label} needs a number, but ${held}.`;
      }
      if (kind.kind === "int" && !Number.isInteger(value)) return `${label} must be a whole number, but is ${value}.`;
      const min = kind.min ?? Number.NEGATIVE_INFINITY;
      const max = kind.max ?? Number.POSITIVE_INFINITY;
      if (value < min || value > max) {
        return `${label} must be between ${plain(min)} and ${plain(max)}, but is ${plain(value)}.`;
      }
      return null;
    }
    case "choice":
      return kind.options.some(([name]) => name === value) ? null : `${label} needs a choice.`;
    case "column":
      return typeof value === "string" && value !== "" ? null : `${label} needs a column.`;
    case "text":
      return null;
    case "bool":
      return typeof value === "boolean" ? null : `${label} needs yes or no.`;
  }
}

/** Whether the parameter is one or several numbers. */
export function isNumeric({ kind }: Param): boolean {
  return kind.kind === "int" || kind.kind === "float";
}

/** The parts of a text between commas, without those that are empty. */
export function partsOf(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** A number as a person writes it, or the text itself where it is none. */
export function numberOf(text: string): Value {
  const number = Number(text.replace("−", "-"));
  return text === "" || !Number.isFinite(number) ? text : number;
}

/** The same as `refusal` where a text may hold several values between commas. */
export function listRefusal(param: Param, value: Value | undefined): string | null {
  if (typeof value !== "string" || param.kind.kind === "text") return refusal(param, value);
  const parts = partsOf(value);
  if (parts.length === 0) return refusal(param, value);
  for (const part of parts) {
    const sentence = refusal(param, isNumeric(param) ? numberOf(part) : part);
    if (sentence !== null) return sentence;
  }
  return null;
}

/** The first rule broken in a form, or null. */
export function firstRefusal(params: readonly Param[], draft: Draft): string | null {
  for (const param of params) {
    const sentence = refusal(param, draft[param.name]);
    if (sentence !== null) return sentence;
  }
  return null;
}
