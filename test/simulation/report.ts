// What `npm run simulate -- --report docs/simulation.md` writes down: which commit was simulated with what, for how long, what
// was found, and which planted bugs the same simulation finds. The longest run that is on the page stays there.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { version as esbuildVersion } from "esbuild";
import type { Subject } from "./planted.ts";
import { root } from "../support/source-scan.ts";

/** Seeds that were run. */
export interface Searched {
  readonly from: number;
  readonly count: number;
  readonly seconds: number;
  readonly violations: readonly string[];
  readonly delivered: number;
  readonly attachments: number;
}

/** A planted bug, and the first seed that found it. */
export interface Found {
  readonly name: string;
  readonly about: Subject;
  readonly seed: number | undefined;
  readonly message: string;
}

export function writeReport(file: string, searched: Searched, planted: readonly Found[], within: number): void {
  const { from, count, seconds, violations, delivered, attachments } = searched;
  const commit = execFileSync("git", ["rev-parse", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
  const english = (value: number): string => Math.round(value).toLocaleString("en");
  const found = planted.filter(({ seed }) => seed !== undefined).length;
  const lines = [
    "# The session under simulation",
    "",
    "Written by `npm run simulate -- --seeds N --report docs/simulation.md`; not to be edited. What is simulated, and how a seed",
    "is replayed, is said in [CONTRIBUTING](../CONTRIBUTING.md) and at the head of `test/simulation/scenario.ts`.",
    "",
    "| | |",
    "| --- | --- |",
    `| Commit | \`${commit}\` |`,
    `| Node, esbuild | ${process.version}, ${esbuildVersion} |`,
    `| Seeds | ${english(count)}, from ${english(from)} |`,
    `| Duration | ${english(seconds)} s on one core (${english(count / seconds)} seeds/s) |`,
    `| Transports attached | ${english(attachments)} |`,
    `| Messages delivered | ${english(delivered)} |`,
    `| Violations | ${english(violations.length)} |`,
    `| Planted bugs found within ${english(within)} seeds | ${String(found)} of ${String(planted.length)} |`,
    "",
    "A seed is at most 20 virtual seconds of faults and 10 without: websockets cut with bytes under way, in silence or with a word;",
    "requests lost, doubled, cut short, answered in vain; stalls, restarts, wall clocks that jump, admission that takes its time,",
    "moves between transports, proxies that repeat whatever attaches, clients that are copied.",
    "",
    ...violations.map((violation) => `    ${violation.split("\n")[0] ?? ""}`),
    ...(violations.length > 0 ? [""] : []),
    ...longestRun(join(root, file), count),
    "## Planted bugs",
    "",
    "Numbers are those of RELIABILITY §6.3; the others are named in WIRE §9. Each is planted in the simulation of the sessions, of",
    "the channels in them, or of channels that move between two servers. A seed is the first that breaks a promise.",
    "",
    "| Bug | In | Seed | What is seen first |",
    "| --- | --- | --- | --- |",
    ...planted.map(({ name, about, seed, message }) => {
      const seen = message.replace(/^seed \w+: /, "").replaceAll("|", "\\|");
      return `| ${name} | ${about} | ${seed === undefined ? "–" : `0x${seed.toString(16)}`} | ${seed === undefined ? "missed" : seen} |`;
    }),
    "",
  ];
  writeFileSync(join(root, file), lines.join("\n"));
}

/** The table of the longest run that the page has, if that is longer than `count` seeds. */
function longestRun(path: string, count: number): readonly string[] {
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const runs = [...text.matchAll(/\| \| \|\n\| --- \| --- \|\n(?:\|.*\n)*?\| Seeds \| ([\d,]+),.*\n(?:\|.*\n)*/g)]
    .map(([table, seeds = ""]) => ({ table, seeds: Number(seeds.replaceAll(",", "")) }))
    .sort((left, right) => right.seeds - left.seeds);
  const [longest] = runs;
  return longest === undefined || longest.seeds <= count ? [] : ["## The longest run", "", longest.table];
}
