// Chapter 8. Formats, conversion, fingerprints.

import { createHash } from "node:crypto";
import { fromBytes, toBytes } from "./bytes.js";
import { isCanonical, recoverMerges } from "./merges.js";
import { expressionOf, nameOf } from "./pre-split.js";
import { Refusal } from "./refusal.js";
import { BYTE_ORDERS, fromHex, makeVocabulary, toHex, toModel } from "./vocabulary.js";

const malformed = (details) => { throw new Refusal("file", details); };
const cannot = (what) => { throw new Refusal("cannot_express", { what }); };
const sha256 = (bytes) => createHash("sha256").update(Buffer.from(bytes, "latin1")).digest("hex");
const pointsOf = (string) => Array.from(string, (character) => character.codePointAt(0));

/** The text of a file, which is UTF-8. */
function textOf(bytes) {
  try {
    return fromBytes(bytes, "strict").map((point) => String.fromCodePoint(point)).join("");
  } catch (refusal) {
    return malformed({ offset: refusal.details?.offset });
  }
}

/** The lines of a file, with their numbers. */
function linesOf(bytes) {
  const lines = textOf(bytes).split("\n").map((line) => line.replace(/\r$/, ""));
  if (lines.at(-1) === "") lines.pop();
  return lines.map((text, i) => ({ text, line: i + 1 }));
}

/** What a format leaves out and nobody said is asked for, never guessed (F1). */
function told(what = {}) {
  if (!("pattern" in what)) throw new Refusal("missing_information", { member: "pattern" });
  return Object.fromEntries(Object.entries(what).filter(([, value]) => value !== null));
}

// ---- rank files of tiktoken

function loadRanks({ main }, what) {
  const seen = new Set();
  const tokens = linesOf(main).map(({ text, line }) => {
    const [, base64, digits] = /^([A-Za-z0-9+/]*={0,2}) (0|[1-9][0-9]*)$/.exec(text) ?? malformed({ line });
    const bytes = Buffer.from(base64, "base64").toString("latin1");
    if (bytes === "" || Buffer.from(bytes, "latin1").toString("base64") !== base64) malformed({ line });
    if (+digits > 4294967295 || seen.has(digits) || seen.has(`=${bytes}`)) malformed({ line });
    seen.add(digits).add(`=${bytes}`);
    return [+digits, bytes];
  });
  const ids = new Map(tokens.map(([id, bytes]) => [bytes, id]));
  return {
    bytes: BYTE_ORDERS.value.map((value) => ids.get(String.fromCharCode(value)) ?? null),
    tokens: tokens.filter(([, bytes]) => bytes.length > 1).map(([id, bytes]) => [id, toHex(bytes)]),
    whole_pre_token: true,
    ...told(what),
  };
}

function saveRanks(vocabulary) {
  if (vocabulary.merges ? vocabulary.wholePreToken || !isCanonical(vocabulary) : !vocabulary.wholePreToken) cannot("semantics");
  const lines = [...vocabulary.bytesOf].sort(([a], [b]) => a - b);
  return lines.map(([id, bytes]) => `${Buffer.from(bytes, "latin1").toString("base64")} ${id}\n`).join("");
}

// ---- merges of GPT-2

/** The character for each byte: its own where it is visible, else one from U+0100 on. */
const VISIBLE = BYTE_ORDERS.gpt2.slice(0, 188);
const HIDDEN = BYTE_ORDERS.gpt2.slice(188);
const CHARACTER = new Map(BYTE_ORDERS.value.map((value) => [
  String.fromCharCode(value),
  String.fromCharCode(VISIBLE.includes(value) ? value : 0x100 + HIDDEN.indexOf(value)),
]));
const BYTE = new Map([...CHARACTER].map(([byte, character]) => [character, byte]));
const spell = (bytes) => Array.from(bytes, (byte) => CHARACTER.get(byte)).join("");
const unspell = (text) => (Array.from(text).every((each) => BYTE.has(each)) ? Array.from(text, (each) => BYTE.get(each)).join("") : null);

/** The lines of merges as pairs of byte strings. */
function pairsOf(bytes) {
  const lines = linesOf(bytes);
  if (lines[0]?.text.startsWith("#version:")) lines.shift();
  const known = new Set(CHARACTER.keys());
  const seen = new Set();
  return lines.map(({ text, line }) => {
    const parts = text.split(" ").map(unspell);
    if (parts.length !== 2 || parts.some((part) => !known.has(part)) || seen.has(text)) malformed({ line });
    known.add(parts.join(""));
    seen.add(text);
    return { parts, line };
  });
}

