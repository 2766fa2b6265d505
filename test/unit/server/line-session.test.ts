import { describe, expect, it, vi } from "vitest";
import { PacketType } from "../../../src/session/packet.ts";
import { settled } from "../../support/fake-clock.ts";
import { closeData, hello, openData, textData } from "../../support/line-client.ts";
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
