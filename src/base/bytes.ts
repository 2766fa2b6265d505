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
  else for (let from = start, to = at; from < end; from++, to++) target[to] = source[from] as number;
}

/** `text` as UTF-8, in memory of its own. */
export function utf8Of(text: string): Uint8Array {
  const bytes = platform.allocate(platform.utf8Length(text));
  platform.encodeUtf8Into(text, bytes, 0);
  return bytes;
}
