import { describe, expect, test } from "vitest";
import type { EventHandler } from "../../../src/base/websocket-surface.ts";
import { clean, connecting, failed, opened, record, type BareSocket } from "../../support/bare-socket.ts";
import { FakeCarrier } from "../../support/fake-carrier.ts";
import { settled } from "../../support/fake-clock.ts";

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

describe("re-entrancy", () => {
  const calls: Record<string, (socket: BareSocket) => unknown> = {
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
