// Each guard of the product is switched off in turn; the tests that name its rows must turn red. RELIABILITY §6.2. A row
// without a guard here, or a guard whose tests stay green, is a failure: the test would prove nothing.

import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { guards } from "./guards/guards.ts";
import { type Guard, switchOff } from "./guards/guard.ts";
import { coveredRows } from "./guards/rows.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const vitest = join(root, "node_modules/vitest/vitest.mjs");

interface Report {
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "longwire-guards-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Runs the tests that name the guard's rows with the guard off; the names of those that failed. */
async function failuresWithout(index: number, guard: Guard): Promise<string[]> {
  const output = join(folder, `${String(index)}.json`);
  const pattern = guard.rows.map((row) => `${row}(?!\\d)`).join("|");
  const files = guard.tests.filter((file) => existsSync(join(root, "test", file))).map((file) => `test/${file}`);
  const child = spawn(
    process.execPath,
    [vitest, "run", ...files, "-t", pattern, "--reporter=json", `--outputFile=${output}`, "--test-timeout=5000"],
    {
      cwd: root,
      stdio: "ignore",
      env: { ...process.env, LONGWIRE_GUARD: String(index), LONGWIRE_SEED: "1" },
    },
  );
  await new Promise((resolve) => child.once("close", resolve));
  const report = JSON.parse(await readFile(output, "utf8")) as Report;
  return report.testResults.flatMap((file) =>
    file.assertionResults.filter((result) => result.status === "failed").map((result) => result.fullName),
  );
}

test("every row that this part of the product owes has a guard", () => {
  const guarded = new Set(guards.flatMap((guard) => guard.rows));
  expect(coveredRows.filter((row) => !guarded.has(row))).toEqual([]);
});

test("every guard stands where the table says", () => {
  for (const guard of guards) {
    expect(() => switchOff(guard, readFileSync(join(root, "src", guard.file), "utf8"))).not.toThrow();
    for (const file of guard.tests) expect(existsSync(join(root, "test", file)), file).toBe(true);
  }
});

/** Lets so many run at once; the rest wait their turn. */
class Gate {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#free--;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}

describe.concurrent("with the guard off, the tests that name the row turn red", () => {
  const gate = new Gate(availableParallelism());
  test.each(guards.map((guard, index) => [guard.rows.join(" "), guard.file, index, guard] as const))(
    "%s in %s",
    async (_rows, _file, index, guard) => {
      const failures = await gate.run(() => failuresWithout(index, guard));
      for (const row of guard.rows) {
        const named = new RegExp(`${row}(?!\\d)`);
        expect(
          failures.some((name) => named.test(name)),
          `no test of ${row} noticed`,
        ).toBe(true);
      }
    },
    120_000,
  );
});
