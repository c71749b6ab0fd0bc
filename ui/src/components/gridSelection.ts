/** The cells a person stands on and has selected: a rectangle from where it began to where one stands. */

export type Place = { row: number; column: number };
export type Selection = { anchor: Place; focus: Place };
/** All included. */
export type Range = { top: number; bottom: number; left: number; right: number };

export const FIRST_CELL: Selection = { anchor: { row: 0, column: 0 }, focus: { row: 0, column: 0 } };

export function at(place: Place): Selection {
  return { anchor: place, focus: place };
}

export function rangeOf({ anchor, focus }: Selection): Range {
  return {
    top: Math.min(anchor.row, focus.row),
    bottom: Math.max(anchor.row, focus.row),
    left: Math.min(anchor.column, focus.column),
    right: Math.max(anchor.column, focus.column),
  };
}

export function holds({ top, bottom, left, right }: Range, row: number, column: number): boolean {
  return row >= top && row <= bottom && column >= left && column <= right;
}

export function sizeOf({ top, bottom, left, right }: Range): { rows: number; columns: number } {
  return { rows: bottom - top + 1, columns: right - left + 1 };
}
