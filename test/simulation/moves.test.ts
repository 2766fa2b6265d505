// Channels that move between two servers, over real sessions that are cut all the time; each seed twice.
import { expect, test } from "vitest";
import { caseCount } from "../support/seeded-random.ts";
import { runSeed } from "./moving-scenario.ts";

const SEEDS_PER_TEST = 20;
const chunks = Array.from({ length: caseCount(100) / SEEDS_PER_TEST }, (_, index) => index * SEEDS_PER_TEST + 1);

test.each(chunks)(
  "I-02 I-03 I-04 I-13 I-14 I-15 I-22 seeds from %i: whoever moves loses nothing and sees no close, and the same seed is the same course of events",
  (first) => {
    for (let seed = first; seed < first + SEEDS_PER_TEST; seed++) {
      const outcome = runSeed(seed);
      expect(runSeed(seed), `seed 0x${seed.toString(16)}`).toEqual(outcome);
    }
  },
);
