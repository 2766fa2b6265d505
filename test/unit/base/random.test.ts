import { afterEach, describe, expect, test, vi } from "vitest";
import { createPooledRandom, systemRandom } from "../../../src/base/random.ts";

afterEach(() => vi.restoreAllMocks());

/** A source that hands out 0, 1, 2 … in 32-bit words, so that no byte can come twice unnoticed. */
function countingRandom(): { random: ReturnType<typeof createPooledRandom>; draws: () => number } {
  let word = 0;
  let draws = 0;
  const random = createPooledRandom((pool) => {
    draws++;
    const view = new DataView(pool.buffer);
    for (let at = 0; at < pool.length; at += 4) view.setUint32(at, word++);
  });
  return { random, draws: () => draws };
}

describe("systemRandom", () => {
  test("V-51 its bytes come from the platform's CSPRNG, and Math.random is never asked", () => {
    const weak = vi.spyOn(Math, "random");
    const strong = vi.spyOn(crypto, "getRandomValues");
    const drawn = new Uint8Array(3 * 4096);
    systemRandom.fill(drawn);
    systemRandom.fraction();
    expect(strong.mock.calls.length).toBeGreaterThanOrEqual(3);
    expect(weak).not.toHaveBeenCalled();
  });

  test("V-51 100,000 names of 24 bytes are all different", () => {
    const names = new Set<string>();
    const name = Buffer.alloc(24);
    for (let index = 0; index < 100_000; index++) {
      systemRandom.fill(name);
      names.add(name.toString("latin1"));
    }
    expect(names.size).toBe(100_000);
  });
});

describe("createPooledRandom", () => {
  test("V-51 no byte is handed out twice, across pools and whatever sizes are asked for", () => {
    const { random, draws } = countingRandom();
    const all: number[] = [];
    for (const size of [1, 4, 3, 4096, 0, 5000, 7, 1]) {
      const bytes = new Uint8Array(size);
      random.fill(bytes);
      all.push(...bytes);
    }
    const expected = new DataView(new ArrayBuffer(all.length + 4));
    for (let at = 0; at < all.length; at += 4) expected.setUint32(at, at / 4);
    expect(Buffer.compare(Uint8Array.from(all), new Uint8Array(expected.buffer, 0, all.length))).toBe(0);
    expect(draws()).toBe(Math.ceil(all.length / 4096));
  });

  test("V-34 V-51 what was handed out is wiped from the pool", () => {
    let pool = new Uint8Array();
    const random = createPooledRandom((drawn) => {
      pool = drawn;
      drawn.fill(0xaa);
    });
    random.fill(new Uint8Array(1000));
    expect(pool.subarray(0, 1000).every((byte) => byte === 0)).toBe(true);
    expect(pool.subarray(1000).every((byte) => byte === 0xaa)).toBe(true);
  });

  test("a fraction uses 32 fresh bits and lies in [0, 1)", () => {
    const { random } = countingRandom();
    expect(random.fraction()).toBe(0);
    expect(random.fraction()).toBe(1 / 2 ** 32);
    const highest = createPooledRandom((pool) => pool.fill(0xff));
    expect(highest.fraction()).toBe((2 ** 32 - 1) / 2 ** 32);
  });
});
