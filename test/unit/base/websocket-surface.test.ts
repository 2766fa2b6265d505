import { describe, expect, test } from "vitest";
import { LocalError } from "../../../src/base/errors.ts";
import type { MessageData } from "../../../src/base/websocket-surface.ts";
import { clean, connecting, failed, opened, record } from "../../support/bare-socket.ts";
import { FakeCarrier } from "../../support/fake-carrier.ts";
import { settled } from "../../support/fake-clock.ts";

describe("the life of a socket", () => {
  test("P-102 readyState in every event: 1 in open and message, 3 in error and close", async () => {
    const socket = connecting();
    const events = record(socket);
    const carrier = new FakeCarrier();
    expect(socket.readyState).toBe(0);
    socket.open(carrier);
    await carrier.deliver("a");
    socket.receivePing(new Uint8Array(0));
    socket.receivePong(new Uint8Array(0));
    socket.receiveClosing();
    expect(socket.readyState).toBe(2);
    socket.receiveClosed(failed);
    expect(events).toEqual(["open in 1", "message in 1", "ping in 1", "pong in 1", "error in 3", "close in 3"]);
  });

  test("I-15 one close, error before it, and nothing after it", async () => {
    const { socket, carrier } = opened();
    const events = record(socket);
    socket.receiveClosed(failed);
    socket.receiveClosed(clean);
    socket.receivePong(new Uint8Array(0));
    await carrier.deliver("late");
    socket.receiveClosing();
    expect(events).toEqual(["error in 3", "close in 3"]);
    expect(socket.readyState).toBe(3);
  });

  test("P-102 a clean close has no error event; the close event says how it ended", () => {
    const { socket } = opened();
    const events = record(socket);
    const closes: unknown[] = [];
    socket.onclose = (event) => closes.push([event.code, event.reason, event.wasClean, event.target]);
    socket.receiveClosed({ code: 1005, reason: "", wasClean: true, cause: undefined });
    expect(events).toEqual(["close in 3"]);
    expect(closes).toEqual([[1005, "", true, socket]]);
    expect(socket.cause).toBeUndefined();
  });

  test("the cause is there when the error event is, and is the event's error", () => {
    const { socket } = opened();
    const seen: unknown[] = [];
    socket.onerror = (event) => seen.push(socket.cause, event.error, event.message);
    socket.receiveClosed(failed);
    expect(seen).toEqual([failed.cause, failed.cause, "It broke."]);
  });

  test("protocol and extensions are empty until open, and stay after the close", () => {
    const socket = connecting();
    expect([socket.protocol, socket.extensions]).toEqual(["", ""]);
    const carrier = new FakeCarrier();
    carrier.protocol = "chat";
    carrier.extensions = "x; y";
    socket.open(carrier);
    socket.receiveClosed(clean);
    expect([socket.protocol, socket.extensions]).toEqual(["chat", "x; y"]);
  });
});

describe("messages", () => {
  test("P-102 a message event carries the data and the origin of the URL", async () => {
    const { socket, carrier } = opened();
    const seen: unknown[] = [];
    socket.onmessage = (event) => seen.push(event.data, event.origin, event.type, event.lastEventId);
    await carrier.deliver("text");
    expect(seen).toEqual(["text", "ws://example:8080", "message", ""]);
  });

  test("P-97 binaryType is switched on the fly, and a bad value is ignored", async () => {
    const { socket, carrier } = opened();
    const seen: unknown[] = [];
    socket.onmessage = (event) => seen.push(event.data);
    await carrier.deliver(Uint8Array.of(0, 1, 2).subarray(1));
    socket.binaryType = "blob";
    await carrier.deliver(Uint8Array.of(3));
    for (const wrong of ["", "Blob", "nodebuffer", null, 7]) Reflect.set(socket, "binaryType", wrong);
    expect(socket.binaryType).toBe("blob");
    socket.binaryType = "arraybuffer";
    await carrier.deliver(Uint8Array.of(4));
    const [first, second, third] = seen;
    expect(new Uint8Array(first as ArrayBuffer)).toEqual(Uint8Array.of(1, 2));
    expect((first as ArrayBuffer).byteLength).toBe(2);
    expect(second).toBeInstanceOf(Blob);
    expect(new Uint8Array(await (second as Blob).arrayBuffer())).toEqual(Uint8Array.of(3));
    expect(new Uint8Array(third as ArrayBuffer)).toEqual(Uint8Array.of(4));
  });

  test("P-98 what arrives while CLOSING is not dispatched", async () => {
    const { socket, carrier } = opened();
    const events = record(socket);
    socket.close();
    await carrier.deliver("late", Uint8Array.of(1));
    expect(events).toEqual([]);
  });

  test("P-100 every event asks for a checkpoint; without listeners there is no event and nothing to wait for", () => {
    const { socket } = opened();
    expect(socket.receiveMessage("a")).toBeUndefined();
    socket.addEventListener("close", () => {});
    expect(socket.receiveMessage("b")).toBeUndefined();
    const seen: unknown[] = [];
    socket.addEventListener("message", (event) => seen.push(event.data));
    expect(socket.receiveMessage("c")).toBe("checkpoint");
    expect(seen).toEqual(["c"]);
  });

  test("P-100 an await inside a handler goes on before the next message", async () => {
    const { socket, carrier } = opened();
    const order: string[] = [];
    socket.onmessage = async (event) => {
      order.push(`got ${event.data}`);
      await Promise.resolve();
      order.push(`done ${event.data}`);
    };
    await carrier.deliver("1", "2");
    expect(order).toEqual(["got 1", "done 1", "got 2", "done 2"]);
  });
});

