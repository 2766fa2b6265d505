import { expect, test } from "vitest";
import { LineEvent } from "../../../src/client/line-events.ts";

test("an event says what carries the session", () => {
  const event = new LineEvent("resume", "stream");
  expect([event.type, event.transport, event instanceof Event]).toEqual(["resume", "stream", true]);
  expect(new LineEvent("suspend", undefined).transport).toBeUndefined();
  expect([event.fresh, event.gap]).toEqual([false, false]);
  const moved = new LineEvent("resume", "stream", { isFresh: true, isGap: true });
  expect([moved.fresh, moved.gap]).toEqual([true, true]);
});
