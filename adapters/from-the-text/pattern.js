// Chapter 3, "Cutting": a matcher for the expressions that the chapter uses, by trying, as in Perl.
//
// A node is a generator function: given a text and a position it yields, best first, where a match from there may end.

import { category, isSpace } from "./classes.js";
import { Refusal } from "./refusal.js";

const DEEPEST = 100;

/** The node of an expression; one that cannot be read is refused. */
export function parsePattern(expression) {
  const points = Array.from(expression);
  let at = 0;
  let depth = 0;
  const fail = () => { throw new Refusal("pattern", { pattern: expression }); };
  const see = (string) => points.slice(at, at + string.length).join("") === string;
  const take = (string) => see(string) && ((at += string.length), true);
  const next = () => (at < points.length ? points[at++] : fail());

  function alternatives(flags) {
    if (++depth > DEEPEST) fail();
    const options = [sequence(flags)];
    while (take("|")) options.push(sequence(flags));
    depth--;
    return options.length === 1 ? options[0] : alternation(options);
  }

  function sequence(flags) {
    const parts = [];
    while (at < points.length && !see("|") && !see(")")) parts.push(quantified(flags));
    return parts.reduceRight((rest, part) => (rest ? both(part, rest) : part), null) ?? nothing;
  }

  function quantified(flags) {
    const part = atom(flags);
    const range = quantifier();
    if (!range) return part.node ?? single(part.test);
    const mode = take("+") ? "possessive" : take("?") ? "lazy" : "greedy";
    const node = part.test ? span(part.test, ...range, mode) : repeated(part.node, ...range, mode);
    return mode === "possessive" ? firstOnly(node) : node;
  }

  function quantifier() {
    if (take("*")) return [0, Infinity];
    if (take("+")) return [1, Infinity];
    if (take("?")) return [0, 1];
    const braces = /^\{(\d+)(,?)(\d*)\}/.exec(points.slice(at, at + 24).join(""));
    if (!braces) return null;
    at += braces[0].length;
    return [+braces[1], braces[3] ? +braces[3] : braces[2] ? Infinity : +braces[1]];
  }

  /** A part of an expression: `{test}` for one character, `{node}` for anything else. */
  function atom(flags) {
    const character = next();
    if (character === "(") return { node: group(flags) };
    if (character === "[") return { test: set(flags) };
    if (character === ".") return { test: (point) => flags.includes("s") || point !== 10 };
    if (character === "$") return { node: atEnd };
    if (character === "^") return { node: atStart };
    if ("*+?)".includes(character)) fail();
    return { test: character === "\\" ? escape(flags) : literal(character, flags) };
  }

  function group(flags) {
    const close = (node) => (take(")") ? node : fail());
    if (take("?=")) return close(look(alternatives(flags), true));
    if (take("?!")) return close(look(alternatives(flags), false));
    if (take("?>")) return close(firstOnly(alternatives(flags)));
    if (!take("?")) return close(alternatives(flags));
    while (!see(":")) flags += "is".includes(points[at]) ? next() : fail();
    next();
    return close(alternatives(flags));
  }

  function escape(flags) {
    const character = next();
    const known = { s: isSpace, S: (point) => !isSpace(point), d: category("Nd"), r: (p) => p === 13, n: (p) => p === 10, t: (p) => p === 9 };
    if (character in known) return known[character];
    if (character === "p" || character === "P") {
      const name = take("{") ? points.slice(at, points.indexOf("}", at)).join("") : fail();
      at += name.length + 1;
      const test = category(name) ?? fail();
      return character === "p" ? test : (point) => !test(point);
    }
    return /[A-Za-z0-9]/.test(character) ? fail() : literal(character, flags);
  }

  function set(flags) {
    const negated = take("^");
    const tests = [];
    do tests.push(member(flags)); while (!take("]"));
    return (point) => tests.some((test) => test(point)) !== negated;
  }

  function member(flags) {
    const character = next();
    if (character === "\\") return escape(flags);
    if (!see("-") || points[at + 1] === "]") return literal(character, flags);
    next();
    const [first, last] = [character, next()].map((each) => each.codePointAt(0));
    return first <= last ? (point) => first <= point && point <= last : fail();
  }

  const node = alternatives("");
  return at === points.length ? node : fail();
}

/** A character, or under `i` each that has its simple case folding, as in the ignored case of the engine. */
function literal(character, flags) {
  const point = character.codePointAt(0);
  if (!flags.includes("i") || !/\p{L}/u.test(character)) return (other) => other === point;
  const folded = new RegExp(`^${character}$`, "iu");
  return (other) => folded.test(String.fromCodePoint(other));
}

function* nothing(text, at) { yield at; }
function* atEnd(text, at) { if (at === text.length) yield at; }
function* atStart(text, at) { if (at === 0) yield at; }

const single = (test) => function* (text, at) {
  if (at < text.length && test(text[at])) yield at + 1;
};

const both = (first, second) => function* (text, at, clock) {
  for (const middle of first(text, at, clock)) yield* second(text, middle, clock);
};

const alternation = (options) => function* (text, at, clock) {
  for (const option of options) yield* option(text, at, clock);
};

const firstOnly = (node) => function* (text, at, clock) {
  for (const end of node(text, at, clock)) { yield end; return; }
};

const look = (node, wanted) => function* (text, at, clock) {
  if (!node(text, at, clock).next().done === wanted) yield at;
};

/** Many of one character: counted, not called again for each. */
const span = (test, least, most, mode) => function* (text, at) {
  let end = at;
  const last = Math.min(text.length, at + (mode === "lazy" ? least : most));
  while (end < last && test(text[end])) end++;
  if (end - at < least) return;
  if (mode !== "lazy") for (; end >= at + least; end--) yield end;
  else do yield end; while (end < text.length && end - at < most && test(text[end++]));
};

/** Many of anything, each of which takes at least one character. */
const repeated = (node, least, most, mode) => function* again(text, at, clock, done = 0) {
  clock.tick();
  if (mode === "lazy" && done >= least) yield at;
  if (done < most) for (const end of node(text, at, clock)) if (end > at || done < least) yield* again(text, end, clock, done + 1);
  if (mode !== "lazy" && done >= least) yield at;
};
