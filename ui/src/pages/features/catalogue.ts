/** The catalogue as a list: by group, or what a search finds, the best first. */
import type { IndicatorForm } from "../../api/client";
import { SQL_FORM } from "./recipe";

export type Row =
  | { kind: "group"; id: string; label: string; count: number; isOpen: boolean }
  | { kind: "entry"; id: string; form: IndicatorForm };

export const FAMILIES: readonly { id: string; label: string; title: string }[] = [
  { id: "all", label: "All", title: "Every indicator and transform" },
  { id: "algom", label: "algom", title: "Indicators of the framework" },
  { id: "ta", label: "TA-Lib", title: "Functions of TA-Lib" },
  { id: "transform", label: "Transform", title: "Columns from columns" },
];

/** How well an entry answers a search: 0 is best, null is not at all. */
export function rank({ id, label, help }: IndicatorForm, wanted: string): number | null {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const own = id.slice(id.indexOf(".") + 1).toLowerCase();
  const [name, title, text] = [id.toLowerCase(), label.toLowerCase(), help.toLowerCase()];
  if (!words.every((word) => name.includes(word) || title.includes(word) || text.includes(word))) return null;
  const all = words.join(" ");
  if (own === all || name === all) return 0;
  if (own.startsWith(all)) return 1;
  if (title.startsWith(all)) return 2;
  if (words.every((word) => name.includes(word) || title.includes(word))) return 3;
  return 4;
}

function familyLabel(id: string): string {
  return FAMILIES.find((family) => family.id === id)?.label ?? id;
}

/** `open` holds the ids of the groups that are open; a search shows what it finds without groups. */
export function rowsOf(
  forms: readonly IndicatorForm[],
  { wanted, family, open }: { wanted: string; family: string; open: ReadonlySet<string> },
): Row[] {
  const chosen = forms.filter((form) => family === "all" || form.family === family);
  if (wanted.trim() !== "") {
    return chosen
      .flatMap((form, place) => {
        const found = rank(form, wanted);
        return found === null ? [] : [{ form, place, found }];
      })
      .sort((a, b) => a.found - b.found || a.place - b.place)
      .map(({ form }) => ({ kind: "entry", id: form.id, form }));
  }
  const groups = new Map<string, IndicatorForm[]>();
  for (const form of chosen) {
    const id = `${form.family} ${form.group}`;
    groups.set(id, [...(groups.get(id) ?? []), form]);
  }
  return [...groups].flatMap(([id, members]): Row[] => {
    const [first] = members;
    if (first === undefined) return [];
    if (first.family === SQL_FORM.id) return members.map((form) => ({ kind: "entry", id: form.id, form }));
    const isOpen = open.has(id);
    const own = familyLabel(first.family);
    const label = family === "all" && first.family !== "transform" ? `${first.group} · ${own}` : first.group;
    return [
      { kind: "group", id, label, count: members.length, isOpen },
      ...(isOpen ? members.map((form): Row => ({ kind: "entry", id: form.id, form })) : []),
    ];
  });
}
