import { describe, expect, it, vi } from "vitest";
import { PacketType } from "../../../src/session/packet.ts";
import { settled } from "../../support/fake-clock.ts";
import { hello, none, openData, resume, text, textData } from "../../support/line-client.ts";
import { type LineEnd, LineServer } from "../../support/line-server.ts";

const confirm = { type: PacketType.ack, received: 1 } as const;

function ticketOf(client: LineEnd): Uint8Array {
  const opened = client.link.sent.findLast(({ type }) => type === PacketType.welcome || type === PacketType.resumed);
  if (opened === undefined || !("ticket" in opened)) throw new Error("There was no ticket.");
  return opened.ticket;
}

const byToken = (request: { headers: Headers }): string => {
  const token = request.headers.get("authorization")?.slice(7);
  if (token === undefined) throw new Response("", { status: 401 });
  return token.split("-")[0] as string;
};

describe("the line", () => {
  it("greets, welcomes, and gives the channel a socket of its route", () => {
    const open = vi.fn();
    const server = new LineServer().route("/", { open, message: (socket, data) => void socket.send(data) });
    const client = server.dial();
    client.send(hello(), openData(1, "/"), confirm, textData(1, "hi"));
    expect(client.told).toEqual(["greet", "welcome", "data accept 1", "data 1 hi"]);
    expect(open).toHaveBeenCalledTimes(1);
  });

  it("tells the client what holds here", () => {
    const server = new LineServer({
      limits: { maxMessageBytes: 5_000 },
      line: { retainBytes: 4_096, windowMs: 7_000 },
    });
    const client = server.dial();
    client.send(hello());
    const told = {
      maxMessageBytes: 5_000,
      maxChannels: 64,
      retainBytes: 4_096,
      windowSeconds: 7,
      heartbeatSeconds: 20,
    };
    expect(client.link.last).toMatchObject(told);
  });

  it("V-52 a channel speaks for whoever resumed or renewed the session last", () => {
    const users: unknown[] = [];
    const server = new LineServer({ authenticate: byToken, line: { principal: () => "one for all" } });
    server.route("/", { open: (_socket, { user, request }) => void users.push([user, request.headers.get("cookie")]) });
    const first = server.dial(["Cookie", "a=1"]);
    first.send(hello("Ada"), openData(1, "/"), confirm);
    first.cut();
    const second = server.dial(["Cookie", "b=2"]);
    second.send(resume(ticketOf(first), 2, 1, "Bob"), confirm, openData(2, "/"));
    second.send({ type: PacketType.auth, id: 1, token: text("Cleo") }, openData(3, "/"));
    expect(users).toEqual([
      ["Ada", "a=1"],
      ["Bob", "b=2"],
      ["Cleo", "b=2"],
    ]);
  });

  it("V-52 AUTH: a wrong token, another principal and a hook that is slow", async () => {
    let decide: ((user: string) => void) | undefined;
    const server = new LineServer({
      authenticate: (request) => {
        if (request.headers.get("authorization") !== "Bearer slow") return byToken(request);
        return new Promise<string>((resolve) => (decide = resolve));
      },
    });
    const client = server.dial();
    client.send(hello("Ada"));
    const auth = (id: number, token: Uint8Array) => ({ type: PacketType.auth, id, token }) as const;
    client.send(auth(1, text("Bob")), auth(2, text("\n")), auth(3, text("Ada-2")));
    expect(client.told.slice(2)).toEqual(["authed 1 4403", "authed 2 4401", "authed 3 0"]);
    client.send(auth(4, text("slow")));
    decide?.("Ada");
    await settled();
    expect(client.told.at(-1)).toBe("authed 4 0");
    // Nothing new to show: what was shown before is judged again.
    client.send(auth(5, none));
    decide?.("Ada");
    await settled();
    expect(client.told.at(-1)).toBe("authed 5 0");
    client.send(auth(6, text("slow")));
    // It outlives the session.
    client.send({ type: PacketType.bye, code: 1000, reason: "" });
    decide?.("Ada");
    await settled();
    expect(server.line.sessionCount).toBe(0);
  });

  it("V-24 V-52 a flood of AUTH: `authenticate` is asked about one at a time, and the latest is answered", async () => {
    const decisions: (() => void)[] = [];
    const server = new LineServer({
      authenticate: (request) => {
        if (request.headers.get("authorization") !== "Bearer slow") return byToken(request);
        return new Promise<string>((resolve) => decisions.push(() => resolve("Ada")));
      },
    });
    const client = server.dial();
    client.send(hello("Ada"));
    for (let id = 1; id <= 500; id++) client.send({ type: PacketType.auth, id, token: text("slow") });
    expect(decisions).toHaveLength(1);
    decisions[0]?.();
    await settled();
    expect(decisions).toHaveLength(2);
    decisions[1]?.();
    await settled();
    expect(client.told.slice(2)).toEqual(["authed 500 0"]);
    expect(decisions).toHaveLength(2);
  });

  it("counts what there is, by transport", () => {
    const server = new LineServer().route("/");
    const [first, second, third] = [server.dial(), server.dial(), server.dial()];
    for (const client of [first, second, third]) client.send(hello(), openData(1, "/"), confirm);
    second.cut();
    third.send({ type: PacketType.bye, code: 1000, reason: "" });
    expect(server.line.gauges).toMatchObject({
      sessions: 2,
      parked: 1,
      channels: 2,
      transports: { websocket: 1, stream: 0, longpoll: 0, poll: 0 },
    });
    expect(server.metrics.sessionsOpened).toBe(3);
  });

  it("takes leave of everybody: sessions, and transports that have none", async () => {
    const server = new LineServer().route("/");
    const [talking, greeted] = [server.dial(), server.dial()];
    talking.send(hello(), openData(1, "/"), confirm);
    server.line.goAway(15_000, 10_000);
    expect(talking.told.at(-1)).toBe("goAway 1");
    let isEmpty = false;
    void server.line.emptied().then(() => void (isEmpty = true));
    server.line.end(1012, "");
    await settled();
    expect([isEmpty, talking.told.at(-1), greeted.link.closed]).toEqual([true, "bye 1012", "1012"]);
    await server.line.emptied();
    await server.line.transportsGone(1);
    talking.cut();
    greeted.cut();
    expect([server.line.isEmpty, server.clock.pendingCount]).toEqual([true, 0]);
  });

  it("a transport that never says who it is has its place for ten seconds", () => {
    const server = new LineServer({ limits: { maxConnections: 1 } });
    const client = server.dial();
    expect(() => server.place()).toThrow("No place");
    server.clock.advance(10_250);
    expect(client.link.closed).toBe("4400");
    client.cut();
    server.place().leave();
  });
});
