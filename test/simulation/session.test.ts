// Five hundred worlds, each seen twice: what is promised holds in all of them, and one seed is one course of events. A failure
// names the seed; `npm run simulate -- --seed 0x…` shows it again.
import { describe, expect, test } from "vitest";
import { caseCount } from "../support/seeded-random.ts";
import { runSeed } from "./scenario.ts";

const SEEDS_PER_TEST = 25;
const chunks = Array.from({ length: caseCount(500) / SEEDS_PER_TEST }, (_, index) => index * SEEDS_PER_TEST + 1);

describe("the session, whatever happens to its transports", () => {
  test.each(chunks)(
    "I-01 I-02 I-03 I-04 I-08 I-11 I-12 I-13 I-15 I-20 I-21 I-22 F-26 seeds from %i: every promise is kept, and the same seed is the same course of events",
    (first) => {
      for (let seed = first; seed < first + SEEDS_PER_TEST; seed++) {
        const outcome = runSeed(seed);
        expect(runSeed(seed), `seed 0x${seed.toString(16)}`).toEqual(outcome);
      }
    },
  );

  test("the worlds are not too quiet to prove anything", () => {
    const outcomes = Array.from({ length: 20 }, (_, index) => runSeed(index + 1));
    const sum = (of: "delivered" | "attachments"): number => outcomes.reduce((total, one) => total + one[of], 0);
    expect(sum("delivered")).toBeGreaterThan(1_000);
    expect(sum("attachments")).toBeGreaterThan(100);
    expect(new Set(outcomes.map(({ hash }) => hash)).size).toBe(20);
  });
});
