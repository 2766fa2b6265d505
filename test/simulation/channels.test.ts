// The channels over real sessions, in worlds that cut and move their transports; each seed twice.
import { expect, test } from "vitest";
import { caseCount } from "../support/seeded-random.ts";
import { runSeed } from "./channel-scenario.ts";

const SEEDS_PER_TEST = 10;
const chunks = Array.from({ length: caseCount(50) / SEEDS_PER_TEST }, (_, index) => index * SEEDS_PER_TEST + 1);

test.each(chunks)(
  "I-01 I-02 I-03 I-12 I-13 I-14 I-15 I-22 P-121 P-123 seeds from %i: every channel keeps its promises, and the same seed is the same course of events",
  (first) => {
    for (let seed = first; seed < first + SEEDS_PER_TEST; seed++) {
      const outcome = runSeed(seed);
      expect(runSeed(seed), `seed 0x${seed.toString(16)}`).toEqual(outcome);
    }
  },
);
