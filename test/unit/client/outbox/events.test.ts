import { expect, test } from "vitest";
import { LocalError } from "../../../../src/base/errors.ts";
import { OutboxEvent } from "../../../../src/client/outbox/events.ts";

test("an outbox event says what happened to which messages", () => {
  const cause = new LocalError("LW_OUTBOX_FULL", "Full.");
  const event = new OutboxEvent(cause, ["a"], true);
  expect(event).toBeInstanceOf(Event);
  expect(event).toMatchObject({ type: "outbox", cause, messages: ["a"], isResent: true });
});
