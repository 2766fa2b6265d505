import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { resolveLimits } from "../../../src/base/limits.ts";
import { Hub } from "../../../src/hub/hub.ts";
import { Journal } from "../../../src/server/log.ts";
import { Metrics } from "../../../src/server/metrics.ts";
import { isServerCloseCode, ServerSocket, type PeerHooks } from "../../../src/server/peer.ts";
import { Reports } from "../../../src/server/reports.ts";
import { UpgradeRequest } from "../../../src/server/upgrade-request.ts";
import { FakeCarrier } from "../../support/fake-carrier.ts";
import { settled } from "../../support/fake-clock.ts";

const clean = { code: 1_000, reason: "bye", wasClean: true, cause: undefined };

function openPeer(hooks: PeerHooks, hub = new Hub(255)) {
  const carrier = new FakeCarrier();
  const errors: string[] = [];
  const metrics = new Metrics();
  const log = { debug() {}, error: (line: string, error: unknown) => void errors.push(`${line}: ${String(error)}`) };
  const released: ServerSocket[] = [];
  const request = new UpgradeRequest({
    target: { path: "/a", search: "" },
    host: "app.example",
    secure: false,
    origin: undefined,
    remoteAddress: "192.0.2.1",
    protocols: [],
    params: { room: "a" },
    rawHeaders: [],
  });
  const socket = new ServerSocket(
    carrier,
    {
      pattern: "/:room",
      hooks,
      hub,
      reports: new Reports(metrics, new Journal(log)),
      limits: resolveLimits({ maxTopicsPerSocket: 2 }),
      release: (gone) => void released.push(gone),
    },
    request,
    "Ada",
    { bytesRead: 3 },
  );
  carrier.owner = socket;
  socket.open();
  return { socket, carrier, errors, metrics, released, hub };
}

