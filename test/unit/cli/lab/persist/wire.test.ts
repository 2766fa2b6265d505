import { expect, test } from "vitest";
import { parsePersistRequest } from "../../../../../src/cli/lab/persist/wire.ts";

const settings = { hours: 4, natMinutes: 15, newsMinutes: 10, heartbeatSeconds: 20, trouble: "move" };

test("settings among the choices are read, and nothing beside them is kept", () => {
  expect(parsePersistRequest({ type: "live", settings: { ...settings, more: 1 } })).toEqual({ type: "live", settings });
  expect(parsePersistRequest({ type: "end" })).toEqual({ type: "end" });
});

test("others are not: a page may not make the server live for as long as it likes", () => {
  for (const wrong of [
    { hours: 1e9 },
    { hours: "4" },
    { natMinutes: -1 },
    { newsMinutes: 0 },
    { heartbeatSeconds: 0.001 },
    { trouble: "fire" },
  ]) {
    expect(parsePersistRequest({ type: "live", settings: { ...settings, ...wrong } })).toBeUndefined();
  }
  for (const none of [undefined, "live", {}, { type: "live" }, { type: "live", settings: null }]) {
    expect(parsePersistRequest(none)).toBeUndefined();
  }
});
