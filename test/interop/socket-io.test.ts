// Socket.IO and Longwire on one HTTP server, as docs/guides/from-socket-io.md tells whoever moves from one to the other. Neither
// touches what is the other's, on WebSocket and over requests.
import { createServer as createHttpServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";
import { io, type Socket } from "socket.io-client";
import { afterEach, describe, expect, it } from "vitest";
import { Line } from "../../src/client/node.ts";
import { createServer, type LongwireServer } from "../../src/server/index.ts";
import { WebSocket } from "../../src/socket/index.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** `letIn`: what the route waits for before it accepts. */
async function begin(letIn: Promise<void> = Promise.resolve()): Promise<string> {
  const http = createHttpServer();
  const old = new Server(http, { destroyUpgrade: false });
  old.of("/old").on("connection", (socket) => socket.on("say", (text) => old.of("/old").emit("said", text)));
  const realtime: LongwireServer<void> = createServer<void>({ authenticate: () => letIn });
  realtime.route("/new", { message: (socket, data) => void socket.send(data) });
  realtime.attach(http);
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  cleanups.push(async () => {
    await realtime.close();
    await old.close();
  });
  return `127.0.0.1:${(http.address() as AddressInfo).port}`;
}

async function talkToOld(host: string, transport: "websocket" | "polling"): Promise<unknown> {
  const socket: Socket = io(`http://${host}/old`, { transports: [transport], reconnection: false });
  cleanups.push(() => socket.disconnect());
  const heard = new Promise((resolve, reject) => {
    socket.once("said", resolve);
    socket.once("connect_error", reject);
  });
  socket.emit("say", transport);
  return heard;
}

async function talkToNew(host: string, transport: "websocket" | "longpoll"): Promise<unknown> {
  const line = new Line(`http://${host}`, { transports: [transport] });
  cleanups.push(() => line.close());
  const socket = line.open("/new");
  socket.onopen = () => socket.send(transport);
  return (await socket[Symbol.asyncIterator]().next()).value;
}

describe("Socket.IO and Longwire on one server", () => {
  it("each has its own clients, on WebSocket and over requests", async () => {
    const host = await begin();
    expect(await talkToOld(host, "websocket")).toBe("websocket");
    expect(await talkToOld(host, "polling")).toBe("polling");
    expect(await talkToNew(host, "websocket")).toBe("websocket");
    expect(await talkToNew(host, "longpoll")).toBe("longpoll");
  });

  it("Socket.IO does not end a plain WebSocket that is let in late", async () => {
    // Longer than the second that Socket.IO waits by default before it ends what is not its own.
    const host = await begin(new Promise((resolve) => void setTimeout(resolve, 1_500)));
    const socket = new WebSocket(`ws://${host}/new`);
    cleanups.push(() => socket.terminate());
    socket.onopen = () => socket.send("late");
    expect((await socket[Symbol.asyncIterator]().next()).value).toBe("late");
  });
});
