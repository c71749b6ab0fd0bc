/** The colours by purpose, from the one palette file that exported charts read too. */
import type { Role, Theme, ThemeName } from "../api/client";
import palette from "./palette.json";

export type Token = keyof typeof palette.light;
export type Colours = Record<Token, string>;

/** The pair of colours for what rises and what falls: green and red, or blue and orange. */
export type UpDown = "usual" | "colour_blind";

/** Light or dark, with one of the pairs: as exported pictures are asked for. */
export type Scheme = Theme;

const COLOURS: Record<Scheme, Colours> = {
  light: palette.light,
  dark: palette.dark,
  light_colour_blind: { ...palette.light, ...palette.colour_blind.light },
  dark_colour_blind: { ...palette.dark, ...palette.colour_blind.dark },
};

export function schemeOf(theme: ThemeName, upDown: UpDown): Scheme {
  return upDown === "usual" ? theme : `${theme}_${upDown}`;
}

export function themeOf(scheme: Scheme): ThemeName {
  return scheme.startsWith("light") ? "light" : "dark";
}

export function coloursOf(scheme: Scheme): Colours {
  return COLOURS[scheme];
}

/** The colour of the n-th of several lines that share a scale and mean nothing by their colour. */
export function lineColour(place: number, scheme: Scheme): string {
  const colours = palette.lines[themeOf(scheme)];
  return colours[place % colours.length] ?? coloursOf(scheme).accent;
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

export function roleColour(role: Role, scheme: Scheme): string {
  return coloursOf(scheme)[TOKEN_OF_ROLE[role]];
}
