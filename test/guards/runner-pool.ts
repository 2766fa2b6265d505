// The processes that run tests with a guard off, each busy with one guard at a time: one more than there are cores, because
// often one only waits for a test's time to run out. One that does not answer has met a guard whose absence hangs it: it is
// ended with all it started.

import { type ChildProcess, fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import type { GuardRun, GuardTask } from "./guard.ts";

const ANSWER_MS = 120_000;

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * runner.ts as Node reads it, two folders below the root as well. A loader that translates while it runs would have every module
 * of vitest in its hands too, and each runner would take twice as long.
 */
function buildRunner(): string {
  const outfile = join(root, ".cache/guards/runner.mjs");
  const entryPoints = [join(root, "test/guards/runner.ts")];
  buildSync({ entryPoints, outfile, bundle: true, packages: "external", platform: "node", format: "esm" });
  return outfile;
}

/** One process. */
class Runner {
  readonly #child: ChildProcess;
  readonly #ready: Promise<unknown>;

  constructor(script: string) {
    this.#child = fork(script, {
      execArgv: [],
      // A group of its own: what hangs is a grandchild.
      detached: true,
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      // What is noticed is noticed by the short versions.
      env: {
        ...process.env,
        LONGWIRE_SEED: "1",
        LONGWIRE_FULL: undefined,
        LONGWIRE_GUARD: undefined,
        VITEST: undefined,
      },
    });
    this.#ready = this.#answer();
    this.#ready.catch(() => {});
  }

  async run(task: GuardTask): Promise<GuardRun> {
    await this.#ready;
    const answer = this.#answer();
    this.#child.send(task);
    return (await answer) as GuardRun;
  }

  stop(): void {
    if (this.#child.pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    process.kill(-this.#child.pid, "SIGKILL");
  }

  #answer(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.#child.off("message", receive);
        this.#child.off("exit", leave);
      };
      const receive = (answer: unknown): void => {
        settle();
        resolve(answer);
      };
      const leave = (): void => {
        settle();
        reject(new Error("The process that runs the tests has ended."));
      };
      const timer = setTimeout(() => {
        settle();
        this.stop();
        reject(new Error(`The tests did not end within ${String(ANSWER_MS / 1000)} s.`));
      }, ANSWER_MS);
      this.#child.once("message", receive);
      this.#child.once("exit", leave);
    });
  }
}

export class RunnerPool {
  readonly #script = buildRunner();
  readonly #idle: Runner[] = [];
  readonly #all = new Set<Runner>();
  readonly #waiting: (() => void)[] = [];
  #places: number = availableParallelism() + 1;

  /** Runs the tests of `task` when its turn has come. */
  async run(task: GuardTask): Promise<GuardRun> {
    if (this.#places === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#places--;
    const runner = this.#idle.pop() ?? this.#start();
    try {
      const result = await runner.run(task);
      this.#idle.push(runner);
      return result;
    } catch (error) {
      runner.stop();
      this.#all.delete(runner);
      throw error;
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#places++;
      else next();
    }
  }

  /** Ends every process. */
  stop(): void {
    for (const runner of this.#all) runner.stop();
  }

  #start(): Runner {
    const runner = new Runner(this.#script);
    this.#all.add(runner);
    return runner;
  }
}
