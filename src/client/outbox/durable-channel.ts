// Between a socket and the channel that carries its outbox (wire/channels-v1 §5.7): takes what the socket sends into the outbox,
// lets out of it what is in the store, in order and no faster than the channel takes it, and hears how far the server's handler
// is. While the session has no transport nothing leaves: what has not left is certain not to have been handled.

import type { Carrier, CloseOutcome, Delivery, Pressure } from "../../base/carrier.ts";
import { LocalError, type LongwireError, RemoteError } from "../../base/errors.ts";
import { platform } from "../../base/platform.ts";
import type { MobileOwner } from "../../channels/mobile-channel.ts";
import { decodeAnswer, encodeClaim, type OutboxAnswer, type OutboxClaim } from "../../channels/outbox-terms.ts";
import type { LineSocket } from "../line-socket.ts";
import type { Backlog, Kept } from "./backlog.ts";
import type { OutboxEvent } from "./events.ts";
import type { Passage } from "./passage.ts";

/** What it asks of its outbox. */
export interface OutboxHome {
  readonly backlog: Backlog;
  readonly claim: OutboxClaim;
  append(data: string | Uint8Array): boolean;
  isReady(message: Kept): boolean;
  receiveAnswer(answer: OutboxAnswer): void;
  receiveHandled(number: number): void;
  receiveOversize(sent: number): void;
  /** More may get numbers now. */
  receiveRoom(): void;
}

/** What may have a number and not have left: enough for a fast path, and the rest can still be dropped. */
const ROOM_BYTES: number = 256 * 1024;
/** From here on sending reports pressure. */
const PRESSURE_BYTES: number = 64 * 1024;

export class DurableChannel implements Carrier, MobileOwner, Passage {
  readonly extensions = "";
  readonly #home: OutboxHome;
  readonly #socket: LineSocket;
  #channel: Carrier | undefined;
  #isPaused = false;
  /** Between being accepted and closing. */
  #isLive = false;
  #isSuspended = false;
  #isCongested = false;
  #isClosing = false;
  /** The number of the last message that has left, or will not leave here. */
  #sent = 0;
  #drains: (() => void)[] = [];

  constructor(home: OutboxHome, socket: LineSocket) {
    this.#home = home;
    this.#socket = socket;
    socket.addEventListener("suspend", () => {
      this.#isSuspended = true;
    });
    socket.addEventListener("resume", () => {
      this.#isSuspended = false;
      this.#goOn();
    });
    // Also when no server was reached, and so no channel ever tells.
    socket.addEventListener("close", () => this.#end());
  }

  // --- the passage ---

  get parameters(): Uint8Array {
    return encodeClaim(this.#home.claim);
  }

  get owner(): MobileOwner {
    return this;
  }

  carry(channel: Carrier): Carrier {
    this.#channel = channel;
    if (this.#isPaused) channel.pause();
    return this;
  }

  get refusal(): LongwireError {
    return refused("The server does not speak Longwire: it cannot know what it has handled.");
  }

  // --- what the outbox asks ---

  get sent(): number {
    return this.#sent;
  }

  /** How many bytes may have numbers and not have left. */
  get room(): number {
    return this.#isLive && !this.#isSuspended && !this.#isCongested ? ROOM_BYTES : 0;
  }

  /** Lets out what may leave. */
  feed(): void {
    while (this.#isLive && !this.#isSuspended && !this.#isCongested) {
      const message = this.#home.backlog.find(this.#sent + 1);
      if (message === undefined || !this.#home.isReady(message)) return;
      const { bytes, isText } = message;
      const pressure = this.#channel?.send(isText ? platform.decodeUtf8(bytes, 0, bytes.length) : bytes);
      if (pressure === "dropped") return;
      this.#sent += 1;
      if (pressure === "queued") this.#wait();
    }
  }

  #wait(): void {
    this.#isCongested = true;
    void this.#channel?.drained().then(() => {
      this.#isCongested = false;
      this.#goOn();
    });
  }

  #goOn(): void {
    this.feed();
    this.#home.receiveRoom();
  }

