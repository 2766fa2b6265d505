// One connection made real: carries bytes between a pipe and the protocol machine, decides when reading stops and goes on,
// flushes once per read, and tells the owner what arrives. RELIABILITY §5.2 for the policies. What can be decided without
// a socket is decided below (connection, heartbeat, writer) or beside it (inbox); this file only joins them.

import { type LongwireError, RemoteError, violationError, type Violation } from "../base/errors.ts";
import type { Limits } from "../base/limits.ts";
import { TokenBucket } from "../base/token-bucket.ts";
import { NO_STATUS } from "../protocol/close-payload.ts";
import { Connection, type ConnectionSink } from "../protocol/connection.ts";
import type { Side } from "../protocol/frame-check.ts";
import type { BudgetHolder } from "./budget.ts";
import type { Carrier, CarrierOwner, CloseOutcome, Pressure } from "./carrier.ts";
import { Heartbeat } from "./heartbeat.ts";
import { Inbox } from "./inbox.ts";
import type { Pipe, PipeReceiver } from "./pipe.ts";
import type { SocketRuntime } from "./runtime.ts";
import { Stall } from "./stall.ts";
import type { Wakeable } from "./wakeups.ts";
import { Writer } from "./writer.ts";

export interface DriverOptions {
  readonly pipe: Pipe;
  readonly side: Side;
  readonly limits: Limits;
  readonly runtime: SocketRuntime;
  readonly protocol: string;
  readonly extensions: string;
  readonly lenientLength?: boolean | undefined;
}

// Why a connection is not being read, one bit each.
const Hold = { inbox: 1, output: 2, owner: 4, budget: 8, checkpoint: 16, turn: 32, rate: 64 } as const;
type Hold = (typeof Hold)[keyof typeof Hold];

const RATE_PAUSE_MS = 1000;
const noBytes = new Uint8Array(0);

export class Driver implements Carrier, PipeReceiver, ConnectionSink, Wakeable, BudgetHolder {
  readonly protocol: string;
  readonly extensions: string;
  wakeBucket: number = Infinity;
  readonly #pipe: Pipe;
  readonly #limits: Limits;
  readonly #runtime: SocketRuntime;
  readonly #side: Side;
  readonly #writer: Writer;
  readonly #connection: Connection;
  readonly #heartbeat: Heartbeat;
  readonly #stall: Stall;
  readonly #inbox: Inbox;
  readonly #rate: TokenBucket | undefined;
  #owner: CarrierOwner | undefined;

  #holds = 0;
  #reading = false;
  #flushing = false;
  #payloadBytes = 0;
  #rateHeldUntil = Infinity;
  #rateHeldAt = -Infinity;
  #endRequested = false;
  #closingTold = false;
  #close: { readonly code: number; readonly reason: string } | undefined;
  #cause: LongwireError | undefined;
  #outcome: CloseOutcome | undefined;
  #closed = false;
  #waiters: (() => void)[] | undefined;

