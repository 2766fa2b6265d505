// WHATWG's rows again, on a socket that is a channel of a session: what a page sees must not tell the two apart.
import { describe, expect, test, vi } from "vitest";
import { WebSocketLine } from "../../../src/client/line.ts";
import type { LineSocket } from "../../../src/client/line-socket.ts";
import { ClientNetwork } from "../../support/client-network.ts";
import { settled } from "../../support/fake-clock.ts";

interface Page {
  readonly network: ClientNetwork;
  readonly socket: LineSocket;
  /** Everything arrives. */
  pass(): Promise<void>;
}

function begin(): Page {
  const network = new ClientNetwork();
  const line = new WebSocketLine("https://a.example", {}, network.surroundings, network.createDetours);
  return { network, socket: line.open("/chat", ["chat.v1"]), pass: () => network.clock.advanceAsync(500) };
}

async function open(): Promise<Page> {
  const page = begin();
  await page.pass();
  expect(page.socket.readyState).toBe(1);
  return page;
}

const named = (name: string): unknown => expect.objectContaining({ name });

test("P-94 arguments of close() are judged in every state, before anything happens", async () => {
  const { socket, pass } = await open();
  for (const code of [999, 1001, 2999, 5000, NaN]) {
    expect(() => socket.close(code)).toThrow(named("InvalidAccessError"));
  }
  expect(() => socket.close(3000, "ü".repeat(62))).toThrow(named("SyntaxError"));
  expect(socket.readyState).toBe(1);
  const closed: unknown[] = [];
  socket.onclose = ({ code, reason, wasClean }) => closed.push([code, reason, wasClean]);
  socket.close(undefined, undefined);
  await pass();
  expect(closed).toEqual([[1005, "", true]]);
  expect(() => socket.close(1001)).toThrow(named("InvalidAccessError"));
});

test("P-95 P-96 before it is open send() throws; after close() it drops, and bufferedAmount grows and stays", async () => {
  const { socket, network, pass } = begin();
  expect(() => socket.send("early")).toThrow(named("InvalidStateError"));
  await pass();
  socket.send("1");
  await pass();
  expect(socket.bufferedAmount).toBe(0);
  socket.close();
  expect([socket.send("über"), socket.bufferedAmount]).toEqual(["dropped", 5]);
  socket.send(new Uint8Array(3));
  await pass();
  socket.send("x");
  expect([socket.readyState, socket.bufferedAmount, network.heard]).toEqual([3, 9, ["1"]]);
});

test("P-97 binaryType is blob until it is set, and a bad value is ignored", async () => {
  const { socket, pass } = await open();
  const got: unknown[] = [];
  socket.onmessage = ({ data }) => got.push(data);
  expect(socket.binaryType).toBe("blob");
  socket.send(Uint8Array.of(1, 2));
  await pass();
  socket.binaryType = "arraybuffer";
  socket.binaryType = "text" as never;
  socket.send(Uint8Array.of(3));
  await pass();
  expect(got).toEqual([expect.any(Blob), Uint8Array.of(3).buffer]);
});

test("P-98 what arrives after close() is not dispatched", async () => {
  const { socket, pass } = await open();
  const got: unknown[] = [];
  socket.onmessage = ({ data }) => got.push(data);
  socket.send("1");
  socket.close();
  await pass();
  expect([got, socket.readyState]).toEqual([[], 3]);
});

test("P-99 attributes and listeners run in the order they were set, once, replaced, and whatever one of them throws", async () => {
  const { socket, pass } = await open();
  const log: string[] = [];
  const thrown: unknown[] = [];
  const queue = vi.spyOn(globalThis, "queueMicrotask").mockImplementation((run) => {
    void Promise.resolve()
      .then(run)
      .catch((error: unknown) => void thrown.push(error));
  });
  try {
    const throwing = (): void => {
      throw new Error("mine");
    };
    socket.addEventListener("message", throwing, { once: true });
    socket.onmessage = () => log.push("replaced");
    socket.addEventListener("message", () => log.push("once"), { once: true });
    socket.addEventListener("message", { handleEvent: () => log.push("object") } as never);
    socket.onmessage = () => log.push("attribute");
    socket.send("x");
    await pass();
    await settled();
  } finally {
    queue.mockRestore();
  }
  expect([log, thrown]).toEqual([["attribute", "once", "object"], [new Error("mine")]]);
  socket.onmessage = null;
  socket.send("y");
  await pass();
  expect(log.slice(3)).toEqual(["object"]);
});

test("P-100 all that a handler's microtasks do is done before the next message", async () => {
  const { socket, pass } = await open();
  const log: string[] = [];
  socket.onmessage = async ({ data }) => {
    log.push(String(data));
    await Promise.resolve();
    await Promise.resolve();
    log.push(`after ${String(data)}`);
  };
  for (const text of ["1", "2", "3"]) socket.send(text);
  await pass();
  expect(log).toEqual(["1", "after 1", "2", "after 2", "3", "after 3"]);
});

test("P-102 readyState in every event, the origin of messages, and who closed how", async () => {
  const { socket, network, pass } = begin();
  const states: unknown[] = [];
  for (const type of ["open", "message", "error", "close"] as const) {
    socket.addEventListener(type, (event) => {
      states.push([type, socket.readyState, ...("origin" in event ? [event.origin] : [])]);
    });
  }
  await pass();
  socket.send("x");
  await pass();
  expect(socket.protocol).toBe("chat.v1");
  // Its session is gone: an error, then close 1006.
  network.restart();
  await pass();
  await pass();
  expect(states).toEqual([
    ["open", 1],
    ["message", 1, "wss://a.example"],
    ["error", 3],
    ["close", 3],
  ]);
});

describe("P-101 who refers to it", () => {
  test("P-101 nobody: while it is open it lives, and delivers", async () => {
    const network = new ClientNetwork();
    const line = new WebSocketLine("https://a.example", {}, network.surroundings, network.createDetours);
    const got: string[] = [];
    const held = ((): WeakRef<LineSocket> => {
      const socket = line.open("/chat");
      socket.onopen = () => socket.send("hello");
      socket.onmessage = ({ data }) => got.push(String(data));
      return new WeakRef(socket);
    })();
    await network.clock.advanceAsync(500);
    (globalThis as { gc?: () => void }).gc?.();
    await network.clock.advanceAsync(500);
    expect([got, held.deref()?.readyState]).toEqual([["hello"], 1]);
  });
});
