// npm's gpt-tokenizer on the adapter protocol: node gpt-tokenizer.mjs cl100k_base
import { createRequire } from "node:module";
import { plain, read, serve } from "./serve.mjs";

const require = createRequire(import.meta.url);
const library = require(`gpt-tokenizer/encoding/${process.argv[2] ?? "cl100k_base"}`);
const { version } = require("gpt-tokenizer/package.json");

const set = (tokens) => (tokens === "all" ? tokens : new Set(tokens));
const options = (allowed, disallowed) => ({
  allowedSpecial: set(allowed),
  // With all of them allowed, "all others" are none; the library takes "all" for one of the two only.
  disallowedSpecial: allowed === "all" && disallowed === "all" ? new Set() : set(disallowed),
});

const operations = plain(
  (text, allowed, disallowed) => library.encode(text, options(allowed, disallowed)),
  (ids) => library.decode(ids),
);
operations.count = ({ text, allowed_special }) => ({
  count: library.countTokens(read(text), options(allowed_special, [])),
});
operations.is_within_limit = ({ text, limit, allowed_special }) => ({
  within: library.isWithinTokenLimit(read(text), limit, options(allowed_special, [])) !== false,
});

await serve({ name: "gpt-tokenizer", version }, operations, { surrogates: "replace" });
