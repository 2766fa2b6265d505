// SHA-1 (RFC 3174) for runtimes without a synchronous one: the opening handshake needs it, browsers offer it only as a
// promise. Not for secrets.

const rotate = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));

/** The 20-byte SHA-1 digest of `bytes`. */
export function sha1(bytes: Uint8Array): Uint8Array {
  const blocks = ((bytes.length + 8) >> 6) + 1;
  const padded = new Uint8Array(blocks * 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 0x20000000));
  view.setUint32(padded.length - 4, (bytes.length << 3) >>> 0);

  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0] as [
    number,
    number,
    number,
    number,
    number,
  ];
  const schedule = new Int32Array(80);
  for (let block = 0; block < blocks; block++) {
    for (let step = 0; step < 16; step++) schedule[step] = view.getInt32(block * 64 + step * 4);
    for (let step = 16; step < 80; step++) {
      const mixed =
        (schedule[step - 3] as number) ^
        (schedule[step - 8] as number) ^
        (schedule[step - 14] as number) ^
        (schedule[step - 16] as number);
      schedule[step] = rotate(mixed, 1);
    }
    let [a, b, c, d, e] = state;
    for (let step = 0; step < 80; step++) {
      const [chosen, constant] =
        step < 20
          ? [(b & c) | (~b & d), 0x5a827999]
          : step < 40
            ? [b ^ c ^ d, 0x6ed9eba1]
            : step < 60
              ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
              : [b ^ c ^ d, 0xca62c1d6];
      const next = (rotate(a, 5) + chosen + e + constant + (schedule[step] as number)) | 0;
      e = d;
      d = c;
      c = rotate(b, 30);
      b = a;
      a = next;
    }
    state[0] = (state[0] + a) | 0;
    state[1] = (state[1] + b) | 0;
    state[2] = (state[2] + c) | 0;
    state[3] = (state[3] + d) | 0;
    state[4] = (state[4] + e) | 0;
  }
  const digest = new Uint8Array(20);
  const out = new DataView(digest.buffer);
  state.forEach((word, index) => {
    out.setInt32(index * 4, word);
  });
  return digest;
}
