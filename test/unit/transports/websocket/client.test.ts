import { describe, expect, test, vi } from "vitest";
import { type SocketLike, WebSocketClient } from "../../../../src/transports/websocket/client.ts";
import { FakeClock, settled } from "../../../support/fake-clock.ts";

class FakeSocket implements SocketLike {
  binaryType = "blob";
  protocol = "longwire.1";
  bufferedAmount = 0;
  onopen: SocketLike["onopen"] = null;
  onmessage: SocketLike["onmessage"] = null;
  onclose: SocketLike["onclose"] = null;
  onerror: SocketLike["onerror"] = null;
  readonly sent: (string | Uint8Array)[] = [];
  readonly closes: unknown[][] = [];

  send(data: string | Uint8Array): void {
    this.sent.push(typeof data === "string" ? data : data.slice());
  }

  close(...reason: unknown[]): void {
    this.closes.push(reason);
  }
}

function open(): { socket: FakeSocket; clock: FakeClock; link: WebSocketClient; told: unknown[] } {
  const socket = new FakeSocket();
  const clock = new FakeClock();
  const link = new WebSocketClient(socket, clock);
  const told: unknown[] = [];
  link.open({
    receive: (packet) => told.push([...packet]),
    receiveDrain: () => told.push("drain"),
    receiveClosed: (code) => told.push(code),
  });
  return { socket, clock, link, told };
}

describe("WebSocketClient", () => {
  test("one binary message is one packet, both ways", () => {
    const { socket, link, told } = open();
    socket.onmessage?.({ data: Uint8Array.of(1, 2).buffer });
    link.send(Uint8Array.of(3, 4, 5));
    link.send(Uint8Array.of(9, 6, 9), 1, 2);
    const sent = [Uint8Array.of(3, 4, 5), Uint8Array.of(6)];
    expect([told, socket.sent, socket.binaryType]).toEqual([[[1, 2]], sent, "arraybuffer"]);
  });

  test("to a socket that takes parts of memory no views are given", () => {
    const { socket, link } = open();
    const parts: unknown[] = [];
    const bytes = Uint8Array.of(9, 6, 9);
    Object.assign(socket, { sendBytes: (...part: readonly unknown[]) => parts.push(part) });
    link.send(bytes, 1, 2);
    expect([parts, socket.sent]).toEqual([[[bytes, 1, 2]], []]);
  });

  test("a text message ends it with 4400, once, and nothing comes after", () => {
    const { socket, told } = open();
    socket.onmessage?.({ data: "text" });
    socket.onmessage?.({ data: Uint8Array.of(1).buffer });
    socket.onclose?.({ code: 1000, reason: "" });
    expect(told).toEqual([4400]);
    expect(socket.closes).toEqual([[4400, "A text message is no packet."]]);
  });

  test("V-22 room beyond 64 KiB is looked after until there is some, and no longer", () => {
    const { socket, clock, link, told } = open();
    socket.bufferedAmount = 70_000;
    link.send(new Uint8Array(64 * 1024));
    link.send(Uint8Array.of(2));
    expect([link.pendingBytes >= 16 * 1024, clock.pendingCount]).toEqual([true, 1]);
    clock.advance(100);
    expect(told).toEqual([]);
    socket.bufferedAmount = 1_000;
    clock.advance(20);
    expect([told, link.pendingBytes, clock.pendingCount]).toEqual([["drain"], 0, 0]);
  });

  test.each([
    [1000, [1000, "why"]],
    [4409, [4409, "why"]],
    // A page may not say these.
    [1006, []],
    [1012, []],
  ])("closing it with %i is said as the browser allows, and the receiver hears nothing", (code, said) => {
    const { socket, link, told } = open();
    link.close(code, "why");
    link.close(code, "again");
    link.send(Uint8Array.of(1));
    expect([socket.closes, socket.sent, told]).toEqual([[said], [], []]);
  });

  test("a reason that no Close frame holds is cut at a character, and nothing is thrown into the session", () => {
    const { socket, link } = open();
    link.close(4400, `${"a".repeat(120)}\u{1f600}${"b".repeat(1_000)}`);
    expect(socket.closes).toEqual([[4400, "a".repeat(120)]]);
    const other = open();
    other.link.close(4400, "\u00e9".repeat(62));
    expect(other.socket.closes).toEqual([[4400, "\u00e9".repeat(61)]]);
  });

  test("its end is told once", () => {
    const { socket, told } = open();
    socket.onclose?.({ code: 1006, reason: "" });
    socket.onclose?.({ code: 1006, reason: "" });
    expect(told).toEqual([1006]);
  });
});

describe("room", () => {
  test("a page's socket may hold twice as much each time it was found empty, half as much when it was not", () => {
    const { socket, clock, link } = open();
    const KiB = 1024;
    const pendingAfter = (bytes: number): number => {
      socket.bufferedAmount += bytes;
      link.send(new Uint8Array(bytes));
      return link.pendingBytes;
    };
    expect(pendingAfter(60 * KiB)).toBe(12 * KiB);
    socket.bufferedAmount = 0;
    clock.advance(20);
    expect([pendingAfter(96 * KiB), pendingAfter(KiB)]).toEqual([0, KiB]);
    clock.advance(20);
    socket.bufferedAmount = 0;
    expect([pendingAfter(48 * KiB), pendingAfter(KiB)]).toEqual([0, KiB]);
  });

  test("a socket is asked what waits in it only when that may be more than little", () => {
    const { socket, link } = open();
    let asked = 0;
    Object.defineProperty(socket, "bufferedAmount", { get: () => ++asked && 0 });
    for (let count = 0; count < 4; count++) {
      link.send(new Uint8Array(1024));
      expect(link.pendingBytes).toBe(0);
    }
    expect(asked).toBe(0);
    link.send(Uint8Array.of(1));
    expect([link.pendingBytes, asked]).toEqual([0, 1]);
  });

  // What waits has the heads of frames as well, and pongs.
  test.each([
    [16 * 1024 - 1, []],
    [16 * 1024, ["drain"]],
  ])(
    "I-13 a socket that tells of room is not looked at: with %i bytes in it, it tells %j",
    async (waiting, expected) => {
      const { clock } = open();
      const socket = new FakeSocket();
      const told: unknown[] = [];
      let drain = (): void => {};
      const link = new WebSocketClient(
        Object.assign(socket, {
          drained: () =>
            new Promise<void>((resolve) => {
              drain = resolve;
            }),
        }),
        clock,
      );
      link.open({ receive: () => {}, receiveDrain: () => told.push("drain"), receiveClosed: () => {} });
      socket.bufferedAmount = waiting;
      link.send(new Uint8Array(16_000));
      expect([link.pendingBytes, clock.pendingCount]).toEqual([waiting, 0]);
      socket.bufferedAmount = 0;
      drain();
      await settled();
      expect(told).toEqual(expected);
    },
  );

  test("one that is closed is not asked any more, and nobody looks at it", () => {
    const { socket, clock, link } = open();
    socket.bufferedAmount = 70_000;
    link.send(new Uint8Array(70_000));
    link.close(1000, "");
    expect([link.pendingBytes > 0, clock.pendingCount]).toEqual([true, 0]);
  });

  test("what is lent comes with the time when it was read", () => {
    const { link } = open();
    const receive = vi.fn();
    link.open({ receive, receiveDrain: () => {}, receiveClosed: () => {} });
    link.receiveLent(Uint8Array.of(1, 2, 3), 1, 2, 40.5);
    expect(receive.mock.calls).toEqual([[Uint8Array.of(1, 2, 3), 1, 2, 40.5]]);
  });
});
