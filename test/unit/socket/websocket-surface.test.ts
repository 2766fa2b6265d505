import { describe, expect, test } from "vitest";
import { LocalError, RemoteError, type LongwireError } from "../../../src/base/errors.ts";
import type { CloseOutcome } from "../../../src/socket/carrier.ts";
import { WebSocketSurface, type EventHandler, type MessageData } from "../../../src/socket/websocket-surface.ts";
import { settled } from "../../support/fake-clock.ts";
import { FakeCarrier } from "../../support/fake-carrier.ts";

class TestSocket extends WebSocketSurface {
  readonly reported: unknown[] = [];
  readonly abandoned: LongwireError[] = [];

  open(carrier: FakeCarrier): void {
    carrier.owner = this;
    this.adopt(carrier);
    this.announceOpen();
  }

  protected override reportError(error: unknown): void {
    this.reported.push(error);
  }

  protected override abandon(cause: LongwireError): void {
    this.abandoned.push(cause);
  }
}

function connecting(): TestSocket {
  return new TestSocket("ws://user:secret@example:8080/path?query", "arraybuffer");
}

function opened(): { socket: TestSocket; carrier: FakeCarrier } {
  const socket = connecting();
  const carrier = new FakeCarrier();
  socket.open(carrier);
  return { socket, carrier };
}

const clean: CloseOutcome = { code: 1000, reason: "bye", wasClean: true, cause: undefined };
const failed: CloseOutcome = {
  code: 1006,
  reason: "",
  wasClean: false,
  cause: new RemoteError("LW_PROTOCOL_TEST", "It broke.", 1002),
};

/** Every event of `socket` with the ready state its listeners see. */
function record(socket: WebSocketSurface): string[] {
  const events: string[] = [];
  for (const type of ["open", "message", "error", "close", "ping", "pong"]) {
    socket.addEventListener(type, () => events.push(`${type} in ${socket.readyState}`));
  }
  return events;
}

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

