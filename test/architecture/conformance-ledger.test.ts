// docs/conformance.md is true: the tests it names exist, it has every section that the sources cite, and every row of the
// project's own list that exists so far is in the name of a test.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { coveredRows } from "../guards/rows.ts";
import { filesIn, root, sourcesIn } from "../support/source-scan.ts";

interface Item {
  readonly demand: string;
  /** The lines below it. */
  readonly held: readonly string[];
}

const ledger = readFileSync(join(root, "docs/conformance.md"), "utf8");
const [rfcPart = "", rowPart = ""] = ledger.split(/^## Rows\b.*$/m);
const sections = new Set([...rfcPart.matchAll(/^### §([\d.]+) /gm)].map(([, section = ""]) => section));
const items: readonly Item[] = rfcPart
  .split(/^- /m)
  .slice(1)
  .map((text) => {
    const [demand = "", ...held] = (text.split(/\n\n/)[0] ?? "").trim().split(/\n\s*/);
    return { demand, held };
  });

const allFiles = new Set(filesIn("test", [".ts"]));
const texts = new Map<string, string>();

const evidencePattern = /^`(test\/[\w./-]+\.ts)` — (.+)$/;
const excusePattern = /^(Does not apply|Not kept): .{10,}\.$/;

describe("RFC 6455", () => {
  test("every demand has tests, or the reason why it has none", () => {
    const bare = items.filter(
      ({ held }) => held.length === 0 || held.some((line) => !evidencePattern.test(line) && !excusePattern.test(line)),
    );
    expect(bare).toEqual([]);
    expect(items.length).toBeGreaterThan(80);
  });

  test("every test that it names exists in the file that it names", () => {
    const evidence = items.flatMap(({ held }) => held.flatMap((line) => evidencePattern.exec(line) ?? []));
    const named = items.flatMap(({ held }) => held.filter((line) => evidencePattern.test(line)));
    expect(named.filter((line) => !nameExists(line))).toEqual([]);
    expect(evidence.length).toBeGreaterThan(200);
  });

  test("every section that the sources cite is in it", () => {
    const cited = sourcesIn("src").flatMap(({ path, comments }) =>
      comments.flatMap(({ text, line }) =>
        [...text.matchAll(/^\/\/ RFC 6455 §([\d.]*\d)/g)].map(([, section = ""]) => ({
          section,
          place: `${path}:${line}`,
        })),
      ),
    );
    expect(cited.filter(({ section }) => !sections.has(section))).toEqual([]);
    expect(cited.length).toBeGreaterThan(20);
  });

  test("a name that no test has is noticed", () => {
    expect(nameExists("`test/unit/base/utf8.test.ts` — P-53 no such sentence")).toBe(false);
    expect(nameExists("`test/unit/base/nothing.test.ts` — P-53 …")).toBe(false);
  });
});

describe("rows", () => {
  const table = new Map(
    [...rowPart.matchAll(/^\| ([IPVF]-\d+|T\d+) \| ([^|]+) \| ([^|]+) \|$/gm)].map(
      ([, id = "", , tests = ""]) => [id, tests.trim()] as const,
    ),
  );
  const files = [...allFiles].filter((file) => !/^test\/(guards|support)/.test(file));
  const namesIn = new Map(files.map((file) => [file, namesOf(file)]));

  test("every row of test/guards/rows.ts is in the table and in the name of a test", () => {
    expect(coveredRows.filter((row) => !table.has(row))).toEqual([]);
    const unnamed = coveredRows.filter((row) => ![...namesIn.values()].some((names) => mentions(names, row)));
    expect(unnamed).toEqual([]);
  });

  test("every file that the table names for a row has a test that names it", () => {
    const wrong = [...table].flatMap(([row, tests]) => {
      const named = [...tests.matchAll(/`([\w./-]+)`/g)].map(([, file = ""]) => `test/${file}`);
      if (named.length === 0) return coveredRows.includes(row) || tests.length < 10 ? [`${row}: ${tests}`] : [];
      return named.filter((file) => !mentions(namesIn.get(file) ?? "", row)).map((file) => `${row}: ${file}`);
    });
    expect(wrong).toEqual([]);
  });
});

/** Whether the file that an evidence line names holds its test's name as a string. */
function nameExists(line: string): boolean {
  const [, file = "", name = ""] = evidencePattern.exec(line) ?? [];
  if (!allFiles.has(file)) return false;
  // What a table fills in may be anything but the end of the string.
  const pieces = name.split("…").map((piece) => piece.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  return new RegExp(`["'\`]${pieces.join("[^\\n]{1,60}?")}["'\`]`).test(textOf(file));
}

/** A file's text, with escaped quotes as they will read. */
function textOf(file: string): string {
  const text = texts.get(file) ?? readFileSync(join(root, file), "utf8").replaceAll(/\\(["'`])/g, "$1");
  texts.set(file, text);
  return text;
}

/** The strings of a test file that can be names: those that begin with an id. */
function namesOf(file: string): string {
  return [...textOf(file).matchAll(/["'`]((?:§[\d.]+ )*(?:[PVFI]-\d+|T\d+)\b[^\n]*)/g)]
    .map(([, name]) => name)
    .join("\n");
}

function mentions(names: string, row: string): boolean {
  return new RegExp(`\\b${row}\\b`).test(names);
}
