// Every program of the pages that makes a server runs, and listens if it says so; docs-snippets.test.ts has seen that it compiles.
// Those that stand for something else with `declare` cannot run. Ports are free ones. Needs dist/.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { transform } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { filesIn, root } from "../support/source-scan.ts";

// Inside the tree, so that the package finds itself and its development dependencies by name.
const folder = join(root, ".cache", `docs-programs-${process.pid}`);
const pages = ["README.md", ...filesIn("docs/guides", [".md"]), ...filesIn("docs/reference", [".md"])];
const programs = pages.flatMap(programsOf);

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("programs of the pages", () => {
  it("are found", () => {
    expect(programs.length).toBeGreaterThan(15);
    expect(programs.filter(({ code }) => code.includes("listen(")).length).toBeGreaterThan(6);
  });

  it.concurrent.each(programs)("$place", { timeout: 60_000 }, async ({ place, code }) => {
    const file = join(folder, `${place.replaceAll(/\W/g, "-")}.mjs`);
    // Top-level awaits are over then: whoever listens does so, and nothing was thrown.
    const { code: script } = await transform(`${code}\nconsole.log("at the end");`, { loader: "ts" });
    writeFileSync(file, script);
    const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      // What has nothing to do any more ends by itself; the others serve.
      if (said.includes("at the end")) child.kill();
    });
    let err = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
    await once(child, "close");
    expect([said.includes("at the end"), err]).toEqual([true, ""]);
  });
});

function programsOf(page: string): { place: string; code: string }[] {
  const text = readFileSync(join(root, page), "utf8");
  return [...text.matchAll(/^```(?:ts|js)\b([^\n]*)\n([^]*?)^```$/gm)].flatMap(
    ({ index, 1: words = "", 2: code = "" }) => {
      const givesServer = words.trim() === "server";
      const makesServer = code.includes(`from "longwire/server"`);
      if ((!givesServer && !makesServer) || /\bdeclare\b/.test(code)) return [];
      const prelude = givesServer
        ? `import { createServer } from "longwire/server"; const server = createServer();\n`
        : "";
      const free = code
        .replaceAll(/listen\(\d+\)/g, `listen({ port: 0, host: "127.0.0.1" })`)
        .replaceAll(/\bport: 8\d\d\d\b/g, "port: 0");
      return [{ place: `${page}:${text.slice(0, index).split("\n").length}`, code: prelude + free }];
    },
  );
}
