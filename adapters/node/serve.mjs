// The adapter protocol (spec/10-adapter.md) for an object with encode and decode: a line of JSON for each request.
import { createInterface } from "node:readline";

// A text with surrogates comes as a list of code points, for many a JSON parser refuses it in a string.
export const read = (text) => (typeof text === "string" ? text : String.fromCodePoint(...text.code_points));
const hex = (text) => Buffer.from(text, "utf8").toString("hex");

/** Answer requests until the input ends; `operations` maps each command to what it adds to the reply. */
export async function serve(implementation, operations, profiles = {}) {
  const greeting = { protocol: 1, implementation: { language: "JavaScript", ...implementation }, profiles };
  const commands = { operations: Object.keys(operations), decodes_any_ids: false };
  for await (const line of createInterface({ input: process.stdin })) {
    const { cmd, seq, ...request } = JSON.parse(line);
    if (cmd === "stop") break;
    const reply = cmd === "start" ? { ...greeting, ...commands } : { seq, ...answer(operations[cmd], cmd, request) };
    process.stdout.write(JSON.stringify(reply) + "\n");
  }
}

function answer(operation, cmd, request) {
  if (!operation) return { unsupported: { reason: cmd } };
  try {
    return operation(request);
  } catch (fault) {
    // These libraries refuse with plain errors; what the language itself throws is a fault.
    const kind = fault.constructor === Error ? "rejected" : "errored";
    return { [kind]: { message: `${fault.name}: ${fault.message}` } };
  }
}

/** The operations of a tokenizer: `encode` is given a text and two sets of special tokens, `"all"` or a list. */
export const plain = (encode, decode) => ({
  encode: ({ text, allowed_special = [], disallowed_special = [] }) => ({
    ids: encode(read(text), allowed_special, disallowed_special),
  }),
  encode_ordinary: ({ text }) => ({ ids: encode(read(text), [], []) }),
  decode: ({ ids }) => ({ bytes: hex(decode(ids)) }),
  decode_text: ({ ids, errors }) =>
    errors === "strict" ? { unsupported: { reason: "errors" } } : { text: decode(ids) },
});
