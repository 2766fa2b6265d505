// Names that say nothing are not given: no basket files, no functions that handle, process, do or manage.
import { posix } from "node:path";
import { expect, test } from "vitest";
import { filesIn, isProperty, scanSource, sourcesIn, type Source } from "../support/source-scan.ts";

const folders = ["src", "web", "test", "bench", "examples", "scripts", "bin"];
const basketFiles = /^(utils?|helpers?|common|misc|types?|shared|stuff|managers?|services?)\./;
const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)+$/;
const emptyVerb = /^#?(handle|process|do|manage)[A-Z]/;
const emptyNoun = /(Manager|Service|Info|Data|Helper|Utils?)$/;

/** Names that the world outside has given; we say them as it does. */
const givenNames = new Set([
  "handleUpgrade", // what every Node WebSocket server calls its entry for a raw upgrade
  "handleEvent", // the method of a listener object, in the DOM standard
  "handleProtocols", // an option of the ws package
  "handleSIGTERM", // an option of the driver of Firefox
]);

const sources = folders.flatMap((folder) => sourcesIn(folder, [".ts", ".tsx", ".mjs", ".js"]));

test("files are named in kebab-case, and none is a basket", () => {
  const files = folders.flatMap((folder) => filesIn(folder, [".ts", ".tsx", ".mjs", ".js", ".css", ".html"]));
  const names = files.map((file) => posix.basename(file));
  expect(names.filter((name) => !kebabCase.test(name) || basketFiles.test(name))).toEqual([]);
  expect(names.length).toBeGreaterThan(10);
});

test("a file does not repeat the name of its folder", () => {
  const repeating = filesIn("src", [".ts"]).filter((file) => {
    const [folder = "", name = ""] = file.split("/").slice(-2);
    return name.startsWith(`${folder}-`);
  });
  expect(repeating).toEqual([]);
});

test("no function handles, processes, does or manages", () => {
  expect(sources.flatMap(emptyVerbsIn)).toEqual([]);
});

test("no class or interface is a manager, a service or an info", () => {
  expect(sources.flatMap(emptyNounsIn)).toEqual([]);
});

test("the banned names are seen where they stand", () => {
  const text = `function handleFrame() {} class FrameManager { #doIt() {} } const processAll = () => {}; a.handleThis(); interface Database {}`;
  expect(emptyVerbsIn(scanSource("x.ts", text))).toHaveLength(3);
  expect(emptyNounsIn(scanSource("x.ts", text))).toHaveLength(1);
});

function emptyVerbsIn(source: Source): string[] {
  return source.tokens
    .filter(({ kind, text }, index) => {
      return kind === "word" && emptyVerb.test(text) && !givenNames.has(text) && !isProperty(source.tokens, index);
    })
    .map(({ text, line }) => `${source.path}:${line} ${text}`);
}

function emptyNounsIn(source: Source): string[] {
  return source.tokens
    .filter(({ kind, text }, index) => {
      const before = source.tokens[index - 1]?.text;
      return kind === "word" && (before === "class" || before === "interface") && emptyNoun.test(text);
    })
    .map(({ text, line }) => `${source.path}:${line} ${text}`);
}
