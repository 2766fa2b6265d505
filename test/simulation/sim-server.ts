// The server's node: a registry, what authenticates, and the server halves of two transports, written as a server floor would
// write them: a websocket is an arrival, and so is the first request of a way made of requests.

import type { Courier } from "../../src/base/link.ts";
import type { SessionEnd } from "../../src/base/session.ts";
import { Arrival } from "../../src/session/arrival.ts";
import type { Attachment } from "../../src/session/attachment.ts";
import { Registry } from "../../src/session/registry.ts";
import type { ServerSession } from "../../src/session/server-session.ts";
import type { SessionSettings } from "../../src/session/settings.ts";
import { decodeTicket } from "../../src/session/ticket.ts";
import { type History, require } from "./checker.ts";
import type { Faults } from "./faults.ts";
import type { SimEnd } from "./sim-websocket.ts";
import { Talker } from "./talker.ts";
import type { SimNode, World } from "./world.ts";

export interface Answer {
  readonly status: number;
  readonly packets: readonly Uint8Array[];
}

const room = { maxBytes: 4_000, maxPackets: 20 };

/** What the server keeps of one way made of requests: the request that waits for something to say. */
class Held implements Courier {
  attachment: Attachment | undefined;
  #pending: ((answer: Answer) => void) | undefined;
  closedWith: number | undefined;
  #isTaking = false;

  hold(answer: (answer: Answer) => void): void {
    // A newer request supersedes the one that waits.
    this.#answer({ status: 204, packets: [] });
    this.#pending = answer;
    this.wake();
  }

  wake(): void {
    if (this.#pending === undefined || this.attachment === undefined) return;
    this.#isTaking = true;
    const packets = this.attachment.take(room);
    this.#isTaking = false;
    if (packets.length > 0) this.#answer({ status: 200, packets });
    else if (this.closedWith !== undefined) this.#answer({ status: this.closedWith, packets: [] });
  }

  release(answer: (answer: Answer) => void): void {
    if (this.#pending === answer) this.#answer({ status: 204, packets: [] });
  }

  close(code: number): void {
    this.closedWith = code;
    // What is taken last closes the way, and is an answer all the same.
    if (!this.#isTaking) this.#answer({ status: code, packets: [] });
  }

  #answer(answer: Answer): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.(answer);
  }
}

export class SimServer {
  readonly node: SimNode = { name: "server", stalledUntil: 0, life: 0 };
  readonly #world: World;
  readonly #faults: Faults;
  readonly #settings: SessionSettings;
  readonly #history: History;
  readonly #author: () => number;
  registry: Registry;
  talkers: Talker[] = [];
  readonly #sessions = new Map<Talker, ServerSession>();
  readonly #parkedAt = new Map<Talker, number>();
  readonly #ends = new Set<SimEnd>();
  #held = new Map<Attachment, Held>();
  /** The attachment on which something is being delivered, and the generation of the ticket that was shown for it. */
  #delivering: Attachment | undefined;
  #shown: number | undefined;

  constructor(world: World, faults: Faults, settings: SessionSettings, history: History, author: () => number) {
    this.#world = world;
    this.#faults = faults;
    this.#settings = settings;
    this.#history = history;
    this.#author = author;
    this.registry = this.#createRegistry();
  }

  #createRegistry(): Registry {
    return new Registry({
      clock: this.#world.clockOf(this.node),
      random: this.#world.random.fork(),
      settings: this.#settings,
      offer: { credit: 0, maxMessageBytes: 0, maxChannels: 0 },
      hint: Uint8Array.of(7),
      createUser: (session) => this.#createTalker(session),
      authenticate: (session, id) => session.completeAuth(id, { principal: "p", origin: undefined, expiresSeconds: 0 }),
    });
  }

  #createTalker(session: ServerSession): Talker {
    const arriving = (): void => {
      // A POST behind its stream, with the newest ticket.
      const isLeft = session.current === undefined && this.#shown === session.generation;
      require(this.#delivering === undefined || session.current === this.#delivering || isLeft, "I-11", () =>
        "an older transport delivers");
      require(this.registry.settings === this.#settings && this.talkers.includes(talker), "I-11", () =>
        "a dead session delivers");
    };
    const talker = new Talker(this.#author(), false, this.#history, arriving, (end) => this.#judgeEnd(talker, end));
    talker.session = session;
    this.#sessions.set(talker, session);
    this.talkers.push(talker);
    return talker;
  }

  /** Time may end only what nobody came back to in time. */
  #judgeEnd(talker: Talker, end: SessionEnd): void {
    const session = this.#sessions.get(talker);
    this.#world.note(`server session of ${talker.author} ended: ${end.by}`);
    this.talkers = this.talkers.filter((other) => other !== talker);
    if (end.by !== "expired" || session === undefined) return;
    if (session.confirmed === 0) return;
    const parkedAt = this.#parkedAt.get(talker) ?? Infinity;
    const isInTime = this.#world.now - parkedAt >= this.#settings.windowMs - 1;
    require(isInTime, "I-15", () => `the session of ${talker.author} was forgotten before its window had passed`);
  }

