// One room: who is in it, what was said last, who is typing. Presence goes by name: a person with three tabs joins
// once and leaves once. Pure: no sockets, no clock, no word on how fast somebody may speak (chat.ts). `Seat` is
// whatever stands for one connection.
import type { Said, ServerMessage } from "./wire.ts";

export const roomLimits = {
  /** Messages kept for those who enter later: a screen or two. At 2,000 characters each, a room keeps about 200 KiB. */
  historyCount: 50,
  /** Connections in one room; each message is delivered to all of them. */
  seatCount: 200,
} as const;

/** What a room wants done. Calls are made in the order in which a member must see their effects. */
export interface RoomSink<Seat> {
  send(seat: Seat, message: ServerMessage): void;
  /** To every admitted seat, each exactly once. */
  publish(message: ServerMessage): void;
  /** From now on `publish` reaches this seat. */
  admit(seat: Seat): void;
}

interface Member {
  readonly seats: Set<unknown>;
  /** Those of the seats that are typing. */
  readonly typing: Set<unknown>;
}

export class Room<Seat extends object> {
  readonly #epoch: string;
  readonly #sink: RoomSink<Seat>;
  readonly #names = new Map<Seat, string>();
  readonly #members = new Map<string, Member>();
  readonly #history: Said[] = [];
  #lastId = 0;

  /** `epoch` differs from that of every other room, also of earlier ones with the same name. */
  constructor(epoch: string, sink: RoomSink<Seat>) {
    this.#epoch = epoch;
    this.#sink = sink;
  }

  get isFull(): boolean {
    return this.#names.size >= roomLimits.seatCount;
  }

  has(seat: Seat): boolean {
    return this.#names.has(seat);
  }

  /** Seats `seat` under `name`. The caller has made sure that it has no seat yet and that the room is not full. */
  join(seat: Seat, name: string, now: number): void {
    let member = this.#members.get(name);
    if (member === undefined) {
      member = { seats: new Set(), typing: new Set() };
      this.#members.set(name, member);
      // Before admit: the one who enters learns of it from the welcome.
      this.#sink.publish({ type: "joined", name, at: now });
    }
    member.seats.add(seat);
    this.#names.set(seat, name);
    this.#sink.send(seat, {
      type: "welcome",
      epoch: this.#epoch,
      name,
      members: [...this.#members.keys()],
      messages: [...this.#history],
    });
    this.#sink.admit(seat);
  }

  /**
   * Tells everybody. A text whose key this name has used among the kept messages is not said again; its sender gets
   * the receipt once more.
   */
  say(seat: Seat, text: string, key: string, now: number): void {
    const name = this.#names.get(seat);
    if (name === undefined) return;
    const known = this.#history.find((message) => message.key === key && message.name === name);
    if (known !== undefined) {
      this.#sink.send(seat, { type: "said", message: known });
      return;
    }
    this.#lastId += 1;
    const message: Said = { id: this.#lastId, at: now, name, text, key };
    this.#history.push(message);
    if (this.#history.length > roomLimits.historyCount) this.#history.shift();
    // The message itself ends the typing of this seat for whoever sees it; another tab may be typing still.
    this.#members.get(name)?.typing.delete(seat);
    this.#sink.publish({ type: "said", message });
  }

  /**
   * An active seat says so again every few seconds. Each time is passed on, so that the others can let old ones lapse
   * by themselves.
   */
  type(seat: Seat, active: boolean): void {
    const name = this.#names.get(seat);
    const member = name === undefined ? undefined : this.#members.get(name);
    if (name === undefined || member === undefined) return;
    if (active) {
      member.typing.add(seat);
      this.#sink.publish({ type: "typing", name, active: true });
    } else if (member.typing.delete(seat) && member.typing.size === 0) {
      this.#sink.publish({ type: "typing", name, active: false });
    }
  }

  /** Gives up the seat; the others hear of it when it was the last of its name. Unknown seats are ignored. */
  leave(seat: Seat, now: number): void {
    const name = this.#names.get(seat);
    const member = name === undefined ? undefined : this.#members.get(name);
    if (name === undefined || member === undefined) return;
    this.type(seat, false);
    this.#names.delete(seat);
    member.seats.delete(seat);
    if (member.seats.size > 0) return;
    this.#members.delete(name);
    this.#sink.publish({ type: "left", name, at: now });
  }
}
