import { expect, test } from "vitest";
import { LineEvent } from "../../../src/client/line-events.ts";

test("an event says what carries the session", () => {
  const event = new LineEvent("resume", "stream");
  expect([event.type, event.transport, event instanceof Event]).toEqual(["resume", "stream", true]);
  expect(new LineEvent("suspend", undefined).transport).toBeUndefined();
});
