// Runs tests with one guard after the other switched off, in one vitest that stays up: starting it costs more than the
// tests do. A process of its own; guards.test.ts sends it a GuardTask and gets a GuardRun back.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createVitest, type Reporter, type TestCase, type TestModule, type Vitest } from "vitest/node";
import { type Guard, type GuardRun, type GuardTask, names } from "./guard.ts";
import { KeptThread } from "./kept-thread.ts";
import { guardPlugin } from "./plugin.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

let chosen: Guard | undefined;

/** It waited for what does not come any more, and goes on waiting. */
const stillWaiting = /timed out in \d+ms/;

/** What no switched-off check explains: the replacement itself is broken. */
const brokenReplacement = /^(ReferenceError|SyntaxError)\b/;

/** Listens to one run and ends it when every row of the guard has been noticed: the rest could only take time. */
class Watch implements Reporter {
  readonly failures: string[] = [];
  readonly broken: string[] = [];
  ran = 0;
  /** False when a test was given up in the middle: it may still do something. */
  isAtRest = true;
  readonly #unnoticed: Set<string>;
  readonly #satisfied: () => void;

  constructor(rows: readonly string[], satisfied: () => void) {
    this.#unnoticed = new Set(rows);
    this.#satisfied = satisfied;
  }

  onTestModuleEnd(module: TestModule): void {
    for (const error of module.errors()) this.broken.push(`${module.relativeModuleId}: ${error.message}`);
  }

  onTestCaseResult(test: TestCase): void {
    const { state, errors } = test.result();
    if (state === "skipped") return;
    this.ran++;
    if (state !== "failed") return;
    if (errors.some(({ message }) => stillWaiting.test(message))) this.isAtRest = false;
    const wrong = errors.find((error) => brokenReplacement.test(error.stack ?? error.message));
    if (wrong !== undefined) {
      this.broken.push(`${test.fullName}: ${wrong.message}`);
      return;
    }
    this.failures.push(test.fullName);
    if (this.#unnoticed.size === 0) return;
    for (const row of this.#unnoticed) {
      if (names(test.fullName, row)) this.#unnoticed.delete(row);
    }
    if (this.#unnoticed.size === 0) this.#satisfied();
  }

  result(): GuardRun {
    return { failures: this.failures, broken: this.broken, ran: this.ran };
  }
}

let watch: Watch | undefined;

function start(): Promise<Vitest> {
  return createVitest(
    "test",
    {
      config: false,
      root,
      watch: false,
      include: ["test/{unit,conformance,property,fuzz,integration,attack}/**/*.{test,property,fuzz}.ts"],
      setupFiles: [join(root, "test/support/freeze-prototypes.ts"), join(root, "test/support/event-classes.ts")],
      pool: KeptThread.pool,
      fileParallelism: false,
      // The suites of the wire run in a hook.
      hookTimeout: 40_000,
      teardownTimeout: 2_000,
      reporters: [
        {
          onTestModuleEnd: (module) => watch?.onTestModuleEnd(module),
          onTestCaseResult: (test) => watch?.onTestCaseResult(test),
        },
      ],
    },
    { plugins: [guardPlugin(() => chosen)] },
  );
}

async function run(vitest: Vitest, { off, rows, tests }: GuardTask): Promise<GuardRun> {
  const invalidate = (): void => {
    if (off === undefined) return;
    const file = join(root, "src", off.file);
    vitest.invalidateFile(file);
    KeptThread.forget(file);
  };
  let impatience: NodeJS.Timeout | undefined;
  const current = new Watch(rows, () => {
    if (off === undefined) return;
    const cancel = (): void => void vitest.cancelCurrentRun("test-failure");
    cancel();
    // Asked a second time it ends the thread: a test that computes on does not hear that it may stop.
    impatience = setTimeout(cancel, 100);
  });
  chosen = off;
  watch = current;
  invalidate();
  try {
    vitest.setGlobalTestNamePattern(new RegExp(rows.map((row) => `${row}(?!\\d)`).join("|")));
    const project = vitest.getRootProject();
    // A test that waits for what does not come any more should not wait long; one that is to be green has its time.
    project.config.testTimeout = off === undefined ? 60_000 : 4_000;
    await vitest.runTestSpecifications(tests.map((file) => project.createSpecification(join(root, "test", file))));
    return current.result();
  } finally {
    clearTimeout(impatience);
    chosen = undefined;
    watch = undefined;
    invalidate();
    if (!current.isAtRest) await KeptThread.leave();
  }
}

const vitest = await start();
process.on("message", (task: GuardTask) => {
  void run(vitest, task).then((result) => process.send?.(result));
});
process.on("disconnect", () => {
  void vitest.close().finally(() => process.exit());
});
process.send?.("ready");