  /** `isLoss`: the application must hear it, nobody else knows. */
  tell(event: OutboxEvent, isLoss: boolean): void {
    queueMicrotask(() => this.#socket.announce(event, isLoss));
  }

  /** The application is done with the outbox. */
  leave(): void {
    this.#socket.close(1000, "The outbox was closed.");
  }

  /** The outbox cannot go on. */
  fail(cause: LongwireError): void {
    if (this.#channel !== undefined) this.terminate(cause);
    else this.#socket.receiveClosed({ code: 1006, reason: "", wasClean: false, cause });
  }

  // --- what the socket asks ---

  get protocol(): string {
    return this.#channel?.protocol ?? "";
  }

  /** All that the server's handler is not known to be done with. */
  get bufferedBytes(): number {
    return this.#home.backlog.bytes;
  }

  send(data: string | Uint8Array): Pressure {
    if (this.#isClosing || !this.#home.append(data)) return "dropped";
    return this.#home.backlog.cost > PRESSURE_BYTES ? "queued" : "accepted";
  }

  ping(): boolean {
    return false;
  }

  /** Behind what has left; the rest stays in the outbox. */
  close(code?: number, reason?: string): void {
    this.#end();
    this.#channel?.close(code, reason);
  }

  terminate(cause?: LongwireError): void {
    this.#end();
    this.#channel?.terminate(cause);
  }

  #end(): void {
    this.#isLive = false;
    this.#isClosing = true;
    this.#settleDrains();
  }

  pause(): void {
    this.#isPaused = true;
    this.#channel?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#channel?.resume();
  }

  get paused(): boolean {
    return this.#isPaused;
  }

  /** Resolves when the server's handler is done with everything. What it answers may come after that. */
  drained(): Promise<void> {
    if (this.#isClosing || this.#home.backlog.count === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#drains.push(resolve);
    });
  }

  #settleIfDone(): void {
    if (this.#home.backlog.count === 0) this.#settleDrains();
  }

  #settleDrains(): void {
    for (const resolve of this.#drains.splice(0)) resolve();
  }

  // --- what the channel tells ---

  receiveAccepted(parameters: Uint8Array): void {
    const answer = decodeAnswer(parameters);
    if (answer === undefined) {
      this.terminate(refused("The route does not take messages from an outbox."));
      return;
    }
    if (!isSensible(answer, this.#home.claim)) {
      this.terminate(
        new RemoteError("LW_OUTBOX_ANSWER", "The server answers what cannot be true of this outbox.", 1006),
      );
      return;
    }
    this.#sent = answer.called;
    this.#home.receiveAnswer(answer);
    this.#settleIfDone();
    this.#isLive = true;
    this.#socket.receiveAccepted();
    this.#goOn();
  }

  receiveHandled(number: number): boolean {
    const { first } = this.#home.backlog;
    if (number < first - 1 || number > this.#sent) return false;
    this.#home.receiveHandled(number);
    this.#settleIfDone();
    return true;
  }

  receiveMessage(data: string | Uint8Array): Delivery {
    return this.#socket.receiveMessage(data);
  }

  receivePing(payload: Uint8Array): void {
    this.#socket.receivePing(payload);
  }

  receivePong(payload: Uint8Array): void {
    this.#socket.receivePong(payload);
  }

  receiveMoved(isGap: boolean): void {
    this.#socket.receiveMoved(isGap);
  }

  receiveClosing(): void {
    this.#end();
    this.#socket.receiveClosing();
  }

  receiveClosed(outcome: CloseOutcome): void {
    this.#end();
    const { cause } = outcome;
    const isOversize = cause instanceof RemoteError && cause.code === "LW_CHANNEL_RESET" && cause.closeCode === 1009;
    if (isOversize) this.#home.receiveOversize(this.#sent);
    this.#socket.receiveClosed(outcome);
  }
}

/** What is known of the messages is within what was claimed; what is not goes on where the claim says. */
function isSensible({ isKnown, settled, called }: OutboxAnswer, { first, next, resends }: OutboxClaim): boolean {
  if (isKnown) return settled >= first - 1 && called < next;
  const start = resends ? first : next;
  return settled === start - 1 && called === settled;
}

function refused(message: string): LongwireError {
  return new LocalError("LW_OUTBOX_REFUSED", message);
}
