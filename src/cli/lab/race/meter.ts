// Bytes of single requests, counted where they are: at the server's sockets, heads included. A connection that is kept alive carries
// request after request, so what belongs to one is what its socket has counted since the answer before. For that every request of
// the process is watched, by Node's own channels. Counts what HTTP says, not the headers of TCP and IP below it.
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

interface Mark {
  readonly read: number;
  readonly written: number;
}

/** What is counted under one name. */
export interface Tally {
  readonly requests: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
  readonly connections: number;
}

interface Exchange {
  readonly socket: Socket;
  /** The socket's counts where this exchange begins, or where it was counted last. */
  from: Mark;
}

const nothing: Mark = { read: 0, written: 0 };
const finished = "http.server.response.finish";

/** The marks of all connections of this process, and under which name each was used last. Kept while anybody counts. */
export class SocketMarks {
  readonly #marks = new WeakMap<Socket, Mark>();
  readonly #users = new Map<Socket, object>();
  readonly #end = (event: unknown): void => {
    const { socket } = event as { readonly socket: Socket };
    this.#marks.set(socket, markOf(socket));
  };

  constructor() {
    subscribe(finished, this.#end);
  }

  /** What the socket had counted when its last answer was through. */
  of(socket: Socket): Mark {
    return this.#marks.get(socket) ?? nothing;
  }

  /** `user` uses this connection from now on, nobody else. */
  claim(socket: Socket, user: object): void {
    if (!this.#users.has(socket)) socket.once("close", () => this.#users.delete(socket));
    this.#users.set(socket, user);
  }

  /** How many open connections `user` was the last to use. */
  countOf(user: object): number {
    let count = 0;
    for (const last of this.#users.values()) if (last === user) count += 1;
    return count;
  }

  close(): void {
    unsubscribe(finished, this.#end);
  }
}

/** One name that is counted under. */
export class Meter {
  readonly #marks: SocketMarks;
  readonly #open = new Set<Exchange>();
  #requests = 0;
  #up = 0;
  #down = 0;

  constructor(marks: SocketMarks) {
    this.#marks = marks;
  }

  /** Counts this exchange from its first byte to its last. To be called when the request has come, before it is answered. */
  count(message: IncomingMessage, response: ServerResponse): void {
    const { socket } = message;
    const exchange: Exchange = { socket, from: this.#marks.of(socket) };
    this.#requests += 1;
    this.#open.add(exchange);
    this.#marks.claim(socket, this);
    const end = (): void => {
      if (!this.#open.delete(exchange)) return;
      const { read, written } = markOf(socket);
      this.#up += read - exchange.from.read;
      this.#down += written - exchange.from.written;
    };
    // 'finish': all is handed to the socket. 'close' alone: the connection broke before.
    response.once("finish", end);
    response.once("close", end);
  }

  /** What has been counted, open exchanges as far as they are. */
  get tally(): Tally {
    let [up, down] = [this.#up, this.#down];
    for (const { socket, from } of this.#open) {
      const { read, written } = markOf(socket);
      up += read - from.read;
      down += written - from.written;
    }
    return { requests: this.#requests, bytesUp: up, bytesDown: down, connections: this.#marks.countOf(this) };
  }

  /** From zero: of open exchanges only what is still to come counts, and they are no requests of the new count. */
  reset(): void {
    this.#requests = 0;
    this.#up = 0;
    this.#down = 0;
    for (const exchange of this.#open) exchange.from = markOf(exchange.socket);
  }
}

function markOf(socket: Socket): Mark {
  return { read: socket.bytesRead, written: socket.bytesWritten };
}
