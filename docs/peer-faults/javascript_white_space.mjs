// gpt-tokenizer, js-tiktoken: JavaScript's \s has U+FEFF and lacks U+0085, so texts with them are cut otherwise than by tiktoken.
import { createRequire } from "node:module";

const require = createRequire(`${process.cwd()}/`);
const { encode } = require("gpt-tokenizer/encoding/cl100k_base");
const { getEncoding } = require("js-tiktoken");

for (const [text, expected] of [
  ["\ufeff#", "[43372]"],
  ["\u0085's", "[126,227,596]"],
]) {
  console.log("gpt-tokenizer", JSON.stringify(encode(text)));
  console.log("js-tiktoken  ", JSON.stringify(getEncoding("cl100k_base").encode(text)));
  console.log("expected     ", expected);
}
