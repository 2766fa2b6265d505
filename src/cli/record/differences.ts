// What differs between the messages that a server sent then and those that it sends now: a list of those that are missing and
// those that are new, in order, the fewest that explain it. Bounded: where the two are too long and too different they are
// compared place by place. Pure.

export interface Difference {
  /** missing: only in the recording. extra: only now. */
  readonly kind: "missing" | "extra";
  /** Where in its own list. */
  readonly index: number;
}

const mostCells = 4_000_000;

export function findDifferences(recorded: readonly string[], now: readonly string[]): Difference[] {
  let start = 0;
  while (start < recorded.length && start < now.length && recorded[start] === now[start]) start++;
  let end = 0;
  const most = Math.min(recorded.length, now.length) - start;
  while (end < most && recorded.at(-1 - end) === now.at(-1 - end)) end++;
  const rows = recorded.length - start - end;
  const columns = now.length - start - end;
  const isLong = rows * columns > mostCells;
  return isLong ? byPlace(recorded, now, start, end) : byCommon(recorded, now, start, rows, columns);
}

/** The longest common subsequence, by the table of its lengths. */
function byCommon(
  recorded: readonly string[],
  now: readonly string[],
  start: number,
  rows: number,
  columns: number,
): Difference[] {
  const width = columns + 1;
  const lengths = new Uint32Array((rows + 1) * width);
  for (let row = rows - 1; row >= 0; row--) {
    for (let column = columns - 1; column >= 0; column--) {
      const below = lengths[(row + 1) * width + column] ?? 0;
      const right = lengths[row * width + column + 1] ?? 0;
      const diagonal = lengths[(row + 1) * width + column + 1] ?? 0;
      const isSame = recorded[start + row] === now[start + column];
      lengths[row * width + column] = isSame ? diagonal + 1 : Math.max(below, right);
    }
  }
  const differences: Difference[] = [];
  let [row, column] = [0, 0];
  while (row < rows || column < columns) {
    if (row < rows && column < columns && recorded[start + row] === now[start + column]) {
      row++;
      column++;
      continue;
    }
    const below = row < rows ? (lengths[(row + 1) * width + column] ?? 0) : -1;
    const right = column < columns ? (lengths[row * width + column + 1] ?? 0) : -1;
    if (below >= right) differences.push({ kind: "missing", index: start + row++ });
    else differences.push({ kind: "extra", index: start + column++ });
  }
  return differences;
}

function byPlace(recorded: readonly string[], now: readonly string[], start: number, end: number): Difference[] {
  const differences: Difference[] = [];
  const last = Math.max(recorded.length, now.length) - end;
  for (let at = start; at < last; at++) {
    if (recorded[at] === now[at]) continue;
    if (at < recorded.length - end) differences.push({ kind: "missing", index: at });
    if (at < now.length - end) differences.push({ kind: "extra", index: at });
  }
  return differences;
}
