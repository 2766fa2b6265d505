// A session for channels, in memory: ordered, reliable, driven by pulling, with as much room as the test says. Two of them
// make a way between two muxes. What is on its way waits until the test lets it arrive, so a test decides every interleaving.

import type { Violation } from "../../src/base/errors.ts";
import { type EnvelopePlace, type Pulled, SHORT_ENVELOPE_BYTES } from "../../src/base/session.ts";
import type { CarryingSession } from "../../src/channels/mux.ts";
import { pulled } from "./pulled.ts";

/** What a session carries. */
export interface Carried {
  connect(session: CarryingSession): void;
  pull(target: Uint8Array, at: number): Pulled;
  receive(envelope: Uint8Array): Violation | undefined;
  receiveRest(isAll: boolean): void;
  receiveAttached(): void;
  receiveDetached(): void;
  receiveEnded(end: { readonly code: number; readonly reason: string }): void;
}

export class FakeSession implements CarryingSession {
  readonly user: Carried;
  /** Envelopes that were pulled and have not arrived. */
  readonly flight: Uint8Array[] = [];
  /** What the peer's user said was wrong with an envelope. */
  readonly violations: Violation[] = [];
  readonly byes: { code: number; reason: string }[] = [];
  /** How many bytes may be on their way. */
  roomBytes = Infinity;
  wakes = 0;
  retainedBytes = 0;
  roundTripMs = 0;
  isAttached = true;
  hasPlace = false;
  #isPulling = false;

  constructor(user: Carried) {
    this.user = user;
    user.connect(this);
    user.receiveAttached();
  }

  wake(): void {
    if (this.#isPulling) throw new Error("The session was woken while it was pulling.");
    this.wakes++;
  }

  /** Unless a test lets it, nothing is written by whoever sends: it waits until it is taken. */
  place(): EnvelopePlace | undefined {
    if (!this.hasPlace) return undefined;
    const memory = new Uint8Array(SHORT_ENVELOPE_BYTES);
    return { memory, at: 0, add: (bytes) => this.flight.push(memory.subarray(0, bytes)) };
  }

  bye(code: number, reason: string): void {
    this.byes.push({ code, reason });
    this.user.receiveEnded({ code, reason });
  }

  get flightBytes(): number {
    return this.flight.reduce((sum, envelope) => sum + envelope.length, 0);
  }

  /** Pulls at most `count` envelopes, while there is room. Returns how many. */
  take(count = Infinity): number {
    let taken = 0;
    while (this.isAttached && taken < count && this.flightBytes < this.roomBytes) {
      this.#isPulling = true;
      const envelope = pulled((target, at) => this.user.pull(target, at));
      this.#isPulling = false;
      if (envelope === undefined) break;
      this.flight.push(envelope.slice());
      taken++;
    }
    return taken;
  }

  /**
   * Lets at most `count` envelopes arrive at `peer` in one read, of all there is or (`isAll`) of a part, each in bytes that are gone
   * afterwards. Returns how many.
   */
  deliver(peer: FakeSession, count = Infinity, isAll = true): number {
    let delivered = 0;
    for (; delivered < count && this.isAttached; delivered++) {
      const envelope = this.flight.shift();
      if (envelope === undefined) break;
      const violation = peer.user.receive(envelope);
      if (violation !== undefined) this.violations.push(violation);
      envelope.fill(0xdd);
    }
    if (delivered > 0) peer.user.receiveRest(isAll);
    return delivered;
  }

  detach(): void {
    this.isAttached = false;
    this.user.receiveDetached();
  }

  attach(): void {
    this.isAttached = true;
    this.user.receiveAttached();
  }
}

/** Lets everything arrive that can, either way. Returns how many envelopes that were. */
export function exchange(one: FakeSession, other: FakeSession): number {
  let total = 0;
  for (;;) {
    const moved = one.take() + other.take() + one.deliver(other) + other.deliver(one);
    if (moved === 0) return total;
    total += moved;
  }
}
