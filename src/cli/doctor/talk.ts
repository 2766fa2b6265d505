// An open WebSocket in the examiner's hands: pings and what they take, messages, the closing handshake with its times. The
// frames are the engine's (protocol/connection); here are only the questions. Answers pings, as every client must.

import {
  Connection,
  type Limits,
  MAX_CONTROL_PAYLOAD,
  type Output,
  resolveLimits,
  systemRandom,
} from "../../protocol/index.ts";
import type { Contact } from "./contact.ts";
import type { Handshake } from "./handshake.ts";
import type { Patience } from "./patience.ts";
import { TornPieces } from "./torn-pieces.ts";

export interface Closing {
  /** Undefined: our Close was not answered. */
  readonly answeredMs: number | undefined;
  readonly code: number | undefined;
  /** From the answer to the end of TCP; undefined: it was left open. */
  readonly endedMs: number | undefined;
}

/** A Close that the peer sent, or a rule that it broke. */
export interface PeerEnd {
  readonly code: number;
  readonly reason: string;
  readonly atMs: number;
}

/** What a server may make us keep. */
const mostMessages = 256;
const mostKeptBytes = 8 * 1024 * 1024;
const mostNotes = 10_000;

export class Talk {
  readonly contact: Contact;
  readonly #patience: Patience;
  readonly #connection: Connection;
  readonly #pongs = new Map<string, number>();
  #pingCount = 0;
  readonly #messages: (string | Uint8Array)[] = [];
  #keptBytes = 0;
  #peerEnd: PeerEnd | undefined;
  readonly torn: TornPieces = new TornPieces();
  /** When the peer pinged, in milliseconds since the connection was begun. */
  readonly peerPings: number[] = [];
  /** What the peer did against the protocol. */
  violation: string | undefined;

  constructor(handshake: Handshake, patience: Patience, limits: Partial<Limits> = {}) {
    const { contact, rest } = handshake;
    this.contact = contact;
    this.#patience = patience;
    this.#connection = new Connection({
      side: "client",
      limits: resolveLimits({ ...limits, controlFramesPerSecond: 0 }),
      random: systemRandom,
      output: new ContactOutput(contact),
      sink: {
        receiveMessage: (data) => this.#keep(data),
        receivePing: () => {
          if (this.peerPings.length < mostNotes) this.peerPings.push(contact.elapsedMs);
        },
        receivePong: (payload) => {
          if (this.#pongs.size < mostNotes) this.#pongs.set(Buffer.from(payload).toString("latin1"), performance.now());
        },
        receiveClose: (code, reason) => this.#receiveEnd(code, reason),
        fail: (violation) => {
          this.violation = violation.message;
          this.#receiveEnd(violation.closeCode, violation.message);
        },
        drop: () => contact.close(),
        yieldTurn: () => setImmediate(() => this.#connection.release(performance.now())),
      },
    });
    const receive = (chunk: Uint8Array): void => {
      this.torn.read(chunk);
      this.#connection.receive(chunk, performance.now());
    };
    if (rest.length > 0) receive(rest);
    contact.receive = receive;
  }

  get peerEnd(): PeerEnd | undefined {
    return this.#peerEnd;
  }

  /** Whether the peer has ended it in any way. */
  get isOver(): boolean {
    return this.#peerEnd !== undefined || this.contact.ending !== undefined;
  }

  /** Milliseconds until the pong; undefined when none came in time. */
  async ping(ms?: number): Promise<number | undefined> {
    const payload = `longwire doctor ${++this.#pingCount}`;
    const sentAt = performance.now();
    this.#connection.sendPing(Buffer.from(payload));
    await this.#patience.until(() => this.#pongs.has(payload) || this.isOver, this.#changed, ms);
    const answeredAt = this.#pongs.get(payload);
    return answeredAt === undefined ? undefined : answeredAt - sentAt;
  }

  /** Many pings at once, as long as pings may be; whether the last was answered. */
  async burst(count: number): Promise<boolean> {
    let payload = "";
    for (let sent = 0; sent < count; sent++) {
      payload = `longwire doctor ${++this.#pingCount} `.padEnd(MAX_CONTROL_PAYLOAD, ".");
      this.#connection.sendPing(Buffer.from(payload));
    }
    return this.#patience.until(() => this.#pongs.has(payload) || this.isOver, this.#changed);
  }

  send(data: string | Uint8Array): void {
    this.#connection.sendMessage(data);
  }

  /** The next message; undefined when none came in time. */
  async next(ms?: number): Promise<string | Uint8Array | undefined> {
    await this.#patience.until(() => this.#messages.length > 0 || this.isOver, this.#changed, ms);
    const message = this.#messages.shift();
    this.#keptBytes -= message?.length ?? 0;
    return message;
  }

  /** Resolves when something has changed. */
  changed(): Promise<void> {
    return this.#changed();
  }

  async close(ms?: number): Promise<Closing> {
    const sentAt = performance.now();
    const { contact } = this;
    this.#connection.sendClose(1000, "", sentAt);
    await this.#patience.until(() => this.isOver, this.#changed, ms);
    const end = this.#peerEnd;
    const closedAt = contact.elapsedMs;
    const answeredMs = end === undefined ? undefined : performance.now() - sentAt;
    // RFC 6455 §7.1.1: the server ends TCP first, so that it holds no connection that waits.
    await this.#patience.until(() => contact.ending !== undefined, this.#changed, ms);
    const { ending } = contact;
    contact.close();
    return {
      answeredMs,
      code: end?.code,
      endedMs: ending === undefined ? undefined : Math.max(0, ending.atMs - closedAt),
    };
  }

  readonly #changed = (): Promise<void> => this.contact.changed();

  /** The latest: a server may say more than anybody here listens to. */
  #keep(data: string | Uint8Array): void {
    this.#messages.push(data);
    this.#keptBytes += data.length;
    while (this.#messages.length > 1 && (this.#messages.length > mostMessages || this.#keptBytes > mostKeptBytes)) {
      this.#keptBytes -= this.#messages.shift()?.length ?? 0;
    }
  }

  #receiveEnd(code: number, reason: string): void {
    this.#peerEnd ??= { code, reason, atMs: this.contact.elapsedMs };
  }
}

/** Writes what the machine says as it says it. */
class ContactOutput implements Output {
  readonly #contact: Contact;
  slab: Uint8Array = new Uint8Array(0);
  readonly at = 0;
  readonly congested = false;

  constructor(contact: Contact) {
    this.#contact = contact;
  }

  reserve(bytes: number): void {
    this.slab = new Uint8Array(bytes);
  }

  commit(bytes: number): void {
    this.#contact.write(this.slab.subarray(0, bytes));
  }

  pass(part: Uint8Array): void {
    this.#contact.write(part);
  }
}
