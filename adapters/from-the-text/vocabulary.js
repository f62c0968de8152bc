// Chapter 7, and S8. A vocabulary is made of a model as vectors write it, and refused if it is not well formed.

import { Refusal } from "./refusal.js";

const GREATEST = 4294967295;

export const fromHex = (hex) => hex.replace(/../g, (digits) => String.fromCharCode(parseInt(digits, 16)));
export const toHex = (bytes) => Array.from(bytes, (byte) => byte.charCodeAt(0).toString(16).padStart(2, "0")).join("");
const range = (first, last) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** Chapter 6, "The byte order": the values of the bytes in the order of their ids. */
export const BYTE_ORDERS = {
  value: range(0, 255),
  gpt2: [...range(0x21, 0x7e), ...range(0xa1, 0xac), ...range(0xae, 0xff), ...range(0, 0x20), ...range(0x7f, 0xa0), 0xad],
};

function* byteTokens(bytes) {
  if (Array.isArray(bytes)) {
    for (const [value, id] of bytes.entries()) if (id !== null) yield [id, String.fromCharCode(value)];
  } else {
    for (const [id, value] of BYTE_ORDERS[bytes].entries()) yield [id, String.fromCharCode(value)];
  }
}

export function makeVocabulary(model) {
  const idOf = new Map();
  const bytesOf = new Map();
  const refuse = (details) => { throw new Refusal("vocabulary", details); };
  const tokens = (model.tokens ?? []).map(([id, hex]) => [id, fromHex(hex)]);
  for (const [id, bytes] of [...byteTokens(model.bytes), ...tokens]) {
    if (!Number.isInteger(id) || id < 0 || id > GREATEST) refuse({ id });
    if (bytes === "" || idOf.has(bytes) || bytesOf.has(id)) refuse({ id }); // V2
    idOf.set(bytes, id);
    bytesOf.set(id, bytes);
  }
  for (const byte of range(0, 255)) if (!idOf.has(String.fromCharCode(byte))) refuse({ byte }); // V1
  const merges = model.merges ?? null;
  if (merges) checkMerges(merges, bytesOf, refuse);
  const aliases = new Map(Object.entries(model.aliases ?? {}));
  return {
    idOf, bytesOf, merges, aliases,
    pattern: model.pattern ?? null,
    gaps: model.gaps ?? "refuse",
    specialTokens: checkSpecialTokens(model.special_tokens ?? [], aliases, bytesOf),
    wholePreToken: model.whole_pre_token ?? false,
    surrogates: model.surrogates ?? "strict",
  };
}

/** V4. */
function checkMerges(merges, bytesOf, refuse) {
  const made = new Set([...bytesOf.keys()].filter((id) => bytesOf.get(id).length === 1));
  const pairs = new Set();
  for (const merge of merges) {
    const [left, right, result] = merge;
    if (!made.has(left) || !made.has(right) || pairs.has(`${left} ${right}`)) refuse({ merge });
    if (bytesOf.get(result) !== bytesOf.get(left) + bytesOf.get(right)) refuse({ merge });
    made.add(result);
    pairs.add(`${left} ${right}`);
  }
}

/** S8: the special tokens, by text. */
function checkSpecialTokens(pairs, aliases, bytesOf) {
  const tokens = new Map();
  const canonical = new Map();
  const refuse = (token) => { throw new Refusal("special_conflict", { token }); };
  for (const [token, id] of pairs) {
    if (token === "" || typeof token !== "string" || /\p{Surrogate}/u.test(token)) refuse(token);
    if (!Number.isInteger(id) || id < 0 || id > GREATEST || bytesOf.has(id)) refuse(token);
    if (tokens.has(token) && tokens.get(token) !== id) refuse(token);
    tokens.set(token, id);
  }
  for (const [alias, target] of aliases) {
    if (!tokens.has(alias) || aliases.has(target) || tokens.get(alias) !== tokens.get(target)) refuse(alias);
  }
  for (const [token, id] of tokens) {
    if (aliases.has(token)) continue;
    if (canonical.has(id)) refuse(token);
    canonical.set(id, token);
  }
  return tokens;
}

/** S8 again, for a tokenizer with more special tokens. */
export const addSpecialTokens = (model, more) =>
  makeVocabulary({ ...model, special_tokens: [...(model.special_tokens ?? []), ...more] });

/** V3: first and last id of each gap. */
export function gapsOf({ bytesOf, specialTokens }) {
  const ids = [...new Set([...bytesOf.keys(), ...specialTokens.values()])].sort((a, b) => a - b);
  return ids.map((id, i) => [i ? ids[i - 1] + 1 : 0, id - 1]).filter(([first, last]) => first <= last);
}

/** A vocabulary as a model, without what goes without saying. */
export function toModel(vocabulary) {
  const order = Object.keys(BYTE_ORDERS).find((name) =>
    BYTE_ORDERS[name].every((value, id) => vocabulary.idOf.get(String.fromCharCode(value)) === id));
  const bytes = order ?? BYTE_ORDERS.value.map((value) => vocabulary.idOf.get(String.fromCharCode(value)));
  const tokens = [...vocabulary.bytesOf].filter(([, text]) => text.length > 1).sort(([a], [b]) => a - b).map(([id, text]) => [id, toHex(text)]);
  const said = {
    tokens: tokens.length && tokens,
    merges: vocabulary.merges,
    pattern: vocabulary.pattern,
    gaps: vocabulary.gaps !== "refuse" && vocabulary.gaps,
    special_tokens: vocabulary.specialTokens.size && [...vocabulary.specialTokens],
    aliases: vocabulary.aliases.size && Object.fromEntries(vocabulary.aliases),
    whole_pre_token: vocabulary.wholePreToken,
    surrogates: vocabulary.surrogates !== "strict" && vocabulary.surrogates,
  };
  return { bytes, ...Object.fromEntries(Object.entries(said).filter(([, value]) => value)) };
}
