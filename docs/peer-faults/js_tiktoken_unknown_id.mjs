// js-tiktoken: an id that does not exist is decoded to nothing, where tiktoken raises an error.
import { createRequire } from "node:module";

const { getEncoding } = createRequire(`${process.cwd()}/`)("js-tiktoken");
let got;
try {
  got = JSON.stringify(getEncoding("cl100k_base").decode([9906, 200000]));
} catch (fault) {
  got = String(fault);
}
console.log("got     ", got);
console.log("expected an error");
