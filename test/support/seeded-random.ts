// The seeds a run uses: a fixed one, so that every machine tries the same cases, and a fresh one, so that each run tries new
// ones. LONGWIRE_SEED replays the fresh one, LONGWIRE_FULL=1 runs 20 times as many.

export { SeededRandom } from "../../src/testing/seeded-random.ts";

/** A seed and why it is used. */
export interface RunSeed {
  readonly name: "fixed seed" | "fresh seed";
  readonly seed: number;
}

const asked = process.env["LONGWIRE_SEED"];
const full = process.env["LONGWIRE_FULL"] === "1";

/** The seed drawn for this run, or LONGWIRE_SEED. */
export const freshSeed: number = asked === undefined ? (Math.random() * 0x1_0000_0000) >>> 0 : Number(asked) >>> 0;

/** Both seeds a suite runs with; prints the fresh one, so that a failure can be replayed. */
export function runSeeds(suite: string): readonly RunSeed[] {
  process.stdout.write(`${suite}: fresh seed, to replay: LONGWIRE_SEED=${freshSeed}\n`);
  return [
    { name: "fixed seed", seed: 0x10_64_55 },
    { name: "fresh seed", seed: freshSeed },
  ];
}

/** How many cases to run where `ordinary` are enough for every day. */
export function caseCount(ordinary: number): number {
  return full ? ordinary * 20 : ordinary;
}

/** Whether the long variant of each suite was asked for. */
export const isFullRun: boolean = full;
