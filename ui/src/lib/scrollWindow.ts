/**
 * Scrolling through more rows than an element can be tall. Browsers paint nothing in a scroller beyond about 2^24 px,
 * so the scroller holds a capped number of slots, and `offset` says which row the first slot shows.
 *
 * Small moves keep the offset, so a turn of the wheel passes every row. A jump, such as a dragged thumb, takes the row
 * at the same fraction of all rows. Near an end of the scroller the slots are shifted, so the first and the last row
 * can always be reached.
 */

export const MAX_SCROLL_PX = 8e6;

/** Slots moved at once when the scroller nears its end. */
const SHIFT_SLOTS = 2000;

export type ScrollState = { top: number; offset: number };

export type ScrollShape = { rows: number; rowPx: number; viewPx: number };

export function slotCount({ rows, rowPx }: Pick<ScrollShape, "rows" | "rowPx">): number {
  return Math.min(rows, Math.floor(MAX_SCROLL_PX / rowPx));
}

/** The state after the scroller moved to `top`. When its `top` differs from the argument, the scroller is to follow. */
export function scrolled(before: ScrollState, top: number, shape: ScrollShape): ScrollState {
  const slots = slotCount(shape);
  const most = shape.rows - slots;
  if (most <= 0) return { top, offset: 0 };
  const range = Math.max(1, slots * shape.rowPx - shape.viewPx);
  const isJump = Math.abs(top - before.top) > 4 * shape.viewPx;
  if (isJump) {
    const fraction = Math.min(1, Math.max(0, top / range));
    return { top, offset: Math.round(fraction * most) };
  }
  const margin = 2 * shape.viewPx;
  if (top < margin && before.offset > 0) {
    const shift = Math.min(before.offset, SHIFT_SLOTS);
    return { top: top + shift * shape.rowPx, offset: before.offset - shift };
  }
  if (range - top < margin && before.offset < most) {
    const shift = Math.min(most - before.offset, SHIFT_SLOTS);
    return { top: top - shift * shape.rowPx, offset: before.offset + shift };
  }
  return { top, offset: before.offset };
}

/** The state that shows a row, moving no more than needed. */
export function revealed(before: ScrollState, row: number, shape: ScrollShape): ScrollState {
  const slots = slotCount(shape);
  const most = Math.max(0, shape.rows - slots);
  const near = row - before.offset;
  const top = near * shape.rowPx;
  if (near >= 0 && near < slots) {
    if (top < before.top) return { ...before, top };
    const below = top + shape.rowPx - shape.viewPx;
    if (below <= before.top) return before;
    if (below <= slots * shape.rowPx - shape.viewPx) return { ...before, top: below };
  }
  const offset = Math.round((row / Math.max(1, shape.rows - 1)) * most);
  const wanted = (row - offset) * shape.rowPx - shape.viewPx / 2;
  return {
    offset,
    top: Math.min(Math.max(0, wanted), Math.max(0, slots * shape.rowPx - shape.viewPx)),
  };
}
