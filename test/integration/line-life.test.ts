// The life of sessions on a whole server: renewed admission, closing, draining, and what is left behind.
import { describe, expect, it, vi } from "vitest";
import { type AuthPacket, PacketType } from "../../src/session/packet.ts";
import type { LongwireServer, ServerSocket } from "../../src/server/index.ts";
import { closeData, dialLine, hello, moveData, openData, resume, text, textData } from "../support/line-client.ts";
import { at, bodyOf, LineRequests, LineStream } from "../support/line-requests.ts";
import { echoRoute, serve } from "../support/test-server.ts";

const impatient = { limits: { closeTimeoutMs: 50 } };

const auth = (id: number, token: string): AuthPacket => ({ type: PacketType.auth, id, token: text(token) });

describe("admission that ends", () => {
  const users: Readonly<Record<string, { id: string; lasts?: number }>> = {
    short: { id: "Ada", lasts: 60 },
    long: { id: "Ada", lasts: 3600 },
    other: { id: "Bob" },
  };
  const options = {
    ...impatient,
    line: { expiresIn: (user: { lasts?: number }) => user.lasts },
    authenticate: (request: { headers: Headers }) => {
      const user = users[request.headers.get("authorization")?.slice(7) ?? ""];
      if (user === undefined) throw new Response("", { status: 401 });
      return user;
    },
  };

  it("V-52 is told to the client, and renewed in place for the same principal only", async () => {
    const opened: unknown[] = [];
    const server = await serve<{ id: string; lasts?: number }>(options, (routes) => {
      routes.route("/", {
        open: (_socket, { user, request }) => void opened.push([user, request.headers.get("authorization")]),
      });
    });
    const client = await dialLine(server);
    client.send(hello("short"), openData(1, "/"));
    const welcome = await client.expect(PacketType.welcome);
    expect(welcome.expiresSeconds).toBe(60);
    await client.told(1);
    client.send({ type: PacketType.ack, received: 1 }, auth(1, "other"));
    expect(await client.told(1)).toEqual(["authed 1 4403"]);
    client.send(auth(2, "nobody"));
    expect(await client.told(1)).toEqual(["authed 2 4401"]);
    client.send(auth(3, "long"));
    expect(await client.next()).toMatchObject({ id: 3, status: 0, expiresSeconds: 3600 });
    // What comes from now on is the newer one's.
    client.send(openData(2, "/"));
    expect(await client.told(1)).toEqual(["data accept 2"]);
    expect(opened).toEqual([
      [users["short"], "Bearer short"],
      [users["long"], "Bearer long"],
    ]);
  });
});

describe("closing a server", () => {
  it("ends each channel cleanly, then the session with BYE, over WebSocket", async () => {
    const closed: unknown[] = [];
    const server = await serve({}, (routes) => {
      routes.route("/", { close: (socket, code) => void closed.push([code, socket.cause]) });
    });
    const client = await dialLine(server);
    client.send(hello(), openData(1, "/"));
    await client.told(2);
    const gone = server.server.close();
    expect(await client.told(1)).toEqual(["data close 1 1001"]);
    client.send({ type: PacketType.ack, received: 2 }, closeData(1, 1001));
    expect(await client.toldUntilClosed()).toEqual(["bye 1001", "closed 4410"]);
    await gone;
    expect(closed).toEqual([[1001, undefined]]);
  });

  it("answers every request that waits, and lets the client say its part", async () => {
    const closed: unknown[] = [];
    const server = await serve({}, (routes) => {
      routes.route("/", { close: (_socket, code) => void closed.push(code) });
    });
    const line = new LineRequests(server.port);
    const { ticket } = await line.open([hello(), at(1), openData(1, "/")]);
    const waiting = line.poll(ticket, 1, 20);
    const stream = new LineStream(
      await line.begin("POST", "stream", bodyOf(hello()), { "Content-Type": "application/longwire" }),
    );
    await stream.next();
    const gone = server.server.close();
    expect((await waiting).told).toEqual(["at", "data close 1 1001"]);
    expect(await stream.told(2)).toEqual(["bye 1001", "over"]);
    expect((await line.send(ticket, [at(2), closeData(1, 1001)])).status).toBe(200);
    await gone;
    expect(closed).toEqual([1001]);
  });

  it("does not wait for sessions whose client is away, nor for transports that have none", async () => {
    const server = await serve({ line: { windowMs: 60_000 } });
    const away = await dialLine(server);
    away.send(hello(), openData(1, "/"));
    await away.told(2);
    const [socket] = server.server.sockets;
    away.raw.reset();
    const greeted = await dialLine(server);
    await vi.waitFor(() => expect(server.server.metrics()).toMatch(/^longwire_sessions_parked 1$/m));
    const gone = server.server.close();
    expect(await greeted.toldUntilClosed()).toEqual(["closed 1001"]);
    await gone;
    expect(socket?.readyState).toBe(3);
  });
});

