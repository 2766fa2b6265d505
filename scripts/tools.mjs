// The programs from outside npm that some tests talk to: browsers, proxies, other languages' WebSocket libraries.
// A missing tool is installed with apt where that is possible, and otherwise said out loud, twice; no test starts a system
// service. Adding a tool is one line in the table. LONGWIRE_NO_APT=1 installs nothing.
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * @typedef {object} Tool
 * @property {string} name how tests ask for it
 * @property {readonly string[]} packages what Debian calls it
 * @property {readonly string[]} [commands] its program, by any of these names
 * @property {string} [pythonModule] or the module that Debian's own Python must be able to import
 */

/** @type {readonly Tool[]} */
export const tools = [
  { name: "chromium", packages: ["chromium"], commands: ["chromium", "chromium-browser", "google-chrome"] },
  { name: "firefox", packages: ["firefox-esr"], commands: ["firefox-esr", "firefox"] },
  { name: "nginx", packages: ["nginx"], commands: ["nginx"] },
  { name: "haproxy", packages: ["haproxy"], commands: ["haproxy"] },
  { name: "caddy", packages: ["caddy"], commands: ["caddy"] },
  { name: "curl", packages: ["curl"], commands: ["curl"] },
  { name: "openssl", packages: ["openssl"], commands: ["openssl"] },
  { name: "python-websocket-client", packages: ["python3", "python3-websocket"], pythonModule: "websocket" },
  { name: "python-websockets", packages: ["python3", "python3-websockets"], pythonModule: "websockets" },
];

/** Debian's packages belong to Debian's Python; another one that is earlier on the PATH cannot import them. */
const systemPython = "/usr/bin/python3";
const policyFile = "/usr/sbin/policy-rc.d";

/**
 * @param {string} name as in the table
 * @returns {string | undefined} the program to run, undefined when the tool is not here
 */
export function findTool(name) {
  const tool = tools.find((entry) => entry.name === name);
  if (tool === undefined) throw new Error(`no tool named "${name}": expected one of ${tools.map(nameOf).join(", ")}`);
  if (tool.pythonModule !== undefined) return canImport(tool.pythonModule) ? systemPython : undefined;
  // Servers live in /usr/sbin, which is not on an ordinary user's PATH.
  const directories = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/local/bin", "/usr/bin", "/usr/sbin"];
  for (const command of tool.commands ?? []) {
    const found = directories.map((directory) => join(directory, command)).find(isExecutable);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** @returns {readonly Tool[]} what is still missing after trying to install it */
export function provideTools() {
  const missing = missingTools();
  if (missing.length > 0 && process.env["LONGWIRE_NO_APT"] !== "1") install(missing);
  return missingTools();
}

/** @returns {string} the notice, empty when nothing is missing */
export function describeMissing(/** @type {readonly Tool[]} */ missing) {
  if (missing.length === 0) return "";
  const lines = [
    `NOT FOUND: ${missing.map(nameOf).join(", ")}`,
    process.env["LONGWIRE_REQUIRE"] === "all"
      ? "LONGWIRE_REQUIRE=all: the tests that need them FAIL."
      : "The tests that need them are SKIPPED.",
    `Install with: apt-get install ${packagesOf(missing).join(" ")}`,
  ];
  return boxed(lines);
}

/** @returns {string} `lines` where nobody overlooks them */
export function boxed(/** @type {readonly string[]} */ lines) {
  const width = Math.max(...lines.map((line) => line.length));
  const rule = "─".repeat(width + 2);
  return [`┌${rule}┐`, ...lines.map((line) => `│ ${line.padEnd(width)} │`), `└${rule}┘`, ""].join("\n");
}

function install(/** @type {readonly Tool[]} */ missing) {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return;
  const packages = packagesOf(missing);
  process.stdout.write(`Installing tools for tests: ${packages.join(" ")}…\n`);
  // Debian starts a server as soon as it is installed, unless this file says no. The tests start their own.
  const silenced = !existsSync(policyFile);
  if (silenced) writeFileSync(policyFile, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    if (aptInstall(packages)) return;
    apt("update", "-qq");
    if (aptInstall(packages)) return;
    // One package that this release does not have must not keep the others away.
    for (const name of packages) aptInstall([name]);
  } finally {
    if (silenced) rmSync(policyFile, { force: true });
  }
}

function aptInstall(/** @type {readonly string[]} */ packages) {
  return apt("install", "-y", "-qq", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0", ...packages);
}

function apt(/** @type {string[]} */ ...args) {
  const result = spawnSync("/usr/bin/apt-get", ["-o", "DPkg::Lock::Timeout=120", ...args], {
    stdio: ["ignore", "ignore", "ignore"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
  return result.status === 0;
}

function missingTools() {
  return tools.filter((tool) => findTool(tool.name) === undefined);
}

function packagesOf(/** @type {readonly Tool[]} */ missing) {
  return [...new Set(missing.flatMap((tool) => tool.packages))];
}

function nameOf(/** @type {Tool} */ tool) {
  return tool.name;
}

function canImport(/** @type {string} */ module) {
  return existsSync(systemPython) && spawnSync(systemPython, ["-c", `import ${module}`]).status === 0;
}

function isExecutable(/** @type {string} */ file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