function loadMerges({ main }, what) {
  const ids = new Map(BYTE_ORDERS.gpt2.map((value, id) => [String.fromCharCode(value), id]));
  const merges = pairsOf(main).map(({ parts, line }) => {
    const whole = parts.join("");
    if (ids.has(whole)) malformed({ line });
    ids.set(whole, ids.size);
    return [...parts, whole].map((bytes) => ids.get(bytes));
  });
  const tokens = [...ids].slice(256).map(([bytes, id]) => [id, toHex(bytes)]);
  return { bytes: "gpt2", tokens, merges, ...told(what) };
}

// ---- GPT-2's pair of files

function loadPair({ "vocab.bpe": mergeFile, "encoder.json": encoder }, what) {
  const entries = entriesOf(textOf(encoder));
  const merges = pairsOf(mergeFile).map(({ parts, line }) =>
    [...parts, parts.join("")].map((bytes) => entries.get(spell(bytes)) ?? malformed({ line })));
  const made = new Set(merges.map(([, , result]) => result));
  const saidSpecial = new Set((what?.special_tokens ?? []).map(([token]) => token));
  const [ordinary, special] = [[], []];
  for (const [text, id] of entries) {
    const bytes = unspell(text);
    if (bytes !== null && (bytes.length === 1 || made.has(id))) ordinary.push([id, bytes]);
    else if (/^<\|.*\|>$/s.test(text) || saidSpecial.has(text)) special.push([text, id]);
    else if (what?.special_tokens && bytes) ordinary.push([id, bytes]);
    else malformed({ entry: text });
  }
  const ids = new Map(ordinary.map(([id, bytes]) => [bytes, id]));
  return {
    bytes: BYTE_ORDERS.value.map((value) => ids.get(String.fromCharCode(value)) ?? null),
    tokens: ordinary.filter(([, bytes]) => bytes.length > 1).map(([id, bytes]) => [id, toHex(bytes)]),
    merges, ...told(what),
    special_tokens: special,
  };
}

function entriesOf(text) {
  let parsed;
  try { parsed = JSON.parse(text); } catch { malformed({}); }
  if (parsed === null || typeof parsed !== "object" || Array.isArray(parsed)) malformed({});
  for (const [entry, id] of Object.entries(parsed)) if (!Number.isInteger(id)) malformed({ entry });
  return new Map(Object.entries(parsed));
}

function savePair(vocabulary) {
  const merges = listOf(vocabulary);
  if (vocabulary.aliases.size) cannot("aliases");
  const ordinary = [...vocabulary.bytesOf].map(([id, bytes]) => [spell(bytes), id]);
  const spelled = new Set(ordinary.map(([text]) => text));
  for (const token of vocabulary.specialTokens.keys()) if (spelled.has(token)) cannot(token);
  const entries = [...ordinary, ...vocabulary.specialTokens].sort(([, a], [, b]) => a - b);
  const lines = merges.map(([left, right]) => `${spell(vocabulary.bytesOf.get(left))} ${spell(vocabulary.bytesOf.get(right))}\n`);
  return {
    "vocab.bpe": toBytes(pointsOf(`#version: 0.2\n${lines.join("")}`)),
    "encoder.json": `{${entries.map(([text, id]) => `${quote(text)}: ${id}`).join(", ")}}`,
  };
}

/** The merges that a format of pairs holds. */
function listOf(vocabulary) {
  if (vocabulary.merges) return vocabulary.wholePreToken ? cannot("shortcut") : vocabulary.merges;
  return (vocabulary.wholePreToken && recoverMerges(vocabulary)) || cannot("ranks");
}

// ---- model files of minbpe

function loadMinbpe({ main }) {
  const lines = linesOf(main);
  const line = (number) => lines[number - 1]?.text;
  if (line(1) !== "minbpe v1") malformed({ line: 1 });
  const many = /^[0-9]+$/.test(line(3)) ? +line(3) : malformed({ line: 3 });
  if (lines.length < 3 + many) malformed({ line: 3 });
  const specialTokens = lines.slice(3, 3 + many).map(({ text, line }) => {
    const [, token, id] = /^(\S+) ([0-9]+)$/.exec(text) ?? malformed({ line });
    return [token, +id];
  });
  const bytes = BYTE_ORDERS.value.map((value) => String.fromCharCode(value));
  const seen = new Set();
  const merges = lines.slice(3 + many).map(({ text, line }) => {
    const [, left, right] = /^([0-9]+) ([0-9]+)$/.exec(text) ?? malformed({ line });
    if (+left >= bytes.length || +right >= bytes.length || seen.has(text)) malformed({ line });
    seen.add(text);
    bytes.push(bytes[+left] + bytes[+right]);
    return [+left, +right, bytes.length - 1];
  });
  const tokens = bytes.map((each, id) => [id, toHex(each)]).slice(256);
  return { bytes: "value", tokens, merges, pattern: line(2) || undefined, special_tokens: specialTokens };
}

