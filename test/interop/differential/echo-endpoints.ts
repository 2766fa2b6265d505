// Echoing servers and clients of every make, on loopback, each taking one raw connection after another: what they answer to
// a stream of bytes is what the differential tests compare. They all have the same message limit where they can.

import { createHash } from "node:crypto";
import { createServer as createHttpServer, type Server } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Socket } from "node:net";

import FayeWebSocket from "faye-websocket";
import { WebSocket as UndiciWebSocket } from "undici";
import { WebSocket as WsWebSocket, WebSocketServer } from "ws";

import { createServer } from "../../../src/server/index.ts";
import { WebSocket as OurWebSocket } from "../../../src/socket/index.ts";
import { connectRaw } from "../../support/raw-client.ts";

export type Make = "longwire" | "ws" | "faye" | "undici";

/** Feeds one stream to one new connection; resolves to all the bytes that came back. */
export type Feed = (stream: Uint8Array) => Promise<Uint8Array>;

export interface Endpoint {
  readonly feed: Feed;
  close(): Promise<void>;
}

/** A server of this make that echoes each message, limited to `maxMessageBytes`. */
export async function startServer(make: Make, maxMessageBytes: number): Promise<Endpoint> {
  if (make === "longwire") {
    const server = createServer({ limits: { maxMessageBytes } });
    server.route("/", {
      message(socket, data) {
        socket.send(data);
      },
    });
    const { port } = await server.listen({ port: 0, host: "127.0.0.1" });
    return { feed: (stream) => feedServer(port, stream), close: () => server.close() };
  }
  const http = createHttpServer();
  if (make === "ws") echoWithWs(http, maxMessageBytes);
  else echoWithFaye(http, maxMessageBytes);
  await new Promise<void>((resolve) => {
    http.listen(0, "127.0.0.1", resolve);
  });
  const { port } = http.address() as AddressInfo;
  return { feed: (stream) => feedServer(port, stream), close: () => closeServer(http) };
}

function echoWithWs(http: Server, maxPayload: number): void {
  const server = new WebSocketServer({ server: http, maxPayload });
  server.on("connection", (socket) => {
    socket.on("error", () => {});
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
}

function echoWithFaye(http: Server, maxLength: number): void {
  http.on("upgrade", (request, socket, head) => {
    const faye = new FayeWebSocket(request, socket, head, [], { maxLength });
    faye.on("message", ({ data }) => faye.send(data));
  });
}

async function feedServer(port: number, stream: Uint8Array): Promise<Uint8Array> {
  const client = await connectRaw(port);
  const { status } = await client.upgrade("/");
  if (status !== 101) throw new Error(`The server answered ${status}.`);
  client.socket.end(stream);
  await client.closed();
  return client.buffered;
}

/** Clients of this make, dialed one after another to a server that sends nothing but what it is given. */
export async function startClient(make: Make): Promise<Endpoint> {
  let arrived: (socket: Socket) => void = () => {};
  const server = createTcpServer((socket) => arrived(socket));
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const feed: Feed = async (stream) => {
    const answered = new Promise<Uint8Array>((resolve) => {
      arrived = (socket) => resolve(feedClient(socket, stream));
    });
    const over = dialAndEcho(make, url);
    const bytes = await answered;
    await over;
    return bytes;
  };
  return { feed, close: () => closeServer(server) };
}

/** What the clients of all makes have in common; each types its events in its own way. */
interface Dialed {
  binaryType: string;
  send(data: unknown): unknown;
  addEventListener(type: "message" | "error" | "close", listener: (event: { readonly data?: unknown }) => void): void;
}

function dial(make: Make, url: string): unknown {
  if (make === "undici") return new UndiciWebSocket(url);
  return make === "ws" ? new WsWebSocket(url) : new OurWebSocket(url);
}

/** Dials and echoes until it is closed. */
function dialAndEcho(make: Make, url: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = dial(make, url) as Dialed;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => socket.send(data));
    socket.addEventListener("error", () => {});
    socket.addEventListener("close", () => resolve());
  });
}

function feedClient(socket: Socket, stream: Uint8Array): Promise<Uint8Array> {
  let received = Buffer.alloc(0);
  let headLength: number | undefined;
  return new Promise((resolve) => {
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const end = received.indexOf("\r\n\r\n");
      if (headLength !== undefined || end === -1) return;
      headLength = end + 4;
      const key = /^sec-websocket-key: (.*)$/im.exec(received.toString("latin1", 0, end))?.[1]?.trim() ?? "";
      const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
      const head = [
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        `Sec-WebSocket-Accept: ${accept}`,
      ];
      socket.write(`${head.join("\r\n")}\r\n\r\n`);
      socket.end(stream);
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(received.subarray(headLength)));
  });
}

function closeServer(server: { close(done: () => void): unknown }): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
