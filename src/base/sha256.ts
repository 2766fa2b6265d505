// SHA-256 (FIPS 180-4) and HMAC over it (RFC 2104) for runtimes without synchronous ones. Tickets are signed with it. Not
// written for large inputs: everything it is given is short.

const rotate = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits));

const BLOCK_BYTES = 64;

/** The first 32 bits of the fractional parts of `root` of the first `count` primes, as FIPS 180-4 §4.2.2 and §5.3.3 say. */
function primeFractions(count: number, root: (prime: number) => number): Int32Array {
  const words = new Int32Array(count);
  let found = 0;
  for (let candidate = 2; found < count; candidate++) {
    let isPrime = true;
    for (let divisor = 2; divisor * divisor <= candidate; divisor++) isPrime &&= candidate % divisor !== 0;
    if (!isPrime) continue;
    const value = root(candidate);
    words[found++] = ((value - Math.floor(value)) * 0x1_0000_0000) | 0;
  }
  return words;
}

const constants = primeFractions(64, Math.cbrt);
const initial = primeFractions(8, Math.sqrt);
const schedule = new Int32Array(64);

/** The 32-byte SHA-256 digest of `bytes`. */
export function sha256(bytes: Uint8Array): Uint8Array {
  const padded = new Uint8Array((((bytes.length + 8) >> 6) + 1) * BLOCK_BYTES);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 0x20000000));
  view.setUint32(padded.length - 4, (bytes.length << 3) >>> 0);
  const state = initial.slice();
  for (let block = 0; block < padded.length; block += BLOCK_BYTES) compress(state, view, block);
  const digest = new Uint8Array(32);
  const out = new DataView(digest.buffer);
  state.forEach((word, index) => {
    out.setInt32(index * 4, word);
  });
  return digest;
}

function compress(state: Int32Array, view: DataView, block: number): void {
  const word = (index: number): number => schedule[index] as number;
  for (let step = 0; step < 16; step++) schedule[step] = view.getInt32(block + step * 4);
  for (let step = 16; step < 64; step++) {
    const early = word(step - 15);
    const late = word(step - 2);
    const mixedEarly = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
    const mixedLate = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
    schedule[step] = (word(step - 16) + mixedEarly + word(step - 7) + mixedLate) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
  for (let step = 0; step < 64; step++) {
    const chosen = (e & f) ^ (~e & g);
    const first =
      (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + chosen + (constants[step] as number) + word(step)) | 0;
    const second = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((value, index) => {
    state[index] = (state[index] as number) + value;
  });
}

/** The 32-byte HMAC-SHA-256 of `bytes` under `key`. */
export function hmacSha256(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  const pad = new Uint8Array(BLOCK_BYTES);
  pad.set(key.length > BLOCK_BYTES ? sha256(key) : key);
  const inner = new Uint8Array(BLOCK_BYTES + bytes.length);
  inner.set(pad.map((byte) => byte ^ 0x36));
  inner.set(bytes, BLOCK_BYTES);
  const outer = new Uint8Array(BLOCK_BYTES + 32);
  outer.set(pad.map((byte) => byte ^ 0x5c));
  outer.set(sha256(inner), BLOCK_BYTES);
  return sha256(outer);
}
