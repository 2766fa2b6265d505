import { describe, expect, test } from "vitest";
import { PlainCarrier } from "../../../src/client/plain-carrier.ts";
import type { SocketLike } from "../../../src/transports/websocket/client.ts";
import { FakeClock } from "../../support/fake-clock.ts";

class FakeSocket implements SocketLike {
  binaryType = "blob";
  protocol = "chat.v1";
  bufferedAmount = 0;
  onopen: SocketLike["onopen"] = null;
  onmessage: SocketLike["onmessage"] = null;
  onclose: SocketLike["onclose"] = null;
  onerror: SocketLike["onerror"] = null;
  readonly said: unknown[] = [];

  send(data: string | Uint8Array): void {
    this.said.push(data);
  }

  close(...reason: unknown[]): void {
    this.said.push(["close", ...reason]);
  }
}

function open(protocol = "chat.v1"): { socket: FakeSocket; carrier: PlainCarrier; clock: FakeClock; told: unknown[] } {
  const socket = new FakeSocket();
  socket.protocol = protocol;
  const clock = new FakeClock();
  const told: unknown[] = [];
  const carrier = new PlainCarrier(
    socket,
    {
      receiveMessage: (data) => void told.push(data),
      receivePing: () => {},
      receivePong: () => {},
      receiveClosing: () => {},
      receiveClosed: ({ code, wasClean, cause }) => told.push([code, wasClean, cause?.code]),
    },
    clock,
  );
  return { socket, carrier, clock, told };
}

describe("PlainCarrier", () => {
  test("what came before it was taken over comes first; texts stay texts and bytes bytes", () => {
    const { socket, carrier, told } = open();
    carrier.start("first");
    socket.onmessage?.({ data: Uint8Array.of(1).buffer });
    expect([told, carrier.protocol, carrier.ping(), carrier.sendFrame()]).toEqual([
      ["first", Uint8Array.of(1)],
      "chat.v1",
      false,
      "dropped",
    ]);
  });

  test("our own name, which a foreign server echoed, is no protocol", () => {
    expect(open("longwire.1").carrier.protocol).toBe("");
  });

  test("bytes are copied; beyond 64 KiB a send says that it waits, and drained() ends when nothing does", async () => {
    const { socket, carrier, clock } = open();
    const bytes = Uint8Array.of(1);
    expect(carrier.send(bytes)).toBe("accepted");
    bytes[0] = 2;
    expect(socket.said).toEqual([Uint8Array.of(1)]);
    socket.bufferedAmount = 70_000;
    expect([carrier.send("x"), carrier.bufferedBytes]).toEqual(["queued", 70_000]);
    let isDrained = false;
    const drained = carrier.drained().then(() => (isDrained = true));
    await clock.advanceAsync(100);
    expect(isDrained).toBe(false);
    socket.bufferedAmount = 0;
    await clock.advanceAsync(20);
    await drained;
    expect(clock.pendingCount).toBe(0);
  });

  test("paused, it keeps what comes; resumed, it delivers in order, and may be paused again on the way", () => {
    const { socket, carrier, told } = open();
    carrier.pause();
    for (const data of ["1", "2", "3"]) socket.onmessage?.({ data });
    expect([told, carrier.paused]).toEqual([[], true]);
    carrier.resume();
    expect(told).toEqual(["1", "2", "3"]);
  });

  test.each([
    [1000, false, [1000, true, undefined]],
    [1006, false, [1006, false, "LW_CLIENT_PLAIN_LOST"]],
    [1006, true, [1006, false, "LW_CLIENT_PLAIN_LOST"]],
  ])("its end with %i (failed before: %s) is told", (code, hasFailed, expected) => {
    const { socket, told } = open();
    if (hasFailed) socket.onerror?.(undefined as never);
    socket.onclose?.({ code, reason: "" });
    expect(told).toEqual([expected]);
  });

  test("closing says its code, and sends nothing more; terminating ends it without waiting", () => {
    const closing = open();
    closing.carrier.close(3000, "bye");
    expect([closing.carrier.send("late"), closing.socket.said]).toEqual(["dropped", [["close", 3000, "bye"]]]);
    const { socket, carrier, clock, told } = open();
    carrier.terminate();
    expect(told).toEqual([]);
    clock.advance(0);
    socket.onclose?.({ code: 1000, reason: "" });
    expect(told).toEqual([[1006, false, "LW_CLIENT_PLAIN_LOST"]]);
  });
});