describe("draining a server", () => {
  const quick = { limits: { drainSpreadMs: 100, drainTimeoutMs: 200, closeTimeoutMs: 50 } };

  it("I-23 asks to go, lets what waits be fetched, and closes with 1012 when the time is over", async () => {
    const told: string[] = [];
    const server = await serve(quick, (routes) => {
      routes.route("/", {
        message: (socket, data) => socket.send(data),
        drain: () => void told.push("drain"),
        close: (_socket, code) => void told.push(`close ${code}`),
      });
    });
    const client = await dialLine(server);
    client.send(hello(), openData(1, "/"));
    const { ticket } = await client.expect(PacketType.welcome);
    await client.told(1);
    client.send({ type: PacketType.ack, received: 1 });
    const drained = server.server.drain();
    expect(await client.told(1)).toEqual(["goAway 1"]);
    client.send(textData(1, "still here"));
    expect(await client.told(1)).toEqual(["data 1 still here"]);
    client.raw.reset();
    // It comes back for what is its own.
    const again = await dialLine(server);
    again.send(resume(ticket, 2, 1));
    expect(await again.told(3)).toEqual(["resumed", "goAway 1", "data 1 still here"]);
    again.send({ type: PacketType.ack, received: 2 });
    expect(await again.told(1)).toEqual(["data close 1 1012"]);
    again.send(closeData(1, 1012));
    expect(await again.toldUntilClosed()).toEqual(["bye 1012", "closed 4410"]);
    await drained;
    expect(told).toEqual(["drain", "close 1012"]);
  });

  it("I-23 lets a movable channel go on at another server without a close, and no other", async () => {
    const told: string[] = [];
    const routes = (name: string) => (server: LongwireServer) => {
      const hooks = {
        open: () => void told.push(`${name} open`),
        message: (socket: ServerSocket, data: string | Uint8Array) => void socket.send(`${name} ${String(data)}`),
      };
      server.route("/moves", { movable: true, ...hooks }).route("/stays", hooks);
    };
    const [here, there] = [await serve(quick, routes("here")), await serve(quick, routes("there"))];
    const first = await dialLine(here);
    first.send(hello(), openData(1, "/moves"), openData(2, "/stays"));
    expect(await first.told(3)).toEqual(["welcome", "data accept 1 movable", "data accept 2"]);
    first.send({ type: PacketType.ack, received: 2 });
    const drained = here.server.drain();
    expect(await first.told(1)).toEqual(["goAway 1"]);
    const second = await dialLine(there);
    second.send(hello());
    await second.expect(PacketType.welcome);
    first.send(textData(1, "last"), moveData(1));
    expect(await first.told(2)).toEqual(["data 1 here last", "data close 1 moved"]);
    second.send(
      { type: PacketType.ack, received: 0 },
      openData(1, "/moves", [], true),
      openData(2, "/stays", [], true),
    );
    expect(await second.told(2)).toEqual(["data accept 1 movable", "data reject 2 409"]);
    second.send(textData(1, "held"));
    expect(await second.told(1)).toEqual(["data 1 there held"]);
    first.raw.destroy();
    await drained;
    expect(told).toEqual(["here open", "here open", "there open"]);
  });

  it("a new session is refused with 1012 and a new request with 503", async () => {
    const server = await serve(quick);
    const client = await dialLine(server);
    client.send(hello(), openData(1, "/"));
    await client.told(2);
    const drained = server.server.drain();
    const late = await dialLine(server);
    late.send(hello());
    expect(await late.toldUntilClosed()).toEqual(["closed 1012"]);
    expect(await new LineRequests(server.port).open([hello()])).toMatchObject({ status: 503 });
    client.send(openData(2, "/"));
    expect(await client.told(2)).toEqual(["goAway 1", "data reject 2 503"]);
    client.raw.destroy();
    await drained;
  });
});

