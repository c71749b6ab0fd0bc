/** The colours by purpose, from the one palette file that exported charts read too. */
import type { Role, ThemeName } from "../api/client";
import palette from "./palette.json";

export type Token = keyof typeof palette.light;
export type Colours = Record<Token, string>;

export function coloursOf(theme: ThemeName): Colours {
  return palette[theme];
}

/** The colour of the n-th of several lines that share a scale and mean nothing by their colour. */
export function lineColour(place: number, theme: ThemeName): string {
  const colours = palette.lines[theme];
  return colours[place % colours.length] ?? coloursOf(theme).accent;
}

/** What a series plays in its chart, as the application names it, to the colour of that purpose. */
const TOKEN_OF_ROLE: Record<Role, Token> = {
  model: "accent",
  strategy: "accent",
  error: "accent",
  outcome: "control",
  control: "control",
  market: "control",
  guide: "muted",
  positive: "positive",
  negative: "negative",
};

export function roleColour(role: Role, theme: ThemeName): string {
  return coloursOf(theme)[TOKEN_OF_ROLE[role]];
}
