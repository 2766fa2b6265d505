// What proxies in the world do to HTTP, one request at a time: forwards it to the target as such a proxy would. Nothing here is
// a good idea.

import { type IncomingMessage, request as makeRequest, type ServerResponse } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";

/** What proxies that read HTTP do to it. */
export interface HttpTricks {
  /**
   * strip: `Upgrade` is taken out, so that the server sees a plain request. refuse: 403. silent: it goes through, the answer 101
   * as well, and nothing after that. Default: it goes through.
   */
  readonly upgrade?: "strip" | "refuse" | "silent" | undefined;
  /** Answers arrive only whole. Default: false. */
  readonly buffer?: boolean | undefined;
  /** The first piece of an answer that comes in pieces waits for the second. Default: false. */
  readonly holdFirst?: boolean | undefined;
  /** Each POST is sent twice; the second answer counts. Default: false. */
  readonly repeatPosts?: boolean | undefined;
  /** What `Host` says at the server. Default: as it was. */
  readonly host?: string | undefined;
}

interface Target {
  readonly host: string;
  readonly port: number;
}

const hopByHop = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade", "proxy-connection"]);

/** Forwards a request and its answer. */
export function forwardRequest(
  request: IncomingMessage,
  response: ServerResponse,
  target: Target,
  tricks: () => HttpTricks,
): void {
  const chunks: Uint8Array[] = [];
  request.on("data", (chunk: Uint8Array) => chunks.push(chunk));
  request.on("error", ignore);
  response.on("error", ignore);
  request.on("end", () => {
    const body = Buffer.concat(chunks);
    const { repeatPosts } = tricks();
    if (repeatPosts === true && request.method === "POST") {
      ask(request, body, target, tricks(), (first) => {
        first?.resume();
        ask(request, body, target, tricks(), (second) => answer(second, response, tricks()));
      });
    } else {
      const asked = ask(request, body, target, tricks(), (message) => answer(message, response, tricks()));
      response.on("close", () => asked.destroy());
    }
  });
}

function ask(
  request: IncomingMessage,
  body: Uint8Array,
  target: Target,
  { host }: HttpTricks,
  receive: (message: IncomingMessage | undefined) => void,
): { destroy(): void } {
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !hopByHop.has(name)));
  if (host !== undefined) headers["host"] = host;
  headers["content-length"] = String(body.length);
  const asked = makeRequest({
    ...target,
    method: request.method,
    path: request.url,
    headers,
    agent: false,
  });
  asked.on("response", receive);
  asked.on("error", () => receive(undefined));
  asked.end(body);
  return asked;
}

function answer(
  message: IncomingMessage | undefined,
  response: ServerResponse,
  { buffer, holdFirst }: HttpTricks,
): void {
  if (message === undefined) {
    response.writeHead(502).end();
    return;
  }
  const headers = Object.fromEntries(Object.entries(message.headers).filter(([name]) => !hopByHop.has(name)));
  const held: Uint8Array[] = [];
  let count = 0;
  const begin = (): void => {
    if (!response.headersSent) response.writeHead(message.statusCode ?? 502, headers);
  };
  message.on("error", () => response.destroy());
  message.on("data", (chunk: Uint8Array) => {
    count++;
    held.push(chunk);
    if (buffer === true || (holdFirst === true && count === 1)) return;
    begin();
    for (const part of held.splice(0)) response.write(part);
  });
  message.on("end", () => {
    begin();
    response.end(Buffer.concat(held));
  });
  message.on("close", () => {
    if (!message.complete) response.destroy();
  });
  // A head with nothing behind it yet goes on at once, unless the whole is waited for.
  if (buffer !== true && holdFirst !== true) {
    begin();
    response.flushHeaders();
  }
}

/** Forwards an upgrade, or does not. */
export function forwardUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Uint8Array,
  target: Target,
  { upgrade, host }: HttpTricks,
): void {
  socket.on("error", ignore);
  if (upgrade === "refuse") {
    socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    return;
  }
  const far = connect(target);
  const lines = [`${request.method ?? "GET"} ${request.url ?? "/"} HTTP/1.1`];
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    const name = request.rawHeaders[at] ?? "";
    const isHost = name.toLowerCase() === "host" && host !== undefined;
    const isStripped = upgrade === "strip" && /^(?:upgrade|connection)$/i.test(name);
    if (!isStripped) lines.push(`${name}: ${isHost ? host : (request.rawHeaders[at + 1] ?? "")}`);
  }
  if (upgrade === "strip") lines.push("Connection: close");
  far.write(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  if (head.length > 0 && upgrade !== "silent") far.write(head);
  far.on("error", () => socket.destroy());
  socket.on("close", () => far.destroy());
  far.on("close", () => socket.destroy());
  if (upgrade === "silent") {
    passHeadOnly(far, socket);
    socket.resume();
    return;
  }
  far.pipe(socket);
  socket.pipe(far);
}

/** The answer's head gets through, and not a byte after it. */
function passHeadOnly(far: Duplex, socket: Duplex): void {
  let seen = "";
  let isOver = false;
  far.on("data", (chunk: Uint8Array) => {
    if (isOver) return;
    seen += Buffer.from(chunk).toString("latin1");
    const end = seen.indexOf("\r\n\r\n");
    if (end < 0) return;
    isOver = true;
    socket.write(seen.slice(0, end + 4), "latin1");
  });
}

/** What goes wrong with a connection is told by its close. */
function ignore(): void {}
