// Chapter 2. Where special tokens stand in a text, which are taken, and which make it refused.

import { Refusal } from "./refusal.js";

const pointsOf = (string) => Array.from(string, (character) => character.codePointAt(0));
const occursAt = (text, token, position) => token.every((point, i) => text[position + i] === point);
const byPoints = (a, b) => {
  const i = a.findIndex((point, at) => point !== b[at]);
  return i < 0 ? a.length - b.length : i < b.length ? a[i] - b[i] : 1;
};

/** Roles: the allowed tokens, and the texts that are refused. */
export function rolesOf(specialTokens, allowed = [], disallowed = "all") {
  const all = [...specialTokens.keys()];
  const taken = allowed === "all" ? all : [...allowed];
  const unknown = taken.filter((token) => !specialTokens.has(token)).map(pointsOf).sort(byPoints);
  if (unknown.length) throw new Refusal("unknown_special", { token: String.fromCodePoint(...unknown[0]) }); // S9
  const refused = disallowed === "all" ? all.filter((token) => !taken.includes(token)) : [...disallowed];
  if (refused.includes("")) throw new Refusal("unknown_special", { token: "" });
  return { allowed: taken, disallowed: refused };
}

/** S2, steps 2 and 3: the least position from which a token occurs, and there the longest. */
function findFirst(text, tokens, from) {
  for (let position = from; position < text.length; position++) {
    const here = tokens.filter((token) => occursAt(text, token, position));
    if (here.length) return { position, token: here.reduce((a, b) => (b.length > a.length ? b : a)) };
  }
  return null;
}

/** S3: refuse a text in which a disallowed token occurs. */
export function refuseDisallowed(text, disallowed) {
  const found = findFirst(text, disallowed.map(pointsOf), 0);
  if (found) throw new Refusal("disallowed_special", { token: String.fromCodePoint(...found.token), index: found.position });
}

/** S1, S2: the spans of a text, each `{text, special}`. */
export function scan(text, allowed) {
  const tokens = allowed.map(pointsOf);
  const spans = [];
  for (let stand = 0; stand < text.length; ) {
    const found = findFirst(text, tokens, stand);
    const until = found ? found.position : text.length;
    if (until > stand) spans.push({ text: text.slice(stand, until), special: false });
    if (found) spans.push({ text: found.token, special: true });
    stand = until + (found ? found.token.length : 0);
  }
  return spans;
}
