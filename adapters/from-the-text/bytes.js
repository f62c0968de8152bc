// Chapter 1. A text is an array of code points; bytes are a string of characters below 256, which is compared and joined like bytes.

import { Refusal } from "./refusal.js";

const REPLACEMENT = 0xfffd;
const isHigh = (point) => point >= 0xd800 && point <= 0xdbff;
const isLow = (point) => point >= 0xdc00 && point <= 0xdfff;

/** B4: the text of code points that may hold surrogates, which are refused or repaired. */
export function toText(points, surrogates = "strict") {
  const text = [];
  for (let i = 0; i < points.length; i++) {
    const point = points[i];
    if (!isHigh(point) && !isLow(point)) text.push(point);
    else if (surrogates === "strict") throw new Refusal("surrogate", { index: i });
    else if (isHigh(point) && isLow(points[i + 1])) text.push(0x10000 + (point - 0xd800) * 0x400 + points[++i] - 0xdc00);
    else text.push(REPLACEMENT);
  }
  return text;
}

/** B1: the bytes of a text. */
export const toBytes = (text) => text.map(bytesOfPoint).join("");

export function bytesOfPoint(point) {
  const continuation = (shift) => 0x80 | ((point >> shift) & 0x3f);
  if (point < 0x80) return String.fromCharCode(point);
  if (point < 0x800) return String.fromCharCode(0xc0 | (point >> 6), continuation(0));
  if (point < 0x10000) return String.fromCharCode(0xe0 | (point >> 12), continuation(6), continuation(0));
  return String.fromCharCode(0xf0 | (point >> 18), continuation(12), continuation(6), continuation(0));
}

/** B5, the table: how many bytes follow a first byte, and the range of the next one. */
function expectedBehind(first) {
  if (first >= 0xc2 && first <= 0xdf) return [1, 0x80, 0xbf];
  if (first === 0xe0) return [2, 0xa0, 0xbf];
  if (first === 0xed) return [2, 0x80, 0x9f];
  if (first >= 0xe1 && first <= 0xef) return [2, 0x80, 0xbf];
  if (first === 0xf0) return [3, 0x90, 0xbf];
  if (first >= 0xf1 && first <= 0xf3) return [3, 0x80, 0xbf];
  if (first === 0xf4) return [3, 0x80, 0x8f];
  return null;
}

/** Read bytes from left to right: characters, and maximal subparts, whose point is null. */
export function* readBytes(bytes) {
  for (let start = 0; start < bytes.length; ) {
    const read = readOne(bytes, start);
    yield { start, ...read };
    start = read.stop;
  }
}

function readOne(bytes, start) {
  const first = bytes.charCodeAt(start);
  if (first < 0x80) return { stop: start + 1, point: first };
  const expected = expectedBehind(first);
  if (!expected) return { stop: start + 1, point: null };
  let [count, low, high] = expected;
  let point = first & (0x3f >> count);
  for (let i = start + 1; i <= start + count; i++) {
    const byte = bytes.charCodeAt(i); // NaN behind the end, which is in no range
    if (!(byte >= low && byte <= high)) return { stop: i, point: null };
    point = (point << 6) | (byte & 0x3f);
    [low, high] = [0x80, 0xbf];
  }
  return { stop: start + count + 1, point };
}

/** B5: the text of bytes. */
export function fromBytes(bytes, errors = "replace") {
  return [...readBytes(bytes)].map(({ start, point }) => {
    if (point === null && errors === "strict") throw new Refusal("invalid_utf8", { offset: start });
    return point ?? REPLACEMENT;
  });
}
