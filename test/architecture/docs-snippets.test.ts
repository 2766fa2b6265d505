// TypeScript and JavaScript in the pages compile against the package as users get it, and the two programs of the README run. A
// block marked ```ts is a module of its own; words after it add what the page has introduced before: `server` an import and a
// server, `socket` a client's socket. A name with a dot is the file that the page calls it; a path below examples/ says that the
// block stands there, word for word. Needs dist/, as `npm run build` leaves it.
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { transform } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pictures } from "../../scripts/pictures.mjs";
import { filesIn, root } from "../support/source-scan.ts";

interface Snippet {
  /** Where it stands, e.g. `docs/start.md:12`. */
  readonly place: string;
  readonly language: string;
  /** The words after the language. */
  readonly given: readonly string[];
  readonly code: string;
}

/** What a word after `ts` stands for. */
const preludes: ReadonlyMap<string, string> = new Map([
  ["server", `import { createServer } from "longwire/server"; const server = createServer();`],
  ["socket", `import { WebSocket } from "longwire/websocket"; declare const socket: WebSocket;`],
]);

// Inside the tree, so that the package finds itself and its development dependencies by name.
const folder = join(root, ".cache", `docs-snippets-${process.pid}`);
const pages = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "examples/README.md", ...filesIn("docs", [".md"])];
const blocks = pages.filter((page) => !page.startsWith("docs/reference/api/")).flatMap(blocksOf);
const excerpts = blocks.filter(({ given }) => sourceOf(given) !== undefined);
const snippets = blocks.filter(
  ({ language, given }) => (language === "ts" || language === "js") && sourceOf(given) === undefined,
);

/** What else a block can be, and who looks at it. */
const others: ReadonlyMap<string, string> = new Map([
  ["", "commands and drawings, for people"],
  ["sh", "docs/start.md by docs-start.test.ts"],
  ["text", "what those print; the wire's examples by test/wire"],
  ["html", "docs/start.md by docs-start.test.ts, excerpts here"],
  ["py", "excerpts, here"],
  ["nginx", "reference.test.ts and test/interop/proxies.test.ts"],
  ["haproxy", "reference.test.ts and test/interop/proxies.test.ts"],
  ["ini", "nobody: systemd is not to be had in a test, and the page says so"],
  ["yaml", "nobody: Kubernetes is not to be had in a test, and the page says so"],
  ["caddy", "test/interop/caddy.test.ts"],
]);

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test("every program of the pages compiles", async () => {
  expect(snippets.length).toBeGreaterThan(20);
  const places = new Map<string, string>();
  for (const [index, { place, given, code }] of snippets.entries()) {
    const file = `snippet-${index}.ts`;
    places.set(file, place);
    // On one line, so that the compiler's line numbers are the block's own.
    const words = given.filter((word) => !word.includes("."));
    const prelude = words.map((word) => preludes.get(word) ?? fail(`${place}: what is "ts ${word}"?`)).join(" ");
    writeFileSync(join(folder, file), `${prelude}export {};${code}`);
  }
  const options = {
    extends: "../../tsconfig.base.json",
    // Some programs are for pages.
    compilerOptions: {
      types: ["node"],
      lib: ["es2023", "esnext.disposable", "dom"],
      noEmit: true,
      noUnusedLocals: false,
      noUnusedParameters: false,
    },
    include: ["*.ts"],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(options));
  const output = await promisify(execFile)(process.execPath, [
    join(root, "node_modules", "typescript", "bin", "tsc"),
    "--pretty",
    "false",
    "-p",
    folder,
  ]).then(
    () => "",
    (error: { stdout: string }) => error.stdout,
  );
  const told = output.replaceAll(
    /\S*(snippet-\d+\.ts)/g,
    (_all, file: string) => `${places.get(file) ?? ""} block line`,
  );
  expect(told).toBe("");
});

test("every excerpt stands in the example that it names, word for word", () => {
  expect(excerpts.length).toBeGreaterThan(5);
  for (const { place, given, code } of excerpts) {
    const lines = readFileSync(join(root, sourceOf(given) ?? ""), "utf8").split("\n");
    const wanted = code.trim().split("\n");
    // What is inside of something may stand further to the left in the page.
    const found = lines.some((line, at) => {
      const indent = line.slice(0, line.length - line.trimStart().length);
      return wanted.every((text, index) => lines[at + index] === (text === "" ? "" : indent + text));
    });
    expect(found, `${place}: ${wanted[0] ?? ""}`).toBe(true);
  }
});

test("of every other block it is known who looks at it", () => {
  const unknown = blocks.filter(({ language }) => !["ts", "js"].includes(language) && !others.has(language));
  expect(unknown.map(({ place, language }) => `${place}: ${language}`)).toEqual([]);
});

