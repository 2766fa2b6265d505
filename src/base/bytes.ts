// Memory for few bytes, and copies of few: a call into the platform costs more than they do. Text as bytes.

import { platform } from "./platform.ts";

/** So many are few. */
export const FEW_BYTES = 56;

/** Memory of one's own for something small: few bytes lie on the heap, more in a piece that is shared. */
export function allocateSmall(bytes: number): Uint8Array {
  return bytes <= FEW_BYTES ? new Uint8Array(bytes) : platform.allocateShared(bytes);
}

/** Copies `source` from `start` to `end` into `target` at `at`. */
export function copyBytes(source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): void {
  const count = end - start;
  // To make a view costs more than to copy a short text.
  if (count > FEW_BYTES) target.set(count === source.length ? source : source.subarray(start, end), at);
  else copyFew(source, start, end, target, at);
}

/** Eight in a step, as counting them costs as much as copying them. */
function copyFew(source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): void {
  let [from, to] = [start, at];
  for (const whole = end - 7; from < whole; from += 8, to += 8) {
    target[to] = source[from] as number;
    target[to + 1] = source[from + 1] as number;
    target[to + 2] = source[from + 2] as number;
    target[to + 3] = source[from + 3] as number;
    target[to + 4] = source[from + 4] as number;
    target[to + 5] = source[from + 5] as number;
    target[to + 6] = source[from + 6] as number;
    target[to + 7] = source[from + 7] as number;
  }
  for (; from < end; from++, to++) target[to] = source[from] as number;
}

/** `text` as UTF-8, in memory of its own. */
export function utf8Of(text: string): Uint8Array {
  const bytes = platform.allocate(platform.utf8Length(text));
  platform.encodeUtf8Into(text, bytes, 0);
  return bytes;
}
