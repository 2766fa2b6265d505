// One side of the conversation as the page has it: the numbers it says and hears, and what it sees of its connection. What connects is
// given by plain-side.ts and session-side.ts.
import {
  type ArrivalCounts,
  type ArrivalKind,
  Arrivals,
  readMessage,
  type Side,
  writeMessage,
} from "../../../src/cli/lab/break/wire.ts";
import type { Text } from "../language.ts";

/** What carries it, or why nothing does. */
export type Carried = "websocket" | "stream" | "longpoll" | "poll" | "suspended" | "connecting" | "closed";

export interface TalkerOwner {
  /** By the server's clock. */
  serverNow(): number;
  heard(side: Side, kind: ArrivalKind): void;
  changed(side: Side, carried: Carried, event: Text): void;
}

/** What plain-side.ts and session-side.ts make. */
export interface Connected {
  say(text: string): void;
  /** As the page reads it now: 0 to 3. */
  readonly readyState: number;
  readonly carried: Carried;
  /** Lets go of everything; nothing is told after that. */
  end(): void;
}

export interface Told {
  readonly receive: (text: string) => void;
  readonly changed: (carried: Carried, event: Text) => void;
}

export type Connect = (told: Told) => Connected;

export class Talker {
  readonly side: Side;
  readonly #owner: TalkerOwner;
  readonly #arrivals = new Arrivals();
  readonly #connected: Connected;
  #sent = 0;
  #heardAt: number | undefined;
  #hasOpened = false;

  constructor(side: Side, owner: TalkerOwner, connect: Connect) {
    this.side = side;
    this.#owner = owner;
    this.#connected = connect({
      receive: (text) => this.#hear(text),
      changed: (carried, event) => {
        this.#hasOpened ||= this.#connected.readyState === 1;
        owner.changed(side, carried, event);
      },
    });
  }

  /** Whether it was open once: before that nobody says anything. */
  get hasOpened(): boolean {
    return this.#hasOpened;
  }

  get readyState(): number {
    return this.#connected.readyState;
  }

  get carried(): Carried {
    return this.#connected.carried;
  }

  get sent(): number {
    return this.#sent;
  }

  /** Of what the server said. */
  get heard(): ArrivalCounts {
    return this.#arrivals.counts;
  }

  /** Ms since anything came; undefined if nothing ever did. */
  get silentMs(): number | undefined {
    return this.#heardAt === undefined ? undefined : performance.now() - this.#heardAt;
  }

  say(): void {
    // A closed session takes nothing more.
    if (this.side === "session" && this.#connected.readyState !== 1) return;
    this.#sent++;
    this.#connected.say(writeMessage(this.#sent, this.#owner.serverNow()));
  }

  end(): void {
    this.#connected.end();
  }

  #hear(text: string): void {
    const message = readMessage(text);
    if (message === undefined) return;
    this.#heardAt = performance.now();
    const kind = this.#arrivals.receive(message.number, this.#owner.serverNow() - message.sentAt);
    if (kind !== undefined) this.#owner.heard(this.side, kind);
  }
}
