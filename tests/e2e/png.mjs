// Reads the pixels of a screenshot: 8-bit RGB or RGBA, not interlaced, which is what the driver gives.
// Format: PNG specification, third edition, W3C 2025, chapters 5 (structure) and 9 (filters).
import { inflateSync } from "node:zlib";

/** Its size, and how many bytes a pixel has. */
function header(png) {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const [depth, colour, interlaced] = [png[24], png[25], png[28]];
  const channels = { 2: 3, 6: 4 }[colour];
  if (depth !== 8 || channels === undefined || interlaced !== 0) throw new Error("this kind of PNG is not read here");
  return { width, height, channels };
}

function data(png) {
  const parts = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") parts.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  return inflateSync(Buffer.concat(parts));
}

function paeth(a, b, c) {
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

/**
 * The size, how many colours there are, and which share of the pixels has the most frequent one; of the whole picture or
 * of a box in it.
 */
export function picture(png, box = null) {
  const { width, height, channels } = header(png);
  const raw = data(png);
  const stride = width * channels;
  const counts = new Map();
  let above = new Uint8Array(stride);
  for (let y = 0; y < height; y++) {
    const start = y * (stride + 1);
    const filter = raw[start];
    const line = new Uint8Array(raw.subarray(start + 1, start + 1 + stride));
    for (let i = 0; i < stride; i++) {
      const left = i < channels ? 0 : line[i - channels];
      const corner = i < channels ? 0 : above[i - channels];
      const guess = [0, left, above[i], (left + above[i]) >> 1, paeth(left, above[i], corner)][filter];
      line[i] = (line[i] + guess) & 255;
    }
    above = line;
    if (box !== null && (y < box.y || y >= box.y + box.height)) continue;
    const [from, to] = box === null ? [0, width] : [box.x, Math.min(width, box.x + box.width)];
    for (let i = from * channels; i < to * channels; i += channels) {
      const colour = (line[i] << 16) | (line[i + 1] << 8) | line[i + 2];
      counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
  }
  let [ground, most] = [0, 0];
  for (const [colour, count] of counts) if (count > most) [ground, most] = [colour, count];
  return {
    width,
    height,
    colours: counts.size,
    ground,
    groundShare: most / [...counts.values()].reduce((sum, count) => sum + count, 0),
  };
}
