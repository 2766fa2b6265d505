import { describe, expect, test } from "vitest";
import type { Delivery } from "../../../src/base/carrier.ts";
import { PlainCarrier } from "../../../src/client/plain-carrier.ts";
import type { SocketLike } from "../../../src/transports/websocket/client.ts";
import { FakeClock, settled } from "../../support/fake-clock.ts";

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

interface Bench {
  readonly socket: FakeSocket;
  readonly carrier: PlainCarrier;
  readonly clock: FakeClock;
  readonly told: unknown[];
  /** What the owner says to each message. */
  delivery: Delivery;
  /** Begins to deliver. */
  readonly start: () => Promise<void>;
}

function take(protocol = "chat.v1", first?: unknown): Bench {
  const socket = new FakeSocket();
  socket.protocol = protocol;
  const clock = new FakeClock();
  const told: unknown[] = [];
  const carrier = new PlainCarrier(socket, clock, first);
  const bench: Bench = {
    socket,
    carrier,
    clock,
    told,
    delivery: "checkpoint",
    start: async () => {
      carrier.start({
        receiveMessage: (data) => {
          told.push(data);
          return bench.delivery;
        },
        receivePing: () => {},
        receivePong: () => {},
        receiveClosing: () => {},
        receiveClosed: ({ code, reason, wasClean, cause }) => told.push([code, reason, wasClean, cause?.code]),
      });
      await settled();
    },
  };
  return bench;
}

async function open(): Promise<Bench> {
  const bench = take();
  await bench.start();
  return bench;
}

describe("PlainCarrier", () => {
  test("everything that came before comes first, in order, and the end last; texts stay texts and bytes bytes", async () => {
    const { socket, told, start } = take("chat.v1", "first");
    socket.onmessage?.({ data: Uint8Array.of(1).buffer });
    socket.onmessage?.({ data: "third" });
    socket.onclose?.({ code: 4001, reason: "enough", wasClean: true });
    await start();
    expect(told).toEqual(["first", Uint8Array.of(1), "third", [4001, "enough", true, undefined]]);
  });

  test("a failure before it had an owner is told", async () => {
    const { socket, told, start } = take();
    socket.onerror?.(undefined as never);
    socket.onclose?.({ code: 1006, reason: "" });
    await start();
    expect(told).toEqual([[1006, "", false, "LW_CLIENT_PLAIN_LOST"]]);
  });

  test("nothing is told in the turn of `start`, and the microtasks of each message run before the next", async () => {
    const { socket, carrier, told } = take("chat.v1", "1");
    socket.onmessage?.({ data: "2" });
    socket.onclose?.({ code: 1000, reason: "" });
    const tell = (what: unknown): Delivery => {
      told.push(what);
      queueMicrotask(() => told.push("microtask"));
      return "checkpoint";
    };
    carrier.start({
      receiveMessage: tell,
      receivePing: () => {},
      receivePong: () => {},
      receiveClosing: () => {},
      receiveClosed: ({ code }) => void tell(code),
    });
    told.push("started");
    queueMicrotask(() => told.push("microtask"));
    await settled();
    expect(told).toEqual(["started", "microtask", "1", "microtask", "2", "microtask", 1000, "microtask"]);
  });

  test("who reads in a loop gets the next message, and the end, after asking for them", async () => {
    const bench = take("chat.v1", "1");
    let goOn = (): void => {};
    bench.delivery = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    await bench.start();
    bench.socket.onmessage?.({ data: "2" });
    bench.socket.onclose?.({ code: 1000, reason: "" });
    await settled();
    expect(bench.told).toEqual(["1"]);
    goOn();
    await settled();
    expect(bench.told).toEqual(["1", "2", [1000, "", true, undefined]]);
  });

  test("it has the socket's protocol, unless that is our name, echoed by somebody else; it cannot ping", async () => {
    const { carrier } = await open();
    expect([carrier.protocol, carrier.ping()]).toEqual(["chat.v1", false]);
    expect(take("longwire.1").carrier.protocol).toBe("");
  });

  test("bytes are copied; beyond 64 KiB a send says that it waits, and drained() ends when nothing does", async () => {
    const { socket, carrier, clock } = await open();
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

  test("paused, it keeps what comes, and the end; resumed, it delivers in order", async () => {
    const { socket, carrier, told } = await open();
    carrier.pause();
    for (const data of ["1", "2", "3"]) socket.onmessage?.({ data });
    socket.onclose?.({ code: 1000, reason: "" });
    await settled();
    expect([told, carrier.paused]).toEqual([[], true]);
    carrier.resume();
    await settled();
    expect(told).toEqual(["1", "2", "3", [1000, "", true, undefined]]);
  });

  test.each([
    [{ code: 1000, reason: "r" }, false, [1000, "r", true, undefined]],
    [{ code: 1000, reason: "", wasClean: false }, false, [1000, "", false, "LW_CLIENT_PLAIN_LOST"]],
    [{ code: 1006, reason: "" }, false, [1006, "", false, "LW_CLIENT_PLAIN_LOST"]],
    [{ code: 1006, reason: "" }, true, [1006, "", false, "LW_CLIENT_PLAIN_LOST"]],
  ])("its end %o (failed before: %s) is told", async (end, hasFailed, expected) => {
    const { socket, told } = await open();
    if (hasFailed) socket.onerror?.(undefined as never);
    socket.onclose?.(end);
    expect(told).toEqual([expected]);
  });

  test("closing says its code, and sends nothing more; the answer comes, paused or not", async () => {
    const { carrier, socket, told } = await open();
    carrier.pause();
    carrier.close(3000, "bye");
    expect([carrier.send("late"), socket.said]).toEqual(["dropped", [["close", 3000, "bye"]]]);
    socket.onclose?.({ code: 3000, reason: "bye" });
    expect(told).toEqual([[3000, "bye", true, undefined]]);
  });

  test("terminating ends it without waiting for anybody, paused or not, and what came before is dropped", async () => {
    const { carrier, socket, clock, told } = await open();
    carrier.pause();
    socket.onmessage?.({ data: "unread" });
    carrier.terminate();
    await settled();
    expect(told).toEqual([]);
    clock.advance(0);
    socket.onclose?.({ code: 1000, reason: "" });
    expect(told).toEqual([[1006, "", false, "LW_CLIENT_PLAIN_LOST"]]);
  });
});