function saveMinbpe(vocabulary) {
  const merges = listOf(vocabulary);
  const pattern = vocabulary.pattern === null ? "" : expressionOf(vocabulary.pattern) || cannot("empty pattern");
  if (vocabulary.aliases.size || vocabulary.gaps !== "refuse") cannot("aliases or gaps");
  if (merges.some(([, , result], i) => result !== 256 + i) || vocabulary.bytesOf.size !== 256 + merges.length) cannot("ids");
  if (BYTE_ORDERS.value.some((value) => vocabulary.bytesOf.get(value) !== String.fromCharCode(value))) cannot("ids");
  const special = [...vocabulary.specialTokens].map(([token, id]) => ({ token, id, length: pointsOf(token).length }));
  if (/^\s|\s$|[\r\n]/.test(pattern) || special.some(({ token }) => /\s/.test(token))) cannot("white space");
  special.sort((a, b) => b.length - a.length || (a.token < b.token ? -1 : 1));
  const lines = ["minbpe v1", pattern, special.length, ...special.map(({ token, id }) => `${token} ${id}`), ...merges.map(([left, right]) => `${left} ${right}`)];
  return toBytes(pointsOf(lines.map((line) => `${line}\n`).join("")));
}

const LOADERS = { tiktoken: loadRanks, "gpt2-merges": loadMerges, gpt2: loadPair, minbpe: loadMinbpe };
const SAVERS = { tiktoken: saveRanks, gpt2: savePair, minbpe: saveMinbpe };

/** The vocabulary of files; `what` is what the caller says that the format leaves out. */
export function loadFile(format, files, what) {
  return makeVocabulary(LOADERS[format]({ main: Object.values(files)[0], ...files }, what));
}

/** The bytes of each file, by name. */
export function saveFile(format, file, vocabulary) {
  const saved = SAVERS[format](vocabulary);
  return typeof saved === "string" ? { [file]: saved } : saved;
}

/** F3: the same behaviour under the other semantics. */
export function convert(vocabulary) {
  const model = toModel(vocabulary);
  if (!vocabulary.merges) {
    return { ...model, merges: listOf(vocabulary), whole_pre_token: undefined };
  }
  if (vocabulary.wholePreToken || !isCanonical(vocabulary)) cannot("ranks");
  return { ...model, merges: undefined, whole_pre_token: true };
}

/** F4: characters beyond ASCII, and controls, as escapes. */
const quote = (text) => JSON.stringify(text).replace(/[\x7f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
const json = (value) => {
  if (typeof value === "string") return quote(value);
  if (Array.isArray(value)) return `[${value.map(json).join(",")}]`;
  return String(value);
};
const byCodePoints = (a, b) => (toBytes(pointsOf(a)) < toBytes(pointsOf(b)) ? -1 : 1); // UTF-8 sorts as code points do

export function fingerprint(vocabulary) {
  const { pattern } = vocabulary;
  const members = {
    aliases: [...vocabulary.aliases].sort(([a], [b]) => byCodePoints(a, b)),
    errors: vocabulary.surrogates,
    merges: vocabulary.merges,
    pattern: pattern === null ? null : [expressionOf(pattern), vocabulary.gaps, "16.0.0"],
    special_tokens: [...vocabulary.specialTokens].sort(([a], [b]) => byCodePoints(a, b)),
    tokens: [...vocabulary.bytesOf].sort(([a], [b]) => a - b).map(([id, bytes]) => [id, toHex(bytes)]),
    whole_pre_token: vocabulary.wholePreToken,
  };
  return sha256(`{${Object.entries(members).map(([name, value]) => `"${name}":${json(value)}`).join(",")}}`);
}

/** F5: the sha256 of the files of the named encodings. */
const PINNED = {
  gpt2: ["1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5", "196139668be63f3b5d6574427317ae82f612a97c5d1cdaf36ed2256dbf636783"],
  r50k_base: ["306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930"],
  p50k_base: ["94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069"],
  p50k_edit: ["94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069"],
  cl100k_base: ["223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"],
  o200k_base: ["446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"],
  o200k_harmony: ["446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"],
  llama3: ["82e9d31979e92ab929cd544440f129d9ecd797b69e327f80f17e1c50d5551b55"],
}; // prettier-ignore

export function openEncoding(name, bytes) {
  if (!PINNED[name]?.includes(sha256(bytes))) throw new Refusal("checksum", { encoding: name });
}
