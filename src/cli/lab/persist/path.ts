// A simulated connection with a NAT on its way: after so long without a byte it forgets, and from then on whatever is sent is gone without
// a word. Each end is a stream; what passes is cut into frames and told, as is when each end lets go. A TCP that gets no answer to what
// it has sent gives up after a quarter of an hour, as Linux does by default (tcp_retries2 is 15); the simulated network itself never would.
import type { Duplex } from "node:stream";
import { FrameDecoder } from "../../../protocol/index.ts";
import type { Clock, SimulatedConnection, Timer } from "../../../testing/index.ts";
import { RawHead } from "../raw-head.ts";
import { RawTap } from "../raw-tap.ts";

export type End = "page" | "server";

export interface PathOwner {
  /** A whole frame has reached the other end. */
  passed(bytes: number, holdsNews: boolean): void;
  /** Nothing gets through any more, and nobody is told. Once. */
  died(cause: "nat" | "trouble"): void;
  left(end: End): void;
}

/** RFC 1122 asks for 100 s at least; Linux's 15 retransmissions come to this. */
export const givesUpMs = 924_600;

const news = Buffer.from("news ");

export class Path {
  readonly page: Duplex;
  readonly server: Duplex;
  readonly #clock: Clock;
  readonly #connection: SimulatedConnection;
  readonly #owner: PathOwner;
  readonly #natMs: number;
  readonly #taps = new Map<End, RawTap>();
  readonly #unanswered = new Map<End, Timer>();
  readonly #gone = new Set<End>();
  #idle: Timer | undefined;
  #isDead = false;

  /** `natMs` of 0: nothing is ever forgotten. */
  constructor(connection: SimulatedConnection, clock: Clock, natMs: number, owner: PathOwner) {
    this.#connection = connection;
    this.#clock = clock;
    this.#natMs = natMs;
    this.#owner = owner;
    this.page = this.#tap("page", connection.near);
    this.server = this.#tap("server", connection.far);
    this.#rest();
  }

  /** From now on bytes vanish. */
  die(cause: "nat" | "trouble"): void {
    if (this.#isDead || this.#taps.size === 0) return;
    this.#isDead = true;
    this.#idle?.cancel();
    this.#connection.blackhole();
    this.#owner.died(cause);
  }

  #tap(end: End, inner: Duplex): RawTap {
    const cutter = new FrameCutter((bytes, holdsNews) => this.#owner.passed(bytes, holdsNews));
    const tap = new RawTap(inner, (direction, bytes) => {
      if (direction === "in") {
        this.#rest();
        cutter.receive(bytes);
      } else if (this.#isDead) {
        this.#expectInVain(end);
      } else {
        this.#rest();
      }
    });
    this.#taps.set(end, tap);
    tap.on("error", () => {});
    tap.on("close", () => {
      this.#taps.delete(end);
      this.#unanswered.get(end)?.cancel();
      if (this.#taps.size === 0) this.#idle?.cancel();
      this.leave(end);
    });
    return tap;
  }

  /** `end` does not believe in it any more, though its stream may linger. */
  leave(end: End): void {
    if (this.#gone.has(end)) return;
    this.#gone.add(end);
    this.#owner.left(end);
  }

  #rest(): void {
    if (this.#natMs === 0 || this.#isDead) return;
    this.#idle?.cancel();
    this.#idle = this.#clock.schedule(this.#natMs, () => this.die("nat"));
  }

  #expectInVain(end: End): void {
    if (this.#unanswered.has(end)) return;
    const timer = this.#clock.schedule(givesUpMs, () => {
      this.#taps.get(end)?.destroy(Object.assign(new Error("There was no answer."), { code: "ETIMEDOUT" }));
    });
    this.#unanswered.set(end, timer);
  }
}

/** Tells each frame of one direction, behind the head of HTTP that comes first. */
class FrameCutter {
  readonly #tell: (bytes: number, holdsNews: boolean) => void;
  readonly #head = new RawHead();
  #rest: Uint8Array = new Uint8Array(0);

  constructor(tell: (bytes: number, holdsNews: boolean) => void) {
    this.#tell = tell;
  }

  receive(chunk: Uint8Array): void {
    const behind = this.#head.isOver ? chunk : this.#head.receive(chunk)?.rest;
    if (behind === undefined) return;
    let bytes = Buffer.concat([this.#rest, behind]);
    const decoder = new FrameDecoder();
    for (;;) {
      const taken = decoder.read(bytes, 0, bytes.length);
      const length = taken + decoder.length;
      if (taken === 0 || length > bytes.length) break;
      // What the server sends is not masked, so that the words can be looked for.
      this.#tell(length, bytes.subarray(taken, length).includes(news));
      bytes = bytes.subarray(length);
    }
    this.#rest = bytes;
  }
}
