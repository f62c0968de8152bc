// gpt-tokenizer: a set of disallowed special tokens is not looked at, though its README says that encode throws.
import { createRequire } from "node:module";

const { encode } = createRequire(`${process.cwd()}/`)("gpt-tokenizer/encoding/cl100k_base");
let got;
try {
  got = JSON.stringify(encode("Some Text <|endoftext|>", { disallowedSpecial: new Set(["<|endoftext|>"]) }));
} catch (refusal) {
  got = String(refusal);
}
console.log("got     ", got);
console.log("expected an error");
