// The house of docs/explain/architecture.md: floors, what each may import, and what the pure ones may not touch.
// An import goes down only; type imports and dynamic imports count as well.
import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import { describe, expect, test } from "vitest";
import { importsOf, isProperty, root, scanSource, sourcesIn, type Source } from "../support/source-scan.ts";

interface Floor {
  /** The floors below that any file of this one may import. */
  readonly below: readonly string[];
  /** Parts of the floor that may import more: path prefix → floors. */
  readonly parts?: Readonly<Record<string, readonly string[]>>;
  /** Where node:* may be imported: everywhere, nowhere, or in these parts. */
  readonly node: boolean | readonly string[];
  /** Other floors may be entered by their index file only; base, which is words, has none. */
  readonly indexOnly?: boolean;
  /** npm packages this floor may name; they are bundled into dist or optional peers. */
  readonly packages?: readonly string[];
}

const floors: Readonly<Record<string, Floor>> = {
  base: { below: [], node: false },
  protocol: { below: ["base"], node: false },
  socket: { below: ["protocol", "base"], node: true },
  session: { below: ["base"], node: false },
  channels: { below: ["base"], node: false },
  transports: {
    below: ["base"],
    parts: { "src/transports/websocket/server": ["socket"] },
    node: ["src/transports/websocket/server", "src/transports/http/server"],
  },
  hub: {
    below: ["base"],
    node: ["src/hub/brokers/redis", "src/hub/brokers/nats"],
    packages: ["@redis/client", "@nats-io/transport-node", "@nats-io/jetstream", "@nats-io/kv"],
  },
  client: {
    below: ["base", "transports", "session", "channels"],
    parts: { "src/client/node": ["socket"] },
    node: ["src/client/node"],
  },
  server: { below: ["hub", "transports", "channels", "session", "socket", "protocol", "base"], node: true },
  wire: { below: ["transports", "channels", "session", "base"], node: false },
  testing: { below: ["base"], node: true },
  inspector: { below: ["server", "base"], node: true },
  ws: { below: ["server", "socket", "protocol", "base"], node: true },
  cli: {
    below: ["client", "inspector", "server", "protocol", "socket", "wire", "testing", "base"],
    parts: { "src/cli/": ["hub/brokers/redis", "hub/brokers/nats"] },
    node: true,
    indexOnly: true,
    packages: ["commander"],
  },
};

const pureFloors = ["base", "protocol", "session", "channels"];
/** The ports themselves: the one place where the world may be touched. */
const ports = new Set(["src/base/clock.ts", "src/base/platform.ts", "src/base/random.ts"]);
const ambientNames = new Set(
  "Date setTimeout setInterval setImmediate clearTimeout clearInterval clearImmediate queueMicrotask performance process Buffer crypto fetch".split(
    " ",
  ),
);

const sources = sourcesIn("src");

describe("floors", () => {
  test("every source file stands on a floor of the table", () => {
    expect(sources.filter(({ path }) => floors[floorOf(path)] === undefined).map(({ path }) => path)).toEqual([]);
    expect(sources.length).toBeGreaterThan(0);
  });

  test("an import goes down only", () => {
    expect(sources.flatMap(violationsOf)).toEqual([]);
  });

  test("no import cycle, type imports counted", () => {
    const targets = (source: Source): string[] => relativeTargets(source).map(({ target }) => target);
    expect(findCycle(new Map(sources.map((source) => [source.path, targets(source)])))).toEqual([]);
  });

  test("every relative import names a file that exists", () => {
    const missing = sources.flatMap((source) =>
      relativeTargets(source)
        .filter(({ target }) => !existsSync(join(root, target)))
        .map(({ target, line }) => `${source.path}:${line} ${target}`),
    );
    expect(missing).toEqual([]);
  });

  test("the pure floors name nothing of the machine they run on", () => {
    const pure = sources.filter(({ path }) => pureFloors.includes(floorOf(path)) && !ports.has(path));
    expect(pure.flatMap(ambientUsesOf)).toEqual([]);
  });

  // A page and its routes are one application, in two halves: what they say to each other is written once, in
  // src/cli/<page>/wire.ts or, for a part of the page, src/cli/<page>/<part>/wire.ts, which import nothing. Everything else a
  // page gets from the package, by its name.
  test("a page imports the package by its name, and of its sources only its own wire", () => {
    const targets = sourcesIn("web").flatMap((source) =>
      relativeTargets(source).map(({ target }) => ({ page: floorOf(source.path), path: source.path, target })),
    );
    const foreign = targets.filter(
      ({ page, target }) => !target.startsWith("web/") && !(isWire(target) && target.startsWith(`src/cli/${page}/`)),
    );
    expect(foreign).toEqual([]);
    const wires = sources.filter(({ path }) => isWire(path));
    expect(wires.flatMap(importsOf)).toEqual([]);
  });
});

