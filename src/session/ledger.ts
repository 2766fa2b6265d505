// What a session has sent and received, whatever carried it: the outbox, the counter of what was taken over, and its user.
// Holds the first of the five rules (wire/session-v1 §1): deliver number received + 1, or nothing.

import type { Violation } from "../base/errors.ts";
import type { SessionUser } from "../base/session.ts";
import { Outbox } from "./outbox.ts";
import { MOST_IN_PACK, PACK_BYTES, PackWriter } from "./pack.ts";
import * as PacketType from "./packet-type.ts";
import type { SessionSettings } from "./settings.ts";
import * as violations from "./violations.ts";

export class Ledger {
  readonly outbox: Outbox;
  readonly #user: SessionUser;
  #received = 0;
  #faults = 0;
  /** Only channel openings may be numbered: the session is not welcomed yet. */
  openOnly = false;

  constructor(settings: SessionSettings, user: SessionUser) {
    this.outbox = new Outbox(settings);
    this.#user = user;
  }

  /** The highest number taken over from the peer. */
  get received(): number {
    return this.#received;
  }

  /** How many envelopes the user could not take: the second ends the session. */
  get faults(): number {
    return this.#faults;
  }

  /** Takes DATA `number` over, whose envelope stands in `bytes` from `start` to `end`, exactly when it is the next. */
  accept(number: number, bytes: Uint8Array, start = 0, end: number = bytes.length): "taken" | "repeat" | Violation {
    if (number <= this.#received) return "repeat";
    if (number > this.#received + 1) return violations.dataGap;
    const violation = this.#user.receive(bytes, start, end);
    if (violation !== undefined) {
      this.#faults++;
      return violation;
    }
    this.#received = number;
    return "taken";
  }

  /** All that had come together was accepted, and what it has brought about has gone out. */
  receiveRest(): void {
    this.#user.receiveRest();
  }

  /** DATA `number`: the one kept, or, when it is the next to be given and there is room, the user's next envelope. */
  packet(number: number): Uint8Array | undefined {
    if (number > this.outbox.last) this.pull(0);
    return this.outbox.get(number);
  }

  /**
   * Gives numbers to what the user has: one packet, or small ones, kept together, until they are `bytes` or make a pack. False: it
   * has no more, or the outbox no room.
   */
  pull(bytes: number): boolean {
    const { outbox } = this;
    const writer = lendWriter();
    const wanted = Math.min(bytes, PACK_BYTES);
    try {
      do {
        const pulled = outbox.hasRoom ? this.#user.pull(writer.memory, writer.at, this.openOnly) : undefined;
        if (pulled === undefined) return false;
        if (typeof pulled === "number") outbox.give(writer.add(pulled));
        else if (!this.#take(pulled, writer)) return true;
      } while (writer.bytes < wanted);
      return true;
    } finally {
      if (writer.count > 0) outbox.keep(writer.cut());
      idleWriter = writer;
    }
  }

  /** Takes what the user has written elsewhere. False: it goes alone, behind what was written before. */
  #take(packet: Uint8Array, writer: PackWriter): boolean {
    const { outbox } = this;
    packet[0] = PacketType.data;
    const isSmall = packet.length <= MOST_IN_PACK;
    if (isSmall) writer.copy(packet);
    else if (writer.count > 0) outbox.keep(writer.cut());
    outbox.give(packet.length);
    if (!isSmall) outbox.keep(packet);
    return isSmall;
  }
}

/** One for all sessions: what a user does while it is asked may make another session send. */
let idleWriter: PackWriter | undefined;

function lendWriter(): PackWriter {
  const writer = idleWriter ?? new PackWriter();
  idleWriter = undefined;
  return writer;
}
