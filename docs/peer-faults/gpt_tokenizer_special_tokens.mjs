// gpt-tokenizer: an allowed special token is found at the very beginning of a text alone, and a second one loses what follows it.
import { createRequire } from "node:module";

const { encode, decode } = createRequire(`${process.cwd()}/`)("gpt-tokenizer/encoding/cl100k_base");
const show = (text) => JSON.stringify(encode(text, { allowedSpecial: "all" }));

console.log("got     ", show("a<|endoftext|>b"));
console.log("expected [64,100257,65]");
console.log("got     ", show("<|endoftext|><|endoftext|>b"));
console.log("expected [100257,100257,65]");
