// The operations that the vectors and the adapter protocol share: of a request and the tokenizer's vocabulary.

import * as encoding from "./encoding.js";
import { convert, fingerprint } from "./files.js";
import { applyMerge, merge } from "./merges.js";
import { preSplit, safeCuts } from "./pre-split.js";
import { Refusal } from "./refusal.js";
import { addCounts, countPreTokens, train } from "./training.js";
import { addSpecialTokens, fromHex, gapsOf, toHex, toModel } from "./vocabulary.js";

/** The code points of a text as JSON has it, and back. */
export const points = (text) => (typeof text === "string" ? Array.from(text, (each) => each.codePointAt(0)) : text.code_points);
export const string = (text) => points(text.code_points ? text : { code_points: text }).map((each) => String.fromCodePoint(each)).join("");

const tokens = (set) => (Array.isArray(set) ? set.map((token) => (token.code_points ? string(token) : token)) : set);
const orNull = (call) => { try { return call(); } catch (error) { if (error instanceof Refusal) return null; throw error; } };
const encodeAllowing = (vocabulary, text, allowed) => encoding.encode(vocabulary, points(text), tokens(allowed), []);

export const OPERATIONS = {
  encode: (r, v) => encoding.encode(v, points(r.text), tokens(r.allowed_special), tokens(r.disallowed_special)),
  encode_ordinary: (r, v) => encoding.encodeOrdinary(v, points(r.text)),
  encode_bytes: (r, v) => encoding.encodeBytes(v, fromHex(r.bytes)),
  encode_batch: (r, v) => r.texts.map((text) => encodeAllowing(v, text, r.allowed_special)),
  encode_together: (r, v) => r.texts.map((text) => orNull(() => encoding.encodeOrdinary(v, points(text)))),
  encode_copied: (r, v) => encodeAllowing(structuredClone(v), r.text, r.allowed_special),
  decode: (r, v) => toHex(encoding.decodeBytes(v, r.ids)),
  decode_text: (r, v) => string(encoding.decode(v, r.ids, r.errors)),
  count: (r, v) => encoding.count(v, points(r.text), tokens(r.allowed_special)),
  is_within_limit: (r, v) => encoding.isWithinLimit(v, points(r.text), r.limit, tokens(r.allowed_special)),
  is_canonical: (r, v) => encoding.isCanonicalIds(v, r.ids, tokens(r.allowed_special)),
  offsets: (r, v) => encoding.offsets(v, points(r.text), tokens(r.allowed_special)),
  token_starts: (r, v) => encoding.tokenStarts(v, r.ids),
  gaps: (r, v) => gapsOf(v),
  add_special_tokens: (r, v) => Boolean(addSpecialTokens(toModel(v), r.special_tokens)),
  merge: (r, v) => merge(fromHex(r.bytes), v),
  apply_merge: (r) => applyMerge(r.ids, r.merge),
  pre_split: (r) => preSplit(points(r.text), r.pattern, r.gaps, r.seconds).map(string),
  pre_split_within: (r) => preSplit(points(r.text), r.pattern, "refuse", r.seconds).map(string),
  safe_cuts: (r) => safeCuts(points(r.text), r.pattern),
  train: (r) => toModel(train(r.texts.map(points), { ...r, special_tokens: tokens(r.special_tokens) }).vocabulary),
  pair_statistics: (r) => train(r.texts.map(points), { ...r, special_tokens: tokens(r.special_tokens) }).statistics,
  count_pre_tokens: (r) => [...countPreTokens(r.texts.map(points), r)],
  add_counts: (r) => [...addCounts(r.first, r.second)],
  convert: (r, v) => convert(v),
  fingerprint: (r, v) => fingerprint(v),
};
