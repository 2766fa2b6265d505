// `npm run check`: everything that reads the code without running it, and the tests about the house itself.
import { runChild } from "./child.mjs";

/** @typedef {{ name: string, args: readonly string[] }} Step */

const code = ["src", "web", "test", "bench", "examples", "scripts", "bin"];

/** @type {readonly Step[]} */
export const readingSteps = [
  { name: "format", args: ["node_modules/oxfmt/bin/oxfmt", "--check", "."] },
  { name: "lint", args: ["node_modules/oxlint/bin/oxlint", ...code] },
  { name: "types", args: ["node_modules/typescript/bin/tsc", "-b"] },
];

/** @type {readonly Step[]} */
const packageSteps = [
  { name: "architecture", args: ["node_modules/vitest/vitest.mjs", "run", "--project", "architecture"] },
  { name: "publint", args: ["node_modules/publint/src/cli.js", "--strict"] },
  { name: "attw", args: ["node_modules/@arethetypeswrong/cli/dist/index.js", "--pack", ".", "--profile", "esm-only"] },
];

/** @returns {Promise<string[]>} the names of the steps that failed */
export async function runSteps(/** @type {readonly Step[]} */ steps) {
  const failed = [];
  for (const step of steps) failed.push(...(await runStep(step)));
  return failed;
}

/**
 * All at once: the longest of the reading steps uses one core only.
 * @returns {Promise<string[]>} the names of the steps that failed
 */
export async function runStepsTogether(/** @type {readonly Step[]} */ steps) {
  return (await Promise.all(steps.map(runStep))).flat();
}

/** @returns {Promise<string[]>} its name when it failed */
async function runStep(/** @type {Step} */ { name, args }) {
  process.stdout.write(`— ${name}\n`);
  return (await runChild(process.execPath, args)) === 0 ? [] : [name];
}

/** @returns {Promise<number>} the exit code */
export async function check() {
  const failed = [...(await runStepsTogether(readingSteps)), ...(await runSteps(packageSteps))];
  process.stdout.write(failed.length === 0 ? "All checks passed.\n" : `Failed: ${failed.join(", ")}\n`);
  return failed.length === 0 ? 0 : 1;
}
