// Chapter 3. Cut ordinary text into pre-tokens.

import { isLetter, isNumber, isSpace } from "./classes.js";
import { parsePattern } from "./pattern.js";
import { Refusal } from "./refusal.js";

const CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
const LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
const BEFORE = "[^\\r\\n\\p{L}\\p{N}]?";

export const NAMED = {
  gpt2: "'(?:[sdmt]|ll|ve|re)| ?\\p{L}++| ?\\p{N}++| ?[^\\s\\p{L}\\p{N}]++|\\s++$|\\s+(?!\\S)|\\s",
  cl100k_base:
    "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++|\\p{N}{1,3}+| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|\\s++$|\\s*[\\r\\n]|\\s+(?!\\S)|\\s",
  cl100k_original: `${CONTRACTIONS}|${BEFORE}\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`,
  o200k_base: [
    `${BEFORE}${UPPER}*${LOWER}+${CONTRACTIONS}?`,
    `${BEFORE}${UPPER}+${LOWER}*${CONTRACTIONS}?`,
    "\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  ].join("|"),
  qwen2: `${CONTRACTIONS}|${BEFORE}\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`,
};

export const expressionOf = (pattern) => NAMED[pattern] ?? pattern;
export const nameOf = (pattern) => Object.keys(NAMED).find((name) => NAMED[name] === expressionOf(pattern));

/** R2, P8: a pattern may think for so many seconds. */
function clockFor(pattern, seconds) {
  const end = Date.now() + seconds * 1000;
  let ticks = 0;
  return { tick: () => { if (++ticks % 1000 === 0 && Date.now() > end) throw new Refusal("pattern_time", { pattern }); } };
}

/** The pre-tokens of a text (P1, P2). */
export function preSplit(text, pattern, gaps = "refuse", seconds = 10) {
  if (pattern === undefined || pattern === null) return text.length ? [text] : [];
  const node = parsePattern(expressionOf(pattern));
  const clock = clockFor(pattern, seconds);
  const pieces = [];
  let stand = 0;
  for (let start = 0; start < text.length; ) {
    const end = firstEnd(node, text, start, clock);
    if (end === undefined) { start++; continue; }
    addGap(stand, start);
    pieces.push(text.slice(start, end));
    stand = start = end;
  }
  addGap(stand, text.length);
  return pieces;

  function addGap(from, until) {
    if (from === until) return;
    if (gaps === "refuse") throw new Refusal("pattern_gap", { start: from });
    pieces.push(text.slice(from, until));
  }
}

/** Where the preferred match that is not empty ends. */
function firstEnd(node, text, start, clock) {
  for (const end of node(text, start, clock)) if (end > start) return end;
}

/** P9: the positions at which a text may be cut and each part be split alone. */
export function safeCuts(text, pattern) {
  const rule = { undefined: () => false, gpt2: cutsForGpt2 }[nameOf(pattern)] ?? cutsForOthers;
  return Array.from(text.keys()).filter((i) => i > 0 && rule(text[i - 1], text[i]));
}

const isBreak = (point) => point === 10 || point === 13;
const cutsForGpt2 = (left, right) => !isSpace(left) && isSpace(right);
function cutsForOthers(left, right) {
  if (isBreak(right)) return isLetter(left) || isNumber(left);
  if (isBreak(left)) return !isSpace(right) && right !== 0x2f;
  return cutsForGpt2(left, right);
}
