// One answer to one request of the HTTP transports: the fields that all of them have (wire/session-v1 §4), ended exactly once
// on every path (RELIABILITY V-18), complete or as it comes. Knows no packets.

import type { IncomingMessage, ServerResponse } from "node:http";
import { CONTENT_TYPE } from "./headers.ts";

/** What is said to whom: fields that depend on who asks. */
export type Fields = Readonly<Record<string, string>>;

const always: Fields = {
  // No cache may keep it, no proxy may change, compress or collect it.
  "cache-control": "no-store, no-transform",
  "x-accel-buffering": "no",
  "x-content-type-options": "nosniff",
};

export class Answer {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #fields: Fields;
  readonly #retryAfterSeconds: () => number;
  #isEnded = false;
  #isCorked = false;
  #gone: (() => void) | undefined;
  #drain: (() => void) | undefined;

  /** `retryAfterSeconds`: when whoever is sent away because of the moment may come again. */
  constructor(request: IncomingMessage, response: ServerResponse, fields: Fields, retryAfterSeconds: () => number) {
    this.#request = request;
    this.#response = response;
    this.#fields = fields;
    this.#retryAfterSeconds = retryAfterSeconds;
    response.on("error", ignore);
    response.on("close", () => {
      if (this.#isEnded) return;
      this.#isEnded = true;
      this.#gone?.();
    });
  }

  /** Whether a part of the answer has been sent. */
  get isBegun(): boolean {
    return this.#response.headersSent;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Bytes written that the kernel has not taken. */
  get pendingBytes(): number {
    // The socket's own are counted in it.
    return this.#response.writableLength;
  }

  /** The client went away before the answer ended. */
  onGone(run: () => void): void {
    this.#gone = run;
  }

  onDrain(run: () => void): void {
    this.#drain = run;
  }

  /** Sends a part of the answer; all parts of one turn leave together. */
  write(bytes: Uint8Array): void {
    if (this.#isEnded) return;
    if (!this.#isCorked) {
      this.#isCorked = true;
      if (!this.isBegun) this.#response.writeHead(200, { ...always, ...this.#fields, "content-type": CONTENT_TYPE });
      this.#response.cork();
      process.nextTick(() => {
        this.#isCorked = false;
        this.#response.uncork();
      });
    }
    // Not the event: whoever fills the answer may stop before the response would ask for it.
    this.#response.write(bytes, () => {
      if (this.pendingBytes === 0) this.#drain?.();
    });
  }

  /** Sends the answer whole, or ends the one that was begun. Only the first call counts. */
  end(status: number, body?: Uint8Array, more: Fields = {}): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    if (this.isBegun) {
      this.#response.end();
      return;
    }
    const length = body === undefined ? {} : { "content-type": CONTENT_TYPE, "content-length": String(body.length) };
    const empty = body === undefined && status !== 204 ? { "content-length": "0" } : {};
    // Whoever still sends is not read to the end: the connection is of no use any more.
    const close = this.#request.complete ? {} : { connection: "close" };
    const isForNow = status === 429 || status === 503;
    const again = isForNow ? { "retry-after": String(this.#retryAfterSeconds()) } : {};
    this.#response.writeHead(status, { ...always, ...this.#fields, ...length, ...empty, ...close, ...again, ...more });
    this.#response.end(body);
  }

  /** It was ended, and who asked wants it no more: what has not left is not kept. */
  abandon(): void {
    if (!this.#response.writableFinished) this.#response.destroy();
  }
}

/** What goes wrong with a connection is told by its close. */
function ignore(): void {}