describe("listeners", () => {
  test("P-99 attributes and listeners run in the order they were first set", async () => {
    const { socket, carrier } = opened();
    const order: string[] = [];
    socket.addEventListener("message", () => order.push("1"));
    socket.onmessage = () => order.push("replaced");
    socket.addEventListener("message", { handleEvent: () => order.push("3") });
    socket.onmessage = () => order.push("2");
    await carrier.deliver("x");
    expect(order).toEqual(["1", "2", "3"]);
  });

  test("P-99 once, removal, capture and doubles are the platform's", async () => {
    const { socket, carrier } = opened();
    const order: string[] = [];
    const listener = (): number => order.push("listener");
    socket.addEventListener("message", () => order.push("once"), { once: true });
    socket.addEventListener("message", listener);
    socket.addEventListener("message", listener);
    socket.addEventListener("message", listener, { capture: true });
    await carrier.deliver("x");
    expect(order.splice(0)).toEqual(["once", "listener", "listener"]);
    socket.removeEventListener("message", listener);
    await carrier.deliver("x");
    expect(order.splice(0)).toEqual(["listener"]);
    socket.removeEventListener("message", listener, true);
    await carrier.deliver("x");
    expect(order).toEqual([]);
  });

  test("P-99 a listener goes when its signal aborts", async () => {
    const { socket, carrier } = opened();
    const seen: unknown[] = [];
    const controller = new AbortController();
    socket.addEventListener("message", (event) => seen.push(event.data), { signal: controller.signal });
    await carrier.deliver("1");
    controller.abort();
    await carrier.deliver("2");
    expect(seen).toEqual(["1"]);
  });

  test("P-99 V-35 an exception is reported and the others still run", async () => {
    const { socket, carrier } = opened();
    const seen: string[] = [];
    socket.onmessage = () => {
      throw new Error("attribute");
    };
    socket.addEventListener("message", async () => Promise.reject(new Error("asynchronous")));
    socket.addEventListener("message", { handleEvent: 5 } as never);
    socket.addEventListener("message", () => seen.push("ran"));
    await carrier.deliver("1", "2");
    expect(seen).toEqual(["ran", "ran"]);
    const messages = socket.reported.map((error) => (error as Error).name + (error as Error).message.slice(0, 12));
    expect(messages.filter((message) => message.startsWith("TypeError"))).toHaveLength(2);
    expect(messages.filter((message) => message === "Errorattribute")).toHaveLength(2);
    expect(messages.filter((message) => message === "Errorasynchronous".slice(0, 17))).toHaveLength(2);
    expect(socket.readyState).toBe(1);
  });

  test("P-99 attributes read null until they are set, and null again after null", () => {
    const { socket } = opened();
    for (const name of ["onopen", "onmessage", "onerror", "onclose"] as const) {
      expect(socket[name]).toBeNull();
      const handler: EventHandler<Event> = () => {};
      socket[name] = handler;
      expect(socket[name]).toBe(handler);
      socket[name] = null;
      expect(socket[name]).toBeNull();
    }
  });

  test("a handler's this and the event's targets are the socket", async () => {
    const { socket, carrier } = opened();
    const seen: unknown[] = [];
    socket.onmessage = function onmessage(event) {
      seen.push(this, event.target, event.currentTarget);
    };
    await carrier.deliver("x");
    expect(seen).toEqual([socket, socket, socket]);
  });

  test("events of one's own still go through", () => {
    const { socket } = opened();
    const seen: string[] = [];
    socket.addEventListener("mine", (event) => seen.push(event.type));
    socket.dispatchEvent(new Event("mine"));
    expect(seen).toEqual(["mine"]);
    expect(socket.addEventListener("x", null)).toBeUndefined();
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

describe("re-entrancy", () => {
  const calls: Record<string, (socket: TestSocket) => unknown> = {
    send: (socket) => socket.send("x"),
    sendBlob: (socket) => socket.send(new Blob(["x"])),
    close: (socket) => socket.close(),
    terminate: (socket) => socket.terminate(),
    ping: (socket) => socket.ping(),
    pause: (socket) => socket.pause(),
    resume: (socket) => socket.resume(),
    drained: (socket) => socket.drained(),
    // The loop is the test's own: its rejection is the test's to catch.
    iterate: (socket) =>
      socket[Symbol.asyncIterator]()
        .next()
        .catch(() => {}),
    throw: () => {
      throw new Error("from the handler");
    },
  };
  const types = ["open", "message", "ping", "pong", "error", "close"];

  test.each(types.flatMap((type) => Object.keys(calls).map((call) => [call, type] as const)))(
    "V-36 %s from within %s: no throw, one close event",
    async (call, type) => {
      const socket = connecting();
      const carrier = new FakeCarrier();
      const events = record(socket);
      socket.addEventListener(type, () => void calls[call]?.(socket));
      socket.open(carrier);
      // Not awaited: a loop that asks for no second message holds the first delivery open.
      void carrier.deliver("a");
      await settled();
      socket.receivePing(new Uint8Array(0));
      socket.receivePong(new Uint8Array(0));
      socket.receiveClosing();
      socket.receiveClosed(failed);
      await settled();
      expect(events.filter((event) => event.startsWith("close"))).toEqual(["close in 3"]);
      expect(events.at(-1)).toBe("close in 3");
      expect(socket.reported).toHaveLength(call === "throw" ? 1 : 0);
    },
  );

  test("V-36 a carrier that closes inside terminate() inside message: nothing after close", async () => {
    const { socket, carrier } = opened();
    const events = record(socket);
    carrier.terminate = () => socket.receiveClosed({ ...clean, code: 1006, wasClean: false });
    socket.addEventListener("message", () => socket.terminate());
    await carrier.deliver("a", "b");
    expect(events).toEqual(["message in 1", "close in 3"]);
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
