// A WebSocket client made of a TCP socket and nothing else: it sends whatever bytes a test wants and reads what comes
// back. Kept apart from src/ on purpose, so that a mistake there cannot hide itself here. It decides nothing: no
// automatic pong, no closing handshake, no checks.
import { createHash, randomBytes } from "node:crypto";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions } from "node:tls";

export interface RawResponse {
  readonly status: number;
  readonly statusText: string;
  /** Names in lower case; values of the same name in their order. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** The value of `name`, joined with ", "; undefined when there is none. */
  header(name: string): string | undefined;
  readonly body: string;
}

export interface RawFrame {
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  readonly masked: boolean;
  readonly payload: Buffer;
  readonly text: string;
  /** Of a close frame; undefined when it carries none. */
  readonly closeCode: number | undefined;
}

export interface RawFrameInput {
  fin?: boolean;
  /** The three reserved bits as a number, RSV1 = 4. */
  rsv?: number;
  opcode?: number;
  payload?: string | Uint8Array;
  /** False for an unmasked frame, or the four bytes of the key. Random by default. */
  mask?: boolean | Uint8Array;
  /** Which length form to use instead of the shortest. */
  lengthForm?: 7 | 16 | 64;
  /** The length to announce instead of the payload's own. */
  announce?: number | bigint;
}

/** One frame as bytes. */
export function rawFrame(input: RawFrameInput = {}): Buffer {
  const payload = typeof input.payload === "string" ? Buffer.from(input.payload) : Buffer.from(input.payload ?? []);
  const announced = BigInt(input.announce ?? payload.length);
  const form = input.lengthForm ?? (announced < 126n ? 7 : announced < 65_536n ? 16 : 64);
  const first = ((input.fin ?? true) ? 0x80 : 0) | ((input.rsv ?? 0) << 4) | (input.opcode ?? 1);
  const maskBit = input.mask === false ? 0 : 0x80;
  let head: Buffer;
  if (form === 7) {
    head = Buffer.from([first, maskBit | Number(announced)]);
  } else if (form === 16) {
    head = Buffer.from([first, maskBit | 126, 0, 0]);
    head.writeUInt16BE(Number(announced), 2);
  } else {
    head = Buffer.from([first, maskBit | 127, 0, 0, 0, 0, 0, 0, 0, 0]);
    head.writeBigUInt64BE(announced, 2);
  }
  if (input.mask === false) return Buffer.concat([head, payload]);
  const key = input.mask instanceof Uint8Array ? Buffer.from(input.mask) : randomBytes(4);
  const masked = Buffer.from(payload.map((byte, index) => byte ^ (key[index % 4] as number)));
  return Buffer.concat([head, key, masked]);
}

/** A close frame as bytes. */
export function rawClose(code?: number, reason = ""): Buffer {
  const payload = Buffer.from(code === undefined ? "" : `  ${reason}`);
  if (code !== undefined) payload.writeUInt16BE(code, 0);
  return rawFrame({ opcode: 8, payload });
}

