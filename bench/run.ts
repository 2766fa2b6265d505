// `npm run bench`: Longwire's echo server beside `ws`, in turns, in the same run. The server is pinned to core 0, the load to
// core 1. Figures are ratios of messages per second of the server's own CPU time, medians of several rounds: absolute
// rates depend on the machine. Writes a table to standard output, with commit and versions.
//   npm run bench [-- --rounds 5 --seconds 2 --only echo]

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Load, LoadResult } from "./load.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "2" },
    only: { type: "string", default: "" },
  },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);

const peers: Readonly<Record<string, readonly string[]>> = {
  longwire: ["bin/longwire.js", "echo", "--port", "0", "--max-message", String(64 * 1024 * 1024)],
  ws: ["bench/peers/ws-echo.mjs"],
};

interface Workload {
  readonly name: string;
  readonly connections: number;
  readonly depth: number;
  readonly bytes: number;
  readonly binary: boolean;
}

const workloads: readonly Workload[] = [
  { name: "echo text 20 B, 64 connections, depth 1", connections: 64, depth: 1, bytes: 20, binary: false },
  { name: "echo text 20 B, 64 connections, depth 16", connections: 64, depth: 16, bytes: 20, binary: false },
  { name: "echo binary 1 KiB, 64 connections", connections: 64, depth: 1, bytes: 1024, binary: true },
  { name: "echo binary 16 KiB, 64 connections", connections: 64, depth: 1, bytes: 16 * 1024, binary: true },
  { name: "echo binary 1 MiB, 8 connections", connections: 8, depth: 1, bytes: 1024 * 1024, binary: true },
];
const IDLE_CONNECTIONS = 5000;

const pinned = (core: number, command: readonly string[]): [string, string[]] =>
  process.platform === "linux"
    ? ["taskset", ["-c", String(core), process.execPath, ...command]]
    : [process.execPath, [...command]];

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("The process has no standard output.");
  const lines = createInterface({ input: child.stdout });
  const [line] = (await once(lines, "line")) as [string];
  lines.close();
  return line;
}

async function startServer(command: readonly string[]): Promise<{ child: ChildProcess; port: number }> {
  const [file, args] = pinned(0, command);
  const child = spawn(file, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  const line = await firstLine(child);
  return { child, port: Number(new URL(line.replace(/^listening /, "")).port) };
}

/** Seconds of CPU that a process has used. */
function cpuSeconds(pid: number): number {
  const fields =
    readFileSync(`/proc/${String(pid)}/stat`, "utf8")
      .split(") ")[1]
      ?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Bytes of resident memory of a process. */
function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${String(pid)}/status`, "utf8"))?.[1]) * 1024;
}

function startLoad(load: Load, stdin: "ignore" | "pipe"): ChildProcess {
  const [file, args] = pinned(1, [require.resolve("tsx/cli"), "bench/load.ts", JSON.stringify(load)]);
  return spawn(file, args, { cwd: root, stdio: [stdin, "pipe", "inherit"] });
}

async function stop(child: ChildProcess): Promise<void> {
  const closed = once(child, "close");
  child.kill("SIGTERM");
  await closed;
}

/** Messages per second of the server's CPU. */
async function measureRate(command: readonly string[], workload: Workload): Promise<number> {
  const { child, port } = await startServer(command);
  const pid = child.pid ?? 0;
  const before = cpuSeconds(pid);
  const load = startLoad({ ...workload, port, path: "/", seconds }, "ignore");
  const line = await firstLine(load);
  const { messages, seconds: taken } = JSON.parse(line) as LoadResult;
  // The warm-up is part of the CPU time: count its share of the messages as well.
  const used = (cpuSeconds(pid) - before) * (taken / (taken + 0.5));
  await stop(child);
  return messages / used;
}

/** Bytes of resident memory per idle connection. */
async function measureIdle(command: readonly string[]): Promise<number> {
  const { child, port } = await startServer(command);
  const pid = child.pid ?? 0;
  const workload = { connections: 200, depth: 1, bytes: 20, binary: false, path: "/", port, seconds: 0.5 };
  await once(startLoad(workload, "ignore"), "close");
  const before = residentBytes(pid);
  const load = startLoad({ ...workload, connections: IDLE_CONNECTIONS, depth: 0 }, "pipe");
  await firstLine(load);
  const after = residentBytes(pid);
  load.stdin?.end();
  await once(load, "close");
  await stop(child);
  return (after - before) / IDLE_CONNECTIONS;
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
const wsVersion = (JSON.parse(readFileSync(`${root}node_modules/ws/package.json`, "utf8")) as { version: string })
  .version;
console.log(
  `longwire ${commit}, ws ${wsVersion}, Node ${process.version}, ${String(rounds)} rounds of ${String(seconds)} s; ratio to ws\n`,
);
console.log("| workload | longwire | ws | ratio (median) | ratios |");
console.log("|---|---|---|---|---|");

async function compare(name: string, measure: (command: readonly string[]) => Promise<number>): Promise<void> {
  if (!name.includes(values.only)) return;
  const own: number[] = [];
  const other: number[] = [];
  for (let round = 0; round < rounds; round++) {
    own.push(await measure(peers["longwire"] ?? []));
    other.push(await measure(peers["ws"] ?? []));
  }
  const ratios = own.map((value, index) => value / (other[index] ?? NaN));
  const show = (value: number): string => Math.round(value).toLocaleString("en");
  const spread = ratios.map((ratio) => ratio.toFixed(2)).join(" ");
  console.log(
    `| ${name} | ${show(median(own))} | ${show(median(other))} | **${median(ratios).toFixed(2)}** | ${spread} |`,
  );
}

for (const workload of workloads) {
  await compare(`${workload.name} (messages per CPU second)`, (command) => measureRate(command, workload));
}
await compare("idle connection (bytes of resident memory; less is better)", measureIdle);
