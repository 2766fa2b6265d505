// `npm run simulate -- --seed 0x…`: one seed, with its trace when it fails. `--seeds N [--from S]`: many. `--planted`: looks
// for every planted bug afresh and prints the seed that finds it.

import { parseArgs } from "node:util";
import { buildSimulation, findFailure } from "./build.ts";
import { plantedBugs } from "./planted.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    seeds: { type: "string" },
    from: { type: "string", default: "1" },
    planted: { type: "boolean", default: false },
    within: { type: "string", default: "2000" },
  },
});

const print = (line: string): boolean => process.stdout.write(`${line}\n`);

async function simulate(): Promise<boolean> {
  if (values.planted) return searchPlanted(Number(values.within));
  const simulation = await buildSimulation();
  const from = Number(values.seed ?? values.from);
  const count = values.seed === undefined ? Number(values.seeds ?? 500) : 1;
  const startedAt = performance.now();
  const failure = findFailure(simulation, from, count);
  const seconds = (performance.now() - startedAt) / 1000;
  if (failure === undefined) {
    print(
      `${count} seeds from ${from}: no promise broken, ${seconds.toFixed(1)} s (${(count / seconds).toFixed(0)}/s)`,
    );
    return true;
  }
  print(failure.error.message);
  print(`npm run simulate -- --seed 0x${failure.seed.toString(16)}`);
  return false;
}

async function searchPlanted(within: number): Promise<boolean> {
  let missed = 0;
  for (const bug of plantedBugs) {
    const simulation = await buildSimulation(bug);
    const failure = findFailure(simulation, 1, within);
    if (failure === undefined) missed++;
    print(
      failure === undefined
        ? `MISSED       ${bug.name}`
        : `seed ${String(failure.seed).padStart(6)}  ${bug.name}: ${failure.error.message.split("\n")[0]}`,
    );
  }
  print(`${plantedBugs.length - missed} of ${plantedBugs.length} planted bugs found within ${within} seeds`);
  return missed === 0;
}

process.exitCode = (await simulate()) ? 0 : 1;
