// Runs the test vectors:  node run-vectors.js spec/vectors

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { toBytes } from "./bytes.js";
import { adapter } from "./adapter.js";
import * as files from "./files.js";
import { mayMerge, mergeRow, rowOf } from "./merges.js";
import { OPERATIONS as SHARED, points, string } from "./operations.js";
import { preSplit } from "./pre-split.js";
import { Refusal } from "./refusal.js";
import { train } from "./training.js";
import { fromHex, makeVocabulary, toHex, toModel } from "./vocabulary.js";

const mapValues = (object, change) => Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));

/** Each operation of the vectors: of an input, the tokenizer's vocabulary, and the group for what is written once. */
const OPERATIONS = {
  ...SHARED,
  encode_elsewhere: (i, v, group) => elsewhere(group.model, i).ids,
  decode: (i, v) => SHARED.decode_text(i, v),
  decode_bytes: (i, v) => SHARED.decode(i, v),
  load: () => "accepted",
  add_special_tokens: (i, v) => SHARED.add_special_tokens(i, v) && "accepted",
  load_file: (i, v, group) => toModel(files.loadFile(i.format, mapValues(i.files, (parts) => fileOf(parts, group)), i.told)),
  save_file: (i, v) => mapValues(files.saveFile(i.format, i.file, v), toHex),
  compare_fingerprints: (i, v) => (files.fingerprint(v) === files.fingerprint(makeVocabulary(i.other)) ? "equal" : "different"),
  open_encoding: (i) => files.openEncoding(i.encoding, fromHex(i.bytes)),
  exchange: (i) => i.requests.map(adapter()).map((reply) => mapValues(reply, (value) => ((value.message ?? value.reason) === undefined ? value : {}))),
};

/** What another process answers. */
function elsewhere(model, { text, allowed_special: allowed }) {
  const requests = [{ cmd: "load", model }, { cmd: "encode", text, allowed_special: allowed }];
  const input = requests.map((request) => `${JSON.stringify(request)}\n`).join("");
  const replies = execFileSync(process.execPath, [new URL("./adapter.js", import.meta.url).pathname], { input, encoding: "utf8" });
  return JSON.parse(replies.trim().split("\n").at(-1));
}

const fileOf = (parts, group) => fromHex(parts.map((part) => (part[0] === "@" ? group.chunks[part.slice(1)] : part)).join(""));

/** A model with its members in one order, and nothing that goes without saying. */
const normal = (value) => (value?.bytes !== undefined && typeof value === "object" ? toModel(makeVocabulary(value)) : value);

/** What a call gave: an output, or the refusal with what the vector says that it names. */
function outcome(call, wanted) {
  try {
    return { output: call() };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const named = Object.keys(wanted ?? {}).filter((name) => name !== "kind");
    return { rejected: { kind: error.kind, ...Object.fromEntries(named.map((name) => [name, error.details[name]])) } };
  }
}

/** What is wrong with a call, or nothing. */
function compare(test, vocabulary, group) {
  const got = outcome(() => OPERATIONS[test.operation](test.input, vocabulary(), group), test.rejected);
  const wanted = test.rejected ? { rejected: test.rejected } : { output: test.output };
  return isDeepStrictEqual(normal(got.output), normal(wanted.output)) && isDeepStrictEqual(got.rejected, wanted.rejected) ? "" : JSON.stringify({ wanted, got });
}

/** The merges of a text one by one, as vectors write them; each pre-token is a row of its own. */
function traceOf({ operation, input }, vocabulary) {
  const steps = [];
  const note = (row, { at, result }) => {
    const overlapped = row[at + 1] === row[at] && row[at + 2] === row[at];
    steps.push([row[at], row[at + 1], result, at, overlapped ? "M2" : "M3"]);
  };
  const pieces = operation === "merge" ? [fromHex(input.bytes)] : preSplit(points(input.text), vocabulary.pattern, vocabulary.gaps).map(toBytes);
  for (const piece of pieces) {
    if (operation !== "merge" && vocabulary.wholePreToken && vocabulary.idOf.has(piece)) steps.push([null, null, vocabulary.idOf.get(piece), 0, "M7"]);
    else mergeRow(rowOf(piece, vocabulary), mayMerge(vocabulary), note);
  }
  return steps;
}

/** What else a vector says about a call. */
function compareDetails(test, vocabulary) {
  const got = {};
  if (test.trace) got.trace = traceOf(test, vocabulary());
  if (test.counts) got.counts = train(test.input.texts.map(points), test.input).counts;
  const wrong = Object.keys(got).filter((name) => !isDeepStrictEqual(got[name], test[name]));
  return wrong.map((name) => `${name}: ${JSON.stringify({ wanted: test[name], got: got[name] })}`).join("; ");
}

let [passed, failed, skipped] = [0, 0, new Set()];
const folder = process.argv[2];
for (const name of readdirSync(folder).filter((each) => /^[0-9].*\.json$/.test(each))) {
  for (const group of JSON.parse(readFileSync(join(folder, name), "utf8")).groups) {
    for (const test of group.tests) {
      const vocabulary = () => group.model && makeVocabulary(group.model);
      if (!(test.operation in OPERATIONS)) { skipped.add(test.operation); continue; }
      const faults = [...(test.before ?? []), test].map((call) => compare(call, vocabulary, group));
      faults.push(compareDetails(test, vocabulary));
      if (faults.some(Boolean)) { failed++; console.log(`${name} ${test.id}: ${faults.filter(Boolean).join("; ").slice(0, 600)}`); } else passed++;
    }
  }
}
console.log(`${passed} passed, ${failed} failed; without the operations ${[...skipped].join(", ") || "–"}`);
process.exitCode = failed ? 1 : 0;
