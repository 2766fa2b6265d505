// Attached to somebody else's HTTP server: the real Express, Fastify and Hono, another library's WebSockets on another path,
// several of ours, and upgrades that are nobody's.
import { createServer as createHttpServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve as serveHono } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { createServer, type LongwireServer, type ServerOptions } from "../../src/server/index.ts";
import { hello, openData, textData } from "../support/line-client.ts";
import { at, LineRequests } from "../support/line-requests.ts";
import {
  connectRaw,
  rawUpgradeHead,
  type RawClient,
  type RawHeaders,
  type RawResponse,
} from "../support/raw-client.ts";
import { afterThisTest } from "../support/test-server.ts";

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** A server of ours with one route that says which pattern it is. */
function longwire(pattern = "/chat/:room", options: ServerOptions<undefined> = {}): LongwireServer {
  const server = createServer(options);
  server.route(pattern, { message: (socket, data) => void socket.send(`${socket.route} ${String(data)}`) });
  afterThisTest(() => server.close());
  return server;
}

/** `ws` on the same HTTP server, as its documentation shows for several servers on one. */
function otherLibrary(http: Server, path: string): void {
  const sockets = new WebSocketServer({ noServer: true });
  sockets.on("connection", (socket) => socket.on("message", (data: Buffer) => socket.send(`ws ${data.toString()}`)));
  http.on("upgrade", (message, socket, head) => {
    if (message.url !== path) return;
    sockets.handleUpgrade(message, socket, head, (open) => sockets.emit("connection", open, message));
  });
  afterThisTest(() => {
    for (const socket of sockets.clients) socket.terminate();
  });
}

async function stop(http: Server): Promise<void> {
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
}

const frameworks: Record<string, () => Promise<Server>> = {
  async "Express 5"() {
    const app = express();
    app.get("/hello", (_request, response) => void response.send("hello"));
    const http = await new Promise<Server>((resolve) => {
      const listening: Server = app.listen(0, "127.0.0.1", () => resolve(listening));
    });
    afterThisTest(() => stop(http));
    return http;
  },
  async "Fastify 5"() {
    const app = fastify();
    app.get("/hello", async (_request, reply) => reply.send("hello"));
    await app.listen({ port: 0, host: "127.0.0.1" });
    afterThisTest(() => app.close());
    return app.server;
  },
  async "Hono 4"() {
    const app = new Hono().get("/hello", (context) => context.text("hello"));
    const http = await new Promise<Server>((resolve) => {
      const listening = serveHono({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, () =>
        resolve(listening as Server),
      );
    });
    afterThisTest(() => stop(http));
    return http;
  },
  async "node:http"() {
    const http = createHttpServer((_message, response) => response.end("hello"));
    await new Promise<void>((resolve) => void http.listen(0, "127.0.0.1", resolve));
    afterThisTest(() => stop(http));
    return http;
  },
};

/** What another client library hears when it says `text`. */
function talk(url: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    afterThisTest(() => socket.terminate());
    socket.on("open", () => socket.send(text));
    socket.on("message", (data: Buffer) => resolve(data.toString()));
    socket.on("error", reject);
  });
}

async function ask(http: Server, path: string, headers: RawHeaders = {}): Promise<RawResponse & { client: RawClient }> {
  const client = await connectRaw(portOf(http));
  afterThisTest(() => client.destroy());
  client.write(rawUpgradeHead(path, headers));
  return Object.assign(await client.nextResponse(), { client });
}

