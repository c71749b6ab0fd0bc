/** The editor in the window's colours: tokens only, so one theme serves light and dark. */
import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

export const HIGHLIGHT = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--accent)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--positive)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--warning)" },
  { tag: [tags.comment, tags.lineComment, tags.blockComment], color: "var(--muted)", fontStyle: "italic" },
  { tag: tags.typeName, color: "var(--accent)" },
  { tag: tags.special(tags.name), color: "var(--warning)" },
]);

export const THEME = EditorView.theme({
  "&": { height: "100%", color: "var(--text)", backgroundColor: "var(--surface)", fontSize: "12.5px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: '"JetBrains Mono Variable", ui-monospace, monospace', lineHeight: "1.55" },
  ".cm-content": { caretColor: "var(--text)", padding: "var(--space-2) 0" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": { backgroundColor: "var(--surface)", color: "var(--control)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--sunken) 60%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--accent-soft)",
  },
  ".cm-matchingBracket": { backgroundColor: "var(--accent-soft)", outline: "1px solid var(--control-soft)" },
  ".cm-placeholder": { color: "var(--muted)" },
  ".cm-tooltip": {
    border: "1px solid var(--line)",
    borderRadius: "var(--radius-control)",
    backgroundColor: "var(--surface)",
    color: "var(--text)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": {
    maxHeight: "15em",
    fontFamily: '"JetBrains Mono Variable", ui-monospace, monospace',
    fontSize: "12px",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--accent-soft)",
    color: "var(--text)",
  },
  ".cm-completionDetail": { color: "var(--muted)", fontStyle: "normal" },
  ".cm-completionInfo": { maxWidth: "320px", padding: "var(--space-1) var(--space-2)", fontSize: "12px" },
  ".cm-diagnostic": { padding: "var(--space-1) var(--space-2)", fontSize: "12px" },
  ".cm-diagnostic-error": { borderLeft: "3px solid var(--negative)" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    // One by one: the engine's shorthand takes no style and no colour.
    textDecorationLine: "underline",
    textDecorationStyle: "wavy",
    textDecorationColor: "var(--negative)",
    textDecorationThickness: "1px",
    textUnderlineOffset: "3px",
  },
});
