import { describe, expect, it, vi } from "vitest";
import { WebSocketLink } from "../../../src/server/websocket-link.ts";
import { FakeCarrier } from "../../support/fake-carrier.ts";
import { settled } from "../../support/fake-clock.ts";

function linked() {
  const carrier = new FakeCarrier();
  const link = new WebSocketLink(carrier);
  const receiver = { receive: vi.fn(), receiveDrain: vi.fn(), receiveClosed: vi.fn() };
  link.open(receiver);
  return { carrier, link, receiver };
}

describe("a WebSocket as a link", () => {
  it("sends a packet as one message", () => {
    const { carrier, link } = linked();
    link.send(Uint8Array.of(1, 2, 3));
    link.send(Uint8Array.of(9, 4, 5, 9), 1, 3);
    expect(carrier.sent.map((bytes) => [...(bytes as Uint8Array)])).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
  });

  it("tells once when there is room again", async () => {
    const { carrier, link, receiver } = linked();
    carrier.pressure = "queued";
    carrier.bufferedBytes = 70_000;
    link.send(new Uint8Array(69_999));
    link.send(Uint8Array.of(2));
    expect([link.pendingBytes, link.pendingBytes]).toEqual([70_000, 70_000]);
    await settled();
    expect(receiver.receiveDrain).toHaveBeenCalledTimes(1);
  });

  // What waits has the heads of frames as well, and pongs.
  it.each([
    [16_383, 0],
    [16_384, 1],
  ])("I-13 says %i bytes, and tells %i times that they have left", async (waiting, times) => {
    const { carrier, link, receiver } = linked();
    carrier.bufferedBytes = waiting;
    link.send(new Uint8Array(16_000));
    expect(link.pendingBytes).toBe(waiting);
    await settled();
    expect(receiver.receiveDrain).toHaveBeenCalledTimes(times);
  });

  it("asks its carrier what waits only when that may be more than little, and knows it exactly by then", () => {
    const { carrier, link } = linked();
    carrier.bufferedBytes = 7;
    link.send(new Uint8Array(4096));
    expect(link.pendingBytes).toBe(4096);
    link.send(Uint8Array.of(1));
    expect(link.pendingBytes).toBe(7);
  });

  it("delivers binary messages, with the whole millisecond in which they were read, and ends at a text one with 4400", () => {
    const { carrier, link, receiver } = linked();
    link.receiveMessage(Uint8Array.of(7));
    carrier.borrower?.receiveLent(Uint8Array.of(1, 2, 3), 1, 2, 40.7);
    expect(receiver.receive.mock.calls).toEqual([
      [Uint8Array.of(7), 0, 1, undefined],
      [Uint8Array.of(1, 2, 3), 1, 2, 40],
    ]);
    link.receiveMessage("words");
    expect(carrier.closes).toEqual([[4400, "A text message is no packet."]]);
  });

  it("drops what is silent, and closes otherwise; tells its end once", () => {
    const { carrier, link, receiver } = linked();
    link.close(4409, "A newer transport took over.");
    link.close(1006, "");
    expect([carrier.closes, carrier.terminations.length]).toEqual([[[4409, "A newer transport took over."]], 1]);
    const outcome = { code: 4409, reason: "", wasClean: true, cause: undefined };
    link.receivePing();
    link.receivePong();
    link.receiveClosing();
    link.receiveClosed(outcome);
    link.receiveClosed(outcome);
    expect(receiver.receiveClosed.mock.calls).toEqual([[4409, ""]]);
  });
});
