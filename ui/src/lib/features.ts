/** Groups column names by the word before their numbers, so that thirty features fit in a few chips. */

export type FeatureGroup = {
  /** What the chip says: `AROR_*`, or the name itself when it stands alone. */
  label: string;
  names: string[];
};

function prefixOf(name: string): string {
  const cut = /^(.*?[A-Za-z])_?\d/.exec(name);
  return cut?.[1] ?? name;
}

export function groupFeatures(names: readonly string[]): FeatureGroup[] {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const prefix = prefixOf(name);
    groups.set(prefix, [...(groups.get(prefix) ?? []), name]);
  }
  return [...groups].map(([prefix, members]) => {
    const only = members.length === 1 ? members[0] : undefined;
    return { label: only ?? `${prefix}_*`, names: members };
  });
}
