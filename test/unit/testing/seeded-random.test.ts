import { expect, test } from "vitest";
import { SeededRandom } from "../../../src/testing/seeded-random.ts";

test("the same seed gives the same numbers, another seed others", () => {
  const draw = (seed: number): number[] =>
    Array.from(
      { length: 5 },
      (
        (random) => () =>
          random.word()
      )(new SeededRandom(seed)),
    );
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
  expect(draw(1)).toMatchInlineSnapshot(`
    [
      393288148,
      2174103013,
      3814759091,
      2092745082,
      1865176206,
    ]
  `);
});

test("fractions are in [0, 1), integers in their bounds, shares about right", () => {
  const random = new SeededRandom(3);
  const fractions = Array.from({ length: 1_000 }, () => random.fraction());
  expect(fractions.every((fraction) => fraction >= 0 && fraction < 1)).toBe(true);
  const drawn = new Set(Array.from({ length: 200 }, () => random.between(2, 4)));
  expect(drawn).toEqual(new Set([2, 3, 4]));
  const hits = Array.from({ length: 1_000 }, () => random.chance(0.25)).filter(Boolean).length;
  expect(hits).toBeGreaterThan(180);
  expect(hits).toBeLessThan(320);
  expect(["a", "b"]).toContain(random.pick(["a", "b"]));
  expect(() => random.pick([])).toThrow("Nothing to pick from");
});

test("a fork does not shift the numbers of the one it came from", () => {
  const [plain, forked] = [new SeededRandom(5), new SeededRandom(5)];
  plain.word();
  forked.fork().bytes(100);
  expect(forked.word()).toBe(plain.word());
});
