// Connections in one process that behave like a bad network, on a clock and a seed of the test's: the same run every time.
// Each connection is two Duplex streams, which servers and clients take for sockets. RELIABILITY §6.3.

import { Duplex } from "node:stream";
import { type Clock, systemClock, type Timer } from "../base/clock.ts";
import type { Random } from "../base/random.ts";
import { type Conditions, slicesOf } from "./conditions.ts";
import { OneWay } from "./one-way.ts";
import { SeededRandom } from "./seeded-random.ts";

/** What a simulated network takes: its conditions, and whose time and chance it has. */
export interface SimulatedNetworkOptions extends Conditions {
  /** Default: the real one. */
  readonly clock?: Clock | undefined;
  /** Default: 1. */
  readonly seed?: number | undefined;
}

/** A connection and its two ends. */
export interface SimulatedConnection {
  /** The end that connected. */
  readonly near: Duplex;
  /** The end that was connected to. */
  readonly far: Duplex;
  /** Bytes that have arrived, both ways together. */
  readonly bytes: number;
  /** Breaks it: what is on its way is lost, both ends hear ECONNRESET. */
  cut(): void;
  /** From now on bytes vanish and nobody is told, as when a NAT forgets. */
  blackhole(): void;
  /** One end is gone without a word: the other one is not told, and what it sends vanishes. */
  halfOpen(gone: "near" | "far"): void;
}

/** Connections inside one process, driven by a clock and a seed: the same run every time. */
export class SimulatedNetwork {
  /** For every connection, also those that are open. */
  conditions: Conditions;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #connections = new Set<Connection>();

  constructor({ clock = systemClock, seed = 1, ...conditions }: SimulatedNetworkOptions = {}) {
    this.#clock = clock;
    this.#random = new SeededRandom(seed);
    this.conditions = conditions;
  }

  /** The connections that are open. */
  get connections(): ReadonlySet<SimulatedConnection> {
    return this.#connections;
  }

  /** A new connection, open at once. */
  connect(): SimulatedConnection {
    const connection = new Connection(
      this.#clock,
      this.#random,
      () => this.conditions,
      () => this.#connections.delete(connection),
    );
    this.#connections.add(connection);
    return connection;
  }

  /** Breaks every connection there is. */
  cut(): void {
    for (const connection of this.#connections) connection.cut();
  }
}

class Connection implements SimulatedConnection {
  readonly near: End;
  readonly far: End;
  readonly #conditions: () => Conditions;
  readonly #ended: () => void;
  readonly #clock: Clock;
  readonly #end: Timer | undefined;
  #idle: Timer | undefined;
  #bytes = 0;
  #isMute = false;
  #openEnds = 2;

  constructor(clock: Clock, random: Random, conditions: () => Conditions, ended: () => void) {
    this.#clock = clock;
    this.#conditions = conditions;
    this.#ended = ended;
    const { cutAfterMs } = conditions();
    if (cutAfterMs !== undefined) this.#end = clock.schedule(cutAfterMs, () => this.cut());
    this.#rest();
    const way = (to: () => End): Way =>
      new Way(
        clock,
        random,
        conditions,
        () => this.isMute,
        (bytes) => this.#pass(bytes, to()),
        to,
      );
    this.near = new End(
      way(() => this.far),
      () => this.#leave(),
    );
    this.far = new End(
      way(() => this.near),
      () => this.#leave(),
    );
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isMute(): boolean {
    return this.#isMute || this.#conditions().blackhole === true;
  }

  /** One more piece arrives, or as much of it as comes before the connection breaks. False: it has broken. */
  #pass(bytes: Uint8Array, to: End): boolean {
    const { cutAfterBytes = Infinity } = this.#conditions();
    const passed = bytes.subarray(0, Math.max(0, cutAfterBytes - this.#bytes));
    this.#bytes += passed.length;
    this.#rest();
    if (passed.length > 0) to.arrive(passed);
    if (this.#bytes < cutAfterBytes) return true;
    this.cut();
    return false;
  }

  cut(): void {
    for (const end of [this.near, this.far]) {
      end.way.stop();
      end.destroy(Object.assign(new Error("The simulated network cut the connection."), { code: "ECONNRESET" }));
    }
  }

  blackhole(): void {
    this.#isMute = true;
  }

  halfOpen(gone: "near" | "far"): void {
    this.#isMute = true;
    this[gone].destroy();
  }

  #rest(): void {
    this.#idle?.cancel();
    const { cutIdleMs } = this.#conditions();
    if (cutIdleMs !== undefined) this.#idle = this.#clock.schedule(cutIdleMs, () => this.cut());
  }

  #leave(): void {
    this.#openEnds--;
    if (this.#openEnds > 0) return;
    this.#end?.cancel();
    this.#idle?.cancel();
    this.#ended();
  }
}

/** One direction: what was sent, in order, each piece when its time has come. */
class Way {
  readonly #line: OneWay;
  readonly #conditions: () => Conditions;
  readonly #isMute: () => boolean;
  readonly #pass: (bytes: Uint8Array) => boolean;
  readonly #to: () => End;

  constructor(
    clock: Clock,
    random: Random,
    conditions: () => Conditions,
    isMute: () => boolean,
    pass: (bytes: Uint8Array) => boolean,
    to: () => End,
  ) {
    this.#line = new OneWay({ clock, random, conditions, isPrompt: false });
    this.#conditions = conditions;
    this.#isMute = isMute;
    this.#pass = pass;
    this.#to = to;
  }

  /** `then` when the last piece has arrived: whoever sends waits for the network. */
  send(bytes: Uint8Array, then: () => void): void {
    const slices = slicesOf(bytes.slice(), this.#conditions());
    for (const [index, slice] of slices.entries()) {
      this.#line.send(slice.length, () => {
        const goesOn = this.#isMute() || this.#pass(slice);
        if (goesOn && index === slices.length - 1) then();
      });
    }
  }

  end(): void {
    this.#line.send(0, () => {
      if (!this.#isMute()) this.#to().arrive(null);
    });
  }

  stop(): void {
    this.#line.stop();
  }
}

class End extends Duplex {
  readonly way: Way;
  readonly #left: () => void;

  constructor(way: Way, left: () => void) {
    super({ allowHalfOpen: true });
    this.way = way;
    this.#left = left;
  }

  /** Bytes, or null for the end of the other side's. */
  arrive(bytes: Uint8Array | null): void {
    if (!this.destroyed) this.push(bytes);
  }

  override _read(): void {}

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, callback: (error?: Error) => void): void {
    this.way.send(chunk, callback);
  }

  override _final(callback: (error?: Error) => void): void {
    this.way.end();
    callback();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    // Whoever leaves without an end is heard of as one who ended.
    if (!this.writableFinished) this.way.end();
    this.#left();
    callback(error);
  }
}
