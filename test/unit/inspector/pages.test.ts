import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { pageHeaders, readPageFiles } from "../../../src/inspector/pages.ts";

function folder(...names: string[]): string {
  const made = mkdtempSync(join(tmpdir(), "pages-"));
  onTestFinished(() => rmSync(made, { recursive: true }));
  for (const name of names) writeFileSync(join(made, name), name);
  return made;
}

it("reads what a page is made of, and nothing else that lies there", () => {
  const files = readPageFiles(folder("index.html", "main.js", "main.js.map", "main.css", "notes.txt"));
  expect([...files.keys()].toSorted()).toEqual(["", "main.css", "main.js"]);
  expect(files.get("main.js")).toEqual({ type: "text/javascript; charset=utf-8", body: Buffer.from("main.js") });
});

it("says what to do when there is no page", () => {
  const missing = expect.objectContaining({
    code: "LW_INSPECTOR_PAGES",
    message: expect.stringContaining("npm run build"),
  });
  expect(() => readPageFiles(folder("main.js"))).toThrow(missing);
  expect(() => readPageFiles(join(tmpdir(), "there-is-no-such-folder"))).toThrow(missing);
});

it("V-56 the page may load its own files and nothing else, and no markup may be made from strings", () => {
  const policy = pageHeaders["Content-Security-Policy"] ?? "";
  expect(policy.split("; ")).toEqual(
    expect.arrayContaining([
      "default-src 'none'",
      "script-src 'self'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]),
  );
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
});
