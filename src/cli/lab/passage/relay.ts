// One request through a passage, and its answer as it comes. Bodies that a page sends are short and are kept until a server has taken
// them, because after a restart the session may be at either of two: one that does not know its ticket says 410 and the next is asked.
// May be held and may go dead, as a strand.
import { type ClientRequest, type IncomingMessage, request as makeRequest, type ServerResponse } from "node:http";
import { endToEnd, headersFor } from "./head.ts";

export interface RelayOptions {
  /** At the server behind. */
  readonly path: string;
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  /** The newest last. */
  ports(): readonly number[];
  readonly carried: (bytes: number) => void;
  /** Told of bytes of the body that are to be kept until it ends; false when there is no room for them. */
  kept(bytes: number): boolean;
  /** The page has its answer, or will not get one. Once. */
  ended(): void;
}

/** More than any batch of a session. */
const mostBodyBytes = 4 * 1024 * 1024;

export class Relay {
  readonly #options: RelayOptions;
  readonly #body: Uint8Array[] = [];
  #bodyBytes = 0;
  #asked: ClientRequest | undefined;
  #answer: IncomingMessage | undefined;
  #isHeld: boolean;
  #isDead = false;
  #isOver = false;
  /** The body is here and waits for the passage to be free. */
  #isWaiting = false;

  constructor(options: RelayOptions, isHeld: boolean) {
    this.#options = options;
    this.#isHeld = isHeld;
    const { message, response } = options;
    message.on("data", (chunk: Uint8Array) => this.#receive(chunk));
    message.on("end", () => {
      if (this.#isHeld) this.#isWaiting = true;
      else this.#begin();
    });
    message.on("error", () => this.cut());
    response.on("error", () => {});
    response.on("drain", () => {
      if (!this.#isHeld) this.#answer?.resume();
    });
    response.on("close", () => this.#end());
  }

  hold(isHeld: boolean): void {
    if (this.#isDead) return;
    this.#isHeld = isHeld;
    if (isHeld) {
      this.#answer?.pause();
      return;
    }
    this.#answer?.resume();
    if (this.#isWaiting) this.#begin();
  }

  deaden(): void {
    this.#isDead = true;
    this.#answer?.resume();
  }

  cut(): void {
    this.#options.response.destroy();
    this.#end();
  }

  /** What it was told to keep, and has until it ends. */
  get bodyBytes(): number {
    return this.#bodyBytes;
  }

  #receive(chunk: Uint8Array): void {
    if (this.#isOver) return;
    this.#bodyBytes += chunk.length;
    const hasRoom = this.#options.kept(chunk.length);
    if (!hasRoom || this.#bodyBytes > mostBodyBytes) this.cut();
    else this.#body.push(chunk);
  }

  #begin(): void {
    this.#isWaiting = false;
    if (this.#isDead || this.#isOver) return;
    const hasTicket = this.#options.message.headers["longwire-ticket"] !== undefined;
    const ports = this.#options.ports();
    this.#ask(hasTicket ? ports : ports.slice(-1));
  }

  #ask([port, ...others]: readonly number[]): void {
    if (port === undefined) {
      this.cut();
      return;
    }
    const { message, path } = this.#options;
    const headers = endToEnd(headersFor(message.rawHeaders, port)).filter(([name]) => !/^content-length$/i.test(name));
    const asked = makeRequest({
      port,
      host: "127.0.0.1",
      path,
      method: message.method ?? "GET",
      headers: [...headers.flat(), "Content-Length", String(this.#bodyBytes)],
      agent: false,
    });
    this.#asked = asked;
    asked.on("response", (answer) => {
      if (answer.statusCode === 410 && others.length > 0) {
        answer.resume();
        this.#ask(others);
      } else {
        this.#pass(answer);
      }
    });
    asked.on("error", () => {
      // A server that is gone knows no tickets.
      if (asked !== this.#asked || this.#isDead) return;
      if (others.length > 0 && this.#answer === undefined) this.#ask(others);
      else this.cut();
    });
    asked.end(Buffer.concat(this.#body));
  }

  #pass(answer: IncomingMessage): void {
    const { response, carried } = this.#options;
    this.#answer = answer;
    answer.on("error", () => {});
    answer.on("close", () => {
      if (!answer.complete && !this.#isDead) this.cut();
    });
    if (this.#isDead || this.#isOver) {
      answer.resume();
      return;
    }
    const headers: [string, string][] = [];
    for (let at = 0; at + 1 < answer.rawHeaders.length; at += 2) {
      headers.push([answer.rawHeaders[at] ?? "", answer.rawHeaders[at + 1] ?? ""]);
    }
    response.writeHead(answer.statusCode ?? 502, endToEnd(headers).flat());
    response.flushHeaders();
    answer.on("data", (chunk: Uint8Array) => {
      if (this.#isDead || this.#isOver) return;
      carried(chunk.length);
      if (!response.write(chunk)) answer.pause();
    });
    answer.on("end", () => {
      if (!this.#isDead) response.end();
    });
    if (this.#isHeld) answer.pause();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const asked = this.#asked;
    this.#asked = undefined;
    asked?.destroy();
    this.#options.ended();
  }
}
