// A TCP proxy between two processes that does to connections what networks and other people's proxies do, switched while it
// runs: the words of Conditions, and, where it reads HTTP, the tricks that break WebSockets and streams.

import { once } from "node:events";
import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type Clock, systemClock, type Timer } from "../base/clock.ts";
import type { Random } from "../base/random.ts";
import { type Conditions, slicesOf, transferMs } from "./conditions.ts";
import { forwardRequest, forwardUpgrade, type HttpTricks } from "./http-tricks.ts";
import { OneWay } from "./one-way.ts";
import { SeededRandom } from "./seeded-random.ts";

/** What a fault proxy does. */
export interface Faults extends Conditions {
  /** Reads HTTP/1.1 and does this to it. Default: bytes are passed on unread. Holds for connections made from then on. */
  readonly http?: HttpTricks | undefined;
}

/** What createFaultProxy() takes. */
export interface FaultProxyOptions {
  /** Where connections go. `host` is 127.0.0.1 by default. */
  readonly target: { readonly host?: string | undefined; readonly port: number };
  /** What is wrong at first. Default: nothing. */
  readonly faults?: Faults | undefined;
  /** The proxy's own port, on 127.0.0.1. Default: any that is free. */
  readonly port?: number | undefined;
  /** Whose time the waits are. Default: the real one. */
  readonly clock?: Clock | undefined;
  /** For what is at random. Default: 1. */
  readonly seed?: number | undefined;
}

/** What went through, since it started. */
export interface ProxyCounts {
  /** How many were made. */
  connections: number;
  /** HTTP requests, where it reads HTTP. */
  requests: number;
  /** Upgrades among them. */
  upgrades: number;
  /** From clients to the target. */
  bytesUp: number;
  bytesDown: number;
  /** Connections that a fault or cut() broke. */
  cuts: number;
}

/** Starts one. Rejects when the port cannot be had. */
export async function createFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const proxy = new FaultProxy(options);
  await proxy.listen(options.port ?? 0);
  return proxy;
}

/** A TCP proxy on 127.0.0.1 whose faults are changed while it runs; createFaultProxy() makes one. */
export class FaultProxy {
  /** What is wrong now; may be changed at any time. */
  faults: Faults;
  /** What went through so far. */
  readonly counts: ProxyCounts = { connections: 0, requests: 0, upgrades: 0, bytesUp: 0, bytesDown: 0, cuts: 0 };
  readonly #target: { readonly host: string; readonly port: number };
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #server: Server;
  readonly #http = createHttpServer();
  readonly #connections = new Set<Passage>();

