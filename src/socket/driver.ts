// One connection made real: carries bytes between a pipe and the protocol machine, decides when reading stops and goes on,
// flushes once per read, and tells the owner what arrives. RELIABILITY §5.2 for the policies. What can be decided without
// a socket is decided below (connection, heartbeat, writer) or beside it (inbox); this file only joins them.

import process from "node:process";
import { type LongwireError, RemoteError, violationError, type Violation } from "../base/errors.ts";
import type { Limits } from "../base/limits.ts";
import { NO_STATUS } from "../protocol/close-payload.ts";
import { Connection } from "../protocol/connection.ts";
import type { ConnectionSink } from "../protocol/connection-sink.ts";
import type { Side } from "../protocol/frame-check.ts";
import type { BudgetHolder } from "./budget.ts";
import type { Borrower, CarrierOwner, CloseOutcome, LendingCarrier, Pressure } from "../base/carrier.ts";
import { Deliveries, type DeliveryDriver } from "./deliveries.ts";
import { DrainWatch } from "./drain-watch.ts";
import { Ending, lost, silent } from "./ending.ts";
import { Heartbeat } from "./heartbeat.ts";
import { MessageRate } from "./message-rate.ts";
import type { Pipe, PipeReceiver } from "./pipe.ts";
import { Hold, MESSAGE_HOLDS, Reading } from "./reading.ts";
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

/** How many times the queue's bound an asynchronous handler may fill with its replies. */
const REPLY_ROOM = 4;
const noBytes = new Uint8Array(0);

