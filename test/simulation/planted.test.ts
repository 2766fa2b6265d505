// The measure of the simulation's worth: with a bug in the session, the seed that once found it finds it again.
// `npm run simulate -- --planted` looks for all of them afresh.
import { expect, test } from "vitest";
import { buildSimulation } from "./build.ts";
import { plantedBugs } from "./planted.ts";

/** A broken promise has a name; anything else would prove that the change cannot run. */
const brokenPromise = /^seed 0x[0-9a-f]+: [IF]-\d\d: /;

test.each(plantedBugs)("$name: a promise is broken", async (bug) => {
  const simulation = await buildSimulation(bug);
  expect(() => simulation.runSeed(bug.seed)).toThrow(brokenPromise);
});

test("without a bug these seeds break nothing", async () => {
  const simulations = {
    session: await buildSimulation(),
    channels: await buildSimulation(undefined, "channels"),
    moves: await buildSimulation(undefined, "moves"),
  };
  for (const { seed, about = "session" } of plantedBugs) simulations[about].runSeed(seed);
});
