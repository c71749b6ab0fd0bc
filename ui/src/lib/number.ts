/**
 * Numbers as people read them: thousands separated, a true minus sign, as many digits as mean something.
 * Formats, never computes. The locale is fixed, so that a system without one cannot break the window.
 */

/** Shown where a number is undefined; the reason goes into the title. */
export const UNDEFINED = "–";

/** Between a number and its unit. */
export const THIN_SPACE = "\u2009";

type Maybe = number | null | undefined;

const formats = new Map<string, Intl.NumberFormat>();

function format(value: number, options: Intl.NumberFormatOptions): string {
  const key = JSON.stringify(options);
  let formatter = formats.get(key);
  if (formatter === undefined) {
    formatter = new Intl.NumberFormat("en-US", options);
    formats.set(key, formatter);
  }
  const text = formatter.format(value);
  // "-0.00" says less than "0.00".
  const isZero = !/[1-9]/.test(text);
  return isZero ? text.replace("-", "") : text.replace("-", "−");
}

function isNumber(value: Maybe): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** 12345 as `12,345`. */
export function whole(value: Maybe): string {
  return isNumber(value) ? format(value, { maximumFractionDigits: 0 }) : UNDEFINED;
}

/** A fixed number of decimals: prices in a column, where the points should align. */
export function fixed(value: Maybe, decimals: number): string {
  if (!isNumber(value)) return UNDEFINED;
  return format(value, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
}

/** So many significant digits: 0.041234 as `0.0412` with three. */
export function significant(value: Maybe, digits = 3): string {
  if (!isNumber(value)) return UNDEFINED;
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-5 || size >= 1e15)) {
    return format(value, {
      notation: "scientific",
      maximumSignificantDigits: digits,
    }).replace("E-", "E−");
  }
  const beforePoint = size < 1 ? 0 : Math.floor(Math.log10(size)) + 1;
  if (beforePoint >= digits) return whole(value);
  return format(value, {
    minimumSignificantDigits: digits,
    maximumSignificantDigits: digits,
  });
}

/** A score such as R²: three decimals, or two significant digits where three decimals would say zero. */
export function score(value: Maybe): string {
  if (!isNumber(value)) return UNDEFINED;
  return value !== 0 && Math.abs(value) < 0.0005 ? significant(value, 2) : fixed(value, 3);
}

/** A p-value: two significant digits, no trailing zeros. */
export function pValue(value: Maybe): string {
  return isNumber(value) ? format(value, { maximumSignificantDigits: 2 }) : UNDEFINED;
}

/** A fraction as a percentage: 0.531 as `53.1 %`. */
export function percent(fraction: Maybe, decimals = 1): string {
  return isNumber(fraction) ? `${fixed(fraction * 100, decimals)}${THIN_SPACE}%` : UNDEFINED;
}

const STEPS: [number, string][] = [
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
];

/** A count beside a name, where space is short: 19998012 as `20 M`. */
export function count(value: Maybe): string {
  if (!isNumber(value)) return UNDEFINED;
  for (const [step, letter] of STEPS) {
    // 999,950 would read as "1000 k".
    if (value >= step * 0.9995) {
      const scaled = value / step;
      return `${format(scaled, { maximumFractionDigits: scaled < 9.95 ? 1 : 0 })}${THIN_SPACE}${letter}`;
    }
  }
  return whole(value);
}

/** Bytes in decimal units: 1234567 as `1.2 MB`. */
export function bytes(value: Maybe): string {
  if (!isNumber(value)) return UNDEFINED;
  return value < 1000 ? `${whole(value)}${THIN_SPACE}B` : `${count(value)}B`;
}

/** A price in US dollars: cents, or two significant digits where cents would say nothing. */
export function usd(value: Maybe): string {
  if (!isNumber(value)) return UNDEFINED;
  const amount = value === 0 ? "0" : value < 0.1 ? significant(value, 2) : fixed(value, 2);
  return `US$${THIN_SPACE}${amount}`;
}

/** A number on an axis: round as axes are, no trailing zeros. */
export function axisNumber(value: number): string {
  return format(Number(value.toPrecision(6)), { maximumFractionDigits: 6 });
}

/** Every digit the number has, for titles and copies. */
export function allDigits(value: Maybe): string {
  return typeof value === "number" ? String(value).replace("-", "−") : UNDEFINED;
}

/** The number for a program, such as a test that reads `data-value`. Empty when undefined. */
export function dataValue(value: Maybe): string {
  return typeof value === "number" ? String(value) : "";
}

/**
 * Decimals that show a column of numbers with aligned points: no more than any value has, and about seven
 * significant digits in the largest.
 */
export function columnDecimals(values: readonly unknown[]): number {
  let largest = 0;
  let most = 0;
  for (const value of values) {
    if (typeof value !== "number" || !Number.isFinite(value)) continue;
    largest = Math.max(largest, Math.abs(value));
    const text = String(value);
    const [mantissa = "", exponent] = text.split("e");
    const written = mantissa.split(".")[1]?.length ?? 0;
    most = Math.max(most, exponent === undefined ? written : Math.max(0, written - Number(exponent)));
  }
  const beforePoint = largest < 1 ? 1 : Math.floor(Math.log10(largest)) + 1;
  const meaningful = largest >= 1 ? Math.max(2, 7 - beforePoint) : 6;
  return Math.min(most, meaningful);
}