describe.each(Object.entries(frameworks))("attached to %s", (name, start) => {
  it("serves our route, the framework's page and another library's WebSocket, each unaffected by the others", async () => {
    const http = await start();
    longwire().attach(http);
    otherLibrary(http, "/other");
    const base = `127.0.0.1:${portOf(http)}`;
    expect(await talk(`ws://${base}/chat/lobby`, "a")).toBe("/chat/:room a");
    expect(await talk(`ws://${base}/other`, "b")).toBe("ws b");
    expect(await (await fetch(`http://${base}/hello`)).text()).toBe("hello");
    expect(await talk(`ws://${base}/chat/lobby`, "c")).toBe("/chat/:room c");
  });

  it("serves sessions over HTTP and WebSocket, and nothing below the line's path but its five addresses", async () => {
    const http = await start();
    const server = longwire("/chat/:room", { limits: { closeTimeoutMs: 50 } }).attach(http);
    const port = portOf(http);
    const line = new LineRequests(port);
    const { status, told, ticket } = await line.open([hello(), at(1), openData(1, "/chat/lobby")]);
    expect([status, told]).toEqual([200, ["welcome", "ack 1", "at", "data accept 1"]]);
    const held = line.poll(ticket, 1, 20);
    expect((await line.send(ticket, [at(2), textData(1, "hi")])).status).toBe(200);
    expect((await held).told).toEqual(["at", "data 1 /chat/:room hi"]);
    for (const path of ["/longwire", "/longwire/other", "/longwire/open/x"]) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      expect([response.status, response.headers.get("x-accel-buffering")]).toEqual([
        name === "node:http" ? 200 : 404,
        null,
      ]);
    }
    const { status: upgraded } = await ask(http, "/longwire", { "Sec-WebSocket-Protocol": "longwire.1" });
    expect(upgraded).toBe(101);
    await server.close();
    // What was ours is the framework's again.
    expect((await fetch(`http://127.0.0.1:${port}/longwire/poll`)).status).toBe(name === "node:http" ? 200 : 404);
    expect(await (await fetch(`http://127.0.0.1:${port}/hello`)).text()).toBe("hello");
  });

  it("answers an upgrade that is nobody's, so that it does not hang", async () => {
    const http = await start();
    longwire().attach(http);
    const { status, client } = await ask(http, "/nowhere");
    expect(status).toBe(404);
    await client.closed();
  });

  it("lets an upgrade to another protocol be the plain request it also is", async () => {
    const http = await start();
    longwire().attach(http);
    const { status, body } = await ask(http, "/hello", { Upgrade: "h2c", "Sec-WebSocket-Key": undefined });
    expect([status, body]).toEqual([200, "hello"]);
  });
});

describe("an attachment", () => {
  it("leaves upgrades it has no route for to other listeners, also those that answer late", async () => {
    const http = await (frameworks["node:http"] as () => Promise<Server>)();
    longwire().attach(http);
    http.on("upgrade", (message, socket) => {
      if (message.url === "/late") setImmediate(() => socket.end("HTTP/1.1 418 Late\r\nContent-Length: 0\r\n\r\n"));
    });
    expect((await ask(http, "/late")).status).toBe(418);
    expect((await ask(http, "/chat/lobby")).status).toBe(101);
  });

  it("shares the HTTP server with others of ours, each with its own path and rules", async () => {
    const http = await (frameworks["node:http"] as () => Promise<Server>)();
    const [first, second] = [longwire("/a"), longwire("/b/:x")];
    first.attach(http);
    second.attach(http, { path: "/below" });
    for (const path of ["/a", "/below/b/1"]) {
      const { status, client } = await ask(http, path);
      expect(status).toBe(101);
      client.destroy();
    }
    for (const path of ["/below/a", "/b/1", "/below", "/belowb/1"]) {
      expect((await ask(http, path)).status, path).toBe(404);
    }
    await first.close();
    expect((await ask(http, "/a")).status).toBe(404);
    const { status, client } = await ask(http, "/below/b/1");
    expect(status).toBe(101);
    client.destroy();
    await second.close();
    expect(http.listenerCount("upgrade")).toBe(0);
  });

  it("asks only for its own upgrades where Node asks first, and puts back what was there", async () => {
    const http: Server & { shouldUpgradeCallback?: (message: { rawHeaders: string[] }) => boolean } =
      createHttpServer();
    const before = (): boolean => true;
    http.shouldUpgradeCallback = before;
    const server = longwire();
    server.attach(http);
    const decide = (rawHeaders: string[]): boolean | undefined => http.shouldUpgradeCallback?.({ rawHeaders });
    expect(decide(["Upgrade", "websocket"])).toBe(true);
    expect(decide(["Upgrade", "h2c"])).toBe(false);
    const other = (): void => {};
    http.on("upgrade", other);
    expect(decide(["Upgrade", "h2c"])).toBe(true);
    await server.close();
    expect(http.shouldUpgradeCallback).toBe(before);
  });

  it("says what it needs when it is given something else", () => {
    const server = createServer();
    expect(() => server.attach(express() as never)).toThrow(/app\.listen\(\) returns/);
    const http = createHttpServer();
    expect(() => server.attach(http, { path: "x" })).toThrow(
      expect.objectContaining({ code: "LW_SERVER_OPTION_INVALID" }),
    );
    expect(() => server.attach(http, { paths: "/x" } as never)).toThrow(/did you mean `path`/);
  });
});
