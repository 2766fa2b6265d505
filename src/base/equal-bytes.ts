// Whether two byte strings are equal, in a time that depends on their lengths only: for tags and tokens, where the place of
// the first difference must not show.

/** Compares every byte, whatever differs first. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (let at = 0; at < left.length; at++) difference |= (left[at] as number) ^ (right[at] as number);
  return difference === 0;
}
