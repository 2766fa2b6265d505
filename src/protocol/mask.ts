// Masking (RFC 6455 §5.3): octet i of the payload XOR octet i mod 4 of the key, in place. Wide: four bytes at a time over
// an Int32Array of the same memory. One pass also tells whether every byte is ASCII, so that text needs no second look.

/** Memory that is parsed in place: the bytes, and the same memory as 32-bit words. */
export interface Room {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
}

/** A Room of its own over fresh, zeroed memory; `size` is rounded up to whole words. */
export function createRoom(size: number): Room {
  const buffer = new ArrayBuffer((size + 3) & ~3);
  return { bytes: new Uint8Array(buffer), words: new Int32Array(buffer) };
}

const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
const ASCII_WORD = 0x80808080 | 0;

/** The key as it must be applied from payload octet `offset` on: its bytes turned left by `offset` mod 4. */
export function turnKey(key: number, offset: number): number {
  const bits = (offset & 3) << 3;
  return bits === 0 ? key : (key << bits) | (key >>> (32 - bits));
}

/** The four bytes of `key`, first byte highest, as one word in memory order. */
function memoryWord(key: number): number {
  if (!littleEndian) return key;
  return (key << 24) | ((key & 0xff00) << 8) | ((key >>> 8) & 0xff00) | (key >>> 24);
}

/**
 * XORs `room[start, end)` with `key` (first byte highest, already turned to the payload octet at `start`) and returns
 * whether all resulting bytes are ASCII. A key of 0 leaves the bytes as they are and still answers.
 */
export function applyMask(room: Room, start: number, end: number, key: number): boolean {
  const { bytes, words } = room;
  let seen = 0;
  let at = start;
  let current = key;
  const head = Math.min(end, (start + 3) & ~3);
  while (at < head) {
    const byte = (bytes[at] as number) ^ (current >>> 24);
    bytes[at++] = byte;
    seen |= byte;
    current = (current << 8) | (current >>> 24);
  }
  const word = memoryWord(current);
  const lastWord = end >> 2;
  let seenWide = 0;
  let index = at >> 2;
  if (at < end) {
    for (; index < lastWord; index++) {
      const value = (words[index] as number) ^ word;
      words[index] = value;
      seenWide |= value;
    }
    at = index << 2;
  }
  while (at < end) {
    const byte = (bytes[at] as number) ^ (current >>> 24);
    bytes[at++] = byte;
    seen |= byte;
    current = (current << 8) | (current >>> 24);
  }
  return (seen & 0x80) === 0 && (seenWide & ASCII_WORD) === 0;
}

/**
 * Copies `source`, from `start` to `end`, to `target[at…]` masked with `key` from the first of these octets. `source` is not changed,
 * unless it is where they go to.
 */
export function copyMasked(
  source: Uint8Array,
  target: Uint8Array,
  at: number,
  key: number,
  start = 0,
  end: number = source.length,
): void {
  const b0 = key >>> 24;
  const b1 = (key >>> 16) & 0xff;
  const b2 = (key >>> 8) & 0xff;
  const b3 = key & 0xff;
  const whole = start + ((end - start) & ~3);
  let from = start;
  let to = at;
  for (; from < whole; from += 4, to += 4) {
    target[to] = (source[from] as number) ^ b0;
    target[to + 1] = (source[from + 1] as number) ^ b1;
    target[to + 2] = (source[from + 2] as number) ^ b2;
    target[to + 3] = (source[from + 3] as number) ^ b3;
  }
  if (from < end) target[to] = (source[from] as number) ^ b0;
  if (from + 1 < end) target[to + 1] = (source[from + 1] as number) ^ b1;
  if (from + 2 < end) target[to + 2] = (source[from + 2] as number) ^ b2;
}
