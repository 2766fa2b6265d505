// Every program of the pages runs, and listens if it says so; docs-snippets.test.ts has seen that it compiles. Ports are free ones, and
// whatever a client dials is a server of this test's, which it has to reach. What needs a browser does not run here. Needs dist/.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { transform } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createServer, type ServerSocket } from "../../src/server/index.ts";
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
    expect(programs.length).toBeGreaterThan(30);
    expect(programs.filter(({ code }) => code.includes("listen(")).length).toBeGreaterThan(6);
    expect(programs.filter(({ code }) => opensSocket(code)).length).toBeGreaterThan(4);
  });

  it.concurrent.each(programs)("$place", { timeout: 60_000 }, async ({ place, code }) => {
    const server = createServer();
    const visited = new Promise<void>((resolve) => {
      const open = (socket: ServerSocket): void => {
        socket.send("{}");
        socket.close(1000);
        resolve();
      };
      server.route("/*path", { protocols: ([first]) => first, open });
    });
    const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
    const file = join(folder, `${place.replaceAll(/\W/g, "-")}.mjs`);
    // Top-level awaits are over then: whoever listens does so, and nothing was thrown.
    const { code: script } = await transform(`${code}\nconsole.log("at the end");`, { loader: "ts" });
    const everywhere = new RegExp(clientAddress, "g");
    writeFileSync(
      file,
      script.replaceAll(
        everywhere,
        (_all, scheme: string) => `${scheme.startsWith("http") ? "http" : "ws"}://127.0.0.1:${port}`,
      ),
    );
    const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (!said.includes("at the end")) return;
      // What has nothing to do any more ends by itself; the others serve, or talk to somebody.
      if (opensSocket(code)) void visited.then(() => child.kill());
      else child.kill();
    });
    let err = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
    await once(child, "close");
    await server.close();
    expect([said.includes("at the end"), err]).toEqual([true, ""]);
  });
});

/** Where a program of a client goes to. */
const clientAddress = /(?<=new (?:WebSocket|Line)\(")(\w+):\/\/[\w.:]+/;

function opensSocket(code: string): boolean {
  return clientAddress.test(code) && /new WebSocket\(|\.open\("/.test(code);
}

function programsOf(page: string): { place: string; code: string }[] {
  const text = readFileSync(join(root, page), "utf8");
  return [...text.matchAll(/^```(?:ts|js)\b([^\n]*)\n([^]*?)^```$/gm)].flatMap(
    ({ index, 1: words = "", 2: code = "" }) => {
      if (words.includes("examples/") || /\bnavigator\.|\bindexedDBOutbox\b/.test(code)) return [];
      const givesServer = words.trim() === "server";
      const prelude = [
        givesServer ? `import { createServer } from "longwire/server"; const server = createServer();\n` : "",
        // What a page's own server would say.
        code.includes(`fetch("/token"`) ? `globalThis.fetch = async () => new Response("a token");\n` : "",
      ].join("");
      const free = code
        .replaceAll(/new Server\(8\d\d\d\)/g, "new Server(0)")
        .replaceAll(/listen\(\d+\)/g, `listen({ port: 0, host: "127.0.0.1" })`)
        .replaceAll(/\bport: 8\d\d\d\b/g, "port: 0");
      return [{ place: `${page}:${text.slice(0, index).split("\n").length}`, code: prelude + free }];
    },
  );
}
