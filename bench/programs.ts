// The processes of the benchmarks, seen from outside: built from the sources as they are now, each pinned to a core. Not
// through tsx, which wraps every function to keep its name: that would be measured as well.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export const root: string = dirname(dirname(fileURLToPath(import.meta.url)));

const sources = {
  "longwire-server": "bench/peers/longwire-server.ts",
  "ws-server": "bench/peers/ws-server.ts",
  "socket-io-server": "bench/peers/socket-io-server.ts",
  path: "bench/path.ts",
  load: "bench/load.ts",
  talk: "bench/line/talk.ts",
  flood: "bench/line/flood.ts",
  "transfer-client": "bench/line/transfer-client.ts",
} as const;

export type ProgramName = keyof typeof sources;

/** Where they were built; inside the tree, so that they find the packages. */
const folder = join(root, ".cache", `bench-${String(process.pid)}`);

let profilesFolder: string | undefined;
let profileCount = 0;

/** In the order in which they were started. */
function profilerFlags(name: ProgramName): readonly string[] {
  if (profilesFolder === undefined) return [];
  const file = `${String(++profileCount).padStart(3, "0")}-${name}.cpuprofile`;
  return ["--cpu-prof", `--cpu-prof-dir=${profilesFolder}`, `--cpu-prof-name=${file}`];
}

/** They are removed when this process ends. With `profiles` every program leaves a profile of its CPU in that folder. */
export async function buildPrograms(profiles?: string): Promise<void> {
  profilesFolder = profiles;
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
  mkdirSync(folder, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: Object.entries(sources).map(([out, source]) => ({ in: source, out })),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20.19",
    // The list of files with side effects is of dist/, and these are sources.
    ignoreAnnotations: true,
    logLevel: "warning",
  });
}

/** How long a program may take to end. */
const PATIENCE_MS = 3_000;

/** Where it runs: servers on one core, whoever talks to them on another. */
export type Core = "server" | "load";

const cores: Readonly<Record<Core, string>> = { server: "0", load: "1" };

export class Program {
  readonly #name: ProgramName;
  readonly #child: ChildProcess;
  readonly #said: unknown[] = [];
  #isOver = false;
  #wake: (() => void) | undefined;

  /** Starts it with `argument`. `flags` are Node's. */
  constructor(name: ProgramName, argument: object, core: Core, flags: readonly string[] = []) {
    const program = [join(folder, `${name}.mjs`), JSON.stringify(argument)];
    const command = [process.execPath, ...profilerFlags(name), ...flags, ...program];
    const pinned = process.platform === "linux" ? ["taskset", "-c", cores[core], ...command] : command;
    this.#name = name;
    this.#child = spawn(pinned[0] ?? "", pinned.slice(1), {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#child.on("message", (message) => {
      this.#said.push(message);
      this.#wake?.();
    });
    this.#child.on("exit", () => {
      this.#isOver = true;
      this.#wake?.();
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** What it tells next. Rejects when it ends without. */
  async next<T>(): Promise<T> {
    while (this.#said.length === 0) {
      if (this.#isOver) throw new Error(`${this.#name} has ended and has not said how it went.`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#said.shift() as T;
  }

  tell(message: string): void {
    this.#child.send(message);
  }

  ask<T>(question: string): Promise<T> {
    this.tell(question);
    return this.next();
  }

  /** It stands still until it is resumed. */
  pause(): void {
    this.#child.kill("SIGSTOP");
  }

  resume(): void {
    this.#child.kill("SIGCONT");
  }

  async stop(): Promise<void> {
    if (this.#isOver) return;
    this.resume();
    // It ends by itself, so that a profiler can write what it has; and in any case.
    const exited = once(this.#child, "exit");
    const patience = setTimeout(() => this.#child.kill("SIGKILL"), PATIENCE_MS);
    if (this.#child.connected) this.#child.disconnect();
    await exited;
    clearTimeout(patience);
  }
}

export type StartProgram = (...program: ConstructorParameters<typeof Program>) => Program;

/** Runs `use` with programs that end with it, whatever becomes of it. */
export async function withPrograms<T>(use: (start: StartProgram) => Promise<T>): Promise<T> {
  const started: Program[] = [];
  try {
    return await use((...program) => {
      const one = new Program(...program);
      started.push(one);
      return one;
    });
  } finally {
    await Promise.all(started.map((program) => program.stop()));
  }
}
