// The way in: `npm start`, `npm test`, `npm run build` and `npm run check` all come through here.
// Needs nothing installed: it checks Node, installs the pinned dependencies once, builds, and hands over.
// What runs afterwards is started from here and not from npm's pre-scripts, because `ignore-scripts` switches those off.
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const commands = ["start", "test", "test:full", "build", "check"];
const [command = "start", ...args] = process.argv.slice(2);
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`Longwire needs Node 20.19 or newer; this is Node ${process.versions.node}.\n`);
  process.exitCode = 1;
} else if (!commands.includes(command)) {
  process.stderr.write(`unknown command "${command}": expected one of ${commands.join(", ")}\n`);
  process.exitCode = 2;
} else {
  process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));
  process.exitCode = await run();
}

/** @returns {Promise<number>} the exit code */
async function run() {
  const { prepare } = await import("./setup.mjs");
  const prepared = await prepare();
  if (command === "test" || command === "test:full") {
    const { test } = await import("./test.mjs");
    return test({ full: command === "test:full", built: prepared === 0, args });
  }
  if (prepared !== 0 || command === "build") return prepared;
  if (command === "check") return (await import("./check.mjs")).check();
  const { runChild } = await import("./child.mjs");
  return runChild(process.execPath, ["bin/longwire.js", "serve", ...args]);
}
