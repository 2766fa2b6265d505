import { expect, test } from "vitest";
import {
  accepts,
  isReading,
  type ConnectionEvent,
  type ConnectionState,
} from "../../../src/protocol/connection-state.ts";

const states: readonly ConnectionState[] = ["open", "we-closed", "both-closed", "failed", "ended"];
const events: readonly ConnectionEvent[] = ["send", "send-close", "message", "receive-close", "fail", "end"];

/** The whole table, one line a state. */
function table(): string[] {
  return states.map((state) => `${state}: ${events.filter((event) => accepts(state, event)).join(" ")}`);
}

test("P-62 P-44 each state accepts what RFC 6455 §5.5.1 and §7 leave to it, and nothing else", () => {
  expect(table()).toEqual([
    "open: send send-close message receive-close fail end",
    "we-closed: receive-close fail end",
    "both-closed: end",
    "failed: end",
    "ended: ",
  ]);
});

test("P-62 frames are read until both Closes were exchanged or the connection failed", () => {
  expect(states.filter(isReading)).toEqual(["open", "we-closed"]);
});
