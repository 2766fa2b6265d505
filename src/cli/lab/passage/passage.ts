// The way of one page through the lab's only port to servers that stand behind it: upgrades as raw bytes behind a head that is written
// anew, requests with answers that stream. What breaks behind it breaks for the page as well, without a word. Whose page it is was
// asked before. Bounded; which servers there are is said by whoever made it.
import type { IncomingMessage, ServerResponse } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { headersFor } from "./head.ts";
import { Relay } from "./relay.ts";
import { Strand } from "./strand.ts";

export interface PassageOptions {
  /** Ports on 127.0.0.1, the newest last: what is new goes there, requests with a ticket to the first that knows it. */
  ports(): readonly number[];
  /** Told of bytes for the page; false when it may have no more. */
  spend(bytes: number): boolean;
}

/** What goes through one passage at a time. A browser has six connections for requests. */
const mostConnections = 32;
/** Of bodies that wait for servers, all together: four of the longest. */
const mostKeptBytes = 16 * 1024 * 1024;

interface Connection {
  hold(isHeld: boolean): void;
  deaden(): void;
  cut(): void;
}

export class Passage {
  readonly #options: PassageOptions;
  readonly #connections = new Set<Connection>();
  #isHeld = false;
  #isClosed = false;
  #keptBytes = 0;

  constructor(options: PassageOptions) {
    this.#options = options;
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** While it is held nothing passes and nothing is lost. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    for (const connection of this.#connections) connection.hold(isHeld);
  }

  /** Whatever is connected now carries nothing more, and nobody is told. What is connected later is not touched. */
  deaden(): void {
    for (const connection of this.#connections) connection.deaden();
  }

  /** Breaks every connection there is, dead ones too. */
  cut(): void {
    for (const connection of this.#connections) connection.cut();
  }

  close(): void {
    this.#isClosed = true;
    this.cut();
  }

  /** Takes over an upgrade whose path is `path` at the server behind. */
  upgrade(path: string, message: IncomingMessage, near: Duplex, head: Uint8Array): void {
    near.on("error", () => {});
    const port = this.#options.ports().at(-1);
    if (port === undefined || this.#isFull) {
      near.destroy();
      return;
    }
    const far = connect({ port, host: "127.0.0.1", noDelay: true });
    const lines = [`GET ${path} HTTP/1.1`];
    for (const [name, value] of headersFor(message.rawHeaders, port)) lines.push(`${name}: ${value}`);
    const opening = Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), head]);
    const strand: Strand = new Strand(
      {
        near,
        far,
        opening,
        carried: (bytes) => this.#carried(bytes, strand),
        ended: () => this.#connections.delete(strand),
      },
      this.#isHeld,
    );
    this.#connections.add(strand);
  }

  /** Answers a request whose path is `path` at the server behind. */
  answer(path: string, message: IncomingMessage, response: ServerResponse): void {
    if (this.#isFull) {
      response.destroy();
      return;
    }
    const relay: Relay = new Relay(
      {
        path,
        message,
        response,
        ports: () => this.#options.ports(),
        carried: (bytes) => this.#carried(bytes, relay),
        kept: (bytes) => (this.#keptBytes += bytes) <= mostKeptBytes,
        ended: () => {
          this.#keptBytes -= relay.bodyBytes;
          this.#connections.delete(relay);
        },
      },
      this.#isHeld,
    );
    this.#connections.add(relay);
  }

  get #isFull(): boolean {
    return this.#isClosed || this.#connections.size >= mostConnections;
  }

  #carried(bytes: number, connection: Connection): void {
    if (!this.#options.spend(bytes)) connection.cut();
  }
}