describe("a server's socket", () => {
  it("is open from birth, and has its parameters, its user and a place for the application", () => {
    const { socket } = openPeer({});
    expect([socket.readyState, socket.binaryType, socket.url, socket.route]).toEqual([
      1,
      "arraybuffer",
      "ws://app.example/a",
      "/:room",
    ]);
    expect([socket.params, socket.user, socket.data]).toEqual([{ room: "a" }, "Ada", undefined]);
    socket.data = 7;
    expect(socket.data).toBe(7);
    expect(socket.transportBytes).toEqual({ received: 3, sent: 0 });
  });

  it("gives hooks the message at once and events a checkpoint", async () => {
    const hooked = openPeer({ message: (socket, data) => void socket.send(data) });
    expect(hooked.socket.receiveMessage("a")).toBeUndefined();
    expect(hooked.carrier.sent).toEqual(["a"]);
    const listening = openPeer({});
    listening.socket.onmessage = (event) => void listening.socket.send(event.data as ArrayBuffer);
    expect(listening.socket.receiveMessage(Uint8Array.of(1))).toBe("checkpoint");
    expect(listening.carrier.sent).toEqual([Uint8Array.of(1)]);
    expect([hooked.metrics.messagesIn, hooked.metrics.messagesOut]).toEqual([1, 1]);
    await settled();
  });

  it("calls hooks as methods of the object they were given in", () => {
    const seen: unknown[] = [];
    const hooks = {
      name: "mine",
      message(): void {
        seen.push(this.name);
      },
    };
    openPeer(hooks).socket.receiveMessage("x");
    expect(seen).toEqual(["mine"]);
  });

  it("does not count what could not be sent", () => {
    const { socket, carrier, metrics } = openPeer({});
    carrier.pressure = "dropped";
    expect(socket.send("x")).toBe("dropped");
    socket.deliver(Uint8Array.of(0x81, 0));
    expect(metrics.messagesOut).toBe(0);
    carrier.pressure = "queued";
    socket.deliver(Uint8Array.of(0x81, 0));
    expect(metrics.messagesOut).toBe(1);
  });

  it("V-26 leaves its topics when it closes, calls close once, and is released last", () => {
    const calls: string[] = [];
    const { socket, hub, released } = openPeer({
      close: (peer, code, reason) => void calls.push(`${code} ${reason} ${peer.readyState} ${released.length}`),
    });
    socket.subscribe("a");
    socket.subscribe("b");
    socket.receiveClosed(clean);
    expect(calls).toEqual(["1000 bye 3 0"]);
    expect([hub.topicCount, released.length]).toEqual([0, 1]);
    expect(socket.subscribe("c")).toBe(false);
    expect(hub.topicCount).toBe(0);
  });

  it("closes with the codes of a server, and as the standard has it with all others", () => {
    for (const [code, reason] of [
      [1_013, "busy"],
      [3_000, "x"],
      [undefined, undefined],
    ] as const) {
      const { socket, carrier } = openPeer({});
      socket.close(code, reason);
      socket.close(code, reason);
      expect(carrier.closes).toEqual([[code, reason]]);
    }
    const { socket, carrier } = openPeer({});
    expect(() => socket.close(1_005)).toThrow(expect.objectContaining({ name: "InvalidAccessError" }));
    expect(() => socket.close(1_013, "x".repeat(124))).toThrow(expect.objectContaining({ name: "SyntaxError" }));
    expect(carrier.closes).toEqual([]);
    expect([1_001, 1_011, 4_999].every(isServerCloseCode)).toBe(true);
    expect([1_010, 1_006, 1_015, 999].some(isServerCloseCode)).toBe(false);
  });

  it("V-35 tells the error hook what a handler threw, once, and closes 1011", async () => {
    const boom = new Error("boom");
    const error = vi.fn();
    const { socket, carrier, errors, metrics } = openPeer({
      async message() {
        await settled(1);
        throw boom;
      },
      error,
      close() {
        throw new Error("on the way out");
      },
    });
    await socket.receiveMessage("x");
    expect(error).toHaveBeenCalledExactlyOnceWith(socket, boom);
    expect(carrier.closes[0]?.[0]).toBe(1_011);
    expect(socket.receiveMessage("late")).toBeUndefined();
    socket.receiveClosed(clean);
    expect(error).toHaveBeenCalledTimes(1);
    expect(errors).toEqual(["the close hook of route /:room threw: Error: on the way out"]);
    expect(metrics.handlerErrors).toBe(2);
  });

  it("V-35 survives an error hook that throws or rejects", async () => {
    for (const error of [
      () => {
        throw new Error("second");
      },
      async () => Promise.reject(new Error("second")),
    ]) {
      const { carrier, errors } = openPeer({
        open() {
          throw new Error("first");
        },
        error,
      });
      await settled();
      expect(errors).toEqual(["the error hook of route /:room threw: Error: second"]);
      expect(carrier.closes[0]?.[0]).toBe(1_011);
    }
  });

  it("keeps the messages waiting while open is pending", async () => {
    const calls: string[] = [];
    let opened: (() => void) | undefined;
    const { socket } = openPeer({
      open: () => new Promise<void>((resolve) => (opened = resolve)),
      message: (_socket, data) => void calls.push(String(data)),
    });
    const delivery = socket.receiveMessage("x");
    await settled();
    expect(calls).toEqual([]);
    opened?.();
    await delivery;
    expect(calls).toEqual(["x"]);
    expect(socket.receiveMessage("y")).toBeUndefined();
  });

  it.each([
    ["that begins at once", false],
    ["that begins when a message waits already", true],
  ])("P-75 lets a loop in the open hook %s read the messages", async (_loop, isLate) => {
    const heard: unknown[] = [];
    const { socket, errors } = openPeer({
      async open(peer) {
        if (isLate) await new Promise((resolve) => setImmediate(resolve));
        for await (const message of peer) heard.push(message);
        heard.push("end");
      },
    });
    const first = socket.receiveMessage("a");
    await settled();
    await first;
    await settled();
    expect(heard).toEqual(["a"]);
    await socket.receiveMessage("b");
    socket.receiveClosed(clean);
    await settled();
    expect([heard, errors]).toEqual([["a", "b", "end"], []]);
  });

  it("publishes messages to whoever watches, publications as the bytes of the frame", () => {
    const heard: unknown[] = [];
    for (const name of ["longwire:message:in", "longwire:message:out"]) {
      const listen = (message: unknown): void => void heard.push([name, (message as { data: unknown }).data]);
      subscribe(name, listen);
      onTestFinished(() => void unsubscribe(name, listen));
    }
    const { socket } = openPeer({});
    socket.receiveMessage("in");
    socket.send("out");
    const frame = socket.codec.encode("all");
    socket.deliver(frame);
    expect(heard).toEqual([
      ["longwire:message:in", "in"],
      ["longwire:message:out", "out"],
      ["longwire:message:out", frame],
    ]);
    expect([...frame]).toEqual([0x81, 3, ...Buffer.from("all")]);
  });

  it("hears pings and pongs as hooks and as events, and that the server drains", () => {
    const calls: string[] = [];
    const { socket } = openPeer({
      ping: (_socket, payload) => void calls.push(`ping ${payload.length}`),
      pong: () => void calls.push("pong"),
      drain: () => void calls.push("drain"),
    });
    socket.addEventListener("ping", () => calls.push("ping event"));
    socket.receivePing(Uint8Array.of(1, 2));
    socket.receivePong(new Uint8Array(0));
    socket.announceDrain();
    expect(calls).toEqual(["ping 2", "ping event", "pong", "drain"]);
  });

  it("drops its transport with a cause of its own", () => {
    const { socket, carrier } = openPeer({});
    const cause = { code: "LW_X" } as never;
    socket.drop(cause);
    expect(carrier.terminations).toEqual([cause]);
  });
});