  constructor(options: DriverOptions) {
    const { pipe, limits, runtime, side } = options;
    this.protocol = options.protocol;
    this.extensions = options.extensions;
    this.#pipe = pipe;
    this.#limits = limits;
    this.#runtime = runtime;
    this.#side = side;
    const now = runtime.clock.now();
    this.#writer = new Writer(pipe, limits.socketBufferBytes);
    this.#connection = new Connection({
      side,
      limits,
      sink: this,
      output: this.#writer,
      random: runtime.random,
      lenientLength: options.lenientLength ?? false,
    });
    this.#heartbeat = new Heartbeat(limits.pingIntervalMs, limits.pongTimeoutMs, runtime.random.fraction(), now);
    this.#stall = new Stall(limits.slowConsumerTimeoutMs);
    this.#inbox = new Inbox(limits.pendingMessages, limits.pendingMessageBytes);
    if (limits.messagesPerSecond > 0) this.#rate = new TokenBucket(limits.messagesPerSecond, limits.messageBurst, now);
  }

  /** Begins to read. `first` is what followed the handshake; it is delivered before anything that the pipe brings. */
  start(owner: CarrierOwner, first: Uint8Array = noBytes): void {
    this.#owner = owner;
    this.#pipe.open(this);
    if (first.length > 0) this.receiveChunk(first);
    this.#schedule();
  }

  // --- inward ---

  receiveChunk(chunk: Uint8Array): void {
    const now = this.#runtime.clock.now();
    this.#heartbeat.receive(now);
    this.#reading = true;
    this.#connection.receive(chunk, now);
    this.#reading = false;
    this.#afterWork(now);
  }

  receiveMessage(data: string | Uint8Array): void {
    if (this.#rate !== undefined) this.#limitRate(this.#rate);
    if (this.#inbox.busy) {
      this.#inbox.push(data);
      if (this.#inbox.full) this.#hold(Hold.inbox);
      return;
    }
    this.#deliver(data);
  }

  receivePing(payload: Uint8Array): void {
    this.#owner?.receivePing(payload);
  }

  receivePong(payload: Uint8Array): void {
    this.#owner?.receivePong(payload);
  }

  receiveClose(code: number, reason: string): void {
    this.#close = { code, reason };
    this.#tellClosing();
    // RFC 6455 §7.1.1: the server closes first; a client gives it time to.
    if (this.#side === "server") this.#endRequested = true;
  }

  fail(violation: Violation): void {
    this.#cause ??= violationError(violation);
    this.#tellClosing();
    this.#endRequested = true;
  }

  yieldTurn(): void {
    this.#hold(Hold.turn);
    setImmediate(releaseTurn, this);
  }

  receiveEnd(): void {
    const { state } = this.#connection;
    if (state === "both-closed" || state === "failed") {
      this.#endRequested = true;
      this.#flush();
      return;
    }
    this.drop();
  }

  drop(): void {
    if (this.#connection.state !== "both-closed") {
      this.#cause ??= new RemoteError(
        "LW_SOCKET_LOST",
        "The connection ended without a closing handshake: the peer or the network dropped it.",
        1006,
      );
    }
    this.#pipe.destroy();
  }

  receiveDisconnect(error: Error | undefined): void {
    const clean = this.#connection.state === "both-closed";
    if (!clean && this.#cause === undefined) {
      const detail = error === undefined ? "" : `: ${error.message}`;
      this.#cause = new RemoteError("LW_SOCKET_LOST", `The connection was lost${detail}.`, 1006, { cause: error });
    }
    this.#connection.receiveEnd();
    this.#writer.clear();
    this.#runtime.wakeups.forget(this);
    this.#runtime.budget.update(this, 0);
    this.#outcome = {
      code: clean ? (this.#close?.code ?? NO_STATUS) : 1006,
      reason: clean ? (this.#close?.reason ?? "") : "",
      wasClean: clean,
      cause: this.#cause,
    };
    this.#settleWaiters();
    if (!this.#inbox.busy) {
      this.#tellClosed();
      return;
    }
    // Messages that came before the end are still the handler's; one that never settles must not keep us for ever.
    this.#inbox.waitedSince = this.#runtime.clock.now();
    this.#runtime.wakeups.schedule(this, this.#inbox.waitedSince + this.#limits.messageTimeoutMs);
  }

  #deliver(data: string | Uint8Array): void {
    const owner = this.#owner as CarrierOwner;
    this.#inbox.enter();
    const delivery = owner.receiveMessage(data);
    this.#inbox.leave();
    if (delivery === undefined) return;
    this.#inbox.busy = true;
    if (delivery === "checkpoint") {
      this.#hold(Hold.checkpoint);
      // A tick asked for from a microtask runs when all microtasks are done: the checkpoint browsers make between tasks.
      queueMicrotask(() => process.nextTick(endDelivery, this));
      return;
    }
    const settled = (): void => {
      endDelivery(this);
    };
    delivery.then(settled, settled);
  }

  /** The owner is done with a message: what waited goes on. */
  endDelivery(): void {
    this.#inbox.busy = false;
    const now = this.#runtime.clock.now();
    this.#reading = true;
    while (!this.#inbox.busy) {
      const data = this.#inbox.shift();
      if (data === undefined) break;
      this.#deliver(data);
    }
    this.#reading = false;
    if (!this.#inbox.busy) {
      if (this.#closingTold && this.#connection.state !== "open") this.#owner?.receiveClosing();
      if (this.#outcome !== undefined) {
        this.#tellClosed();
        return;
      }
      this.#release(Hold.checkpoint | Hold.inbox, now);
    } else if (this.#outcome !== undefined) {
      this.#inbox.waitedSince = now;
    }
    this.#afterWork(now);
  }

  #tellClosing(): void {
    if (this.#closingTold) return;
    this.#closingTold = true;
    // Messages that came before the Close are dispatched while the socket is still open.
    if (!this.#inbox.busy) this.#owner?.receiveClosing();
  }

  #tellClosed(): void {
    if (this.#closed || this.#outcome === undefined) return;
    this.#closed = true;
    this.#runtime.wakeups.forget(this);
    this.#inbox.clear();
    const owner = this.#owner;
    this.#owner = undefined;
    owner?.receiveClosed(this.#outcome);
  }

  #limitRate(rate: TokenBucket): void {
    const now = this.#runtime.clock.now();
    if (rate.take(now)) return;
    if (now - this.#rateHeldAt < 2 * RATE_PAUSE_MS) {
      this.#shed("LW_SOCKET_RATE_LIMITED", "The peer sent messages faster than is allowed.");
      return;
    }
    this.#rateHeldAt = now;
    this.#rateHeldUntil = now + RATE_PAUSE_MS;
    this.#hold(Hold.rate);
  }

  // --- reading stops and goes on ---

  #hold(reason: Hold): void {
    if (this.#holds === 0) this.#connection.hold();
    // A checkpoint ends before the event loop could bring more bytes.
    if ((this.#holds & ~Hold.checkpoint) === 0 && reason !== Hold.checkpoint) this.#pipe.pause();
    this.#holds |= reason;
  }

  #release(reasons: number, now: number): void {
    const before = this.#holds;
    this.#holds &= ~reasons;
    if (before === 0 || this.#holds !== 0) return;
    const outer = this.#reading;
    this.#reading = true;
    this.#connection.release(now);
    this.#reading = outer;
    if (this.#holds === 0 && (before & ~Hold.checkpoint) !== 0) {
      this.#heartbeat.receive(now);
      this.#pipe.resume();
    }
  }

  /** The turn that yieldTurn() asked for has come. */
  releaseTurn(): void {
    const now = this.#runtime.clock.now();
    this.#release(Hold.turn, now);
    this.#afterWork(now);
  }

  get paused(): boolean {
    return (this.#holds & Hold.owner) !== 0;
  }

  pause(): void {
    this.#hold(Hold.owner);
  }

  resume(): void {
    const now = this.#runtime.clock.now();
    this.#release(Hold.owner, now);
    if (!this.#reading) this.#afterWork(now);
  }

  throttle(): void {
    this.#hold(Hold.budget);
  }

  relieve(): void {
    const now = this.#runtime.clock.now();
    this.#release(Hold.budget, now);
    if (!this.#reading) this.#afterWork(now);
  }

  shed(): void {
    this.#shed("LW_SOCKET_MEMORY_BUDGET", "The memory of all connections together is used up.");
    this.#pipe.destroy();
  }

  // --- outward ---

  get bufferedBytes(): number {
    const pending = this.#writer.pendingBytes;
    if (pending === 0) this.#payloadBytes = 0;
    return Math.min(this.#payloadBytes, pending);
  }

  send(data: string | Uint8Array): Pressure {
    const isReply = this.#inbox.replying;
    if (!isReply && this.#refuses()) return "dropped";
    this.#restartPayload();
    const length = this.#connection.sendMessage(data);
    return length === -1 ? "dropped" : this.#sent(length, isReply);
  }

  sendFrame(frame: Uint8Array): Pressure {
    const isReply = this.#inbox.replyingNow;
    if (!isReply && this.#refuses()) return "dropped";
    this.#restartPayload();
    return this.#connection.sendFrame(frame) ? this.#sent(frame.length, isReply) : "dropped";
  }

  ping(payload: Uint8Array = noBytes): boolean {
    if (!this.#connection.sendPing(payload)) return false;
    this.#flushSoon();
    return true;
  }

  close(code: number = NO_STATUS, reason = ""): void {
    if (!this.#connection.sendClose(code, reason, this.#runtime.clock.now())) return;
    this.#inbox.clear();
    this.#tellClosing();
    this.#flushSoon();
    this.#schedule();
  }

  terminate(cause?: LongwireError): void {
    if (this.#outcome !== undefined) return;
    this.#cause ??= cause;
    this.#inbox.clear();
    this.#tellClosing();
    this.#connection.receiveEnd();
    this.#pipe.destroy();
  }

  drained(): Promise<void> {
    if (this.#outcome !== undefined || this.#writer.pendingBytes === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiters ??= [];
      this.#waiters.push(resolve);
      this.#flushSoon();
    });
  }

  receiveDrain(): void {
    const now = this.#runtime.clock.now();
    this.#stall.progress(this.#writer.pendingBytes, now);
    this.#connection.receiveDrain();
    this.#flush();
    if (!this.#writer.congested) this.#release(Hold.output, now);
    this.#afterWork(now);
  }

  /** Judged before a send from elsewhere: the peer reads too slowly for more. RELIABILITY V-22. */
  #refuses(): boolean {
    if (this.#writer.pendingBytes <= this.#limits.maxQueuedBytes) return false;
    if (this.#connection.state === "open") {
      this.#shed("LW_SOCKET_SLOW_CONSUMER", "The peer does not read what is sent to it.");
    }
    return true;
  }

  #restartPayload(): void {
    if (this.#writer.pendingBytes === 0) this.#payloadBytes = 0;
  }

  #sent(payloadBytes: number, isReply: boolean): Pressure {
    this.#payloadBytes += payloadBytes;
    if (!this.#writer.congested) {
      this.#flushSoon();
      return "accepted";
    }
    this.#flush();
    if (!this.#writer.congested) return "accepted";
    // A reply waits for the peer by not reading its next question: an echo can never fill the queue.
    if (isReply) this.#hold(Hold.output);
    return "queued";
  }

  /** Gives up a peer that harms the others: what waits is dropped, the peer told 1013, the cause kept. */
  #shed(code: `LW_${string}`, message: string): void {
    if (this.#outcome !== undefined) return;
    this.#cause ??= new RemoteError(code, message, 1013);
    this.#writer.clear();
    this.#inbox.clear();
    this.#connection.sendClose(1013, message, this.#runtime.clock.now());
    this.#tellClosing();
    this.#flush();
    this.#schedule();
  }

  #flushSoon(): void {
    // Inside a read, or in the chain of checkpoints it began, the end of it flushes.
    if (this.#flushing || this.#reading || (this.#holds & Hold.checkpoint) !== 0) return;
    this.#flushing = true;
    process.nextTick(flushNow, this);
  }

  /** The flush that flushSoon() asked for. */
  flushNow(): void {
    this.#flushing = false;
    this.#afterWork(this.#runtime.clock.now());
  }

  #flush(): void {
    const { queuedBytes } = this.#writer;
    if (queuedBytes > 0) {
      const now = this.#runtime.clock.now();
      this.#writer.flush();
      this.#heartbeat.send(now);
      this.#stall.progress(this.#writer.pendingBytes, now);
    }
    if (this.#endRequested && this.#writer.queuedBytes === 0) this.#pipe.end();
  }

  #afterWork(now: number): void {
    if (this.#outcome !== undefined) return;
    if ((this.#holds & Hold.checkpoint) === 0 || this.#writer.congested) this.#flush();
    if ((this.#holds & Hold.output) !== 0 && !this.#writer.congested) this.#release(Hold.output, now);
    if (this.#waiters !== undefined) this.#watchDrain();
    this.#runtime.budget.update(this, this.#connection.retainedBytes + this.#inbox.cost + this.#writer.cost);
    this.#schedule();
  }

  #watchDrain(): void {
    if (this.#writer.pendingBytes === 0) this.#settleWaiters();
    else if (this.#writer.queuedBytes === 0) this.#pipe.whenWritten(() => this.flushNow());
  }

  #settleWaiters(): void {
    const waiters = this.#waiters;
    this.#waiters = undefined;
    for (const resolve of waiters ?? []) resolve();
  }

  // --- time ---

  #schedule(): void {
    if (this.#outcome !== undefined) return;
    const at = Math.min(this.#connection.wakeAt, this.#heartbeatWakeAt(), this.#stall.deadline, this.#rateHeldUntil);
    this.#runtime.wakeups.schedule(this, at);
  }

  #heartbeatWakeAt(): number {
    return this.#connection.state === "open" && this.#holds === 0 ? this.#heartbeat.wakeAt : Infinity;
  }

  wake(now: number): void {
    if (this.#outcome !== undefined) {
      if (now - this.#inbox.waitedSince >= this.#limits.messageTimeoutMs) this.#tellClosed();
      else this.#runtime.wakeups.schedule(this, this.#inbox.waitedSince + this.#limits.messageTimeoutMs);
      return;
    }
    this.#connection.tick(now);
    if (now >= this.#rateHeldUntil) {
      this.#rateHeldUntil = Infinity;
      this.#release(Hold.rate, now);
    }
    if (now >= this.#stall.deadline) {
      this.#shed("LW_SOCKET_SLOW_CONSUMER", "The peer accepted no byte for too long.");
      this.#stall.reset();
    }
    // While we do not read, silence says nothing about the peer.
    if (now >= this.#heartbeatWakeAt()) this.#beat(now);
    this.#afterWork(now);
  }

  #beat(now: number): void {
    const advice = this.#heartbeat.tick(now);
    if (advice === "ping") {
      this.#connection.sendPing(noBytes);
    } else if (advice === "lost") {
      this.terminate(
        new RemoteError("LW_SOCKET_PEER_SILENT", "The peer answered no ping: it or the path is dead.", 1006),
      );
    }
  }
}

function endDelivery(driver: Driver): void {
  driver.endDelivery();
}
function releaseTurn(driver: Driver): void {
  driver.releaseTurn();
}
function flushNow(driver: Driver): void {
  driver.flushNow();
}
