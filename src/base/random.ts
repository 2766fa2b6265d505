// Randomness as a port. The system source is the platform's CSPRNG: masking keys (RFC 6455 §10.3), handshake keys and
// session names must not be predictable. Tests pass a seeded source.

/** Chance for waits and spreads. */
export interface Jitter {
  /** A number in [0, 1), for jitter; not for secrets. */
  fraction(): number;
}

/** Where random numbers come from: `systemRandom`, or a seeded one in tests. */
export interface Random extends Jitter {
  /** Fills `bytes` with unpredictable bytes. */
  fill(bytes: Uint8Array): void;
}

/** The platform's CSPRNG. Bytes are drawn 4 KiB at a time, because one call per masking key costs more than the key. */
export const systemRandom: Random = createPooledRandom((pool) => crypto.getRandomValues(pool));

/** A Random over any source of bytes; drawn bytes are wiped from the pool once handed out. */
export function createPooledRandom(draw: (pool: Uint8Array<ArrayBuffer>) => void): Random {
  const pool = new Uint8Array(4096);
  let at = pool.length;
  const word = new Uint8Array(4);
  const fill = (bytes: Uint8Array): void => {
    let done = 0;
    while (done < bytes.length) {
      if (at === pool.length) {
        draw(pool);
        at = 0;
      }
      const count = Math.min(bytes.length - done, pool.length - at);
      for (let index = 0; index < count; index++) {
        bytes[done + index] = pool[at + index] as number;
        pool[at + index] = 0;
      }
      done += count;
      at += count;
    }
  };
  return {
    fill,
    fraction() {
      fill(word);
      return (
        ((word[0] as number) * 0x1000000 +
          (word[1] as number) * 0x10000 +
          (word[2] as number) * 0x100 +
          (word[3] as number)) /
        0x100000000
      );
    },
  };
}