describe("send", () => {
  test("P-95 while CONNECTING it throws InvalidStateError", () => {
    const socket = connecting();
    expect(() => socket.send("x")).toThrow(expect.objectContaining({ name: "InvalidStateError" }));
    expect(socket.bufferedAmount).toBe(0);
  });

  test("P-95 while CLOSING or CLOSED it drops silently and bufferedAmount grows", () => {
    const { socket, carrier } = opened();
    socket.close();
    expect(socket.send("é")).toBe("dropped");
    expect(socket.bufferedAmount).toBe(2);
    socket.receiveClosed(clean);
    expect(socket.send(new Uint8Array(3))).toBe("dropped");
    expect(socket.send(new Blob(["four"]))).toBe("dropped");
    expect(socket.bufferedAmount).toBe(9);
    expect(carrier.sent).toEqual([]);
  });

  test("it hands on what the carrier says", () => {
    const { socket, carrier } = opened();
    expect(socket.send("a")).toBe("accepted");
    carrier.pressure = "queued";
    expect(socket.send("b")).toBe("queued");
    carrier.pressure = "dropped";
    expect(socket.send("ccc")).toBe("dropped");
    expect(socket.bufferedAmount).toBe(3);
  });

  test("P-96 bufferedAmount is what the carrier holds, keeps it for ever at the close, and cannot be written", () => {
    const { socket, carrier } = opened();
    carrier.bufferedBytes = 10;
    expect(socket.bufferedAmount).toBe(10);
    expect(Reflect.set(socket, "bufferedAmount", 0)).toBe(false);
    socket.receiveClosed(failed);
    carrier.bufferedBytes = 0;
    expect(socket.bufferedAmount).toBe(10);
    socket.send("abc");
    expect(socket.bufferedAmount).toBe(13);
  });

  test("P-96 a Blob counts at once, and text and bytes sent after it come after it", async () => {
    const { socket, carrier } = opened();
    expect(socket.send(new Blob(["blob"]))).toBe("queued");
    expect(socket.send("text")).toBe("queued");
    const bytes = Uint8Array.of(7);
    expect(socket.send(bytes)).toBe("queued");
    bytes[0] = 0;
    expect(socket.bufferedAmount).toBe(9);
    expect(carrier.sent).toEqual([]);
    await socket.drained();
    expect(carrier.sent).toEqual([new TextEncoder().encode("blob"), "text", Uint8Array.of(7)]);
    expect(socket.bufferedAmount).toBe(0);
    expect(socket.send("direct")).toBe("accepted");
  });

  test("P-96 a Blob still being read when the connection ends stays counted, and is not sent", async () => {
    const { socket, carrier } = opened();
    socket.send(new Blob(["blob"]));
    socket.receiveClosed(failed);
    expect(socket.bufferedAmount).toBe(4);
    await settled();
    expect(carrier.sent).toEqual([]);
    expect(socket.bufferedAmount).toBe(4);
  });

  test("close() comes after a Blob that is being read", async () => {
    const { socket, carrier } = opened();
    socket.send(new Blob(["blob"]));
    socket.close(4000, "after");
    expect(socket.readyState).toBe(2);
    expect(carrier.closes).toEqual([]);
    await socket.drained();
    expect(carrier.sent).toHaveLength(1);
    expect(carrier.closes).toEqual([[4000, "after"]]);
  });

  test("V-34 wrong things become text or are refused, before the state is looked at", () => {
    const { socket, carrier } = opened();
    Reflect.apply(socket.send, socket, [20]);
    Reflect.apply(socket.send, socket, [null]);
    Reflect.apply(socket.send, socket, [{ length: 1e9 }]);
    expect(carrier.sent).toEqual(["20", "null", "[object Object]"]);
    expect(() => Reflect.apply(socket.send, socket, [])).toThrow(TypeError);
    const pending = connecting();
    expect(() => Reflect.apply(pending.send, pending, [new SharedArrayBuffer(4)])).toThrow(TypeError);
  });

  test("V-36 a toString that closes the socket: what it returns is dropped", () => {
    const { socket, carrier } = opened();
    const sly = {
      toString() {
        socket.close();
        return "sly";
      },
    };
    expect(Reflect.apply(socket.send, socket, [sly])).toBe("dropped");
    expect(carrier.sent).toEqual([]);
  });
});

