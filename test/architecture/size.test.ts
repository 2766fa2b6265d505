// No file over 400 lines: the file its authors apologise for is always a longer one.
import { expect, test } from "vitest";
import { sourcesIn } from "../support/source-scan.ts";

const wall = 400;
const folders = ["src", "web", "test", "bench", "examples", "scripts", "bin"];

test("no source file is longer than 400 lines", () => {
  const sources = folders.flatMap((folder) => sourcesIn(folder, [".ts", ".tsx", ".mjs", ".js"]));
  const long = sources
    .map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }))
    .filter(({ lines }) => lines > wall);
  expect(long).toEqual([]);
  expect(sources.length).toBeGreaterThan(10);
});

test("every file of the package begins with a comment that says what it is", () => {
  const bare = [...sourcesIn("src"), ...sourcesIn("web")].filter(({ text }) => !/^\/\/ \S|^\/\*/.test(text));
  expect(bare.map(({ path }) => path)).toEqual([]);
});
