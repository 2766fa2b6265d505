// UTF-8 validation that can stop and go on at any byte, and says no at the first byte that cannot be part of any valid
// text (RFC 3629 §4, RFC 6455 §8.1). Used alone where the platform has no validator, and for the few bytes around a cut
// where it has one. Does not decode.

/** Nothing is pending: the text may end here. */
export const UTF8_ACCEPT = 0;
/** No continuation can repair the text. */
export const UTF8_REJECT = -1;

// A state packs how many continuation bytes are missing (bits 0–1) and the range allowed for the next one (low byte at
// bits 8–15, high byte at bits 16–23). After the first continuation byte the range is always 80–BF.
const pending = (missing: number, low: number, high: number): number => missing | (low << 8) | (high << 16);

const lead = new Int32Array(256).fill(UTF8_REJECT);
lead.fill(UTF8_ACCEPT, 0x00, 0x80);
lead.fill(pending(1, 0x80, 0xbf), 0xc2, 0xe0);
lead.fill(pending(2, 0x80, 0xbf), 0xe1, 0xf0);
lead[0xe0] = pending(2, 0xa0, 0xbf);
lead[0xed] = pending(2, 0x80, 0x9f);
lead[0xf0] = pending(3, 0x90, 0xbf);
lead.fill(pending(3, 0x80, 0xbf), 0xf1, 0xf4);
lead[0xf4] = pending(3, 0x80, 0x8f);

/** The state after `byte`, from `state`. Start with UTF8_ACCEPT; the text is valid so far unless this is UTF8_REJECT. */
export function stepUtf8(state: number, byte: number): number {
  if (state === UTF8_ACCEPT) return lead[byte] as number;
  if (byte < ((state >> 8) & 0xff) || byte > ((state >> 16) & 0xff)) return UTF8_REJECT;
  const missing = (state & 3) - 1;
  return missing === 0 ? UTF8_ACCEPT : pending(missing, 0x80, 0xbf);
}

/** Runs `bytes[start, end)` through the validator, from `state`; stops at the first byte that rejects. */
export function scanUtf8(state: number, bytes: Uint8Array, start: number, end: number): number {
  let current = state;
  for (let at = start; at < end; at++) {
    current = stepUtf8(current, bytes[at] as number);
    if (current === UTF8_REJECT) return UTF8_REJECT;
  }
  return current;
}

/**
 * Where an unfinished character at the end of `bytes[start, end)` begins, or `end` if the last three bytes cannot be one.
 * What lies before it can be judged whole.
 */
export function lastCharacterStart(bytes: Uint8Array, start: number, end: number): number {
  const floor = Math.max(start, end - 3);
  for (let at = end - 1; at >= floor; at--) {
    const byte = bytes[at] as number;
    if (byte < 0x80) return at + 1;
    if (byte >= 0xc0) return at;
  }
  return end;
}
