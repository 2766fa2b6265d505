// Runs an example, or a program of the pages, in a process of its own, as users do, and collects what it says. An example is
// translated beforehand: a loader that does it while the example starts would take longer than the example. Every process that a
// test starts is ended by `stopExamples`, by its id.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { transformSync } from "esbuild";
import { root } from "./source-scan.ts";

export interface ExampleProcess {
  readonly child: ChildProcessWithoutNullStreams;
  readonly out: () => string;
  readonly err: () => string;
  /** Resolves with the exit code, once both outputs have ended; null: killed by a signal. */
  readonly ended: Promise<unknown>;
}

/** An example that serves. */
export interface ExampleServer extends ExampleProcess {
  /** The first address that it printed, up to its port. */
  readonly origin: string;
}

/** The programs of the examples, below .cache/, by their names. */
const translated = new Map<string, string>();

const running = new Set<ChildProcessWithoutNullStreams>();

export function runProgram(program: string, args: readonly string[], cwd: string = root): ExampleProcess {
  const child = spawn(program, args, { cwd });
  running.add(child);
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  const ended = once(child, "close").then(([code]: unknown[]) => {
    running.delete(child);
    return code;
  });
  // A process that has ended may still be written to.
  child.stdin.on("error", () => {});
  return { child, ended, out: () => out, err: () => err };
}

/** `name` is below examples/. */
export function runExample(name: string, ...args: string[]): ExampleProcess {
  const program = translated.get(name) ?? translate(name);
  translated.set(name, program);
  return runProgram(process.execPath, [program, ...args]);
}

/** One file, which finds itself and what lies beside it where it is written. */
function translate(name: string): string {
  const source = join(root, "examples", name);
  const { code } = transformSync(readFileSync(source, "utf8"), {
    loader: "ts",
    define: { "import.meta.url": JSON.stringify(pathToFileURL(source)) },
  });
  const program = join(root, ".cache/examples", name.replace(/\.ts$/, ".mjs"));
  mkdirSync(dirname(program), { recursive: true });
  // Others translate at the same time: whoever finds the program finds all of it.
  const unnamed = `${program}.${String(process.pid)}`;
  writeFileSync(unnamed, code);
  renameSync(unnamed, program);
  return program;
}

/** Starts an example on a free port and waits for the address that it prints. */
export async function startExample(name: string, ...args: string[]): Promise<ExampleServer> {
  const example = runExample(name, "0", ...args);
  await firstLineOf(example, `examples/${name}`);
  return { ...example, origin: /\w+:\/\/[\d.]+:\d+/.exec(example.out())?.[0] ?? "" };
}

/** Resolves when it has said a line; rejects when it ends without one. */
export async function firstLineOf(example: ExampleProcess, name: string): Promise<void> {
  const exited = example.ended.then((code) => {
    throw new Error(`${name} ended with ${String(code)}: ${example.err()}`);
  });
  exited.catch(() => {});
  while (!example.out().includes("\n")) await Promise.race([once(example.child.stdout, "data"), exited]);
}

export function stopExamples(): void {
  for (const child of running) child.kill("SIGKILL");
}
