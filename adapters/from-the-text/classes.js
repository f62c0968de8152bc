// P6: the character classes of Unicode 16.0.0, whatever version the engine under us has.

import { readFileSync } from "node:fs";

const TABLE = new URL("../../spec/general-categories.json", import.meta.url);
const { categories } = JSON.parse(readFileSync(TABLE, "utf8"));

/** Whether a point lies in one of some ranges, which rise. */
function within(ranges, point) {
  let [low, high] = [0, ranges.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (point < ranges[middle][0]) high = middle - 1;
    else if (point > ranges[middle][1]) low = middle + 1;
    else return true;
  }
  return false;
}

const isSurrogate = (point) => point >= 0xd800 && point <= 0xdfff;
const isAssigned = (point) => Object.values(categories).some((ranges) => within(ranges, point));
const isUnassigned = (point) => !isAssigned(point) && !isSurrogate(point);

/** The test of `\p{Lu}` or `\p{L}`: a general category, or all that begin with a letter; null if there is none. */
export function category(name) {
  const tables = Object.keys(categories).filter((each) => each.startsWith(name)).map((each) => categories[each]);
  const listed = (point) => tables.some((ranges) => within(ranges, point));
  if (name === "C" || name === "Cn") return (point) => isUnassigned(point) || listed(point);
  return tables.length ? listed : null;
}

const SPACES = [[0x09, 0x0d], [0x20, 0x20], [0x85, 0x85], [0xa0, 0xa0], [0x1680, 0x1680], [0x2000, 0x200a],
  [0x2028, 0x2029], [0x202f, 0x202f], [0x205f, 0x205f], [0x3000, 0x3000]]; // prettier-ignore
export const isSpace = (point) => within(SPACES, point);
export const isLetter = category("L");
export const isNumber = category("N");
