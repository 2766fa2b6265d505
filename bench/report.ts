// How results are shown: as tables, as JSON, and in docs/performance.md, where each measure has a block of its own that is
// written anew when it is taken with --report.

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import type { Bound, Measure, Row } from "./measure.ts";
import { root } from "./programs.ts";

export interface Result {
  readonly measure: Measure;
  readonly rows: readonly Row[];
}

/** Where and of what the numbers are. */
export interface Circumstances {
  readonly command: string;
  readonly commit: string;
  readonly versions: string;
  readonly machine: string;
  readonly rounds: number;
  readonly date: string;
}

const page = join(root, "docs", "performance.md");

function git(...args: readonly string[]): string {
  return execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
}

/** `asked`: what stood behind `npm run bench --`. */
export function circumstances(asked: readonly string[], rounds: number): Circumstances {
  const require = createRequire(import.meta.url);
  const versionOf = (name: string): string =>
    `${name} ${(require(`${name}/package.json`) as { version: string }).version}`;
  const isChanged = git("status", "--porcelain", "--", "src").length > 0;
  const words = asked.filter((word) => word !== "--report");
  const [{ model } = { model: "unknown processor" }, ...others] = cpus();
  return {
    command: ["npm run bench", ...(words.length > 0 ? ["--", ...words] : [])].join(" "),
    commit: `${git("rev-parse", "--short", "HEAD")}${isChanged ? " and changes" : ""}`,
    versions: `Node ${process.version}, ${["ws", "socket.io-client"].map(versionOf).join(", ")}`,
    machine: `${String(others.length + 1)} cores, ${model}, ${process.platform}`,
    rounds,
    date: new Date().toISOString().slice(0, 10),
  };
}

/** How busy the machine is apart from us: numbers of a busy one are worth little. */
export function busyness(): string {
  return loadavg()
    .map((load) => load.toFixed(1))
    .join(", ");
}

export function describeCircumstances({ commit, versions, machine, rounds, date }: Circumstances): string {
  return `${commit}, ${date}; ${versions}; ${machine}; ${String(rounds)} ${rounds === 1 ? "round" : "rounds"}`;
}

export function tableOf({ measure, rows }: Result): string {
  const { own, beside, figure } = measure;
  return [
    `| | ${own} | ${beside} | ${figure} | rounds | wanted |`,
    "| --- | ---: | ---: | ---: | --- | --- |",
    ...rows.map(
      (row) =>
        `| ${row.name} | ${show(row.own)} | ${show(row.beside)} | **${show(row.figure)}** | ${spreadOf(row)} | ${verdictOf(row)} |`,
    ),
  ].join("\n");
}

function spreadOf({ spread }: Row): string {
  return `${show(spread[0] ?? NaN)} to ${show(spread.at(-1) ?? NaN)}`;
}

function verdictOf({ wanted, isMet }: Row): string {
  if (wanted === undefined) return "";
  return `${describeBound(wanted)}: ${isMet === true ? "yes" : "**no**"}`;
}

function describeBound({ least, most }: Bound): string {
  return least === undefined ? `≤ ${show(most ?? NaN)}` : `≥ ${show(least)}`;
}

/** Three digits that count, and no more than there are. */
function show(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en");
  return String(Number(value.toPrecision(3)));
}

/** Writes the blocks of `results` into the page; all others stay as they were. */
export function writeReport(results: readonly Result[], around: Circumstances): void {
  let text = readFileSync(page, "utf8");
  for (const result of results) {
    const { name, title } = result.measure;
    const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const block = `${begin}\n${title}\n\n${tableOf(result)}\n\n\`${around.command}\` at ${describeCircumstances(around)}.\n${end}`;
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`docs/performance.md has no place for ${name}: ${begin} and ${end}.`);
    text = text.slice(0, from) + block + text.slice(to + end.length);
  }
  writeFileSync(page, text);
}
