import { expect, test } from "vitest";
import { ClientWatch } from "../../../src/session/client-watch.ts";
import { defaultSettings } from "../../../src/session/settings.ts";

test("silence longer than the server allows itself means a dead transport", () => {
  const watch = new ClientWatch(defaultSettings);
  expect(watch.wakeAt(0)).toBe(Infinity);
  watch.start(true);
  expect(watch.wakeAt(1_000)).toBe(1_000 + 22_000 + 15_000);
  watch.heartbeatMs = 1_000;
  expect(watch.wakeAt(1_000)).toBe(1_000 + 1_100 + 15_000);
});

test("F-30 a probe shortens the wait to 3 s, until something comes", () => {
  const watch = new ClientWatch(defaultSettings);
  watch.start(true);
  expect(watch.probe(5_000)).toBe(1);
  expect(watch.wakeAt(1_000)).toBe(8_000);
  expect(watch.wakeAt(6_000)).toBe(43_000);
  expect(watch.probe(7_000)).toBe(2);
});

test("ways made of requests are not watched, but can be probed", () => {
  const watch = new ClientWatch(defaultSettings);
  watch.start(false);
  expect(watch.wakeAt(0)).toBe(Infinity);
  watch.probe(100);
  expect(watch.wakeAt(0)).toBe(3_100);
  watch.stop();
  expect(watch.wakeAt(0)).toBe(Infinity);
});