describe("what a server tells of its sessions", () => {
  it("counts them, their transports and channels, and how they came back and ended", async () => {
    const server = await serve({ ...impatient });
    const client = await dialLine(server);
    client.send(hello(), openData(1, "/"), openData(2, "/nowhere"));
    const { ticket } = await client.expect(PacketType.welcome);
    await client.told(2);
    const line = new LineRequests(server.port);
    await line.open([hello()]);
    const page = (): string[] =>
      server.server
        .metrics()
        .split("\n")
        .filter((each) => /^longwire_(session|tran|chan|resu|outb|conn)/.test(each));
    expect(page()).toEqual(
      expect.arrayContaining([
        "longwire_connections 0",
        "longwire_sessions 2",
        "longwire_sessions_opened_total 2",
        'longwire_transports{kind="websocket"} 1',
        'longwire_transports{kind="longpoll"} 1',
        "longwire_channels 1",
        'longwire_channels_total{status="200"} 1',
        'longwire_channels_total{status="404"} 1',
      ]),
    );
    expect(Number(/^longwire_outbox_bytes (\d+)$/m.exec(server.server.metrics())?.[1])).toBeGreaterThan(256);
    const forged = Uint8Array.from(ticket);
    forged[20] = (forged[20] ?? 0) ^ 1;
    await line.open([resume(forged, 2, 0)]);
    await line.open([resume(ticket, 2, 0)]);
    await line.open([resume(ticket, 2, 0)]);
    expect(page()).toEqual(
      expect.arrayContaining([
        'longwire_resumes_total{answer="unknown"} 1',
        'longwire_resumes_total{answer="resumed"} 1',
        'longwire_resumes_total{answer="late"} 1',
      ]),
    );
    await server.server.close();
    expect(page()).toEqual(
      expect.arrayContaining(["longwire_sessions 0", 'longwire_sessions_ended_total{by="local"} 2']),
    );
  });
});

describe("sockets that are channels", () => {
  it("are among the server's sockets, hear topics, and know who is on the other end", async () => {
    const server = await serve(impatient, (routes) => {
      routes.route("/rooms/:room", {
        protocols: ["chat.v1"],
        open: (socket) => void socket.subscribe(socket.params.room),
        message: (socket, data) => void routes.publish(socket.params.room, data, { except: socket }),
      });
      echoRoute(routes);
    });
    const client = await dialLine(server);
    client.send(hello(), openData(1, "/rooms/a%20b?x=1", ["chat.v1", "other"]), openData(2, "/rooms/a%20b"));
    expect(await client.told(3)).toEqual(["welcome", "data accept 1 chat.v1", "data accept 2"]);
    client.send({ type: PacketType.ack, received: 2 }, textData(1, "hello"));
    expect(await client.told(1)).toEqual(["data 2 hello"]);
    const [first, second]: ServerSocket[] = [...server.server.sockets];
    expect(first).toMatchObject({
      route: "/rooms/:room",
      protocol: "chat.v1",
      topics: ["a b"],
      readyState: 1,
      isChannel: true,
    });
    expect(first?.url).toBe("ws://localhost/rooms/a%20b?x=1");
    expect(first?.request).toMatchObject({ remoteAddress: "127.0.0.1", protocols: ["chat.v1", "other"] });
    second?.terminate();
    expect(await client.told(1)).toEqual(["data reset 2 1006"]);
    expect(server.server.subscriberCount("a b")).toBe(1);
  });

  it("V-35 a handler that throws ends its own channel and no other", async () => {
    const server = await serve(impatient, (routes) => {
      routes.route("/bad", {
        message() {
          throw new Error("a mistake");
        },
      });
      echoRoute(routes);
    });
    const client = await dialLine(server);
    client.send(hello(), openData(1, "/bad"), openData(2, "/"));
    await client.told(3);
    client.send({ type: PacketType.ack, received: 2 }, textData(1, "x"), textData(2, "y"));
    expect(await client.told(2)).toEqual(expect.arrayContaining(["data close 1 1011", "data 2 y"]));
    expect(server.lines.error).toHaveLength(1);
  });
});

it("line: false leaves plain WebSockets and nothing else", async () => {
  const server = await serve({ line: false });
  const raw = await server.open("/", { "Sec-WebSocket-Protocol": "longwire.1" });
  raw.writeFrame({ payload: "hi" });
  expect((await raw.nextFrame()).text).toBe("hi");
  expect(await new LineRequests(server.port).open([hello()])).toMatchObject({ status: 404 });
});
