#!/usr/bin/env node
// Starts the command line. Only checks what would otherwise fail with a stack trace; the program is dist/cli/longwire.js.
import { existsSync } from "node:fs";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const program = new URL("../dist/cli/longwire.js", import.meta.url);

if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`longwire needs Node 20.19 or newer; this is Node ${process.versions.node}.\n`);
  process.exitCode = 1;
} else if (!existsSync(program)) {
  process.stderr.write("longwire is not built yet: run `npm start`, or `npm run build` and try again.\n");
  process.exitCode = 1;
} else {
  await import(program.href);
}
