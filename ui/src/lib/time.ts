/** Times as people read them: UTC, ISO order, no fraction where there is none. */
import { fixed, THIN_SPACE, UNDEFINED, whole } from "./number";

const TIMESTAMP = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.(\d+))?Z$/;

/** `2026-01-31T09:30:00.000000Z` as `2026-01-31 09:30:00`; other text as it is. */
export function timestamp(text: string | null | undefined): string {
  if (text === null || text === undefined || text === "") return UNDEFINED;
  const parts = TIMESTAMP.exec(text);
  if (parts === null) return text;
  const fraction = (parts[3] ?? "").replace(/0+$/, "");
  return `${parts[1]} ${parts[2]}${fraction === "" ? "" : `.${fraction}`}`;
}

/** The day of a timestamp. */
export function day(text: string | null | undefined): string {
  return timestamp(text).slice(0, 10);
}

/** Whether a timestamp is a midnight, as those of daily bars are. */
export function isMidnight(text: unknown): boolean {
  return typeof text === "string" && /T00:00:00(\.0+)?Z$/.test(text);
}

/** Milliseconds since the epoch as a day, or with the time where it is not midnight. */
export function instant(ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return UNDEFINED;
  const iso = date.toISOString();
  return isMidnight(iso) ? iso.slice(0, 10) : iso.slice(0, 19).replace("T", " ");
}

/** Seconds as `0.9 s`, `2 min 03 s`, `1 h 05 min`. */
export function duration(seconds: number | null | undefined): string {
  if (typeof seconds !== "number" || !Number.isFinite(seconds)) return UNDEFINED;
  if (seconds < 59.95) return `${fixed(seconds, 1)}${THIN_SPACE}s`;
  const all = Math.round(seconds);
  const two = (n: number) => String(n).padStart(2, "0");
  if (all < 3600) return `${Math.floor(all / 60)}${THIN_SPACE}min ${two(all % 60)}${THIN_SPACE}s`;
  return `${whole(Math.floor(all / 3600))}${THIN_SPACE}h ${two(Math.floor((all % 3600) / 60))}${THIN_SPACE}min`;
}

/** The same for what is usually quick: `40 ms`. */
export function elapsed(seconds: number | null | undefined): string {
  if (typeof seconds !== "number" || !Number.isFinite(seconds) || seconds >= 0.9995) return duration(seconds);
  return `${whole(1000 * seconds)}${THIN_SPACE}ms`;
}

/** How long something took, from its two ends; to `now` while it has no end. */
export function took(startedAt: string, endedAt: string | null, now: number): string {
  const start = Date.parse(startedAt);
  const end = endedAt === null ? now : Date.parse(endedAt);
  return duration(Math.max(0, (end - start) / 1000));
}
