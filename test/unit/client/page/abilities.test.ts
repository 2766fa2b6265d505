// What a runtime can do, by looking at it.
import { expect, test } from "vitest";
import { abilitiesOf } from "../../../../src/client/page/abilities.ts";
import { globals } from "../../../../src/client/page/globals.ts";
import { forbiddenGlobals } from "../../../support/fake-globals.ts";

const everything = { WebSocket: class {}, fetch: () => undefined, ReadableStream: class {}, Response };

test("a browser that has everything can do everything", () => {
  expect(abilitiesOf(everything)).toEqual({ hasWebSocket: true, hasFetch: true, readsStreams: true });
});

test("what was taken away is missed, and only that", () => {
  expect(abilitiesOf({ ...everything, WebSocket: undefined }).hasWebSocket).toBe(false);
  expect(abilitiesOf({ ...everything, ReadableStream: undefined })).toEqual({
    hasWebSocket: true,
    hasFetch: true,
    readsStreams: false,
  });
  expect(abilitiesOf({ ...everything, Response: class {} }).readsStreams).toBe(false);
  expect(abilitiesOf({ ...everything, Response: undefined }).readsStreams).toBe(false);
  expect(abilitiesOf({ ...everything, fetch: undefined })).toEqual({
    hasWebSocket: true,
    hasFetch: false,
    readsStreams: false,
  });
});

test("where nothing may be looked at, nothing can be done, and nothing throws", () => {
  expect(abilitiesOf(forbiddenGlobals())).toEqual({ hasWebSocket: false, hasFetch: false, readsStreams: false });
});

test("Node can fetch and read streams", () => {
  expect(abilitiesOf(globals())).toMatchObject({ hasFetch: true, readsStreams: true });
});
