// Runs bin/longwire.js in a process of its own, as users do, and collects what it says. Every process that a test starts
// is ended by `stopAll`, by its id.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { root } from "./source-scan.ts";

export interface CliProcess {
  readonly child: ChildProcessWithoutNullStreams;
  readonly out: () => string;
  readonly err: () => string;
  /** Resolves with the first line of standard output; rejects when the process ends without one. */
  readonly firstLine: Promise<string>;
  /** Resolves with the exit code, once both outputs have ended. -1: killed by a signal. */
  readonly ended: Promise<number>;
}

const running = new Set<ChildProcessWithoutNullStreams>();

export function startCli(args: readonly string[], env: Readonly<Record<string, string>> = {}): CliProcess {
  const { NO_COLOR: _no, FORCE_COLOR: _force, NODE_DEBUG: _debug, ...inherited } = process.env;
  const child = spawn(process.execPath, [join(root, "bin/longwire.js"), ...args], { env: { ...inherited, ...env } });
  running.add(child);
  let out = "";
  let err = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  const ended = once(child, "close").then(([code]: unknown[]) => {
    running.delete(child);
    return typeof code === "number" ? code : -1;
  });
  const firstLine = new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      const end = out.indexOf("\n");
      if (end !== -1) resolve(out.slice(0, end));
    });
    void ended.then((code) => reject(new Error(`longwire ${args.join(" ")} ended with ${code} and no line: ${err}`)));
  });
  // Not every test waits for a line.
  firstLine.catch(() => {});
  // A process that ended may still be written to.
  child.stdin.on("error", () => {});
  return { child, out: () => out, err: () => err, firstLine, ended };
}

/** The outcome of a command that ends by itself; `input` is all of its standard input. */
export async function runCli(args: readonly string[], input = "", env: Readonly<Record<string, string>> = {}) {
  const cli = startCli(args, env);
  cli.child.stdin.end(input);
  const code = await cli.ended;
  return { code, out: cli.out(), err: cli.err() };
}

export function stopAll(): void {
  for (const child of running) child.kill("SIGKILL");
}

/** The first address in a line. */
export function urlIn(line: string): string {
  return /\w+:\/\/\S+/.exec(line)?.[0] ?? "";
}

/** For conditions that hold soon, on however slow a machine. */
export const patient = { timeout: 15_000, interval: 20 } as const;
