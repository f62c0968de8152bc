// Chapter 10. Answers requests, one JSON object a line:  node adapter.js

import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { OPERATIONS } from "./operations.js";
import { Refusal } from "./refusal.js";
import { makeVocabulary, toModel } from "./vocabulary.js";

/** The member of the reply in which an operation's answer stands. */
const MEMBERS = {
  encode: "ids", encode_ordinary: "ids", encode_bytes: "ids", encode_batch: "batch",
  decode: "bytes", decode_text: "text", count: "count", is_within_limit: "within", is_canonical: "canonical",
  offsets: "spans", token_starts: "starts", gaps: "gaps", add_special_tokens: "ok",
  merge: "ids", apply_merge: "ids", pre_split: "pieces", pre_split_within: "pieces", safe_cuts: "cuts",
  train: "model", pair_statistics: "statistics", count_pre_tokens: "counts", add_counts: "counts",
  convert: "model", fingerprint: "fingerprint",
}; // prettier-ignore

const GREETING = {
  protocol: 1,
  implementation: { name: "from-the-text", language: "JavaScript" },
  operations: [...Object.keys(MEMBERS), "load", "model"],
};

/** A function that answers requests, one after the other. */
export function adapter() {
  let vocabulary = makeVocabulary({ bytes: "value" });
  const commands = {
    start: () => GREETING,
    load: ({ model }) => { vocabulary = makeVocabulary(model); return { ok: true }; },
    model: () => ({ model: toModel(vocabulary), complete: true }),
  };
  for (const [name, member] of Object.entries(MEMBERS)) {
    commands[name] = (request) => ({ [member]: OPERATIONS[name](request, vocabulary) });
  }
  commands.encode = (request) => ({ ids: OPERATIONS.encode({ disallowed_special: [], ...request }, vocabulary) });
  return (request) => {
    const { cmd, seq } = request;
    try {
      return { seq, ...(Object.hasOwn(commands, cmd) ? commands[cmd](request) : { unsupported: { reason: cmd } }) };
    } catch (error) {
      if (error instanceof Refusal) return { seq, rejected: { message: error.message, details: error.details } };
      return { seq, errored: { message: String(error) } };
    }
  };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const answer = adapter();
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    if (request.cmd === "stop") break;
    console.log(JSON.stringify(answer(request)));
  }
}
