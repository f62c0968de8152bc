// js-tiktoken: a text that begins with U+FEFF loses it when it is decoded.
import { createRequire } from "node:module";

const { getEncoding } = createRequire(`${process.cwd()}/`)("js-tiktoken");
const encoding = getEncoding("cl100k_base");
const ids = encoding.encode("\ufeffa");

console.log("ids     ", JSON.stringify(ids));
console.log("got     ", encoding.decode(ids).length, "character");
console.log("expected 2 characters");
