// A server made of TCP or TLS sockets and nothing else, for clients to be tried against: it reads a request head and says
// whatever the test wants. Apart from src/ on purpose, like raw-client, whose frames it uses. Answers nothing by itself.
import { createHash } from "node:crypto";
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { RawClient, rawFrame } from "./raw-client.ts";

/** A message as a server sends it: text for a string, binary for bytes. */
export function serverMessage(payload: string | Uint8Array): Buffer {
  return rawFrame({ opcode: typeof payload === "string" ? 1 : 2, payload, mask: false });
}

/** A close frame as a server sends it. */
export function serverClose(code?: number, reason = ""): Buffer {
  const payload = Buffer.from(code === undefined ? "" : `  ${reason}`);
  if (code !== undefined) payload.writeUInt16BE(code, 0);
  return rawFrame({ opcode: 8, payload, mask: false });
}

/** One client that has sent its request. */
export class RawCaller {
  /** Reads and writes frames. What it writes must not be masked: serverMessage(), serverClose(). */
  readonly peer: RawClient;
  /** The request head as it came. */
  readonly head: string;

  constructor(socket: Socket, head: string) {
    this.peer = new RawClient(socket);
    this.head = head;
  }

  /** The values of a header, in the order of its lines. */
  header(name: string): string[] {
    const prefix = `${name.toLowerCase()}:`;
    const lines = this.head.split("\r\n").filter((line) => line.toLowerCase().startsWith(prefix));
    return lines.map((line) => line.slice(prefix.length).trim());
  }

  /** The Sec-WebSocket-Accept this client waits for. */
  get accept(): string {
    const [key = ""] = this.header("Sec-WebSocket-Key");
    return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  }

  /** A whole 101 head. A header set to undefined is left out; one with a list is sent once per value. */
  responseHead(headers: Readonly<Record<string, string | readonly string[] | undefined>> = {}): string {
    const all: Record<string, string | readonly string[] | undefined> = {
      Upgrade: "websocket",
      Connection: "Upgrade",
      "Sec-WebSocket-Accept": this.accept,
      ...headers,
    };
    let head = "HTTP/1.1 101 Switching Protocols\r\n";
    for (const [name, value] of Object.entries(all)) {
      if (value === undefined) continue;
      for (const one of typeof value === "string" ? [value] : value) head += `${name}: ${one}\r\n`;
    }
    return `${head}\r\n`;
  }

  /** Opens the connection; `glued` leaves in the same write. */
  open(headers: Parameters<RawCaller["responseHead"]>[0] = {}, glued: Uint8Array = Buffer.alloc(0)): void {
    this.peer.write(Buffer.concat([Buffer.from(this.responseHead(headers), "latin1"), glued]));
  }
}

export class RawServer {
  readonly #server: Server;
  readonly #scheme: string;
  readonly #arrived: Socket[] = [];
  readonly #waiting: ((socket: Socket) => void)[] = [];
  readonly #open = new Set<Socket>();
  /** How many connections there ever were. */
  connectionCount = 0;

  constructor(server: Server, secure: boolean) {
    this.#server = server;
    this.#scheme = secure ? "wss" : "ws";
    server.on("connection", (socket) => {
      this.connectionCount++;
      this.#open.add(socket);
      socket.on("close", () => this.#open.delete(socket));
      socket.on("error", () => {});
    });
    server.on(secure ? "secureConnection" : "connection", (socket: Socket) => {
      socket.on("error", () => {});
      const waiting = this.#waiting.shift();
      if (waiting === undefined) this.#arrived.push(socket);
      else waiting(socket);
    });
    if (secure) server.on("tlsClientError", () => {});
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  url(path = "/", host = "127.0.0.1"): string {
    return `${this.#scheme}://${host}:${this.port}${path}`;
  }

  /** The next connection; nothing was read from it. */
  nextSocket(): Promise<Socket> {
    const arrived = this.#arrived.shift();
    if (arrived !== undefined) return Promise.resolve(arrived);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The next connection, once its request head is here. */
  async next(): Promise<RawCaller> {
    const socket = await this.nextSocket();
    let head = "";
    await new Promise<void>((resolve, reject) => {
      const onData = (chunk: Buffer): void => {
        head += chunk.toString("latin1");
        if (!head.includes("\r\n\r\n")) return;
        socket.off("data", onData);
        socket.off("close", onClose);
        resolve();
      };
      const onClose = (): void => reject(new Error("The client left before its request was complete."));
      socket.on("data", onData);
      socket.on("close", onClose);
    });
    return new RawCaller(socket, head);
  }

  /** Resolves when every client has let go of its connection by itself. */
  async deserted(): Promise<void> {
    for (const socket of this.#open) {
      socket.resume();
      if (!socket.destroyed) await new Promise((resolve) => socket.once("close", resolve));
    }
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

/** Listens on a free port of 127.0.0.1; over TLS when `tls` is given. */
export async function listenRaw(tls?: TlsOptions): Promise<RawServer> {
  const server = tls === undefined ? createTcpServer() : createTlsServer(tls);
  const raw = new RawServer(server, tls !== undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return raw;
}
