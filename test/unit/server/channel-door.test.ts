import { describe, expect, it, vi } from "vitest";
import type { ServerSocket } from "../../../src/server/index.ts";
import { PacketType } from "../../../src/session/packet.ts";
import { settled } from "../../support/fake-clock.ts";
import { closeData, hello, openData, textData } from "../../support/line-client.ts";
import { LineServer, type LineServerOptions } from "../../support/line-server.ts";

const confirm = { type: PacketType.ack, received: 0 } as const;

function knocking(options: LineServerOptions = {}, rawHeaders: readonly string[] = []) {
  const server = new LineServer(options);
  const client = server.dial(rawHeaders);
  client.send(hello(), confirm);
  let lastId = 0;
  /** Opens a channel and says what the client was told. */
  const open = (path: string, protocols: readonly string[] = []): string => {
    const before = client.told.length;
    client.send(openData(++lastId, path, protocols));
    return client.told.slice(before).join();
  };
  return { server, client, open };
}

describe("a channel at the door", () => {
  it.each([
    ["/chat/42?x=1", "data accept 1"],
    ["/chat", "data reject 1 404"],
    ["chat/42", "data reject 1 404"],
    ["http://localhost/chat/42", "data reject 1 404"],
    ["", "data reject 1 404"],
    ["/chat/%", "data reject 1 404"],
    ["/chat/../chat/42", "data accept 1"],
  ])("V-33 P-91 %j is routed as a request would be", (path, answer) => {
    const { server, open } = knocking();
    server.route("/chat/:room");
    expect(open(path)).toBe(answer);
  });

  it("is a socket of its route, with the session's user and client", () => {
    const { server, open } = knocking({ authenticate: () => "Ada" }, ["Cookie", "a=1"]);
    let seen: ServerSocket | undefined;
    server.route("/chat/:room", { open: (socket) => void (seen = socket) });
    open("/chat/a%20b?x=1");
    expect(seen).toMatchObject({ params: { room: "a b" }, user: "Ada", route: "/chat/:room", isChannel: true });
    expect(seen?.url).toBe("ws://localhost/chat/a%20b?x=1");
    expect(seen?.request.headers.get("cookie")).toBe("a=1");
    expect(seen?.transportBytes).toEqual({ received: 0, sent: 0 });
    expect([server.residents.sockets.size, server.residents.channels.length, server.residents.connectionCount]).toEqual(
      [1, 1, 0],
    );
  });

  it("V-40 a cookie that may identify somebody needs an Origin, at the routes that ask who it is", () => {
    const { server, open } = knocking({ origins: ["https://app.example"] }, ["Cookie", "a=1"]);
    server.route("/open").route("/own", { authenticate: () => "Ada" });
    expect([open("/open"), open("/own")]).toEqual(["data accept 1", "data reject 2 403"]);
  });

  it("V-57 asks the route's own authenticate once per channel, the server's not again", () => {
    const [servers, routes] = [vi.fn(() => "Ada"), vi.fn(() => "Bob")];
    const users: unknown[] = [];
    const { server, open } = knocking({ authenticate: servers });
    server.route("/plain", { open: (socket) => void users.push(socket.user) });
    server.route("/own", { authenticate: routes, open: (socket) => void users.push(socket.user) });
    for (const path of ["/plain", "/own", "/own"]) open(path);
    expect([servers.mock.calls.length, routes.mock.calls.length, users]).toEqual([1, 2, ["Ada", "Bob", "Bob"]]);
  });

  it.each([
    ["401", () => Promise.reject(new Response("", { status: 401 })), 401],
    ["a redirect", () => Promise.reject(new Response("", { status: 302 })), 400],
    ["a mistake", () => Promise.reject(new Error("a mistake")), 500],
  ])("what its authenticate refuses with %s is rejected", async (_what, authenticate, status) => {
    const { server, client, open } = knocking();
    server.route("/", { authenticate });
    open("/");
    await vi.waitFor(() => expect(client.told.at(-1)).toBe(`data reject 1 ${status}`));
    expect([server.residents.sockets.size, server.residents.waiting.size]).toEqual([0, 0]);
  });

  it("waits for authenticate no longer than it may", async () => {
    const { server, client, open } = knocking();
    server.route("/", { authenticate: () => new Promise(() => {}) });
    expect(open("/")).toBe("");
    await server.clock.advanceAsync(10_000);
    expect(client.told.at(-1)).toBe("data reject 1 503");
  });

  it("P-16 is turned away when the server drains while it waits, whatever its hook does", async () => {
    const { server, client, open } = knocking();
    const signals: AbortSignal[] = [];
    server.route("/", {
      authenticate: (request) => {
        signals.push(request.signal);
        return new Promise(() => {});
      },
    });
    open("/");
    server.residents.state = "draining";
    server.residents.turnAwayWaiting();
    await settled();
    expect(client.told.at(-1)).toBe("data reject 1 503");
    expect(signals[0]?.reason).toMatchObject({ code: "LW_SERVER_DRAINING" });
    expect(open("/")).toBe("data reject 2 503");
  });

  it("V-40 is judged by the origins of its own route", () => {
    const { server, open } = knocking({ origins: [] }, ["Origin", "https://friend.example"]);
    server.route("/closed").route("/open", { origins: ["https://friend.example"] });
    expect([open("/closed"), open("/open")]).toEqual(["data reject 1 403", "data accept 2"]);
  });

  it("I-12 is refused while memory is short", () => {
    const { server, open } = knocking();
    server.route("/");
    const { budget } = server.admission.rules.runtime;
    vi.spyOn(budget, "exhausted", "get").mockReturnValue(true);
    expect(open("/")).toBe("data reject 1 503");
  });

  it("P-09 agrees on a subprotocol as a handshake does", () => {
    const { server, open } = knocking();
    server
      .route("/list", { protocols: ["b", "a"] })
      .route("/wrong", { protocols: () => "c" })
      .route("/throws", {
        protocols() {
          throw new Error("a mistake");
        },
      });
    expect(open("/list", ["a", "b"])).toBe("data accept 1 a");
    expect(open("/list", ["c"])).toBe("data accept 2");
    expect(open("/wrong", ["a"])).toBe("data reject 3 500");
    expect(open("/throws", ["a"])).toBe("data reject 4 500");
    expect(server.errors).toHaveLength(2);
  });

  it("is told and counted like a handshake, with its code", () => {
    const { server, open } = knocking();
    server.route("/");
    for (const path of ["/", "/nowhere"]) open(path);
    expect(server.refused).toEqual([expect.stringMatching(/\/nowhere .*404.*LW_SERVER_ROUTE_UNKNOWN/)]);
    expect(server.metrics.format({} as never)).toMatch(
      /channels_total\{status="200"\} 1\nlongwire_channels_total\{status="404"\} 1/,
    );
  });

  it("keeps a client to the pace of messages, and closes nobody for it", async () => {
    const message = vi.fn();
    const { server, client, open } = knocking({ limits: { messagesPerSecond: 2, messageBurst: 2 } });
    server.route("/", { message });
    open("/");
    for (let count = 0; count < 8; count++) client.send(textData(1, "x"));
    await settled();
    expect(message).toHaveBeenCalledTimes(3);
    await server.clock.advanceAsync(10_000);
    expect(message).toHaveBeenCalledTimes(8);
    expect(server.metrics.limitCount("messagesPerSecond")).toBeGreaterThan(0);
    client.send(closeData(1, 1000));
    expect(client.told.at(-1)).toBe("data close 1 1000");
  });
});
