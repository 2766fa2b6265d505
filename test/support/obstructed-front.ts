// An HTTP proxy between a browser and a server, with the tricks that proxies in the world play on a line: no WebSockets,
// answers that come only whole, silence that is cut. Each can be switched while it runs. Also the pages of a test.
import { once } from "node:events";
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import type { Duplex } from "node:stream";

export interface Obstacles {
  /** `refuse`: 403 to the handshake. `mute`: the handshake goes through, and nothing after it. */
  websocket: "pass" | "refuse" | "mute";
  /** `buffer`: an answer that is sent as it comes arrives only whole. `refuse`: no request is answered. */
  stream: "pass" | "buffer" | "refuse";
  /** `cut`: a request that is held is cut after a moment. */
  longpoll: "pass" | "cut";
  /** `swallow`: what is sent arrives nowhere and is never answered. */
  send: "pass" | "swallow";
}

export interface Front {
  /** Without a slash at its end. */
  readonly url: string;
  readonly obstacles: Obstacles;
  /** What was asked for, such as "GET /longwire/poll held" or "UPGRADE /echo", in order. */
  readonly requests: string[];
  /** How many held requests wait for their answers now. */
  heldCount(): number;
  /** Breaks every connection there is. */
  cut(): void;
  stop(): Promise<void>;
}

const cutAfterMs = 400;

/** `pages` are served by the front itself, everything else by 127.0.0.1:`port`. */
export async function startFront(port: number, pages: Readonly<Record<string, string>>): Promise<Front> {
  const obstacles: Obstacles = { websocket: "pass", stream: "pass", longpoll: "pass", send: "pass" };
  const requests: string[] = [];
  const sockets = new Set<Duplex>();
  const held = new Set<IncomingMessage>();
  const keep = (socket: Duplex): void => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
  };
  const server = createServer((message, response) => {
    const url = message.url ?? "/";
    const page = url === "/favicon.ico" ? "" : pages[url.split("?")[0] ?? ""];
    if (page !== undefined) {
      response.setHeader("Content-Type", url.endsWith(".js") ? "text/javascript" : "text/html; charset=utf-8");
      response.end(page);
      return;
    }
    if (obstacles.stream === "refuse") {
      message.socket.destroy();
      return;
    }
    const isHeld = message.headers["prefer"] !== undefined;
    requests.push(`${message.method ?? ""} ${url}${isHeld ? " held" : ""}`);
    if (obstacles.send === "swallow" && url.endsWith("/send")) return;
    if (isHeld) {
      held.add(message);
      response.on("close", () => held.delete(message));
      if (obstacles.longpoll === "cut") setTimeout(() => message.socket.destroy(), cutAfterMs);
    }
    passOn(port, message, response, obstacles);
  });
  server.on("connection", keep);
  server.on("upgrade", (message: IncomingMessage, socket: Duplex, head: Buffer) => {
    requests.push(`UPGRADE ${message.url ?? ""}`);
    if (obstacles.websocket === "refuse") {
      socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    const upstream = connect(port, "127.0.0.1");
    keep(upstream);
    tunnel(message, head, socket, upstream, () => obstacles.websocket === "mute");
  });
  await listen(server);
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    obstacles,
    requests,
    heldCount: () => held.size,
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    async stop() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function listen(server: Server): Promise<void> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
}

function passOn(port: number, message: IncomingMessage, response: ServerResponse, obstacles: Obstacles): void {
  const { method, url, headers } = message;
  const upstream = request({ port, host: "127.0.0.1", method, path: url, headers, agent: false }, (answer) => {
    if (obstacles.stream === "buffer") {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("end", () => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        response.end(Buffer.concat(parts));
      });
    } else {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      answer.pipe(response);
    }
    answer.on("error", () => response.destroy());
  });
  upstream.on("error", () => response.destroy());
  response.on("close", () => upstream.destroy());
  message.pipe(upstream);
}

function tunnel(message: IncomingMessage, head: Buffer, socket: Duplex, upstream: Socket, isMute: () => boolean): void {
  const lines = [`${message.method ?? "GET"} ${message.url ?? "/"} HTTP/1.1`];
  for (let at = 0; at < message.rawHeaders.length; at += 2) {
    lines.push(`${message.rawHeaders[at] ?? ""}: ${message.rawHeaders[at + 1] ?? ""}`);
  }
  upstream.write(`${lines.join("\r\n")}\r\n\r\n`);
  upstream.write(head);
  const ignored = isMute();
  let isOpen = false;
  upstream.on("data", (part: Buffer) => {
    // The answer to the handshake may be followed by the first frames in the same read.
    const end = isOpen || !ignored ? part.length : part.indexOf("\r\n\r\n") + 4;
    if (!isOpen || !ignored) socket.write(part.subarray(0, end));
    isOpen = true;
  });
  socket.on("data", (part: Buffer) => {
    if (!ignored) upstream.write(part);
  });
  socket.on("close", () => upstream.destroy());
  upstream.on("close", () => socket.destroy());
}
