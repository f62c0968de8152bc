// Chapter 5. All of it together, and back.

import { fromBytes, readBytes, toBytes, toText } from "./bytes.js";
import { idsOfPreToken } from "./merges.js";
import { preSplit } from "./pre-split.js";
import { Refusal } from "./refusal.js";
import { refuseDisallowed, rolesOf, scan } from "./special-tokens.js";

/** The algorithm at the head of the chapter: each id with the bytes that it stands for in the text. */
function* tokensOf(vocabulary, points, allowed, disallowed) {
  const text = toText(points, vocabulary.surrogates);
  const roles = rolesOf(vocabulary.specialTokens, allowed, disallowed);
  refuseDisallowed(text, roles.disallowed);
  for (const span of scan(text, roles.allowed)) {
    if (!span.special) yield* ordinaryTokens(vocabulary, span.text);
    else yield { id: vocabulary.specialTokens.get(String.fromCodePoint(...span.text)), bytes: toBytes(span.text) };
  }
}

function* ordinaryTokens(vocabulary, text) {
  for (const preToken of preSplit(text, vocabulary.pattern, vocabulary.gaps)) {
    for (const id of idsOfPreToken(toBytes(preToken), vocabulary)) yield { id, bytes: vocabulary.bytesOf.get(id) };
  }
}

export const encode = (vocabulary, points, allowed = [], disallowed = "all") =>
  Array.from(tokensOf(vocabulary, points, allowed, disallowed), (token) => token.id);

export const encodeOrdinary = (vocabulary, points) => encode(vocabulary, points, [], []);

/** E2: bytes that may be no text. */
export function encodeBytes(vocabulary, bytes) {
  const ids = [];
  let stretch = { good: true, bytes: "" };
  const finish = () => ids.push(...(stretch.good
    ? encodeOrdinary(vocabulary, fromBytes(stretch.bytes))
    : idsOfPreToken(stretch.bytes, vocabulary))); // prettier-ignore
  for (const { start, stop, point } of readBytes(bytes)) {
    const good = point !== null;
    if (good !== stretch.good) { finish(); stretch = { good, bytes: "" }; }
    stretch.bytes += bytes.slice(start, stop);
  }
  finish();
  return ids;
}

/** D1, D2: the bytes of ids. */
export function decodeBytes(vocabulary, ids) {
  const special = new Map();
  for (const [token, id] of vocabulary.specialTokens) if (!vocabulary.aliases.has(token)) special.set(id, token);
  return ids.map((id, position) => {
    if (!Number.isInteger(id)) throw new Refusal("no_id", { id, position });
    if (special.has(id)) return toBytes(Array.from(special.get(id), (character) => character.codePointAt(0)));
    if (!vocabulary.bytesOf.has(id)) throw new Refusal("unknown_id", { id, position });
    return vocabulary.bytesOf.get(id);
  }).join("");
}

export const decode = (vocabulary, ids, errors = "replace") => fromBytes(decodeBytes(vocabulary, ids), errors);

/** E5: whether ids are what encoding their text gives. */
export function isCanonicalIds(vocabulary, ids, allowed = []) {
  rolesOf(vocabulary.specialTokens, allowed, []);
  try {
    const again = encode(vocabulary, decode(vocabulary, ids, "strict"), allowed, []);
    return again.length === ids.length && again.every((id, i) => id === ids[i]);
  } catch (refusal) {
    if (refusal instanceof Refusal) return false;
    throw refusal;
  }
}

export const count = (vocabulary, points, allowed) => encode(vocabulary, points, allowed, []).length;

/** E8: no token past the limit is looked for. */
export function isWithinLimit(vocabulary, points, limit, allowed) {
  const tokens = tokensOf(vocabulary, points, allowed, []);
  for (let n = 0; n <= limit; n++) if (tokens.next().done) return true;
  return false;
}

/** O1: of each token its id, byte span and character span. */
export function offsets(vocabulary, points, allowed) {
  const tokens = [...tokensOf(vocabulary, points, allowed, [])];
  const character = charactersOf(tokens.map(({ bytes }) => bytes).join(""));
  let start = 0;
  return tokens.map(({ id, bytes }) => {
    const stop = start + bytes.length;
    const span = [id, start, stop, character[start], character[stop - 1] + 1];
    start = stop;
    return span;
  });
}

/** The index of the character that each byte is part of. */
const charactersOf = (bytes) => [...readBytes(bytes)].flatMap(({ start, stop }, i) => Array(stop - start).fill(i));

/** The index of the first character of which each token holds a byte. */
export function tokenStarts(vocabulary, ids) {
  const character = charactersOf(decodeBytes(vocabulary, ids));
  let start = 0;
  return ids.map((id) => {
    const index = character[start];
    start += decodeBytes(vocabulary, [id]).length;
    return index;
  });
}
