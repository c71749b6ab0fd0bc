/** What can be undone and redone. Edits of the same thing in quick succession, such as typed figures, are one step. */

export type History<T> = {
  past: readonly T[];
  present: T;
  future: readonly T[];
  /** What the last edit changed, and when. */
  last: { what: string; at: number } | null;
};

const MOST_STEPS = 200;
const QUICK_MS = 1000;

export function begun<T>(present: T): History<T> {
  return { past: [], present, future: [], last: null };
}

/** With `what`, an edit that follows one of the same thing at once joins it. */
export function edited<T>(history: History<T>, present: T, what: string | null, now: number): History<T> {
  if (present === history.present) return history;
  const joins = what !== null && history.last?.what === what && now - history.last.at < QUICK_MS;
  return {
    past: joins ? history.past : [...history.past, history.present].slice(-MOST_STEPS),
    present,
    future: [],
    last: what === null ? null : { what, at: now },
  };
}

export function undone<T>(history: History<T>): History<T> {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  return {
    past: history.past.slice(0, -1),
    present: before,
    future: [history.present, ...history.future],
    last: null,
  };
}

export function redone<T>(history: History<T>): History<T> {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, history.present], present: next, future, last: null };
}