export type RawHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The key every raw upgrade uses unless told otherwise, and the answer to it. */
export const rawKey = "dGhlIHNhbXBsZSBub25jZQ==";
export const rawAccept: string = createHash("sha1")
  .update(`${rawKey}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
  .digest("base64");

/** The head of an upgrade request. A header set to undefined is left out; one with a list is sent once per value. */
export function rawUpgradeHead(path: string, headers: RawHeaders = {}, method = "GET", version = "1.1"): string {
  const all: Record<string, string | readonly string[] | undefined> = {
    Host: "localhost",
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": rawKey,
  };
  for (const [name, value] of Object.entries(headers)) {
    const known = Object.keys(all).find((key) => key.toLowerCase() === name.toLowerCase());
    all[known ?? name] = value;
  }
  const lines = [`${method} ${path} HTTP/${version}`];
  for (const [name, value] of Object.entries(all)) {
    if (value === undefined) continue;
    for (const one of typeof value === "string" ? [value] : value) lines.push(`${name}: ${one}`);
  }
  return `${lines.join("\r\n")}\r\n\r\n`;
}

export class RawClient {
  readonly socket: Socket;
  readonly #waiters = new Set<() => void>();
  #received: Buffer = Buffer.alloc(0);
  #ended = false;
  #closed = false;
  #error: Error | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    socket.on("end", () => {
      this.#ended = true;
      this.#wake();
    });
    socket.on("error", (error) => {
      this.#error = error;
    });
    socket.on("close", () => {
      this.#closed = true;
      this.#wake();
    });
  }

  /** What ended the connection, if it was an error of the network. */
  get error(): Error | undefined {
    return this.#error;
  }

  /** Bytes that arrived and were not read yet. */
  get buffered(): Buffer {
    return this.#received;
  }

  write(bytes: string | Uint8Array): void {
    if (!this.socket.destroyed) this.socket.write(bytes);
  }

  writeFrame(input: RawFrameInput): void {
    this.write(rawFrame(input));
  }

  /** Sends an upgrade request and reads the response to it. `glued` leaves in the same write. */
  async upgrade(path: string, headers: RawHeaders = {}, glued: Uint8Array = Buffer.alloc(0)): Promise<RawResponse> {
    this.write(Buffer.concat([Buffer.from(rawUpgradeHead(path, headers), "latin1"), glued]));
    return this.nextResponse();
  }

  /**
   * Reads one response; its body by Content-Length, by chunks, or for other statuses than 101 until the end. An answer to
   * HEAD has none whatever it announces.
   */
  async nextResponse(method = "GET"): Promise<RawResponse> {
    const head = await this.#take(() => {
      const at = this.#received.indexOf("\r\n\r\n");
      return at < 0 ? undefined : at + 4;
    }, "a response head");
    const [statusLine = "", ...lines] = head.toString("latin1").trimEnd().split("\r\n");
    const [, status = "", statusText = ""] = /^HTTP\/1\.[01] (\d{3}) ?(.*)$/.exec(statusLine) ?? [];
    const headers = new Map<string, string[]>();
    for (const line of lines) {
      const colon = line.indexOf(":");
      const name = line.slice(0, colon).toLowerCase();
      headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()]);
    }
    const header = (name: string): string | undefined => headers.get(name.toLowerCase())?.join(", ");
    const body = Number(status) === 101 || method === "HEAD" ? "" : await this.#body(header);
    return { status: Number(status), statusText, headers, header, body };
  }

  /** The next frame. Rejects when the connection ends before it is complete. */
  async nextFrame(): Promise<RawFrame> {
    const bytes = await this.#take(() => frameEnd(this.#received), "a frame");
    return readFrame(bytes);
  }

  /** All frames until the connection ends. */
  async allFrames(): Promise<RawFrame[]> {
    const frames: RawFrame[] = [];
    for (;;) {
      const next = await this.nextFrame().catch(() => undefined);
      if (next === undefined) return frames;
      frames.push(next);
    }
  }

  /** Resolves when the peer has sent its FIN or the connection is gone. */
  async ended(): Promise<void> {
    await this.#until(() => this.#ended || this.#closed);
  }

  /** Resolves when the socket is closed, however it came to that. */
  async closed(): Promise<void> {
    await this.#until(() => this.#closed);
  }

  /** FIN. */
  end(): void {
    this.socket.end();
  }

  /** RST. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  destroy(): void {
    this.socket.destroy();
  }

  async #body(header: (name: string) => string | undefined): Promise<string> {
    const length = header("content-length");
    if (length !== undefined) {
      return (
        await this.#take(() => (this.#received.length >= Number(length) ? Number(length) : undefined), "a body")
      ).toString();
    }
    if (header("transfer-encoding") === undefined) {
      await this.ended();
      return (await this.#take(() => this.#received.length, "a body")).toString();
    }
    let body = "";
    for (;;) {
      const line = await this.#take(() => {
        const at = this.#received.indexOf("\r\n");
        return at < 0 ? undefined : at + 2;
      }, "a chunk size");
      const size = Number.parseInt(line.toString(), 16);
      const chunk = await this.#take(() => (this.#received.length >= size + 2 ? size + 2 : undefined), "a chunk");
      if (size === 0) return body;
      body += chunk.subarray(0, size).toString();
    }
  }

  async #take(end: () => number | undefined, what: string): Promise<Buffer> {
    let at = end();
    await this.#until(() => {
      at = end();
      return at !== undefined || this.#ended || this.#closed;
    });
    if (at === undefined) {
      const why = this.#error === undefined ? "" : ` (${this.#error.message})`;
      throw new Error(
        `The connection ended before ${what} was complete${why}; ${this.#received.length} bytes are left.`,
      );
    }
    const bytes = this.#received.subarray(0, at);
    this.#received = this.#received.subarray(at);
    return bytes;
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#waiters.add(resolve);
      });
    }
  }

  #wake(): void {
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const wake of waiters) wake();
  }
}

/** Connects to 127.0.0.1, or to `host`; over TLS when `tls` is given. */
export async function connectRaw(port: number, host = "127.0.0.1", tls?: ConnectionOptions): Promise<RawClient> {
  const socket = tls === undefined ? connectTcp({ port, host }) : connectTls({ ...tls, port, host });
  socket.setNoDelay(true);
  await new Promise<void>((resolve, reject) => {
    socket.once(tls === undefined ? "connect" : "secureConnect", resolve);
    socket.once("error", reject);
  });
  return new RawClient(socket);
}

function frameEnd(bytes: Buffer): number | undefined {
  if (bytes.length < 2) return undefined;
  const short = (bytes[1] as number) & 0x7f;
  const maskBytes = (bytes[1] as number) & 0x80 ? 4 : 0;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const start = 2 + lengthBytes + maskBytes;
  if (bytes.length < start) return undefined;
  const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  return bytes.length < start + length ? undefined : start + length;
}

function readFrame(bytes: Buffer): RawFrame {
  const first = bytes[0] as number;
  const second = bytes[1] as number;
  const short = second & 0x7f;
  const masked = (second & 0x80) !== 0;
  const start = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0) + (masked ? 4 : 0);
  const key = masked ? bytes.subarray(start - 4, start) : Buffer.alloc(4);
  const payload = Buffer.from(bytes.subarray(start).map((byte, index) => byte ^ (key[index % 4] as number)));
  const opcode = first & 0x0f;
  return {
    fin: (first & 0x80) !== 0,
    rsv: (first >> 4) & 7,
    opcode,
    masked,
    payload,
    text: payload.toString(),
    closeCode: opcode === 8 && payload.length >= 2 ? payload.readUInt16BE(0) : undefined,
  };
}