describe("close", () => {
  test("P-94 arguments are judged in every state, before anything happens", () => {
    for (const socket of [connecting(), opened().socket]) {
      const before = socket.readyState;
      expect(() => socket.close(1001)).toThrow(expect.objectContaining({ name: "InvalidAccessError" }));
      expect(() => socket.close(1000, "x".repeat(124))).toThrow(expect.objectContaining({ name: "SyntaxError" }));
      expect(socket.readyState).toBe(before);
    }
    const { socket } = opened();
    socket.receiveClosed(clean);
    expect(() => socket.close(1001)).toThrow(expect.objectContaining({ name: "InvalidAccessError" }));
  });

  test("it starts the closing handshake once", () => {
    const { socket, carrier } = opened();
    socket.close(3001, "one");
    socket.close(3002, "two");
    expect(carrier.closes).toEqual([[3001, "one"]]);
    expect(socket.readyState).toBe(2);
  });

  test("P-28 while CONNECTING it gives the attempt up, once", () => {
    const socket = connecting();
    const events = record(socket);
    socket.close();
    socket.terminate();
    expect(socket.readyState).toBe(2);
    expect(events).toEqual([]);
    expect(socket.abandoned).toEqual([expect.objectContaining({ code: "LW_SOCKET_ABANDONED" })]);
    expect(socket.abandoned[0]).toBeInstanceOf(LocalError);
  });
});

describe("beyond the standard", () => {
  test("ping hands on exact bytes, and refuses while CONNECTING", () => {
    const { socket, carrier } = opened();
    expect(socket.ping()).toBe(true);
    expect(socket.ping(Uint8Array.of(1, 2, 3).subarray(1))).toBe(true);
    expect(carrier.pings).toEqual([undefined, Uint8Array.of(2, 3)]);
    expect(() => connecting().ping()).toThrow(expect.objectContaining({ name: "InvalidStateError" }));
    expect(() => socket.ping("x".repeat(126))).toThrow(expect.objectContaining({ code: "LW_SOCKET_PING_SIZE" }));
    socket.close();
    expect(socket.ping()).toBe(false);
  });

  test("ping and pong events carry the payload as an ArrayBuffer, whatever binaryType is", () => {
    const { socket } = opened();
    socket.binaryType = "blob";
    const seen: unknown[] = [];
    socket.addEventListener("pong", (event) => seen.push(new Uint8Array(event.data as ArrayBuffer)));
    socket.receivePong(Uint8Array.of(5, 6));
    expect(seen).toEqual([Uint8Array.of(5, 6)]);
  });

  test("pause before open takes hold at open", () => {
    const socket = connecting();
    socket.pause();
    expect(socket.paused).toBe(true);
    const carrier = new FakeCarrier();
    socket.open(carrier);
    expect(carrier.paused).toBe(true);
    socket.resume();
    expect([carrier.paused, socket.paused]).toEqual([false, false]);
  });

  test("terminate drops the transport", () => {
    const { socket, carrier } = opened();
    socket.terminate();
    expect(carrier.terminations).toEqual([undefined]);
    expect(socket.readyState).toBe(2);
    socket.receiveClosed(clean);
    socket.terminate();
    expect(carrier.terminations).toHaveLength(1);
  });

  test("iteration reads messages one at a time, holding the next one back, and ends with the socket", async () => {
    const { socket, carrier } = opened();
    const read: MessageData[] = [];
    const loop = (async () => {
      for await (const data of socket) read.push(data);
    })();
    await carrier.deliver("a", "b");
    socket.receiveClosed(clean);
    await loop;
    expect(read).toEqual(["a", "b"]);
  });

  test("iteration throws the cause of a failed socket", async () => {
    const { socket } = opened();
    const next = socket[Symbol.asyncIterator]().next();
    socket.receiveClosed(failed);
    await expect(next).rejects.toBe(failed.cause);
    await expect(socket[Symbol.asyncIterator]().next()).rejects.toBe(failed.cause);
  });

  test("close() inside a loop lets go of the message that was held back", async () => {
    const { socket } = opened();
    const iterator = socket[Symbol.asyncIterator]();
    const asked = iterator.next();
    const hold = socket.receiveMessage("a");
    expect((await asked).value).toBe("a");
    socket.close();
    await hold;
  });
});

test("the surface is an EventTarget that looks like the interface", () => {
  const { socket } = opened();
  expect(socket).toBeInstanceOf(EventTarget);
  expect(Object.prototype.toString.call(socket)).toBe("[object WebSocket]");
  expect([socket.CONNECTING, socket.OPEN, socket.CLOSING, socket.CLOSED]).toEqual([0, 1, 2, 3]);
  expect(socket.url).toBe("ws://user:secret@example:8080/path?query");
  expect(Object.keys(socket)).toEqual(["reported", "abandoned"]);
});
