// The client of the package and the server of the package, over each transport, with nothing in between.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import { Line, WebSocket } from "../../src/client/node.ts";
import type { LineSocket } from "../../src/client/node.ts";
import type { LineOptions } from "../../src/client/node.ts";
import { afterThisTest, echoRoute, serve, type TestServer } from "../support/test-server.ts";

const kinds = ["websocket", "stream", "longpoll", "poll"] as const;

function lineTo<User>(server: TestServer<User>, options: LineOptions = {}): Line {
  const line = new Line(`ws://127.0.0.1:${server.port}`, options);
  afterThisTest(() => line.close());
  return line;
}

/** Collects what comes, and waits for it. */
function inbox(socket: LineSocket) {
  const heard: unknown[] = [];
  let wake = (): void => {};
  socket.addEventListener("message", ({ data }) => {
    heard.push(data);
    wake();
  });
  return {
    heard,
    async next(count: number): Promise<unknown[]> {
      while (heard.length < count) await new Promise<void>((resolve) => (wake = resolve));
      return heard;
    },
  };
}

const closing = (socket: LineSocket): Promise<unknown> =>
  new Promise((resolve) => socket.addEventListener("close", resolve));

describe.each(kinds)("a line over %s", (kind) => {
  it("carries two sockets both ways, in order, and closes them as it was told", async () => {
    const closed: unknown[] = [];
    const server = await serve({}, (routes) => {
      routes.route("/echo/:name", {
        protocols: ["v1"],
        message: (socket, data) => void socket.send(`${socket.params.name} ${String(data)}`),
        close: (_socket, code, reason) => void closed.push([code, reason]),
      });
    });
    const line = lineTo(server, { transports: [kind] });
    const [a, b] = [line.open("/echo/a", "v1"), line.open("/echo/b")];
    const [fromA, fromB] = [inbox(a), inbox(b)];
    a.addEventListener("open", () => {
      for (let count = 0; count < 50; count++) a.send(String(count));
    });
    b.addEventListener("open", () => b.send("only"));
    expect(await fromA.next(50)).toEqual(Array.from({ length: 50 }, (_, count) => `a ${count}`));
    expect(await fromB.next(1)).toEqual(["b only"]);
    expect([a.protocol, b.protocol]).toEqual(["v1", ""]);
    expect(server.server.metrics()).toContain(`longwire_transports{kind="${kind === "poll" ? "longpoll" : kind}"} 1`);
    a.close(4001, "enough");
    expect(await closing(a)).toMatchObject({ code: 4001, reason: "enough", wasClean: true });
    expect(closed).toEqual([[4001, "enough"]]);
  });

  it("I-15 tells the server when it goes itself, where that is no fault either", async () => {
    const told: unknown[] = [];
    const server = await serve({}, (made) => {
      made.route("/", { close: (socket, code, reason) => void told.push(code, reason, socket.cause) });
    });
    const line = lineTo(server, { transports: [kind] });
    const socket = line.open("/");
    await new Promise((resolve) => socket.addEventListener("open", resolve));
    const closed = closing(socket);
    line.close();
    expect(await closed).toMatchObject({ code: 1000, wasClean: true });
    await expect.poll(() => told).toEqual([1000, "The line was closed.", undefined]);
    await expect.poll(() => server.server.metrics()).toContain('longwire_sessions_ended_total{by="bye"} 1');
    expect(server.server.sockets.size).toBe(0);
  });

  it("is told when the server goes", async () => {
    const server = await serve();
    const socket = lineTo(server, { transports: [kind] }).open("/");
    await new Promise((resolve) => socket.addEventListener("open", resolve));
    const closed = closing(socket);
    await server.server.close({ code: 1001 });
    expect(await closed).toMatchObject({ code: 1001, wasClean: true });
  });

  it("is refused by authenticate, and says so", async () => {
    const server = await serve({ authenticate: () => Promise.reject(new Response("", { status: 403 })) });
    const socket = lineTo(server, { transports: [kind] }).open("/");
    expect(await closing(socket)).toMatchObject({ code: 1006, wasClean: false });
    expect(socket.cause?.message).toMatch(/4403/);
  });
});

it("the drop-in finds the line by itself, and speaks plainly where there is none", async () => {
  for (const line of [true, false]) {
    const server = await serve({ line }, echoRoute);
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/`);
    const answer = new Promise((resolve) => socket.addEventListener("message", ({ data }) => resolve(data)));
    socket.addEventListener("open", () => socket.send("hello"));
    expect(await answer).toBe("hello");
    expect(server.server.metrics()).toContain(`longwire_sessions ${line ? 1 : 0}`);
    const closed = new Promise((resolve) => socket.addEventListener("close", resolve));
    socket.close();
    await closed;
  }
});

it.each([true, false])(
  "V-63 somebody else's server that echoes our name, and speaks at once: %s: all it says is heard, in order, and its close",
  async (speaksAtOnce) => {
    // Whether it is one of ours is asked while it is silent; it says everything before that is answered.
    let [asked, found] = [(): void => {}, (): void => {}];
    const http = createServer((_request, response) => {
      found = () => void response.writeHead(404).end();
      asked();
    });
    const foreign = new WebSocketServer({ server: http });
    afterThisTest(() => {
      foreign.close();
      http.close();
    });
    foreign.on("connection", (peer) => {
      const speak = (): void => {
        for (const data of ["1", "2", Uint8Array.of(3)]) peer.send(data);
        peer.close(4001, "enough");
        peer.once("close", () => found());
      };
      if (speaksAtOnce) speak();
      else asked = speak;
    });
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    const socket = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}/`);
    socket.binaryType = "arraybuffer";
    const told: unknown[] = [];
    socket.onopen = () => told.push(`open ${socket.protocol}`);
    socket.onmessage = ({ data }) => told.push(data);
    expect(await closing(socket)).toMatchObject({ code: 4001, reason: "enough", wasClean: true });
    expect(told).toEqual(["open ", "1", "2", Uint8Array.of(3).buffer]);
  },
);