describe("the scanner itself", () => {
  const read = (text: string): string[] => importsOf(scanSource("src/x.ts", text)).map(({ specifier }) => specifier);

  test("sees every form of import", () => {
    const text = [
      `import a from "./a.ts";`,
      `import type { B } from './b.ts';`,
      `import { c,\n  type C } from "./c.ts"; export * from "./d.ts"`,
      `export type { E } from "./e.ts";`,
      `import "./f.ts";`,
      `const g = await import("./g.ts"); type H = import("./h.ts").H;`,
      `export { i } from "./i.ts"; export * as j from "./j.ts";`,
    ].join("\n");
    expect(read(text)).toEqual("abcdefghij".split("").map((name) => `./${name}.ts`));
  });

  test("is not fooled by comments, strings, templates and regular expressions", () => {
    const text = [
      `// import "./no.ts"`,
      `/* import "./no.ts" */ const a = 'import "./no.ts"';`,
      "const b = `import './no.ts' ${f({ x: `}` })} import './no.ts'`;",
      `const c = /import ".\\/no.ts"/; const d = a / b; const e = [1] / 2; // "`,
      `export { a }; const s = { import: "x" }; a.import("./no.ts"); import.meta.url;`,
      `import { yes } from "./yes.ts";`,
    ].join("\n");
    expect(read(text)).toEqual(["./yes.ts"]);
  });

  test("reports an import upwards, a Node module in a pure floor, and an ambient name", () => {
    const text = `import { x } from "../server/x.ts"; import fs from "node:fs"; import y from "y"; export const t = Date.now() + Math.random() + globalThis.performance.now() + a.Date;`;
    const source = scanSource("src/protocol/x.ts", text);
    expect(violationsOf(source)).toHaveLength(3);
    expect(ambientUsesOf(source)).toHaveLength(3);
  });

  test("finds a cycle of three", () => {
    const graph = new Map([
      ["a", ["b"]],
      ["b", ["c", "d"]],
      ["c", ["a"]],
      ["d", []],
    ]);
    expect(findCycle(graph)).toEqual(["a", "b", "c", "a"]);
  });
});

function isWire(path: string): boolean {
  return /^src\/cli\/[^/]+\/(?:[^/]+\/)?wire\.ts$/.test(path);
}

function floorOf(path: string): string {
  return path.split("/")[1] ?? "";
}

function relativeTargets(source: Source): { target: string; line: number; isDynamic: boolean }[] {
  return importsOf(source)
    .filter(({ specifier }) => specifier.startsWith("."))
    .map(({ specifier, ...rest }) => ({ target: posix.join(posix.dirname(source.path), specifier), ...rest }));
}

function violationsOf(source: Source): string[] {
  const name = floorOf(source.path);
  const floor = floors[name];
  if (floor === undefined) return [];
  const extra = Object.entries(floor.parts ?? {}).flatMap(([part, more]) => (source.path.startsWith(part) ? more : []));
  const mayUseNode = Array.isArray(floor.node)
    ? floor.node.some((part: string) => source.path.startsWith(part))
    : floor.node === true;
  const found: string[] = [];
  for (const { specifier, line, isDynamic } of importsOf(source)) {
    const at = `${source.path}:${line} imports ${specifier}`;
    if (specifier.startsWith("node:")) {
      if (!mayUseNode) found.push(`${at}: no node:* here`);
    } else if (!specifier.startsWith(".")) {
      if (!(floor.packages ?? []).some((known) => specifier === known))
        found.push(`${at}: not a package of this floor`);
    } else {
      const target = posix.join(posix.dirname(source.path), specifier).replace(/^src\//, "");
      const targetFloor = target.split("/")[0] ?? "";
      if (targetFloor === name) continue;
      const isBelow = floor.below.includes(targetFloor);
      const isExtra = extra.some((part) => target.startsWith(`${part}/`) || target === `${part}.ts`);
      if (!isBelow && !isExtra) found.push(`${at}: ${targetFloor} is not below ${name}`);
      else if (floor.indexOnly === true && isBelow && targetFloor !== "base" && target !== `${targetFloor}/index.ts`)
        found.push(`${at}: index file only`);
      else if (floor.indexOnly === true && !isBelow && !isDynamic) found.push(`${at}: dynamic import only`);
    }
  }
  return found;
}

function ambientUsesOf(source: Source): string[] {
  return source.tokens.flatMap(({ kind, text, line }, index, tokens) => {
    if (kind !== "word") return [];
    const owner = isProperty(tokens, index) ? tokens[index - 2]?.text : undefined;
    const isRandom = text === "random" && owner === "Math";
    const isAmbient = ambientNames.has(text) && (!isProperty(tokens, index) || owner === "globalThis");
    const isKey = tokens[index + 1]?.text === ":" && ["{", ",", ";"].includes(tokens[index - 1]?.text ?? "");
    return (isAmbient && !isKey) || isRandom ? [`${source.path}:${line} uses ${text}`] : [];
  });
}

/** The first cycle found, as the list of its files with the first one repeated at the end. */
function findCycle(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] => {
    const start = path.indexOf(file);
    if (start >= 0) return [...path.slice(start), file];
    if (done.has(file)) return [];
    path.push(file);
    for (const target of graph.get(file) ?? []) {
      const cycle = visit(target);
      if (cycle.length > 0) return cycle;
    }
    path.pop();
    done.add(file);
    return [];
  };
  for (const file of graph.keys()) {
    const cycle = visit(file);
    if (cycle.length > 0) return cycle;
  }
  return [];
}
