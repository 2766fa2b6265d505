// `npm test`: tools, runtimes, format, lint, types, then every test project, and one line with the sum.
// LONGWIRE_REQUIRE=all makes a missing tool a failure; `npm run test:full` sets LONGWIRE_FULL=1 for the long versions.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readingSteps, runStepsTogether } from "./check.mjs";
import { runChild } from "./child.mjs";
import { describeMissingRuntimes, provideRuntimes } from "./runtimes.mjs";
import { describeMissing, provideTools } from "./tools.mjs";

const resultFile = join(".cache", "test-results.json");

/**
 * @param {{ full: boolean, built: boolean, args: readonly string[] }} options
 * @returns {Promise<number>} the exit code
 */
export async function test({ full, built, args }) {
  const missing = provideTools();
  const [missingRuntimes, misread] = await Promise.all([provideRuntimes(), runStepsTogether(readingSteps)]);
  const notice = describeMissing(missing) + describeMissingRuntimes(missingRuntimes);
  process.stdout.write(notice);
  const faults = [...(built ? [] : ["build"]), ...misread];

  rmSync(resultFile, { force: true });
  const env = full ? { ...process.env, LONGWIRE_FULL: "1" } : process.env;
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${resultFile}`];
  const code = await runChild(process.execPath, ["node_modules/vitest/vitest.mjs", "run", ...reporters, ...args], env);
  const { passed, failed, skipped } = readResults();
  // The runner can fail without a failing test: an error outside any test, or no result at all.
  if (code !== 0 && failed === 0) faults.push("test runner");
  if (process.env["LONGWIRE_REQUIRE"] === "all") {
    faults.push(...[...missing, ...missingRuntimes].map(({ name }) => `missing tool: ${name}`));
  }

  process.stdout.write(notice);
  if (faults.length > 0) process.stdout.write(`Failed besides tests: ${faults.join(", ")}\n`);
  const sum = `${passed} passed, ${failed + faults.length} failed`;
  process.stdout.write(`${sum}${skipped > 0 ? `, ${skipped} skipped` : ""}\n`);
  return failed + faults.length === 0 ? 0 : 1;
}

/** @typedef {{ status: string, assertionResults: readonly { status: string }[] }} FileResult */

function readResults() {
  return sumOf(existsSync(resultFile) ? JSON.parse(readFileSync(resultFile, "utf8")).testResults : []);
}

/** @returns the sum of the runner's own results */
export function sumOf(/** @type {readonly FileResult[]} */ files) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const file of files) {
    const statuses = file.assertionResults.map((result) => result.status);
    const failed = statuses.filter((status) => status === "failed").length;
    sum.passed += statuses.filter((status) => status === "passed").length;
    sum.skipped += statuses.filter((status) => status !== "failed" && status !== "passed").length;
    // A file that could not even be loaded, or whose hooks failed, counts as one.
    sum.failed += failed === 0 && file.status === "failed" ? 1 : failed;
  }
  return sum;
}
