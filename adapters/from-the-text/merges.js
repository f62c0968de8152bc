// Chapter 4. From the bytes of one pre-token to its ids. A vocabulary is as `vocabulary.js` makes it.

/** What may merge: of two ids, `{rank, result}`, or nothing. */
export function mayMerge(vocabulary) {
  const { idOf, bytesOf, merges } = vocabulary;
  if (!merges) {
    return (left, right) => {
      const id = idOf.get(bytesOf.get(left) + bytesOf.get(right));
      return id === undefined ? undefined : { rank: id, result: id };
    };
  }
  const table = new Map(merges.map(([left, right, result], rank) => [`${left} ${right}`, { rank, result }]));
  return (left, right) => table.get(`${left} ${right}`);
}

/** M3, M4: merge the leftmost pair of lowest rank, and look again; report each step. */
export function mergeRow(row, find, onMerge = () => {}) {
  row = [...row];
  for (;;) {
    let best;
    for (let i = 0; i + 1 < row.length; i++) {
      const found = find(row[i], row[i + 1]);
      if (found && (!best || found.rank < best.rank)) best = { ...found, at: i };
    }
    if (!best) return row;
    onMerge(row, best);
    row.splice(best.at, 2, best.result);
  }
}

/** The row of the single bytes of a pre-token. */
export const rowOf = (bytes, vocabulary) => Array.from(bytes, (byte) => vocabulary.idOf.get(byte));

export const merge = (bytes, vocabulary) => mergeRow(rowOf(bytes, vocabulary), mayMerge(vocabulary));

/** M7: the ids of a pre-token, by the shortcut where the vocabulary has it. */
export function idsOfPreToken(bytes, vocabulary) {
  const whole = vocabulary.wholePreToken ? vocabulary.idOf.get(bytes) : undefined;
  return whole === undefined ? merge(bytes, vocabulary) : [whole];
}

/** M2: one merge, applied to a whole row from left to right without overlap. */
export function applyMerge(row, [left, right, result]) {
  const merged = [];
  for (let i = 0; i < row.length; i++) {
    const here = row[i] === left && row[i + 1] === right;
    merged.push(here ? result : row[i]);
    if (here) i++;
  }
  return merged;
}

/** "Two semantics, one result": the list that is recovered from ranks, or null where a token has not two parts. */
export function recoverMerges({ idOf, bytesOf }) {
  const byRank = mayMerge({ idOf, bytesOf });
  const merges = [];
  for (const id of [...bytesOf.keys()].sort((a, b) => a - b)) {
    if (bytesOf.get(id).length < 2) continue;
    const parts = mergeRow(rowOf(bytesOf.get(id), { idOf }), (left, right) => {
      const found = byRank(left, right);
      return found && found.rank < id ? found : undefined;
    });
    if (parts.length !== 2) return null;
    merges.push([...parts, id]);
  }
  return merges;
}

/** Whether pairs and ranks mean the same for a vocabulary. */
export function isCanonical(vocabulary) {
  const recovered = recoverMerges(vocabulary);
  return recovered !== null && (!vocabulary.merges || JSON.stringify(recovered) === JSON.stringify(vocabulary.merges));
}
