// All rooms and everybody on the way into one: the limits of the chat live here. Whoever breaks a rule gets a close
// code and a reason, and nobody else notices. Pure like room.ts: connections and time come in through the calls,
// effects go out through the sink.
import { Allowance } from "./allowance.ts";
import { Room } from "./room.ts";
import { isRoomName, parseClientMessage, type ServerMessage } from "./wire.ts";

export const chatLimits = {
  /** Rooms kept at once, empty ones included: with their histories at most about 50 MiB. */
  roomCount: 256,
  /** How long an empty room keeps its messages. */
  emptyRoomMs: 1_800_000,
  /** A connection says who it is within this time or goes. */
  joinMs: 15_000,
  /** Everything a connection sends counts. The page sends what it kept during an outage in one go: at most 20 texts. */
  pace: { burst: 30, perSecond: 5 },
} as const;

export interface ChatSink<Seat> {
  send(seat: Seat, message: ServerMessage): void;
  /** To every seat admitted to `room`, each exactly once, in order. */
  publish(room: string, message: ServerMessage): void;
  admit(seat: Seat, room: string): void;
  /** Closes the connection. Nothing about this seat is asked of the sink afterwards. */
  refuse(seat: Seat, code: number, reason: string): void;
}

/** A room and how many connections are in it or on their way in. */
interface Place<Seat extends object> {
  readonly name: string;
  readonly room: Room<Seat>;
  visitorCount: number;
  /** When the last visitor went; of no meaning while there is one. */
  emptySince: number;
}

interface Visitor<Seat extends object> {
  readonly place: Place<Seat>;
  readonly allowance: Allowance;
  readonly openedAt: number;
}

export class Chat<Seat extends object> {
  readonly #sink: ChatSink<Seat>;
  readonly #newEpoch: () => string;
  readonly #places = new Map<string, Place<Seat>>();
  readonly #visitors = new Map<Seat, Visitor<Seat>>();

  /** `newEpoch` gives a different string each time, also after a restart. */
  constructor(sink: ChatSink<Seat>, newEpoch: () => string) {
    this.#sink = sink;
    this.#newEpoch = newEpoch;
  }

  get roomCount(): number {
    return this.#places.size;
  }

  // --- inward ---

  /** A connection asks for a room. It is nobody there until it says `join`. */
  open(seat: Seat, roomName: string, now: number): void {
    if (!isRoomName(roomName)) {
      this.#sink.refuse(seat, 1008, "a room name has 1 to 32 letters, digits, - and _");
      return;
    }
    const place = this.#places.get(roomName) ?? this.#makePlace(roomName, now);
    if (place === undefined) {
      this.#sink.refuse(seat, 1013, "too many rooms are open, try again later");
      return;
    }
    place.visitorCount += 1;
    this.#visitors.set(seat, { place, allowance: new Allowance(chatLimits.pace, now), openedAt: now });
  }

  receive(seat: Seat, data: string | Uint8Array, now: number): void {
    const visitor = this.#visitors.get(seat);
    // Refused a moment ago; what was on its way is of no interest.
    if (visitor === undefined) return;
    if (!visitor.allowance.take(now)) {
      this.#refuse(seat, 1008, "too many messages in a short time", now);
      return;
    }
    const message = parseClientMessage(data);
    if ("fault" in message) {
      this.#refuse(seat, 1008, message.fault, now);
      return;
    }
    const { room } = visitor.place;
    if (message.type === "join") {
      this.#join(seat, room, message.name, now);
    } else if (!room.has(seat)) {
      this.#refuse(seat, 1008, "expected join as the first message", now);
    } else if (message.type === "say") {
      room.say(seat, message.text, message.key, now);
    } else {
      room.type(seat, message.active);
    }
  }

  /** The connection is gone. */
  close(seat: Seat, now: number): void {
    const visitor = this.#visitors.get(seat);
    if (visitor === undefined) return;
    this.#visitors.delete(seat);
    const { place } = visitor;
    place.visitorCount -= 1;
    place.emptySince = now;
    place.room.leave(seat, now);
  }

  // --- time ---

  /** To be called every few seconds: forgets rooms long empty, and lets go of those who never said who they are. */
  tick(now: number): void {
    for (const [seat, { place, openedAt }] of this.#visitors) {
      if (!place.room.has(seat) && now - openedAt >= chatLimits.joinMs) {
        this.#refuse(seat, 1008, "expected join within 15 seconds", now);
      }
    }
    for (const place of this.#places.values()) {
      if (place.visitorCount === 0 && now - place.emptySince >= chatLimits.emptyRoomMs) this.#places.delete(place.name);
    }
  }

  #join(seat: Seat, room: Room<Seat>, name: string, now: number): void {
    if (room.has(seat)) this.#refuse(seat, 1008, "joined already; another name needs another connection", now);
    else if (room.isFull) this.#refuse(seat, 1013, "this room is full, try again later", now);
    else room.join(seat, name, now);
  }

  #refuse(seat: Seat, code: number, reason: string, now: number): void {
    this.close(seat, now);
    this.#sink.refuse(seat, code, reason);
  }

  #makePlace(name: string, now: number): Place<Seat> | undefined {
    if (this.#places.size >= chatLimits.roomCount && !this.#forgetLongestEmpty()) return undefined;
    const room = new Room<Seat>(this.#newEpoch(), {
      send: (seat, message) => this.#sink.send(seat, message),
      publish: (message) => this.#sink.publish(name, message),
      admit: (seat) => this.#sink.admit(seat, name),
    });
    const place: Place<Seat> = { name, room, visitorCount: 0, emptySince: now };
    this.#places.set(name, place);
    return place;
  }

  /** Makes way for a new room; false when somebody is in each. */
  #forgetLongestEmpty(): boolean {
    let longest: Place<Seat> | undefined;
    for (const place of this.#places.values()) {
      if (place.visitorCount > 0) continue;
      if (longest === undefined || place.emptySince < longest.emptySince) longest = place;
    }
    return longest !== undefined && this.#places.delete(longest.name);
  }
}
