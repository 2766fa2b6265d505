// A client's connection as somebody dials it who needs nothing of a WHATWG WebSocket but its names: handlers are called, no
// event is made. A line on Node, Bun and Deno sits on it. What a plain server sends is given out as sockets do, a microtask
// checkpoint behind each message; what a session sends is lent (base/carrier.ts), as its link is done with each packet at once.

import type { Borrower, CarrierOwner, CloseOutcome, Delivery, LendingCarrier } from "../base/carrier.ts";
import { resolveClientLimits } from "../base/limits.ts";
import { LocalError } from "../base/errors.ts";
import { ownedBuffer } from "../base/payload.ts";
import { parseWebSocketUrl } from "../protocol/handshake/websocket-url.ts";
import { Dial } from "./dial.ts";
import { defaultRuntime } from "./runtime.ts";

const limits = resolveClientLimits();

/** How it ended. */
export interface SocketEnd {
  readonly code: number;
  readonly reason: string;
  readonly wasClean?: boolean;
}

export class EngineSocket implements CarrierOwner {
  binaryType = "arraybuffer";
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  onclose: ((event: SocketEnd) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  readonly #dial: Dial;
  #carrier: LendingCarrier | undefined;
  #borrower: Borrower | undefined;
  #isOver = false;

  /** Begins at once; throws as `new WebSocket()` does for a URL that cannot be dialled. */
  constructor(url: string, protocols: readonly string[]) {
    const { handshakeTimeoutMs } = limits;
    this.#dial = new Dial(
      {
        url: parseWebSocketUrl(url),
        protocols,
        headers: [],
        tls: undefined,
        handshakeTimeoutMs,
        blockPorts: false,
        limits,
        lenientLength: false,
        runtime: defaultRuntime(),
      },
      this,
      (carrier) => {
        this.#carrier = carrier;
        this.onopen?.(nothing);
      },
    );
  }

  get protocol(): string {
    return this.#carrier?.protocol ?? "";
  }

  get bufferedAmount(): number {
    return this.#carrier?.bufferedBytes ?? 0;
  }

  send(data: string | Uint8Array): void {
    this.#carrier?.send(data);
  }

  sendBytes(bytes: Uint8Array, start: number, end: number): void {
    this.#carrier?.sendBytes(bytes, start, end);
  }

  close(code?: number, reason?: string): void {
    if (this.#carrier === undefined) this.#dial.abandon(givenUp());
    else this.#carrier.close(code, reason);
  }

  /** For a socket that is open. */
  lend(borrower: Borrower): void {
    this.#borrower = borrower;
    this.#carrier?.lend(borrower);
  }

  drained(): Promise<void> {
    return this.#carrier?.drained() ?? Promise.resolve();
  }

  // --- the carrier's owner ---

  receiveMessage(data: string | Uint8Array): Delivery {
    const borrower = this.#borrower;
    if (borrower !== undefined && typeof data !== "string") borrower.receiveLent(data, 0, data.length);
    else this.onmessage?.({ data: typeof data === "string" ? data : ownedBuffer(data) });
    return borrower === undefined ? "checkpoint" : undefined;
  }

  receivePing(): void {}

  receivePong(): void {}

  receiveClosing(): void {}

  receiveClosed({ code, reason, wasClean, cause }: CloseOutcome): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (cause !== undefined) this.onerror?.(nothing);
    this.onclose?.({ code, reason, wasClean });
  }
}

const givenUp = (): LocalError => new LocalError("LW_SOCKET_ABANDONED", "The line has taken another way.");

/** Events of which nobody reads anything. */
const nothing = undefined as never;
