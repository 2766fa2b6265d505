// What must not be in the repository: escapes from the type checker and the linter, unfinished business, traces of one
// machine, and a lock file that works only where it was written.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isProperty, root, scanSource, sourcesIn, type Source } from "../support/source-scan.ts";

const shipped = [...sourcesIn("src"), ...sourcesIn("web")];
const everything = ["src", "web", "test", "bench", "examples", "scripts", "bin"].flatMap((folder) =>
  sourcesIn(folder, [".ts", ".tsx", ".mjs", ".js"]),
);

const unfinished = /\b(TODO|FIXME|XXX|HACK)\b/;
const suppression =
  /@ts-(ignore|nocheck|expect-error)|(eslint|oxlint)-disable|(prettier|oxfmt)-ignore|(c8|v8|istanbul) ignore/;

describe("sources", () => {
  test("nothing shipped silences the compiler, the linter or the coverage", () => {
    expect(shipped.flatMap((source) => commentsLike(source, suppression))).toEqual([]);
  });

  test("nothing at all silences the linter; a test may expect a type error, and only that", () => {
    const other = /@ts-(ignore|nocheck)|(eslint|oxlint)-disable/;
    expect(everything.flatMap((source) => commentsLike(source, other))).toEqual([]);
  });

  test("nothing is left to do", () => {
    expect(everything.flatMap((source) => commentsLike(source, unfinished))).toEqual([]);
  });

  test("no `any`", () => {
    expect(everything.filter(({ path }) => path.endsWith(".ts")).flatMap(anyTypesIn)).toEqual([]);
  });

  test("no console in what is shipped", () => {
    expect(shipped.flatMap((source) => wordsIn(source, "console"))).toEqual([]);
  });

  test("what runs in Node never asks URL.canParse(), which is wrong there (base/url.ts)", () => {
    expect(sourcesIn("src").flatMap((source) => propertiesIn(source, "canParse"))).toEqual([]);
  });

  test("no statement is commented out", () => {
    const code = /^\/\/\s*(const|let|return|import|export|if|for|await)\b.*[;{]\s*$/;
    expect(everything.flatMap((source) => commentsLike(source, code))).toEqual([]);
  });

  test("the checks see what they look for", () => {
    const lines = [
      "// TO" + "DO: later",
      "const a: any = b.any;",
      "console.log(1);",
      "URL.canParse(a);",
      "// const x = 1;",
    ];
    const text = lines.join("\n");
    const source = scanSource("x.ts", text);
    expect(commentsLike(source, unfinished)).toHaveLength(1);
    expect(anyTypesIn(source)).toHaveLength(1);
    expect(wordsIn(source, "console")).toHaveLength(1);
    expect(propertiesIn(source, "canParse")).toHaveLength(1);
  });
});

describe("repository", () => {
  const files = trackedFiles().filter((file) => existsSync(join(root, file)));

  test("no file names a directory of the machine it was written on", () => {
    // A checkout directly below / has a name too short to mean anything, such as /app.
    const here = [root, homedir()].filter((folder) => folder.split("/").length > 2).map((folder) => `${folder}/`);
    const personal = /(?<![\w.:/])\/(home|Users|root)\/\w/;
    const found = files.filter((file) => {
      const text = readFileSync(join(root, file), "utf8");
      return personal.test(text) || here.some((folder) => text.includes(folder));
    });
    expect(found).toEqual([]);
    expect(files.length).toBeGreaterThan(10);
  });

  test("no file names a package registry", () => {
    const host = ["registry", "npmjs"].join(".");
    const configured = /^\s*(@[\w-]+:)?registry\s*=/m;
    const found = files.filter((file) => {
      const text = readFileSync(join(root, file), "utf8");
      return text.includes(host) || (file.endsWith(".npmrc") && configured.test(text));
    });
    expect(found).toEqual([]);
  });

  test("the lock file names no host and lacks no optional package of any platform", () => {
    const lock = readLock();
    expect(Object.entries(lock).filter(([, entry]) => entry.resolved !== undefined)).toEqual([]);
    const places = Object.keys(lock);
    const missing = Object.entries(lock).flatMap(([place, entry]) =>
      Object.keys(entry.optionalDependencies ?? {})
        .filter((name) => !places.some((other) => other.endsWith(`node_modules/${name}`)))
        .map((name) => `${place} → ${name}`),
    );
    expect(missing).toEqual([]);
    expect(places.length).toBeGreaterThan(100);
  });

  test("development dependencies are pinned to one version each", () => {
    const { devDependencies }: { devDependencies: Record<string, string> } = JSON.parse(
      readFileSync(join(root, "package.json"), "utf8"),
    );
    expect(Object.entries(devDependencies).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });
});

function commentsLike(source: Source, pattern: RegExp): string[] {
  return source.comments
    .filter(({ text }) => pattern.test(text))
    .map(({ text, line }) => `${source.path}:${line} ${text}`);
}

/** The word `any` where a type can stand: after a colon, `as`, `<`, `|`, `&`, `,` or `=`, and not as a name. */
function anyTypesIn(source: Source): string[] {
  return source.tokens
    .filter(({ kind, text }, index) => {
      if (kind !== "word" || text !== "any" || isProperty(source.tokens, index)) return false;
      return /^([:<|&,=(]|as|=>)$/.test(source.tokens[index - 1]?.text ?? "");
    })
    .map(({ line }) => `${source.path}:${line} any`);
}

function wordsIn(source: Source, word: string): string[] {
  return namesIn(source, word, false);
}

function propertiesIn(source: Source, name: string): string[] {
  return namesIn(source, name, true);
}

function namesIn({ path, tokens }: Source, name: string, asProperty: boolean): string[] {
  return tokens
    .filter(({ kind, text }, index) => kind === "word" && text === name && isProperty(tokens, index) === asProperty)
    .map(({ line }) => `${path}:${line} ${name}`);
}

/** What git keeps; outside a git checkout, what the tests can list themselves. */
function trackedFiles(): string[] {
  if (!existsSync(join(root, ".git"))) return everything.map(({ path }) => path);
  const output = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root });
  return output.toString("utf8").split("\0").filter(Boolean);
}

interface LockEntry {
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

function readLock(): Readonly<Record<string, LockEntry>> {
  const lock: { packages: Record<string, LockEntry> } = JSON.parse(
    readFileSync(join(root, "package-lock.json"), "utf8"),
  );
  return lock.packages;
}
