// Chapter 6. From texts to merges.

import { toBytes, toText } from "./bytes.js";
import { applyMerge, rowOf } from "./merges.js";
import { preSplit } from "./pre-split.js";
import { Refusal } from "./refusal.js";
import { scan } from "./special-tokens.js";
import { addSpecialTokens, BYTE_ORDERS, makeVocabulary, toHex } from "./vocabulary.js";

/** "Counting pre-tokens": how often each occurs, in the order in which they are first met. */
export function countPreTokens(texts, { pattern, gaps, special_tokens: specialTokens = [], surrogates } = {}) {
  const counts = new Map();
  for (const points of texts) {
    for (const span of scan(toText(points, surrogates), specialTokens)) {
      if (span.special) continue;
      for (const piece of preSplit(span.text, pattern, gaps)) {
        const key = String.fromCodePoint(...piece);
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    }
  }
  return counts;
}

/** T12: the sum of counts. */
export function addCounts(first, second) {
  const sum = new Map(first);
  for (const [key, count] of second) sum.set(key, (sum.get(key) ?? 0) + count);
  return sum;
}

/** Step 2: how often each pair of neighbours stands in the rows, in the order in which they are met. */
function pairCounts(rows) {
  const counts = new Map();
  for (const { row, weight } of rows) {
    for (let i = 0; i + 1 < row.length; i++) {
      const key = `${row[i]} ${row[i + 1]}`;
      counts.set(key, (counts.get(key) ?? 0) + weight);
    }
  }
  return counts;
}

const idsOf = (key) => key.split(" ").map(Number);
const compareBytes = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** T2: what sorts the preferred pair to the front. */
const TIE_BREAKS = {
  "smallest-pair": () => (a, b) => a[0] - b[0] || a[1] - b[1],
  "first-seen": () => () => 0,
  "largest-bytes": (bytesOf) => (a, b) =>
    compareBytes(bytesOf.get(b[0]), bytesOf.get(a[0])) || compareBytes(bytesOf.get(b[1]), bytesOf.get(a[1])),
};

/** "Training": the model, and for each merge how often its pair occurred, and the statistics before it. */
export function train(texts, how) {
  const { merges: wanted, byte_order: order = "value", min_frequency: least = 1, tie_break: tieBreak = "smallest-pair" } = how;
  if (!(tieBreak in TIE_BREAKS) || !(order in BYTE_ORDERS) || least < 1) throw new Refusal("training", how);
  const { idOf, bytesOf } = makeVocabulary({ bytes: order });
  let rows = Array.from(countPreTokens(texts, how), ([key, weight]) => (
    { row: rowOf(toBytes(Array.from(key, (character) => character.codePointAt(0))), { idOf }), weight }));
  const [merges, counts, statistics] = [[], [], []];
  for (;;) {
    const pairs = pairCounts(rows);
    statistics.push([...pairs].map(([key, count]) => [...idsOf(key), count]).sort((a, b) => a[0] - b[0] || a[1] - b[1]));
    const highest = Math.max(...pairs.values());
    if (merges.length >= wanted || !pairs.size || highest < least) break;
    const equals = [...pairs].filter(([, count]) => count === highest).map(([key]) => idsOf(key));
    const [left, right] = equals.sort(TIE_BREAKS[tieBreak](bytesOf))[0];
    const merge = [left, right, 256 + merges.length];
    bytesOf.set(merge[2], bytesOf.get(left) + bytesOf.get(right));
    merges.push(merge);
    counts.push(highest);
    rows = rows.map(({ row, weight }) => ({ row: applyMerge(row, merge), weight }));
  }
  return { vocabulary: trainedVocabulary(how, order, merges, bytesOf), counts, statistics };
}

function trainedVocabulary(how, order, merges, bytesOf) {
  const model = { bytes: order, tokens: merges.map(([, , id]) => [id, toHex(bytesOf.get(id))]), merges };
  for (const member of ["pattern", "gaps", "surrogates"]) if (how[member]) model[member] = how[member];
  const first = 256 + merges.length;
  return addSpecialTokens(model, (how.special_tokens ?? []).map((token, i) => [token, first + i]));
}
