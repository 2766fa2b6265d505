// Dependencies and build, each only when something changed. Two set-ups at once take turns by way of a lock directory.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runChild } from "./child.mjs";

const stampFile = join("node_modules", ".setup-stamp");
const lockDirectory = join(".cache", "setup.lock");
const ownerFile = join(lockDirectory, "pid");

/** @returns {Promise<number>} 0 when dependencies are installed and the build succeeded */
export async function prepare() {
  await takeLock();
  const release = () => rmSync(lockDirectory, { recursive: true, force: true });
  process.on("exit", release);
  try {
    const installed = await install();
    if (installed !== 0) return installed;
    const { build } = await import("./build.mjs");
    return await build();
  } finally {
    process.off("exit", release);
    release();
  }
}

async function install() {
  const stamp = createHash("sha256")
    .update(readFileSync("package-lock.json"))
    .update(`${process.platform} ${process.arch} ${process.versions.node.split(".")[0]}`)
    .digest("hex");
  if (existsSync(stampFile)) {
    if (readFileSync(stampFile, "utf8") === stamp) return 0;
  } else if (isInstalledByHand()) {
    writeFileSync(stampFile, stamp);
    return 0;
  }
  process.stdout.write("Installing the pinned dependencies (once)…\n");
  let code = await npm("ci", "--include=dev");
  // Above 128 npm did not fail: somebody stopped it.
  if (code !== 0 && code < 128) code = await npm("install", "--no-save", "--include=dev");
  if (code >= 128) return code;
  if (code !== 0) {
    process.stderr.write("The dependencies could not be installed. Is the npm registry reachable from here?\n");
    return code;
  }
  // Last of all, so that an interrupted installation is not mistaken for a finished one.
  writeFileSync(stampFile, stamp);
  return 0;
}

/** Whether somebody ran `npm ci` themselves: npm leaves a list of what it installed, which must agree with the lock file. */
function isInstalledByHand() {
  const list = join("node_modules", ".package-lock.json");
  if (!existsSync(list)) return false;
  const installed = packagesIn(list);
  return Object.entries(packagesIn("package-lock.json")).every(([place, wanted]) => {
    const isElsewhere = wanted.optional === true && installed[place] === undefined;
    return place === "" || isElsewhere || installed[place]?.version === wanted.version;
  });
}

/** @returns {Record<string, { version?: string, optional?: boolean }>} */
function packagesIn(/** @type {string} */ file) {
  return JSON.parse(readFileSync(file, "utf8")).packages;
}

/** Runs the npm that started us, so that a machine with several versions keeps using one. */
function npm(/** @type {string[]} */ ...args) {
  const env = { ...process.env, npm_config_loglevel: "error", npm_config_audit: "false", npm_config_fund: "false" };
  const npmScript = process.env["npm_execpath"];
  if (npmScript !== undefined && /npm-cli\.[cm]?js$/.test(npmScript)) {
    return runChild(process.execPath, [npmScript, ...args], env);
  }
  return runChild(process.platform === "win32" ? "npm.cmd" : "npm", args, env);
}

async function takeLock() {
  mkdirSync(".cache", { recursive: true });
  for (let told = false; ;) {
    try {
      mkdirSync(lockDirectory);
      writeFileSync(ownerFile, String(process.pid));
      return;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
    if (isAbandoned()) {
      // Renaming first: of two processes that notice at once, only one may remove the lock.
      const grave = `${lockDirectory}.${process.pid}`;
      try {
        renameSync(lockDirectory, grave);
      } catch {
        continue;
      }
      rmSync(grave, { recursive: true, force: true });
      continue;
    }
    if (!told) process.stdout.write("Another set-up of this checkout is under way; waiting for it…\n");
    told = true;
    await sleep(200);
  }
}

function isAbandoned() {
  try {
    if (!existsSync(ownerFile)) return Date.now() - statSync(lockDirectory).mtimeMs > 10_000;
    process.kill(Number(readFileSync(ownerFile, "utf8")), 0);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
}
