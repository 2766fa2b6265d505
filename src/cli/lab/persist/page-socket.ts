// The WebSocket of a browser over any stream, as far as Longwire's client uses one: opens, answers pings, never sends any, closes. The
// frames are the engine's. For pages that are simulated; knows nothing of time but what it is told.
import type { Duplex } from "node:stream";
import {
  Connection,
  createHandshakeKey,
  formatDialRequest,
  judgeResponse,
  type Limits,
  type Output,
  parseWebSocketUrl,
  type Random,
  resolveLimits,
  ResponseHeadReader,
} from "../../../protocol/index.ts";

export interface SocketEnd {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}

const limits: Limits = resolveLimits();

export interface PageSocketOptions {
  readonly stream: Duplex;
  /** To be told when the page itself has closed it, whether or not the other side hears of that. */
  readonly leave: () => void;
  readonly random: Random;
  readonly url: string;
  readonly protocols: readonly string[];
}

export class PageSocket {
  binaryType = "arraybuffer";
  protocol = "";
  /** As WHATWG numbers them: 0 connecting, 1 open, 2 closing, 3 closed. */
  readyState = 0;
  readonly bufferedAmount = 0;
  onopen: ((event: object) => void) | null = null;
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  onclose: ((event: SocketEnd) => void) | null = null;
  onerror: ((event: object) => void) | null = null;
  readonly #stream: Duplex;
  readonly #leave: () => void;
  readonly #connection: Connection;
  #end: SocketEnd = { code: 1006, reason: "", wasClean: false };

  constructor({ stream, leave, random, url, protocols }: PageSocketOptions) {
    this.#stream = stream;
    this.#leave = leave;
    this.#connection = new Connection({
      side: "client",
      limits,
      random,
      output: outputTo(stream),
      sink: {
        receiveMessage: (data) => this.onmessage?.({ data: typeof data === "string" ? data : bufferOf(data) }),
        receivePing() {},
        receivePong() {},
        receiveClose: (code, reason) => {
          this.#end = { code, reason, wasClean: true };
          this.readyState = 2;
          stream.end();
        },
        fail: () => stream.destroy(),
        drop: () => stream.destroy(),
        yieldTurn: () => setImmediate(() => this.#connection.release(0)),
      },
    });
    const key = createHandshakeKey(random);
    stream.write(formatDialRequest({ url: parseWebSocketUrl(url), key, protocols }));
    const reader = new ResponseHeadReader(limits);
    stream.on("data", (chunk: Uint8Array) => {
      if (this.readyState !== 0) {
        this.#connection.receive(chunk, 0);
        return;
      }
      const received = reader.receive(chunk);
      if (received === "more") return;
      const agreement = "head" in received ? judgeResponse(received.head, { key, protocols }) : received;
      if ("closeCode" in agreement || !("head" in received)) {
        stream.destroy();
        return;
      }
      this.protocol = agreement.protocol;
      this.readyState = 1;
      this.onopen?.({});
      this.#connection.receive(received.rest, 0);
    });
    stream.on("error", () => {});
    stream.on("end", () => stream.destroy());
    stream.on("close", () => this.#close());
  }

  send(data: string | Uint8Array): void {
    if (this.readyState === 1) this.#connection.sendMessage(data);
  }

  close(code = 1000, reason = ""): void {
    if (this.readyState === 0) this.#stream.destroy();
    if (this.readyState !== 1) return;
    this.readyState = 2;
    this.#connection.sendClose(code, reason, 0);
    this.#leave();
  }

  #close(): void {
    this.readyState = 3;
    this.onclose?.(this.#end);
  }
}

function outputTo(stream: Duplex): Output {
  let slab = new Uint8Array(0);
  return {
    get slab() {
      return slab;
    },
    at: 0,
    reserve(bytes) {
      slab = new Uint8Array(bytes);
    },
    commit(bytes) {
      stream.write(slab.subarray(0, bytes));
    },
    pass: (part) => void stream.write(part),
    congested: false,
  };
}

/** Of its own, as a browser gives it. */
function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer;
}
