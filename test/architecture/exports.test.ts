// The package as others get it: its entries open, its file list holds nothing by accident, it depends on nothing.
// Needs dist/, as `npm run build` leaves it.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { filesIn, importsOf, root, sourcesIn } from "../support/source-scan.ts";

/** Conditions and where they lead; Node's may have a target of its own. */
interface Target {
  readonly [condition: string]: string | Target;
}

interface Manifest {
  readonly exports: Readonly<Record<string, string | Target>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

const manifest: Manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const defaultOf = ({ default: file }: Target): string => (typeof file === "string" ? file : "");

/** The entries whose floor exists in src/. One that does not exist yet is none of this file's business. */
const entries = Object.entries(manifest.exports).flatMap(([name, target]) => {
  if (typeof target === "string") return [];
  const source = defaultOf(target)
    .replace(/^\.\/dist\//, "src/")
    .replace(/\.js$/, ".ts");
  return existsSync(join(root, source)) ? [{ name: name.replace("./", "longwire/"), target }] : [];
});

/** Each types and default that belong together; a condition with its own pair comes before those for everybody. */
function pairsOf(target: Target): Record<string, string>[] {
  const nested = Object.values(target).flatMap((value) => (typeof value === "string" ? [] : pairsOf(value)));
  const own = Object.entries(target).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return [...nested, Object.fromEntries(own)];
}

describe("entries", () => {
  test.each(entries)("$name opens and has its types", async ({ name, target }) => {
    for (const pair of pairsOf(target)) {
      expect(Object.keys(pair)).toEqual(["types", "default"]);
      for (const file of Object.values(pair)) expect(existsSync(join(root, file)), `${file} is built`).toBe(true);
    }
    const module: Record<string, unknown> = await import(/* @vite-ignore */ name);
    expect(Object.keys(module).length).toBeGreaterThan(0);
  });

  test("every index file of a floor that is exported stands behind one entry", () => {
    const targets = Object.values(manifest.exports).map((target) =>
      typeof target === "string" ? target : target["default"],
    );
    expect(new Set(targets).size).toBe(targets.length);
    expect(manifest.exports["./package.json"]).toBe("./package.json");
  });

  test("nothing that is exported waits at the top of a module, so that require() works", () => {
    const waiting = sourcesIn("src").filter(({ path, text }) => !path.startsWith("src/cli/") && /^await /m.test(text));
    expect(waiting.map(({ path }) => path)).toEqual([]);
  });
});

describe("V-64 the package brings nothing with it", () => {
  test("V-64 no runtime dependency, and no script at installation", () => {
    expect(baggageOf(manifest)).toEqual([]);
  });

  // The rule stands in package.json, where nothing can switch it off for a test: so the test itself is shown to notice.
  test.each<[string, Record<string, unknown>]>([
    ["dependencies: ws", { dependencies: { ws: "8.23.0" } }],
    ["optionalDependencies: bufferutil", { optionalDependencies: { bufferutil: "^4.0.0" } }],
    ["bundleDependencies: ws", { bundleDependencies: ["ws"] }],
    ["bundledDependencies: true", { bundledDependencies: true }],
    [
      "peerDependencies: ws",
      { peerDependencies: { ws: "8", redis: "5" }, peerDependenciesMeta: { redis: { optional: true } } },
    ],
    ["scripts: postinstall", { scripts: { build: "tsc", postinstall: "node setup.js" } }],
    ["scripts: prepare", { scripts: { prepare: "husky" } }],
  ])("V-64 a package with %s brings something with it", (baggage, addition) => {
    expect(baggageOf({ ...manifest, ...addition })).toEqual([baggage]);
  });

  // The first to read all that is shipped, word for word: that takes its time on a busy machine.
  test("V-64 what runs imports only Node's own modules and its own files", { timeout: 60_000 }, () => {
    const builtin = new Set(builtinModules);
    const foreign = shippedScripts().flatMap((source) =>
      importsOf(source)
        .filter(({ specifier, isDynamic }) => !specifier.startsWith(".") && !(isDynamic && isOptionalPeer(specifier)))
        .filter(({ specifier }) => !builtin.has(specifier.replace(/^node:/, "")))
        .map(({ specifier, line }) => `${source.path}:${line} ${specifier}`),
    );
    expect(foreign).toEqual([]);
  });

  test("V-64 every relative import of what runs is in the package", () => {
    const inPackage = new Set(packedFiles());
    const missing = shippedScripts().flatMap((source) =>
      importsOf(source)
        .filter(({ specifier }) => specifier.startsWith("."))
        .map(({ specifier }) => join(source.path, "..", specifier))
        .filter((target) => !inPackage.has(target))
        .map((target) => `${source.path} needs ${target}`),
    );
    expect(missing).toEqual([]);
  });

  test.each([
    ["dist/cli/longwire.js", "commander"],
    ["dist/web/lab/main.js", "uplot"],
  ])("%s brings the license of %s, which is in it", (file, name) => {
    const words = (text: string): string => text.replace(/\s+/g, " ").trim();
    const license = words(readFileSync(join(root, "node_modules", name, "LICENSE"), "utf8"));
    expect(words(readFileSync(join(root, file), "utf8"))).toContain(license);
  });

  test("V-64 the packed files are these and no others", () => {
    const allowed = [
      /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|SECURITY\.md)$/,
      /^bin\/longwire\.js$/,
      /^src\/[a-z]+\/[a-z0-9/-]+\.ts$/,
      /^dist\/(?!cli\/|web\/)[a-z]+\/[a-z0-9/-]+\.(js|d\.ts)(\.map)?$/,
      /^dist\/cli\/(longwire|crowd-worker|life-worker)\.js$/,
      /^dist\/web\/[a-z]+\/[a-z0-9/-]+\.(html|css|svg|png|ico|webmanifest|js|js\.map|css\.map)$/,
    ];
    const files = packedFiles();
    expect(files.filter((file) => !allowed.some((pattern) => pattern.test(file)))).toEqual([]);
    for (const file of Object.values(manifest.bin)) expect(files).toContain(file);
    const sources = filesIn("src", [".ts"]).filter((file) => !file.startsWith("src/cli/"));
    const outputs = sources.map((file) => file.replace(/^src/, "dist").replace(/\.ts$/, ".js"));
    expect(outputs.filter((file) => !files.includes(file))).toEqual([]);
  });
});

/** What a package makes its users install or run, as `field: name`. */
function baggageOf({ scripts, ...fields }: Manifest): string[] {
  const baggage: string[] = [];
  for (const field of ["dependencies", "optionalDependencies", "bundleDependencies", "bundledDependencies"]) {
    const named = fields[field];
    if (named === undefined) continue;
    const names = Array.isArray(named) ? named : typeof named === "object" ? Object.keys(Object(named)) : [named];
    baggage.push(...names.map((name) => `${field}: ${String(name)}`));
  }
  const optional: Record<string, { optional?: boolean }> = Object(fields["peerDependenciesMeta"] ?? {});
  for (const peer of Object.keys(Object(fields["peerDependencies"] ?? {}))) {
    if (optional[peer]?.optional !== true) baggage.push(`peerDependencies: ${peer}`);
  }
  const atInstallation = ["preinstall", "install", "postinstall", "prepare", "preprepare", "postprepare"];
  for (const script of Object.keys(scripts)) {
    if (atInstallation.includes(script)) baggage.push(`scripts: ${script}`);
  }
  return baggage;
}

let packed: string[] | undefined;

/** npm's own answer to what it would publish; asked once. */
function packedFiles(): string[] {
  packed ??= listPack();
  return packed;
}

function listPack(): string[] {
  const output = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [pack]: { files: { path: string }[] }[] = JSON.parse(output);
  return (pack?.files ?? []).map(({ path }) => path).toSorted();
}

function shippedScripts(): ReturnType<typeof sourcesIn> {
  const inPackage = new Set(packedFiles());
  const scripts = [...sourcesIn("dist", [".js"]), ...sourcesIn("bin", [".js"])].filter(
    ({ path }) => inPackage.has(path) && !path.startsWith("dist/web/"),
  );
  expect(scripts.length).toBeGreaterThan(0);
  return scripts;
}

function isOptionalPeer(specifier: string): boolean {
  return Object.hasOwn(Object(manifest["peerDependencies"] ?? {}), specifier);
}
