// What a session has sent and received, whatever carried it: the outbox, the counter of what was taken over, and its user.
// Holds the first of the five rules (wire/session-v1 §1): deliver number received + 1, or nothing.

import type { Violation } from "../base/errors.ts";
import type { EnvelopePlace, SessionUser } from "../base/session.ts";
import { Outbox } from "./outbox.ts";
import { MOST_IN_PACK, PACK_BYTES, PACK_START, PackWriter } from "./pack.ts";
import * as PacketType from "./packet-type.ts";
import type { SessionSettings } from "./settings.ts";
import * as violations from "./violations.ts";

/** Whoever sends what was kept just now. */
export interface PacketSender {
  /** The packets before number `next`, as one message in `bytes` from `start` to `end`. Valid during the call only. */
  sendKept(bytes: Uint8Array, start: number, end: number, next: number): void;
}

export class Ledger {
  readonly outbox: Outbox;
  readonly #user: SessionUser;
  #received = 0;
  #faults = 0;
  /** What was numbered and is not kept yet: nobody has asked for it. */
  #writer: PackWriter | undefined;
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

  /** What had come together was accepted: the user is told so, with `isAll`. */
  receiveRest(isAll: boolean): void {
    this.#user.receiveRest(isAll);
  }

  /** DATA `number`: the one kept, or, when it is the next to be given and there is room, the user's next envelope. */
  packet(number: number): Uint8Array | undefined {
    if (number > this.outbox.last) this.pull(0);
    return this.outbox.get(number);
  }

  /**
   * Gives numbers to what the user has: one packet, or small ones, kept together, until they are `bytes` or make a pack. What it has
   * written by itself goes before. What is kept is `sender`'s to send, but for a large packet behind small ones that are `bytes`. False:
   * it has no more, or the outbox no room.
   */
  pull(bytes: number, sender?: PacketSender): boolean {
    const { outbox } = this;
    const writer = this.#take();
    const wanted = Math.min(bytes, PACK_BYTES);
    let large: Uint8Array | undefined;
    try {
      while (large === undefined && (writer.count === 0 || writer.bytes < wanted)) {
        const pulled = outbox.hasRoom ? this.#user.pull(writer.memory, writer.at, this.openOnly) : undefined;
        if (pulled === undefined) return false;
        if (typeof pulled === "number") writer.add(pulled);
        else large = copySmall(pulled, writer);
      }
      return true;
    } finally {
      this.#keep(writer, bytes, large, sender);
    }
  }

  /** What the user has written by itself, or an empty writer. */
  #take(): PackWriter {
    const writer = this.#writer ?? idleWriters.pop() ?? new PackWriter();
    this.#writer = undefined;
    writer.owner = this.outbox;
    return writer;
  }

  /**
   * What was written, and a large packet behind it, for which `sender` has room while what was written leaves any of `room`. Whatever
   * sending brings about, the outbox has both by then.
   */
  #keep(writer: PackWriter, room: number, large?: Uint8Array, sender?: PacketSender): void {
    const { outbox } = this;
    const { memory, count, start, end } = writer;
    if (count > 0) outbox.keep(memory, PACK_START, end);
    const next = outbox.last + 1;
    if (large !== undefined) {
      outbox.give(large.length);
      outbox.keepAlone(large);
    }
    writer.clear();
    writer.owner = undefined;
    try {
      if (count > 0) sender?.sendKept(memory, start, end, next);
      const isRoom = count === 0 || end - start < room;
      if (large !== undefined && isRoom) sender?.sendKept(large, 0, large.length, next + 1);
    } finally {
      idleWriters.push(writer);
    }
  }

  // --- what the user writes by itself ---

  /** Whether there is anything of it. */
  get isWriting(): boolean {
    return this.#writer !== undefined;
  }

  /** Where it may; undefined: it has to wait until it is asked. */
  place(): EnvelopePlace | undefined {
    if (this.openOnly || !this.outbox.hasRoom) return undefined;
    const writer = (this.#writer ??= this.#take());
    return writer.bytes < PACK_BYTES ? writer : undefined;
  }

  /** Keeps what was written, so that the outbox has everything that has a number. */
  seal(): void {
    if (this.#writer !== undefined) this.#keep(this.#take(), 0);
  }
}

/** Takes what the user has written elsewhere. A large packet is given back: it goes alone. */
function copySmall(packet: Uint8Array, writer: PackWriter): Uint8Array | undefined {
  packet[0] = PacketType.data;
  if (packet.length > MOST_IN_PACK) return packet;
  writer.copy(packet);
  return undefined;
}

/** For all sessions: while one is asked or writes, others may have something to send as well. */
const idleWriters: PackWriter[] = [];