  sessionOf(talker: Talker): ServerSession | undefined {
    return this.#sessions.get(talker);
  }

  /** After every event. */
  check(): void {
    for (const talker of this.talkers) {
      const session = this.#sessions.get(talker);
      if (session === undefined) continue;
      if (session.current === undefined) {
        if (!this.#parkedAt.has(talker)) this.#parkedAt.set(talker, this.#world.now);
      } else {
        this.#parkedAt.delete(talker);
      }
      const bound = this.#settings.retainBytes + talker.largest + 128;
      require(session.retainedBytes <= bound, "I-12", () => `a server session keeps ${session.retainedBytes} bytes`);
      require(session.confirmed <= session.generation && session.retainedBytes >= 0, "I-12", () =>
        "the counters of a session are wrong");
    }
  }

  // --- websocket ---

  acceptWebSocket(end: SimEnd): void {
    this.#ends.add(end);
    const { attachment } = new Arrival({ kind: "websocket", link: end }, this.registry, this.#admit);
    end.receiver = {
      receive: (packet) => this.#deliver(attachment, () => attachment.receive(packet)),
      receiveDrain: () => attachment.receiveDrain(),
      receiveClosed: (code, reason) => {
        this.#ends.delete(end);
        attachment.receiveClosed(code, reason);
      },
    };
  }

  // --- requests ---

  /** POST /stream: the response stays open, and is a link. */
  openStream(end: SimEnd, body: readonly Uint8Array[]): void {
    this.#ends.add(end);
    const { attachment } = new Arrival({ kind: "stream", link: end }, this.registry, this.#admit);
    end.receiver = {
      receive: () => {},
      receiveDrain: () => attachment.receiveDrain(),
      receiveClosed: (code, reason) => {
        this.#ends.delete(end);
        attachment.receiveClosed(code, reason);
      },
    };
    this.#read(attachment, body);
  }

  /** POST /open: the first request of a way made of them. */
  open(body: readonly Uint8Array[], answer: (answer: Answer) => void): void {
    const held = new Held();
    const { attachment } = new Arrival({ kind: "longpoll", courier: held }, this.registry, this.#admit);
    held.attachment = attachment;
    this.#held.set(attachment, held);
    this.#read(attachment, body);
    if (attachment.isOpen) held.hold(answer);
    else answer({ status: held.closedWith ?? 4400, packets: [] });
  }

  /** GET /poll. Returns what ends the waiting. */
  poll(ticket: Uint8Array, received: number, answer: (answer: Answer) => void): () => void {
    const found = this.registry.find(ticket);
    if (typeof found === "number") {
      answer({ status: found === 410 ? 4410 : 4409, packets: [] });
      return () => {};
    }
    const { session, attachment } = found;
    const held = this.#held.get(attachment);
    if (held === undefined || !session.receiveCursor(attachment, received)) {
      answer({ status: 204, packets: [] });
      return () => {};
    }
    held.hold(answer);
    return () => held.release(answer);
  }

  /** POST /send. */
  send(ticket: Uint8Array, body: readonly Uint8Array[], answer: (answer: Answer) => void): void {
    const found = this.registry.find(ticket);
    if (typeof found === "number") {
      answer({ status: found === 410 ? 4410 : 4409, packets: [] });
      return;
    }
    this.#shown = decodeTicket(ticket)?.generation;
    this.#read(found.attachment, body);
    this.#shown = undefined;
    const { isOpen, hasGap, isDormant } = found.attachment;
    const status = isOpen && !hasGap && !isDormant ? 200 : 4409;
    answer({ status, packets: status === 200 ? found.attachment.takeAnswer(true) : [] });
  }

  #read(attachment: Attachment, packets: readonly Uint8Array[]): void {
    this.#deliver(attachment, () => {
      const body = attachment.openBody();
      for (const packet of packets) {
        if (!body.receive(packet)) break;
      }
    });
  }

  #deliver(attachment: Attachment, run: () => void): void {
    const before = this.#delivering;
    this.#delivering = attachment;
    run();
    this.#delivering = before;
  }

  readonly #admit: ConstructorParameters<typeof Arrival>[2] = (_opening, answer) => {
    const delayMs = this.#world.random.fraction() * this.#faults.authenticateMs;
    const admit = (): void => answer({ principal: "p", origin: undefined, expiresSeconds: 0 });
    if (delayMs === 0) admit();
    else this.#world.after(delayMs, this.node, "authenticated", admit);
  };

  // --- faults ---

  /** The process dies and another one starts: it remembers nothing. */
  restart(): void {
    this.#world.note("server restarts");
    this.node.life++;
    for (const end of this.#ends) end.close(1012, "restart");
    this.#ends.clear();
    this.#held = new Map();
    this.talkers = [];
    this.registry = this.#createRegistry();
  }
}
