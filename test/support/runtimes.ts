// Other runtimes than the one that runs the tests, each as a user has it: a program, a folder with `longwire` in its node_modules,
// and a script that imports it. The list is scripts/runtimes.mjs; with LONGWIRE_REQUIRE=all a missing one is an error.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { findRuntime, runtimes as known } from "../../scripts/runtimes.mjs";
import { root } from "./source-scan.ts";

export interface Runtime {
  readonly name: string;
  /** Undefined: it is not here. */
  readonly program: string | undefined;
}

/** A script that runs. */
export interface Script {
  /** The facts that it tells, in order. */
  readonly facts: AsyncIterator<unknown, unknown>;
  /** Says something to it. */
  tell(): void;
  /** How it has ended, by itself. */
  readonly ended: Promise<unknown>;
  stop(): void;
}

export const runtimes: readonly Runtime[] = known.map(({ name }) => {
  const program = findRuntime(name);
  if (program === undefined && process.env["LONGWIRE_REQUIRE"] === "all") {
    throw new Error(`The runtime "${name}" is missing, and LONGWIRE_REQUIRE=all forbids skipping its tests.`);
  }
  return { name, program };
});

/** A folder as a user has it, with the scripts of `scripts` in it. */
export function createUserFolder(scripts: string): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "longwire-runtimes-"));
  cpSync(scripts, folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "type": "module", "dependencies": { "longwire": "*" } }\n');
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules", "longwire"), "junction");
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Runs a script of `folder`; each line that it prints is a fact. */
export function startScript({ program = "" }: Runtime, folder: string, script: string, ...args: string[]): Script {
  const isDeno = /deno(\.exe)?$/.test(program);
  const before = isDeno ? ["run", "--allow-all", "--no-prompt", "--node-modules-dir=manual"] : [];
  const { NODE_OPTIONS: _options, ...inherited } = process.env;
  const env = { ...inherited, DENO_DIR: join(folder, ".deno"), DENO_NO_UPDATE_CHECK: "1" };
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(program, [...before, script, ...args], {
    cwd: folder,
    stdio: ["pipe", "pipe", "inherit"],
    env,
  });
  // One that ended may still be told something.
  child.stdin.on("error", () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    facts: {
      async next() {
        const { value, done } = await lines.next();
        return done === true
          ? { value: undefined, done }
          : { value: JSON.parse(String(value)) as unknown, done: false };
      },
    },
    tell: () => child.stdin.write("go on\n"),
    ended: once(child, "exit"),
    stop: () => void child.kill("SIGKILL"),
  };
}
