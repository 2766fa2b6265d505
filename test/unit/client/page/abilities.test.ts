// What a runtime can do, by looking at it.
import { expect, test } from "vitest";
import { readsStreams } from "../../../../src/client/page/abilities.ts";
import { globals } from "../../../../src/client/page/globals.ts";
import { forbiddenGlobals } from "../../../support/fake-globals.ts";

const everything = { ReadableStream: class {}, Response };

test("a browser that has everything reads answers as they come", () => {
  expect(readsStreams(everything)).toBe(true);
});

test("what was taken away is missed", () => {
  expect(readsStreams({ ...everything, ReadableStream: undefined })).toBe(false);
  expect(readsStreams({ ...everything, Response: class {} })).toBe(false);
  expect(readsStreams({ ...everything, Response: undefined })).toBe(false);
});

test("where nothing may be looked at, nothing can be done, and nothing throws", () => {
  expect(readsStreams(forbiddenGlobals())).toBe(false);
});

test("Node can read streams", () => {
  expect(readsStreams(globals())).toBe(true);
});
