/** What a score and its control say: the application's sentence, and the sign that goes with it. */
import type { Control } from "../api/client";

export type VerdictWords = { sign: "better" | "unsure" | "undefined"; text: string };

export function verdictWords({
  verdict,
  p_value,
  sentence,
}: Pick<Control, "verdict" | "p_value" | "sentence">): VerdictWords {
  if (p_value === null) return { sign: "undefined", text: "No verdict: the score or its control is undefined" };
  return { sign: verdict === "better_than_chance" ? "better" : "unsure", text: sentence };
}
