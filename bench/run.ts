// `npm run bench`: what Longwire costs beside what it is compared with, in turns, in the same run. Servers are pinned to one
// core, whoever talks to them to another. docs/performance.md says what is measured, and how to read it.
//   npm run bench [-- engine | line | line.depth16 …] [--rounds 5] [--seconds 2] [--json] [--report] [--profile FOLDER]

import { parseArgs } from "node:util";
import { engineMeasures } from "./engine.ts";
import { bytesMeasure } from "./line/bytes.ts";
import { delayMeasure } from "./line/delay.ts";
import { depthMeasures } from "./line/depth.ts";
import { idleMeasure } from "./line/idle.ts";
import { requestsMeasure } from "./line/requests.ts";
import { transferMeasure, transferPlainMeasure } from "./line/transfer.ts";
import { type Measure, rowsOf, type Sample } from "./measure.ts";
import { buildPrograms } from "./programs.ts";
import { busyness, circumstances, describeCircumstances, type Result, tableOf, writeReport } from "./report.ts";

const measures: readonly Measure[] = [
  ...engineMeasures,
  ...depthMeasures,
  bytesMeasure,
  idleMeasure,
  delayMeasure,
  transferMeasure,
  transferPlainMeasure,
  requestsMeasure,
];

const { values: options, positionals: chosen } = readArguments();

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        rounds: { type: "string", default: "5" },
        seconds: { type: "string", default: "2" },
        json: { type: "boolean", default: false },
        report: { type: "boolean", default: false },
        profile: { type: "string" },
        list: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\ndocs/performance.md says what there is.`);
    process.exit(2);
  }
}

function positive(name: "rounds" | "seconds"): number {
  const value = Number(options[name]);
  if (value > 0) return value;
  throw new Error(`--${name} is ${options[name]}; expected a number above 0.`);
}

/** What is named, or begins with what is named. */
function choose(): readonly Measure[] {
  const fits = (name: string): readonly Measure[] => {
    const exact = measures.filter((measure) => measure.name === name);
    const found = exact.length > 0 ? exact : measures.filter((measure) => measure.name.startsWith(name));
    if (found.length > 0) return found;
    throw new Error(`Nothing is called ${name}. There are: ${measures.map((measure) => measure.name).join(", ")}.`);
  };
  const wanted = new Set((chosen.length > 0 ? chosen : [""]).flatMap(fits));
  return measures.filter((measure) => wanted.has(measure));
}

async function take(measure: Measure, rounds: number, seconds: number): Promise<Result> {
  const samples: Sample[] = [];
  for (let round = 0; round < rounds; round++) samples.push(...(await measure.takeRound({ round, seconds })));
  return { measure, rows: rowsOf(samples) };
}

async function run(): Promise<void> {
  const rounds = positive("rounds");
  const seconds = positive("seconds");
  const selection = choose();
  if (options.list) {
    for (const { name, title } of selection) console.log(`${name}: ${title}`);
    return;
  }
  const around = circumstances(process.argv.slice(2), rounds);
  const print = (text: string): void => {
    if (!options.json) console.log(text);
  };
  print(`${describeCircumstances(around)} of ${String(seconds)} s; load average ${busyness()}`);
  await buildPrograms(options.profile);
  const results: Result[] = [];
  for (const measure of selection) {
    print(`\n${measure.name}. ${measure.title}\n`);
    const result = await take(measure, rounds, seconds);
    print(tableOf(result));
    results.push(result);
  }
  print(`\nload average ${busyness()}`);
  if (options.json) {
    const taken = results.map(({ measure: { name, title }, rows }) => ({ name, title, rows }));
    console.log(JSON.stringify({ ...around, results: taken }, null, 2));
  }
  if (options.report) writeReport(results, around);
}

try {
  await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
