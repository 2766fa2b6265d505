// One end of a conversation between two implementations. Ours and theirs look the same from here, so that every case of
// conversation.ts can be tried in both directions. What an implementation cannot do is undefined.
import type { WebSocket, WebSocketSurface } from "../../../src/socket/index.ts";

export interface Ending {
  readonly code: number;
  readonly reason: string;
}

export interface Peer {
  /** The subprotocol it believes was agreed on, "" for none. */
  readonly protocol: string;
  /** The extensions it believes were agreed on, "" for none. */
  readonly extensions: string;
  readonly messages: Mailbox<string | Buffer>;
  readonly closed: Promise<Ending>;
  send(data: string | Uint8Array): void;
  /** Sends one message in several frames, with a ping before the last one. */
  readonly sendFragments: ((parts: readonly string[] | readonly Uint8Array[], ping: string) => void) | undefined;
  /** Resolves with what the pong to it carried. */
  readonly ping: ((payload: string) => Promise<string>) | undefined;
  close(code?: number, reason?: string): void;
  /** Lets go of the transport without a word. */
  readonly drop: (() => void) | undefined;
}

/** Another implementation that listens. */
export interface PeerServer {
  /** Ends with a slash. It agrees to "chat" and "echo" as subprotocols. */
  readonly url: string;
  /** Its end of the next connection. */
  readonly connections: Mailbox<Peer>;
  stop(): Promise<void> | void;
}

/** Things that arrive, for whoever waits for them. */
export class Mailbox<T> {
  readonly #arrived: T[] = [];
  readonly #waiting: { resolve(item: T): void; reject(error: Error): void }[] = [];
  #ended: Error | undefined;

  push(item: T): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#arrived.push(item);
    else waiting.resolve(item);
  }

  /** Nothing more will arrive. */
  end(why: string): void {
    this.#ended = new Error(why);
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
  }

  /** Resolves with the next one; rejects if there will be none. */
  next(): Promise<T> {
    const [item] = this.#arrived.splice(0, 1);
    if (item !== undefined) return Promise.resolve(item);
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  async take(count: number): Promise<T[]> {
    const items: T[] = [];
    while (items.length < count) items.push(await this.next());
    return items;
  }
}

/** Our own end. Call it before the first message can arrive. */
export function ourPeer(socket: WebSocketSurface): Peer & { readonly wasClean: Promise<boolean> } {
  const messages = new Mailbox<string | Buffer>();
  const pongs = new Mailbox<string>();
  socket.binaryType = "arraybuffer";
  socket.addEventListener("message", ({ data }) => {
    messages.push(typeof data === "string" ? data : Buffer.from(data as ArrayBuffer));
  });
  socket.addEventListener("pong", ({ data }) => pongs.push(Buffer.from(data as ArrayBuffer).toString()));
  const closing = new Promise<Ending & { readonly wasClean: boolean }>((resolve) => {
    socket.addEventListener("close", ({ code, reason, wasClean }) => {
      messages.end(`our socket has closed with ${code} ${reason}`);
      resolve({ code, reason, wasClean });
    });
  });
  return {
    get protocol() {
      return socket.protocol;
    },
    get extensions() {
      return socket.extensions;
    },
    messages,
    closed: closing.then(({ code, reason }) => ({ code, reason })),
    wasClean: closing.then(({ wasClean }) => wasClean),
    send: (data) => void socket.send(data),
    sendFragments: undefined,
    ping(payload) {
      socket.ping(payload);
      return pongs.next();
    },
    close: (code, reason) => socket.close(code, reason),
    drop: () => socket.terminate(),
  };
}

/** Resolves when our client is open; rejects with the cause if it fails. */
export function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", ({ error }) => reject(error as Error));
  });
}
