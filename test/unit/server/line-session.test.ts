import { describe, expect, it, vi } from "vitest";
import { EnvelopeKind, encodeEnvelope } from "../../../src/channels/envelope.ts";
import { PacketType } from "../../../src/session/packet.ts";
import { settled } from "../../support/fake-clock.ts";
import { closeData, data, hello, none, openData, textData } from "../../support/line-client.ts";
import { LineServer } from "../../support/line-server.ts";

const confirm = { type: PacketType.ack, received: 1 } as const;

function talking(hooks: Parameters<LineServer["route"]>[1] = {}, server = new LineServer()) {
  server.route("/", hooks);
  const client = server.dial();
  client.send(hello(), openData(1, "/"), confirm);
  const [session] = server.line.sessions;
  if (session === undefined) throw new Error("There is no session.");
  return { server, client, session };
}

describe("a session of the line", () => {
  it("I-12 is charged for what it keeps, and no more once it is over", () => {
    const { server, client, session } = talking({ message: (socket) => void socket.send("a".repeat(10_000)) });
    const { budget } = server.admission.rules.runtime;
    client.send(textData(1, "more"));
    expect(budget.used).toBeGreaterThan(10_000);
    session.session.bye(1000, "");
    expect(budget.used).toBe(0);
  });

  it("I-12 is charged for what has come: messages that wait for their handler, and one that is not complete", async () => {
    let finish = (): void => {};
    const { server, client } = talking({ message: () => new Promise<void>((resolve) => (finish = resolve)) });
    const { budget } = server.admission.rules.runtime;
    for (let count = 0; count < 30; count++) client.send(textData(1, "a".repeat(1_000)));
    expect(budget.used).toBeGreaterThan(30_000);
    for (let count = 0; count < 30; count++) {
      finish();
      await settled();
    }
    client.send(textData(1, "b"));
    expect(budget.used).toBeLessThan(10_000);
    const slice = new Uint8Array(16_000);
    client.send(openData(2, "/"));
    for (let count = 0; count < 10; count++) {
      client.send(data(Uint8Array.of(0, 2, ...slice)));
      await settled();
    }
    expect(budget.used).toBeGreaterThan(160_000);
    finish();
    await settled();
    client.send({ type: PacketType.bye, code: 1000, reason: "" });
    expect(budget.used).toBe(0);
  });

  it.each([
    [1000, [1000, undefined]],
    [1001, [1001, undefined]],
    [1012, [1012, "LW_CHANNEL_SESSION_ENDED"]],
  ] as const)("I-15 a client that leaves with %i closes its sockets so", async (code, expected) => {
    const told: unknown[] = [];
    const { client } = talking({ close: (socket, shown) => void told.push(shown, socket.cause?.code) });
    client.send({ type: PacketType.bye, code, reason: "" });
    await settled();
    expect(told).toEqual(expected);
  });

  it.each(["behind a transport that is not read", "without a transport", "for want of credit"])(
    "I-12 is charged for what waits %s, and gives way when there is too much",
    async (where) => {
      const server = new LineServer({ limits: { memoryBudgetBytes: 1_000_000 } });
      server.route("/");
      const client = server.dial();
      const credit = where === "for want of credit" ? 0 : 65_536;
      const open = { channel: 1, credit, path: "/", protocols: [], parameters: none, continues: false, isTopic: false };
      client.send(hello(), data(encodeEnvelope({ kind: EnvelopeKind.open, ...open })), confirm);
      const { budget } = server.admission.rules.runtime;
      if (where === "without a transport") client.cut();
      if (where === "behind a transport that is not read") client.link.pendingBytes = 1e6;
      const [socket] = server.residents.sockets;
      for (let count = 0; count < 50; count++) socket?.send("a".repeat(10_000));
      await settled();
      expect(budget.used).toBeGreaterThan(500_000);
      for (let count = 0; count < 50; count++) socket?.send("a".repeat(10_000));
      await settled();
      expect([budget.used, server.line.sessionCount, socket?.readyState]).toEqual([0, 0, 3]);
    },
  );

  it("is ended when the memory of all is used up", () => {
    const close = vi.fn();
    const { client, session } = talking({ close });
    session.throttle();
    session.relieve();
    expect(client.link.closed).toBeUndefined();
    session.shed();
    expect(client.told.at(-1)).toBe("bye 1013");
    expect(close).toHaveBeenCalledTimes(1);
  });

  it("wakes its channels: one whose client does not answer a CLOSE is given up", () => {
    const close = vi.fn();
    const { server, client } = talking({ message: (socket) => socket.close(1000), close });
    client.send(textData(1, "go"));
    expect(client.told.at(-1)).toBe("data close 1 1000");
    server.clock.advance(5_250);
    expect(client.told).toContain("data reset 1 1006");
    expect(close.mock.calls.map(([, code]: unknown[]) => code)).toEqual([1006]);
  });

  it("P-64 wakes them in time also when it is to be woken later already", () => {
    const { server, client } = talking({
      message: (socket, text) => (text === "close" ? socket.close(1000) : new Promise(() => {})),
    });
    client.send(openData(2, "/"), textData(1, "go"), closeData(1, 1000));
    // Nothing else is waited for by then.
    server.clock.advance(5_000);
    client.send(textData(2, "close"));
    server.clock.advance(5_250);
    expect(client.told).toContain("data reset 2 1006");
  });

  it("V-61 lets go of what was counted of its client once that says nothing any more", () => {
    const { server, session } = talking();
    expect(session.mux.wakeAt).toBeLessThan(Infinity);
    server.clock.advance(5_000);
    expect([session.mux.wakeAt, session.mux.isTimed]).toEqual([Infinity, false]);
  });

  it("finds out in time that a handler will never be done", async () => {
    const close = vi.fn();
    const { server, client } = talking({ message: () => new Promise(() => {}), close });
    client.send(textData(1, "go"), textData(1, "wait"));
    const [socket] = server.residents.sockets;
    client.send(closeData(1, 1000));
    expect(close).not.toHaveBeenCalled();
    await server.clock.advanceAsync(100_000);
    expect(close).toHaveBeenCalledTimes(1);
    expect([socket?.readyState, server.residents.sockets.size]).toEqual([3, 0]);
  });

  it.each(["BYE", "nobody comes back"])("finds out in time also when it is over meanwhile: %s", async (how) => {
    const close = vi.fn();
    const { server, client } = talking({ message: () => new Promise(() => {}), close });
    client.send(textData(1, "go"), textData(1, "wait"));
    const [socket] = server.residents.sockets;
    if (how === "BYE") client.send({ type: PacketType.bye, code: 1000, reason: "" });
    else client.cut();
    expect(server.admission.rules.runtime.budget.used).toBeGreaterThan(0);
    await server.clock.advanceAsync(130_000);
    expect([server.line.sessionCount, close.mock.calls.length]).toEqual([0, how === "BYE" ? 1 : 0]);
    await server.clock.advanceAsync(70_000);
    expect(close).toHaveBeenCalledTimes(1);
    expect([socket?.readyState, server.residents.sockets.size]).toEqual([3, 0]);
    expect([server.admission.rules.runtime.budget.used, server.clock.pendingCount]).toEqual([0, 0]);
  });

  it("leaves when its last channel has closed", async () => {
    const { server, client, session } = talking();
    for (const socket of server.residents.channels) socket.dismiss(1012, "");
    session.leave(1012, "");
    await settled();
    expect(client.told.at(-1)).toBe("data close 1 1012");
    client.send(closeData(1, 1012));
    await settled();
    expect(client.told.at(-1)).toBe("bye 1012");
    expect(server.line.sessionCount).toBe(0);
  });

  it("leaves at once when nobody is there", async () => {
    const { server, client, session } = talking();
    client.cut();
    session.leave(1012, "");
    await settled();
    expect([server.line.sessionCount, server.residents.sockets.size, server.clock.pendingCount]).toEqual([0, 0, 0]);
  });

  it("and when its client goes while it is leaving", async () => {
    const { server, client, session } = talking();
    session.leave(1012, "");
    client.cut();
    await settled();
    expect(server.line.sessionCount).toBe(0);
  });

  it("gives its place back once, when it is forgotten", () => {
    const server = new LineServer({ limits: { maxConnections: 1 } });
    const { client } = talking({}, server);
    client.cut();
    expect(() => server.place()).toThrow("No place");
    server.clock.advance(130_000);
    server.place().leave();
    expect(server.line.sessionCount).toBe(0);
  });
});
