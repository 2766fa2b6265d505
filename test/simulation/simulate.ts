// `npm run simulate -- --seed 0x…`: one seed, with the end of its trace when it fails. `--seeds N [--from S]`: many. With
// `--channels` those of the channels instead of the session, with `--moves` those of channels that move. `--planted [--only NAME]`: looks for every planted bug afresh and
// prints the seed that finds it. `--report FILE`: both, and writes down what was found.

import { parseArgs } from "node:util";
import { buildSimulation, findFailure } from "./build.ts";
import { plantedBugs, type Subject } from "./planted.ts";
import { type Found, type Searched, writeReport } from "./report.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    seeds: { type: "string", default: "500" },
    from: { type: "string", default: "1" },
    channels: { type: "boolean", default: false },
    moves: { type: "boolean", default: false },
    planted: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    within: { type: "string", default: "2000" },
    report: { type: "string" },
  },
});

/** So many seeds run between two lines of progress. */
const STEP = 5_000;

const about: Subject = values.channels ? "channels" : values.moves ? "moves" : "session";

const print = (line: string): boolean => process.stdout.write(`${line}\n`);

async function simulate(): Promise<boolean> {
  const planted = values.planted || values.report !== undefined ? await searchPlanted(Number(values.within)) : [];
  if (values.planted) return planted.every(({ seed }) => seed !== undefined);
  const searched = await searchSeeds(
    Number(values.seed ?? values.from),
    values.seed === undefined ? Number(values.seeds) : 1,
  );
  if (values.report !== undefined) writeReport(values.report, searched, planted, Number(values.within));
  return searched.violations.length === 0;
}

async function searchSeeds(from: number, count: number): Promise<Searched> {
  const simulation = await buildSimulation(undefined, about);
  const violations: string[] = [];
  const totals = { delivered: 0, attachments: 0 };
  const startedAt = performance.now();
  let done = 0;
  while (done < count) {
    const step = Math.min(STEP, count - done);
    const failure = findFailure(simulation, from + done, step, (outcome) => {
      totals.delivered += outcome.delivered;
      totals.attachments += outcome.attachments;
    });
    done = failure === undefined ? done + step : failure.seed - from + 1;
    const seconds = (performance.now() - startedAt) / 1000;
    if (failure !== undefined) {
      violations.push(failure.error.message);
      print(failure.error.message);
      print(`npm run simulate -- ${about === "session" ? "" : `--${about} `}--seed 0x${failure.seed.toString(16)}`);
    }
    print(`${String(done)} seeds, ${String(violations.length)} violations, ${seconds.toFixed(1)} s`);
  }
  return { from, count, seconds: (performance.now() - startedAt) / 1000, violations, ...totals };
}

async function searchPlanted(within: number): Promise<Found[]> {
  const found: Found[] = [];
  for (const bug of plantedBugs.filter(({ name }) => name.includes(values.only))) {
    const { name, about = "session" } = bug;
    const failure = findFailure(await buildSimulation(bug), 1, within);
    const message = failure?.error.message.split("\n")[0] ?? "";
    found.push({ name, about, seed: failure?.seed, message });
    print(failure === undefined ? `MISSED ${name}` : `${name} → ${message}`);
  }
  print(
    `${String(found.filter(({ seed }) => seed !== undefined).length)} of ${String(found.length)} planted bugs found`,
  );
  return found;
}

process.exitCode = (await simulate()) ? 0 : 1;
