// The client's half of the transport over a WebSocket (wire/session-v1 §4.1): dials with any class that has the WHATWG
// interface, says what it sees first, and is then a Link. What the first things mean is decided in client/; nothing is sent
// before somebody above says so.

import type { Clock, Timer } from "../../base/clock.ts";
import type { Borrower } from "../../base/carrier.ts";
import type { Link, LinkReceiver } from "../../base/link.ts";
import { platform } from "../../base/platform.ts";

/** As much of a CloseEvent as is used. */
export interface SocketEnd {
  readonly code: number;
  readonly reason: string;
  readonly wasClean?: boolean;
}

/** As much of a WebSocket as is used. */
export interface SocketLike {
  binaryType: string;
  readonly protocol: string;
  readonly bufferedAmount: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: SocketEnd) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: string | Uint8Array): void;
  /** The same for what stands in `bytes` from `start` to `end`, for whom a view would cost more than it says. */
  sendBytes?(bytes: Uint8Array, start: number, end: number): void;
  close(code?: number, reason?: string): void;
  /** From now on binary messages may be lent to `borrower`, who keeps none. If they say when they were read, then by the line's clock. */
  lend?(borrower: Borrower): void;
  /** Resolves when nothing waits; where it is absent, somebody has to look again and again. */
  drained?(): Promise<void>;
}

/** Makes one; throws for a URL that cannot be dialled. */
export type Dialler = (url: string, protocols: string[]) => SocketLike;

/**
 * So much a browser's socket may hold beyond what other links may: it does not tell when it drains, and is looked after. What
 * waits there can no longer be overtaken, so it is little at first, and more for as long as it does not last from look to look.
 */
const LEAST_SLACK_BYTES = 48 * 1024;
const MOST_SLACK_BYTES = 1024 * 1024;
const LOOK_EVERY_MS = 20;
/** Whoever has sent so much waits to be told of room; less is on its way at the end of the turn. */
const WATCHED_BYTES = 16 * 1024;
/** While no more was sent, the socket is not asked how much of it waits. */
const UNASKED_BYTES = 4 * 1024;
const MAX_REASON_BYTES = 123;

export class WebSocketClient implements Link, Borrower {
  readonly kind = "websocket";
  readonly socket: SocketLike;
  readonly #clock: Clock;
  #receiver: LinkReceiver | undefined;
  #watch: Timer | undefined;
  /** 0 for a socket that tells. */
  #slackBytes = LEAST_SLACK_BYTES;
  /** What waited when the socket was asked last, and what was sent since. */
  #bufferedBytes = 0;
  #isAwaiting = false;
  #isClosed = false;

  /**
   * Takes over a socket that is open: what comes on it goes to `receiver` from now on. Its own handlers are replaced.
   */
  constructor(socket: SocketLike, clock: Clock) {
    this.socket = socket;
    this.#clock = clock;
    socket.binaryType = "arraybuffer";
    socket.lend?.(this);
    if (socket.drained !== undefined) this.#slackBytes = 0;
    socket.onmessage = ({ data }) => {
      if (data instanceof ArrayBuffer) this.receiveLent(new Uint8Array(data), 0, data.byteLength);
      else this.#fail();
    };
    socket.onclose = ({ code, reason }) => this.#end(code, reason);
    socket.onerror = null;
  }

  open(receiver: LinkReceiver): void {
    this.#receiver = receiver;
  }

  receiveLent(bytes: Uint8Array, start: number, end: number, now?: number): void {
    this.#receiver?.receive(bytes, start, end, now);
  }

  get pendingBytes(): number {
    if (this.#bufferedBytes > UNASKED_BYTES && !this.#isClosed) this.#ask();
    return Math.max(0, this.#bufferedBytes - this.#slackBytes);
  }

  /** Whoever hears that there is no room is told when there is. */
  #ask(): void {
    this.#bufferedBytes = this.socket.bufferedAmount;
    if (this.#slackBytes === 0) this.#await();
    else if (this.#bufferedBytes > this.#slackBytes) this.#look();
  }

  send(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    if (this.#isClosed) return;
    // Some classes read later than they should; what is sent is written over by then.
    if (this.socket.sendBytes === undefined) this.socket.send(bytes.slice(start, end));
    else this.socket.sendBytes(bytes, start, end);
    this.#bufferedBytes += end - start;
  }

  close(code: number, reason: string): void {
    if (this.#isClosed) return;
    this.#receiver = undefined;
    this.#end(code, reason);
    // A page may say 1000 and 3000 to 4999 only, and what is lost needs no code.
    if (code === 1000 || code >= 3000) this.socket.close(code, fit(reason));
    else this.socket.close();
  }

  /** The socket tells when it has drained. */
  #await(): void {
    if (this.#isAwaiting || this.#bufferedBytes < WATCHED_BYTES) return;
    this.#isAwaiting = true;
    void this.socket.drained?.().then(() => {
      this.#isAwaiting = false;
      this.#receiver?.receiveDrain();
    });
  }

  /** Looks again and again whether there is room, until there is. */
  #look(): void {
    this.#watch ??= this.#clock.schedule(LOOK_EVERY_MS, () => {
      this.#watch = undefined;
      if (this.#isClosed) return;
      if (this.pendingBytes > 0) {
        this.#slackBytes = Math.max(LEAST_SLACK_BYTES, this.#slackBytes / 2);
        this.#look();
      } else {
        if (this.socket.bufferedAmount === 0) this.#slackBytes = Math.min(this.#slackBytes * 2, MOST_SLACK_BYTES);
        this.#receiver?.receiveDrain();
      }
    });
  }

  #fail(): void {
    const receiver = this.#receiver;
    this.close(4400, "A text message is no packet.");
    receiver?.receiveClosed(4400, "A text message is no packet.");
  }

  #end(code: number, reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#watch?.cancel();
    const receiver = this.#receiver;
    this.#receiver = undefined;
    receiver?.receiveClosed(code, reason);
  }
}

/** As much of `reason` as a Close frame holds: a WebSocket throws for a longer one. */
function fit(reason: string): string {
  let text = reason.slice(0, MAX_REASON_BYTES);
  while (platform.utf8Length(text) > MAX_REASON_BYTES) text = text.replace(/.$/su, "");
  return text;
}
