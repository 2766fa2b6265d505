// Randomness that can be replayed: the same seed gives the same numbers, on every machine.

import type { Random } from "../base/random.ts";

/** xoshiro128**, seeded through splitmix32. Give it wherever a `random` is asked for; never use it for secrets. */
export class SeededRandom implements Random {
  readonly #state = new Uint32Array(4);

  /** `seed`: any number; its lowest 32 bits count. */
  constructor(seed: number) {
    let mixed = seed >>> 0;
    for (let index = 0; index < 4; index++) {
      mixed = (mixed + 0x9e3779b9) >>> 0;
      let word = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
      word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
      this.#state[index] = word ^ (word >>> 15);
    }
  }

  /** The next 32 bits. */
  word(): number {
    const state = this.#state as unknown as [number, number, number, number];
    const product = Math.imul(state[1], 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = state[1] << 9;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = (state[3] << 11) | (state[3] >>> 21);
    return result;
  }

  /** A number in [0, 1). */
  fraction(): number {
    return this.word() / 0x1_0000_0000;
  }

  /** Fills `target` with random bytes. */
  fill(target: Uint8Array): void {
    for (let at = 0; at < target.length; at++) target[at] = this.word() >>> 24;
  }

  /** An integer in [low, high], both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.fraction() * (high - low + 1));
  }

  /** True in `share` of the calls. */
  chance(share: number): boolean {
    return this.fraction() < share;
  }

  /** One of `list`. Throws for an empty one. */
  pick<Item>(list: readonly Item[]): Item {
    if (list.length === 0) throw new Error("Nothing to pick from.");
    return list[this.between(0, list.length - 1)] as Item;
  }

  /** So many random bytes. */
  bytes(length: number): Uint8Array<ArrayBuffer> {
    const drawn = new Uint8Array(length);
    this.fill(drawn);
    return drawn;
  }

  /** A generator of its own, so that a draw added here does not shift the cases there. */
  fork(): SeededRandom {
    return new SeededRandom(this.word());
  }
}
