import { describe, expect, it } from "vitest";
import { Capture, CAPTURE_MS, showEntry } from "../../../src/inspector/capture.ts";
import type { TapEntry, TapOptions, TapReceiver } from "../../../src/server/index.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const frame = (text: string): TapEntry => ({
  kind: "frame",
  at: 1,
  direction: "in",
  bytes: 2,
  name: "text",
  opcode: 1,
  fin: true,
  rsv: 0,
  masked: true,
  headerBytes: 6,
  close: undefined,
  payload: { text, bytes: undefined, length: text.length, isCut: false },
});

function start(payloads = true, isThere = true) {
  const clock = new FakeClock();
  const ends: string[] = [];
  let tell: TapReceiver = () => {};
  let asked: TapOptions = {};
  let stopCount = 0;
  const inspection = {
    tap: (_id: string, receive: TapReceiver, options: TapOptions = {}) => {
      tell = receive;
      asked = options;
      return isThere ? { stop: () => void stopCount++ } : undefined;
    },
  };
  const capture = new Capture(inspection, { id: "c1", payloads, clock, receiveEnd: (why) => ends.push(why) });
  return { clock, ends, capture, tell: (entry: TapEntry) => tell(entry), asked, stopped: () => stopCount };
}

describe("a capture", () => {
  it("V-50 asks for no payload unless it shall", () => {
    expect([start(false).asked.payloadBytes, start(true).asked.payloadBytes]).toEqual([0, 4_096]);
  });

  it("gives what has passed once", () => {
    const { capture, tell } = start();
    tell(frame("a"));
    expect(capture.take()).toMatchObject({ entries: [{ payload: { text: "a" } }], dropped: 0 });
    expect(capture.take()).toEqual({ entries: [], dropped: 0 });
  });

  it("is bounded in entries and in bytes, and counts what it leaves out", () => {
    const { capture, tell } = start();
    for (let count = 0; count < 1_500; count++) tell(frame("a"));
    expect(capture.take()).toMatchObject({ entries: { length: 1_000 }, dropped: 500 });
    for (let count = 0; count < 1_000; count++) tell(frame("b".repeat(4_096)));
    const { entries, dropped } = capture.take();
    expect(entries.length).toBeLessThanOrEqual(128);
    expect(entries.length + dropped).toBe(1_000);
  });

  it("is bounded in time", () => {
    const { clock, ends, capture, tell, stopped } = start();
    clock.advance(CAPTURE_MS);
    tell(frame("late"));
    expect([ends, stopped(), capture.take().entries]).toEqual([["time"], 1, []]);
  });

  it("ends with its connection, and tells that last", () => {
    const { ends, capture, tell } = start();
    tell({ kind: "end", at: 2 });
    expect([ends, capture.take().entries]).toEqual([["over"], [{ kind: "end", at: 2 }]]);
  });

  it("of what is not there any more it says so", () => {
    expect(start(true, false).ends).toEqual(["unknown"]);
  });

  it("stopped, it is silent", () => {
    const { clock, ends, capture, tell, stopped } = start();
    capture.stop();
    tell(frame("a"));
    clock.advance(CAPTURE_MS);
    expect([ends, capture.take().entries, stopped()]).toEqual([[], [], 1]);
  });
});

it("entries survive JSON: bytes as base64, also those in envelopes", () => {
  const payload = { text: undefined, bytes: Uint8Array.of(1, 2, 255), length: 3, isCut: false };
  const packet: TapEntry = {
    kind: "packet",
    at: 1,
    direction: "out",
    bytes: 9,
    transport: "stream",
    name: "data",
    fields: {},
    envelope: { name: "slice", channel: 1, fields: {}, payload },
  };
  expect(JSON.parse(JSON.stringify(showEntry(packet)))).toMatchObject({
    envelope: { payload: { base64: "AQL/", length: 3 } },
  });
  const control = { ...packet, envelope: { name: "credit", channel: 1, fields: {}, payload: undefined } };
  expect(showEntry(control)).toEqual(control);
  expect(showEntry({ ...packet, envelope: undefined })).toMatchObject({ envelope: undefined });
  expect(showEntry({ kind: "end", at: 3 })).toEqual({ kind: "end", at: 3 });
});
