// Each guard of the product is switched off in turn; the tests that name its rows must turn red. RELIABILITY §6.2. A row
// without a guard here, or a guard whose tests stay green, is a failure: the test would prove nothing. How a guard is
// switched off is guards/guard.ts, what runs the tests guards/runner.ts, the tables are guards/*-guards.ts.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { names, switchOff } from "./guards/guard.ts";
import { guards } from "./guards/guards.ts";
import { coveredRows } from "./guards/rows.ts";
import { RunnerPool } from "./guards/runner-pool.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

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

const pool = new RunnerPool();
afterAll(() => pool.stop());

// In `npm test` the projects beside this one have just seen these tests green; that they are so in this runner as well is
// seen by `npm run test:full`.
if (process.env["LONGWIRE_FULL"] === "1") {
  describe.concurrent("with nothing off, the same tests are green", () => {
    test.for([...new Set(guards.flatMap(({ tests }) => tests))])("%s", async (file, { expect }) => {
      const rows = [...new Set(guards.filter(({ tests }) => tests.includes(file)).flatMap((guard) => guard.rows))];
      const { failures, broken, ran } = await pool.run({ off: undefined, rows, tests: [file] });
      expect([...failures, ...broken]).toEqual([]);
      expect(ran).toBeGreaterThan(0);
    });
  });
}

describe.concurrent("with the guard off, the tests that name the row turn red", () => {
  test.for(guards.map((guard) => [guard.rows.join(" "), guard.file, guard] as const))(
    "%s in %s",
    async ([, , guard], { expect }) => {
      const { failures, broken } = await pool.run({ off: guard, rows: guard.rows, tests: guard.tests });
      expect(broken, `without ${JSON.stringify(guard.find)} the tests cannot run`).toEqual([]);
      const unnoticed = guard.rows.filter((row) => !failures.some((failure) => names(failure, row)));
      expect(unnoticed, `no test noticed that ${JSON.stringify(guard.find)} was gone`).toEqual([]);
    },
  );
});
