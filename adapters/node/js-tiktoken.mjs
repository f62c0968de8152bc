// npm's js-tiktoken on the adapter protocol: node js-tiktoken.mjs cl100k_base
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { plain, serve } from "./serve.mjs";

const require = createRequire(import.meta.url);
const { getEncoding } = require("js-tiktoken");
// Its package.json is not among what it exports.
const described = new URL("../package.json", `file://${require.resolve("js-tiktoken")}`);
const { version } = JSON.parse(readFileSync(described, "utf8"));

const encoding = getEncoding(process.argv[2] ?? "cl100k_base");
const operations = plain(
  (text, allowed, disallowed) => encoding.encode(text, allowed, disallowed),
  (ids) => encoding.decode(ids),
);

await serve({ name: "js-tiktoken", version }, operations, { surrogates: "replace" });
