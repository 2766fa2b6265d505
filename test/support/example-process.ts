// Runs an example, or a program of the pages, in a process of its own, as users do, and collects what it says. Every process that
// a test starts is ended by `stopExamples`, by its id.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
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
  return runProgram(process.execPath, ["--import", "tsx", join("examples", name), ...args]);
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
