/** Expected texts are written by hand from the rules of the design, not taken from the code. */
import { describe, expect, it } from "vitest";
import {
  axisNumber,
  bytes,
  columnDecimals,
  count,
  fixed,
  percent,
  pValue,
  score,
  significant,
  whole,
} from "../lib/number";
import { day, duration, instant, timestamp, took } from "../lib/time";

type Case = [input: number | null, expected: string];

function check(name: string, format: (value: number | null) => string, cases: Case[]) {
  it.each(cases)(`${name} of %s is "%s"`, (input, expected) => {
    expect(format(input)).toBe(expected);
  });
}

describe("numbers", () => {
  check("whole", whole, [
    [19998012, "19,998,012"],
    [-4812, "−4,812"],
    [-0.2, "0"],
    [null, "–"],
    [Number.NaN, "–"],
  ]);
  check("two decimals", (value) => fixed(value, 2), [
    [30121.734, "30,121.73"],
    [-0.001, "0.00"],
    [1, "1.00"],
  ]);
  check("three significant digits", (value) => significant(value, 3), [
    [0.041234, "0.0412"],
    [0.118, "0.118"],
    [1234.5, "1,235"],
    [-0.00807, "−0.00807"],
    [0.0000012345, "1.23E−6"],
    [0, "0.00"],
    [null, "–"],
  ]);
  check("score", score, [
    [0.0214387, "0.021"],
    [-0.0081, "−0.008"],
    [0.00012, "0.00012"],
    [0, "0.000"],
    [null, "–"],
  ]);
  check("p-value", pValue, [
    [0.0196078, "0.02"],
    [0.41, "0.41"],
    [1, "1"],
    [null, "–"],
  ]);
  check("percent", percent, [
    [0.53095, "53.1\u2009%"],
    [-0.149, "−14.9\u2009%"],
    [null, "–"],
  ]);
  check("count", count, [
    [19998012, "20\u2009M"],
    [9808, "9.8\u2009k"],
    [13085, "13\u2009k"],
    [999, "999"],
    [999_999, "1\u2009M"],
  ]);
  check("bytes", bytes, [
    [812, "812\u2009B"],
    [3_104_000, "3.1\u2009MB"],
  ]);
  check("axis", (value) => axisNumber(value ?? 0), [
    [0.30000000000000004, "0.3"],
    [-0.06, "−0.06"],
    [15000, "15,000"],
  ]);

  it.each([
    [[30121.73, 30122.5], 2],
    [[14.5593, 7.1269], 4],
    [[20_000_000, 31_000_000], 0],
    [[0.012345678, -0.5], 6],
    [[null, "text"], 0],
  ])("a column of %j has %i decimals", (values, expected) => {
    expect(columnDecimals(values)).toBe(expected);
  });
});

describe("times", () => {
  it.each([
    ["2026-01-31T09:30:00.000000Z", "2026-01-31 09:30:00"],
    ["2026-01-31T09:30:00.250000Z", "2026-01-31 09:30:00.25"],
    ["yesterday", "yesterday"],
    [null, "–"],
  ])("timestamp %s is %s", (input, expected) => {
    expect(timestamp(input)).toBe(expected);
  });

  check("duration", duration, [
    [0.913, "0.9\u2009s"],
    [59.97, "1\u2009min 00\u2009s"],
    [123, "2\u2009min 03\u2009s"],
    [3900, "1\u2009h 05\u2009min"],
    [null, "–"],
  ]);

  it("shows a midnight as its day", () => {
    expect(instant(Date.UTC(2024, 6, 1))).toBe("2024-07-01");
    expect(instant(Date.UTC(2024, 6, 1, 9, 30))).toBe("2024-07-01 09:30:00");
    expect(day("2026-01-31T09:30:00.000000Z")).toBe("2026-01-31");
  });

  it("counts to now while a job has no end", () => {
    const now = Date.UTC(2026, 0, 31, 9, 30, 5);
    expect(took("2026-01-31T09:30:00.000000Z", null, now)).toBe("5.0\u2009s");
    expect(took("2026-01-31T09:30:00.000000Z", "2026-01-31T09:30:01.500000Z", now)).toBe("1.5\u2009s");
  });
});
