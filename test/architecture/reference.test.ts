// The reference pages say what the code says: tables that repeat a table are written from it, and every error code that the
// sources can produce is explained, no other.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { closeCodesTable, limitsTable, replaceTable } from "../../scripts/reference.mjs";
import { closeCodes } from "../../src/base/close-codes.ts";
import { limitTable } from "../../src/base/limits.ts";
import { filesIn, root, sourcesIn } from "../support/source-scan.ts";

const read = (file: string): string => readFileSync(join(root, file), "utf8");

describe("generated tables", () => {
  const tables = [
    { page: "docs/reference/limits.md", source: "src/base/limits.ts", table: limitsTable(limitTable) },
    { page: "docs/reference/close-codes.md", source: "src/base/close-codes.ts", table: closeCodesTable(closeCodes) },
  ];

  test.each(tables)("$page is as node scripts/reference.mjs writes it", ({ page, source, table }) => {
    const text = read(page);
    expect(text).toBe(replaceTable(text, source, table));
  });

  test("a table that has changed is noticed", () => {
    const [{ page, source, table } = { page: "", source: "", table: "" }] = tables;
    expect(replaceTable(read(page), source, table.replace("1 MiB", "2 MiB"))).not.toBe(read(page));
  });
});

describe("error codes", () => {
  const codePattern = /\bLW_[A-Z]+_[A-Z0-9_]+\b/g;
  const page = read("docs/reference/errors.md");
  const sections = new Map(
    page
      .split(/^### /m)
      .slice(1)
      .map((section) => [section.slice(0, section.indexOf("\n")).trim(), section] as const),
  );
  const inCode = new Set(
    sourcesIn("src").flatMap(({ tokens }) =>
      tokens
        .filter(({ kind }) => kind === "string" || kind === "template")
        .flatMap(({ text }) => text.match(codePattern) ?? []),
    ),
  );

  test("every code of the sources has its paragraph, and every paragraph its code", () => {
    expect([...sections.keys()].toSorted()).toEqual([...inCode].toSorted());
    expect(inCode.size).toBeGreaterThan(50);
  });

  test.each([...sections])("%s: what happened, likely causes, what to do", (_code, section) => {
    expect(section).toMatch(/\n\n[^]{20,}\*\*Causes:\*\*\s[^]{10,}\*\*Remedy:\*\*\s[^]{4,}/);
  });

  test("a code that a page, a comment or an example names exists", () => {
    const texts = [
      ...["docs", "examples"].flatMap((folder) => filesIn(folder, [".md", ".ts"])),
      ...filesIn("src", [".ts"]),
      "README.md",
    ];
    const unknown = texts.flatMap((file) =>
      (read(file).match(codePattern) ?? []).filter((code) => !inCode.has(code)).map((code) => `${file}: ${code}`),
    );
    expect(unknown).toEqual([]);
  });
});