export class Driver implements LendingCarrier, PipeReceiver, ConnectionSink, DeliveryDriver, Wakeable, BudgetHolder {
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
  readonly #rate: MessageRate | undefined;
  readonly #reading: Reading;
  readonly #deliveries: Deliveries;
  readonly #ending: Ending = new Ending();
  #flushing = false;
  #concludeBy = Infinity;
  #drainWatch: DrainWatch | undefined;

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
    this.#reading = new Reading(pipe, this.#connection);
    this.#heartbeat = new Heartbeat(limits.pingIntervalMs, limits.pongTimeoutMs, runtime.random.fraction(), now);
    this.#stall = new Stall(limits.slowConsumerTimeoutMs);
    this.#deliveries = new Deliveries(this, this.#reading, limits);
    if (limits.messagesPerSecond > 0) this.#rate = new MessageRate(limits.messagesPerSecond, limits.messageBurst, now);
  }

  /** Begins to read. `first` is what followed the handshake; it is delivered before anything that the pipe brings. */
  start(owner: CarrierOwner, first: Uint8Array = noBytes): void {
    this.#deliveries.open(owner);
    this.#pipe.open(this);
    if (first.length > 0) this.receiveChunk(first);
    this.#schedule();
  }

  // --- inward ---

  receiveChunk(chunk: Uint8Array): void {
    const now = this.#runtime.clock.now();
    this.#heartbeat.receive(now);
    this.#reading.active = true;
    this.#connection.receive(chunk, now);
    this.#reading.active = false;
    this.#afterWork(now);
  }

  receiveMessage(data: string | Uint8Array): void {
    const verdict = this.#rate?.receive(this.#runtime.clock.now());
    if (verdict === "pause") this.#reading.stop(Hold.rate);
    if (verdict === "flood") this.#shed("LW_SOCKET_RATE_LIMITED", "The peer sent messages faster than is allowed.");
    if (this.#connection.state === "open") this.#deliveries.receiveMessage(data);
  }

  receivePing(payload: Uint8Array): void {
    this.#deliveries.owner?.receivePing(payload);
  }

  receivePong(payload: Uint8Array): void {
    this.#deliveries.owner?.receivePong(payload);
  }

  receiveClose(code: number, reason: string): void {
    this.#ending.receiveClose(code, reason);
    this.#deliveries.receiveClosing();
    // RFC 6455 §7.1.1: the server closes first; a client gives it time to.
    if (this.#side === "server") this.#ending.endRequested = true;
  }

  fail(violation: Violation): void {
    this.#ending.blame(violationError(violation));
    this.#deliveries.receiveClosing();
    this.#ending.endRequested = true;
  }

  yieldTurn(): void {
    this.#reading.stop(Hold.turn);
    setImmediate(goOn, this, Hold.turn);
  }

  receiveEnd(): void {
    const { state } = this.#connection;
    if (state === "both-closed" || state === "failed") {
      this.#ending.endRequested = true;
      this.#flush();
    } else if (!this.#reading.waitsWithEnd()) this.drop();
  }

  drop(): void {
    if (this.#connection.state !== "both-closed") this.#ending.blame(lost());
    this.#pipe.destroy();
  }

  receiveDisconnect(error: Error | undefined): void {
    const clean = this.#connection.state === "both-closed";
    if (!clean) this.#ending.blame(lost(error));
    this.#connection.receiveEnd();
    this.#ending.conclude(clean, this.#writer.payloadBytes);
    this.#writer.clear();
    this.#runtime.wakeups.forget(this);
    this.#runtime.budget.update(this, 0);
    this.#drainWatch?.settle();
    // Messages that came before the end are still the handler's; one that never settles must not keep us for ever.
    this.#concludeBy = this.#runtime.clock.now() + this.#limits.messageTimeoutMs;
    this.#deliveries.receiveClosed(this.#ending.outcome as CloseOutcome);
    this.#schedule();
  }

  afterDelivery(): void {
    const now = this.#runtime.clock.now();
    if (this.#deliveries.isReady) this.#release(Hold.checkpoint | Hold.inbox, now);
    else if (!this.#deliveries.isBusy) this.#release(Hold.checkpoint, now);
    this.#afterWork(now);
    if (this.#deliveries.owner === undefined) this.#runtime.wakeups.forget(this);
  }

  lend(borrower: Borrower): void {
    // Where messages are counted, each comes the way of all.
    if (this.#rate !== undefined) return;
    this.#deliveries.borrower = borrower;
    this.#connection.borrower = this.#deliveries;
  }

  // --- reading stops and goes on ---

  /** Reading goes on where it stopped; our own silence said nothing about the peer. */
  #release(reasons: number, now: number): void {
    if (this.#reading.go(reasons, now)) this.#heartbeat.receive(now);
  }

  /** A reason for not reading is gone. */
  goOn(reason: Hold): void {
    const now = this.#runtime.clock.now();
    this.#release(reason, now);
    if (!this.#reading.active) this.#afterWork(now);
  }

  /** Replies leave again: first what waited for them, then what was not read yet. */
  #releaseOutput(now: number): void {
    this.#release(Hold.output, now);
    this.#deliveries.goOn();
    if (this.#deliveries.isReady) this.#release(Hold.inbox, now);
    if (!this.#reading.isHeldBy(Hold.checkpoint)) this.#flush();
  }

  get paused(): boolean {
    return this.#reading.isHeldBy(Hold.owner);
  }

  pause(): void {
    this.#reading.stop(Hold.owner);
  }

  resume(): void {
    this.goOn(Hold.owner);
  }

  throttle(): void {
    this.#reading.stop(Hold.budget);
  }

  relieve(): void {
    this.goOn(Hold.budget);
  }

  shed(): void {
    this.#shed("LW_SOCKET_MEMORY_BUDGET", "The memory of all connections together is used up.");
    this.#pipe.destroy();
  }

  // --- outward ---
  get bufferedBytes(): number {
    return this.#ending.outcome === undefined ? this.#writer.payloadBytes : this.#ending.unsentBytes;
  }

  send(data: string | Uint8Array): Pressure {
    const isReply = this.#deliveries.isHandling;
    return this.#sent(this.#refuses(isReply) ? -1 : this.#connection.sendMessage(data), isReply);
  }

  sendBytes(bytes: Uint8Array, start: number, end: number): Pressure {
    const isReply = this.#deliveries.isHandling;
    return this.#sent(this.#refuses(isReply) ? -1 : this.#connection.sendBytes(bytes, start, end), isReply);
  }

  sendFrame(frame: Uint8Array): Pressure {
    const isReply = this.#deliveries.isOnStack;
    const isSent = !this.#refuses(isReply) && this.#connection.sendFrame(frame);
    return this.#sent(isSent ? frame.length : -1, isReply);
  }

  ping(payload: Uint8Array = noBytes): boolean {
    if (!this.#connection.sendPing(payload)) return false;
    this.#flushSoon();
    return true;
  }

  close(code: number = NO_STATUS, reason = ""): void {
    const now = this.#runtime.clock.now();
    if (!this.#connection.sendClose(code, reason, now)) return;
    this.#deliveries.clear();
    this.#deliveries.receiveClosing();
    // Whatever held messages back, the peer's answer must be read.
    this.#release(MESSAGE_HOLDS, now);
    this.#flushSoon();
    this.#schedule();
  }

  terminate(cause?: LongwireError): void {
    if (this.#ending.outcome !== undefined) return;
    this.#ending.terminate(cause);
    this.#deliveries.clear();
    this.#deliveries.receiveClosing();
    if (this.#connection.state !== "both-closed") this.#connection.receiveEnd();
    this.#pipe.destroy();
  }

  drained(): Promise<void> {
    if (this.#ending.outcome !== undefined || this.#writer.pendingBytes === 0) return Promise.resolve();
    this.#drainWatch ??= new DrainWatch(this.#pipe, this.#writer);
    this.#flushSoon();
    return this.#drainWatch.wait();
  }

  receiveDrain(): void {
    const now = this.#runtime.clock.now();
    this.#stall.progress(this.#writer.pendingBytes, now);
    this.#connection.receiveDrain();
    this.#flush();
    this.#afterWork(now);
  }

  /**
   * Judged before a send: the peer reads too slowly for more. RELIABILITY V-22. What a handler on the stack sends is the
   * application's own measure; one that goes on later gets some room, but a promise that never settles is no licence.
   */
  #refuses(isReply: boolean): boolean {
    if (this.#deliveries.isOnStack) return false;
    const bound = this.#limits.maxQueuedBytes * (isReply ? REPLY_ROOM : 1);
    if (this.#writer.pendingBytes <= bound) return false;
    if (this.#connection.state !== "open") return true;
    this.#shed("LW_SOCKET_SLOW_CONSUMER", "The peer does not read what is sent to it.");
    return true;
  }

  /** -1: nothing was sent. */
  #sent(payloadBytes: number, isReply: boolean): Pressure {
    if (payloadBytes === -1) return "dropped";
    this.#writer.countPayload(payloadBytes);
    const wasCongested = this.#writer.congested;
    if (wasCongested) this.#flush();
    // What waits is charged and its time counted, though nothing else may happen here for long.
    this.#flushSoon();
    if (!wasCongested || !this.#writer.congested) return "accepted";
    // A reply waits for the peer by not reading its next question: an echo can never fill the queue. A client lets it fill
    // first: two ends that answer each other, and both read nothing before the other does, would wait for ever.
    const patience = this.#side === "server" ? 0 : this.#limits.maxQueuedBytes;
    if (isReply && this.#writer.pendingBytes > patience) this.#reading.stop(Hold.output);
    return "queued";
  }

  /** Gives up a peer that harms the others: what waits is dropped, the peer told 1013, the cause kept. */
  #shed(code: `LW_${string}`, message: string): void {
    if (this.#ending.outcome !== undefined) return;
    this.#ending.blame(new RemoteError(code, message, 1013));
    this.#writer.clear();
    this.#deliveries.clear();
    this.#connection.sendClose(1013, message, this.#runtime.clock.now());
    this.#deliveries.receiveClosing();
    this.#flush();
    this.#schedule();
  }

  #flushSoon(): void {
    // Inside a read, or in the chain of checkpoints it began, the end of it flushes.
    if (this.#flushing || this.#reading.active || this.#reading.isHeldBy(Hold.checkpoint)) return;
    this.#flushing = true;
    process.nextTick(flushNow, this);
  }

  flushNow(): void {
    this.#flushing = false;
    this.#afterWork(this.#runtime.clock.now());
  }

  #flush(): void {
    if (this.#writer.queuedBytes > 0) {
      const now = this.#runtime.clock.now();
      this.#stall.begin(this.#pipe.pendingBytes, now);
      this.#writer.flush();
      this.#heartbeat.send(now);
      this.#stall.progress(this.#writer.pendingBytes, now);
    }
    if (this.#ending.endRequested && this.#writer.queuedBytes === 0) this.#pipe.end();
  }

  #afterWork(now: number): void {
    if (this.#ending.outcome !== undefined) return;
    if (!this.#reading.isHeldBy(Hold.checkpoint) || this.#writer.congested) this.#flush();
    if (this.#reading.isHeldBy(Hold.output) && !this.#writer.congested) this.#releaseOutput(now);
    if (this.#reading.endIsDue) this.receiveEnd();
    if (this.#writer.waitsForPipe) this.#drainWatch ??= new DrainWatch(this.#pipe, this.#writer);
    if (this.#drainWatch?.check(this) === false) this.#drainWatch = undefined;
    this.#runtime.budget.update(this, this.#connection.retainedBytes + this.#deliveries.cost + this.#writer.cost);
    this.#schedule();
  }

  // --- time ---

  #schedule(): void {
    const { wakeups } = this.#runtime;
    if (this.#ending.outcome !== undefined) {
      if (this.#deliveries.owner !== undefined) wakeups.schedule(this, this.#concludeBy);
      return;
    }
    const rateAt = this.#rate?.pausedUntil ?? Infinity;
    wakeups.schedule(this, Math.min(this.#connection.wakeAt, this.#heartbeatWakeAt(), this.#stall.deadline, rateAt));
  }

  #heartbeatWakeAt(): number {
    return this.#connection.state === "open" && !this.#reading.stopped ? this.#heartbeat.wakeAt : Infinity;
  }

  wake(now: number): void {
    if (this.#ending.outcome !== undefined) {
      if (now >= this.#concludeBy) this.#deliveries.conclude();
      return this.#schedule();
    }
    this.#connection.tick(now);
    if (this.#rate?.resume(now) === true) this.#release(Hold.rate, now);
    if (this.#stall.isDue(this.#writer.pendingBytes, now)) {
      this.#shed("LW_SOCKET_SLOW_CONSUMER", "The peer accepted no byte for too long.");
      this.#stall.reset();
    }
    // While we do not read, silence says nothing about the peer.
    const advice = now >= this.#heartbeatWakeAt() ? this.#heartbeat.tick(now) : undefined;
    if (advice === "ping") this.#connection.sendPing(noBytes);
    if (advice === "lost") this.terminate(silent());
    this.#afterWork(now);
  }
}

const goOn = (driver: Driver, reason: Hold): void => driver.goOn(reason);
const flushNow = (driver: Driver): void => driver.flushNow();