  /** @internal Call createFaultProxy. */
  constructor({ target, faults = {}, clock = systemClock, seed = 1 }: FaultProxyOptions) {
    this.#target = { host: target.host ?? "127.0.0.1", port: target.port };
    this.faults = faults;
    this.#clock = clock;
    this.#random = new SeededRandom(seed);
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#receive(socket));
    this.#http.on("request", (request, response) => {
      this.counts.requests++;
      forwardRequest(request, response, this.#target, () => this.faults.http ?? {});
    });
    this.#http.on("upgrade", (request, socket: Duplex, head: Uint8Array) => {
      this.counts.upgrades++;
      forwardUpgrade(request, socket, head, this.#target, this.faults.http ?? {});
    });
  }

  /** @internal */
  async listen(port: number): Promise<void> {
    this.#server.listen(port, "127.0.0.1");
    this.#http.listen(0, "127.0.0.1");
    await Promise.all([once(this.#server, "listening"), once(this.#http, "listening")]);
  }

  /** Where it listens, on 127.0.0.1. */
  get port(): number {
    return addressOf(this.#server).port;
  }

  /** Without a slash at its end. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** How many connections go through it now. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Breaks every connection there is. */
  cut(): void {
    for (const passage of this.#connections) passage.cut();
  }

  /** Ends every connection and stops listening. Resolves when the port is free. */
  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#http.close();
    this.#http.closeAllConnections();
    for (const passage of this.#connections) passage.end();
    await closed;
  }

  /** As close(), for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #receive(near: Socket): void {
    this.counts.connections++;
    const isRead = this.faults.http !== undefined;
    // Where HTTP is read, the far side of the passage is our own HTTP server, which makes the requests anew.
    const far = connect({ ...(isRead ? addressOf(this.#http) : this.#target), allowHalfOpen: true });
    const passage: Passage = new Passage({
      near,
      far,
      clock: this.#clock,
      random: this.#random,
      faults: () => this.faults,
      counts: this.counts,
      ended: () => this.#connections.delete(passage),
    });
    this.#connections.add(passage);
  }
}

function addressOf(server: Server | HttpServer): { readonly host: string; readonly port: number } {
  return { host: "127.0.0.1", port: (server.address() as AddressInfo).port };
}

interface PassageOptions {
  readonly near: Socket;
  readonly far: Socket;
  readonly clock: Clock;
  readonly random: Random;
  readonly faults: () => Faults;
  readonly counts: ProxyCounts;
  ended(): void;
}

/** So much waits where a line is narrow; whoever sends more is not read until it has gone, as by a router with that much memory. */
const QUEUE_BYTES = 64 * 1024;

/** One connection through the proxy: two sockets, and what happens between them. */
class Passage {
  readonly #options: PassageOptions;
  #bytes = 0;
  #isOver = false;
  readonly #ways: OneWay[] = [];
  #cutting: Timer | undefined;
  #idle: Timer | undefined;

  constructor(options: PassageOptions) {
    this.#options = options;
    const { near, far, clock } = options;
    this.#pass(near, far, "bytesUp");
    this.#pass(far, near, "bytesDown");
    const { cutAfterMs } = options.faults();
    if (cutAfterMs !== undefined) this.#cutting = clock.schedule(cutAfterMs, () => this.cut());
    this.#rest();
  }

  /** As a network does it: with a reset. */
  cut(): void {
    if (this.#isOver) return;
    this.#options.counts.cuts++;
    this.#options.near.resetAndDestroy();
    this.#options.far.resetAndDestroy();
    this.end();
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const way of this.#ways) way.stop();
    this.#cutting?.cancel();
    this.#idle?.cancel();
    this.#options.near.destroy();
    this.#options.far.destroy();
    this.#options.ended();
  }

  #rest(): void {
    this.#idle?.cancel();
    const { cutIdleMs } = this.#options.faults();
    if (cutIdleMs !== undefined) this.#idle = this.#options.clock.schedule(cutIdleMs, () => this.cut());
  }

  #pass(from: Socket, to: Socket, count: "bytesUp" | "bytesDown"): void {
    const { clock, random, faults } = this.#options;
    const way = new OneWay({ clock, random, conditions: faults, isPrompt: true });
    this.#ways.push(way);
    /** What waits for the line, and the far side that does not read, both stop the reading. */
    let [isQueueFull, isFarFull] = [false, false];
    const readOn = (): void => {
      if (!isQueueFull && !isFarFull) from.resume();
    };
    const restWhileFull = (): void => {
      const fullMs = way.busyMs - transferMs(QUEUE_BYTES, faults());
      if (isQueueFull || !(fullMs > 0)) return;
      isQueueFull = true;
      from.pause();
      way.after(fullMs, () => {
        isQueueFull = false;
        readOn();
      });
    };
    from.setNoDelay(true);
    from.on("data", (chunk: Uint8Array) => {
      this.#rest();
      for (const slice of slicesOf(chunk, faults())) {
        way.send(slice.length, () => {
          if (this.#isOver || faults().blackhole === true) return;
          const { cutAfterBytes = Infinity } = faults();
          const passed = slice.subarray(0, Math.max(0, cutAfterBytes - this.#bytes));
          this.#options.counts[count] += passed.length;
          this.#bytes += passed.length;
          if (!to.write(passed)) {
            isFarFull = true;
            from.pause();
          }
          if (this.#bytes >= cutAfterBytes) this.cut();
        });
      }
      restWhileFull();
    });
    to.on("drain", () => {
      isFarFull = false;
      readOn();
    });
    from.on("end", () =>
      way.send(0, () => {
        if (faults().blackhole !== true) to.end();
      }),
    );
    from.on("error", () => this.end());
    from.on("close", () => {
      if (to.destroyed || to.writableFinished) this.end();
      else if (!from.readableEnded) way.send(0, () => this.end());
    });
  }
}