describe("the README", () => {
  const [serverCode = "", clientCode = ""] = snippets.filter(({ place }) => place.startsWith("README.md")).map(codeOf);
  const running: ChildProcess[] = [];
  afterAll(async () => {
    const alive = running.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
    const gone = alive.map((child) => once(child, "exit"));
    for (const child of alive) child.kill("SIGKILL");
    await Promise.all(gone);
  });

  async function run(name: string, code: string): Promise<AsyncIterator<string>> {
    const file = join(folder, `${name}.mjs`);
    writeFileSync(file, (await transform(code, { loader: "ts" })).code);
    const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "inherit"] });
    running.push(child);
    return createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  test("its server and its client, ten lines each, talk to each other", async () => {
    for (const code of [serverCode, clientCode]) expect(code.trim().split("\n").length).toBeLessThanOrEqual(11);
    expect(serverCode).toContain("server.listen(8101)");
    expect(clientCode).toContain("ws://localhost:8101");
    // A free port, and nobody else's network.
    const server = await run("server", serverCode.replace("listen(8101)", `listen({ port: 0, host: "127.0.0.1" })`));
    const announced = String((await server.next()).value);
    const [, origin = ""] = /^chat at (ws:\/\/127\.0\.0\.1:\d+)\/chat\/lobby$/.exec(announced) ?? [];
    expect(origin, announced).not.toBe("");
    const client = await run("client", clientCode.replace("ws://localhost:8101", origin));
    expect(await client.next()).toEqual({ done: false, value: "hello, everybody" });
    expect((await client.next()).done).toBe(true);
  });
});

test("a block that does not compile is noticed, and a word nobody knows", () => {
  const page = ["```ts server odd", "server.rout();", "```"].join("\n");
  const expected = { place: "x.md:1", language: "ts", given: ["server", "odd"], code: "\nserver.rout();\n" };
  expect(blocksIn("x.md", page)).toEqual([expected]);
  expect(() => preludes.get("odd") ?? fail("what is it?")).toThrow("what is it?");
});

test("every link between the pages leads to a page, and to a heading of it", () => {
  const broken = pages.flatMap((page) => linksOf(page).filter((link) => !leadsSomewhere(page, link)));
  expect(broken).toEqual([]);
});

test("every page has its place in the index", () => {
  const listed = linksOf("docs/README.md").map((link) => posix.join("docs", link));
  const unlisted = filesIn("docs", [".md"]).filter((page) => !listed.includes(page) && page !== "docs/README.md");
  expect(unlisted.filter((page) => !page.startsWith("docs/decisions/"))).toEqual([]);
});

describe("pictures", () => {
  const shown = pages.flatMap((page) =>
    [...readFileSync(join(root, page), "utf8").matchAll(/!\[([^\]]*)\]\(([^)]+)\)/g)].map(
      ([, text = "", target = ""]) => ({ text, file: posix.join(posix.dirname(page), target) }),
    ),
  );

  test("each is said in words for who cannot see it", () => {
    expect(shown.filter(({ text }) => text.length < 40)).toEqual([]);
  });

  test("each is taken by scripts/pictures.mjs, shown somewhere, and small", () => {
    const files = filesIn("docs", [".png", ".svg", ".jpg", ".gif"]);
    const taken = Object.keys(pictures).map((name) => `docs/explain/images/${name}.png`);
    expect(files).toEqual(taken.toSorted());
    expect(files).toEqual(shown.map(({ file }) => file).toSorted());
    expect(files.filter((file) => statSync(join(root, file)).size > 100_000)).toEqual([]);
  });
});

function blocksOf(page: string): Snippet[] {
  return blocksIn(page, readFileSync(join(root, page), "utf8"));
}

function blocksIn(page: string, text: string): Snippet[] {
  return [...text.matchAll(/^```(\w*)([^\n]*)\n([^]*?)^```$/gm)].map(
    ({ index, 1: language = "", 2: words = "", 3: code = "" }) => ({
      place: `${page}:${text.slice(0, index).split("\n").length}`,
      language,
      given: words.split(" ").filter(Boolean),
      code: `\n${code}`,
    }),
  );
}

/** The example that a block is taken from. */
function sourceOf(given: readonly string[]): string | undefined {
  return given.find((word) => word.startsWith("examples/"));
}

function codeOf({ code }: Snippet): string {
  return code;
}

function fail(message: string): never {
  throw new Error(message);
}

/** The targets of a page's links that stay in the repository. */
function linksOf(page: string): string[] {
  const text = readFileSync(join(root, page), "utf8").replaceAll(/^```[^]*?^```$|``?[^`\n]+``?/gm, "");
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target).filter((link) => !/^\w+:/.test(link));
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : join(page, "..", path);
  try {
    if (anchor === undefined) return statSync(join(root, target)).size > 0;
    const headings = readFileSync(join(root, target), "utf8").matchAll(/^#+ (.+)$/gm);
    return [...headings].some(([, heading = ""]) => anchorOf(heading) === anchor);
  } catch {
    return false;
  }
}

/** The anchor that code hosts give a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");
}
