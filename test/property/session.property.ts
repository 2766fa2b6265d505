// RELIABILITY T9: the two machines of the session against the simplest model there is, two lists of what was said. Any order of
// dialling, arriving, being cut on one side or both, admission taking its time and answering in any order: what was heard is
// the beginning of what was said, and when the trouble is over it is all of it. wire/session-v1 §3.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Link } from "../../src/base/link.ts";
import { Arrival } from "../../src/session/arrival.ts";
import type { Attachment } from "../../src/session/attachment.ts";
import { ClientSession } from "../../src/session/client-session.ts";
import { PacketType } from "../../src/session/packet.ts";
import { Registry } from "../../src/session/registry.ts";
import type { ServerSession } from "../../src/session/server-session.ts";
import { defaultSettings, type SessionSettings } from "../../src/session/settings.ts";
import { textOf } from "../../src/session/ticket.ts";
import { bytes } from "../support/byte-builder.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { RecordedUser } from "../support/recorded-user.ts";
import { caseCount, runSeeds, SeededRandom } from "../support/seeded-random.ts";

/** No session is forgotten and no transport pinged: time has its own tests. */
const settings: SessionSettings = {
  ...defaultSettings,
  retainPackets: 4,
  windowMs: 1e12,
  orphanMs: 1e12,
  heartbeatMs: 1e12,
  openingMs: 1e12,
  linkAck: { packets: 2, bytes: 1_000, delayMs: 100 },
};

/** One end of a way: what it sent waits until the other end is to read it. */
class End implements Link {
  readonly sent: Uint8Array[] = [];
  attachment: Attachment | undefined;
  isClosed = false;

  get pendingBytes(): number {
    return 0;
  }

  send(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    if (!this.isClosed) this.sent.push(new Uint8Array(bytes.subarray(start, end)));
  }

  close(): void {
    this.isClosed = true;
  }

  /** It learns that the way is over. */
  lose(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.attachment?.receiveClosed(1006, "cut");
  }
}

interface Talk {
  readonly user: RecordedUser;
  readonly said: string[];
}

class Conversation {
  readonly clock = new FakeClock();
  readonly client: Talk = { user: new RecordedUser(), said: [] };
  readonly session: ClientSession;
  readonly servers = new Map<ServerSession, Talk>();
  readonly ways: { readonly mine: End; readonly theirs: End }[] = [];
  readonly #admissions: (() => void)[] = [];
  readonly #registry: Registry;
  #count = 0;

  constructor() {
    const { clock } = this;
    this.#registry = new Registry({
      clock,
      random: new SeededRandom(1),
      settings,
      offer: { credit: 0, maxMessageBytes: 0, maxChannels: 0 },
      hint: new Uint8Array(0),
      createUser: (session) => {
        const user = new RecordedUser();
        user.session = session;
        this.servers.set(session, { user, said: [] });
        return user;
      },
      authenticate: () => {},
    });
    const silent = (): void => {};
    const owner = {
      receiveAttached: silent,
      receiveCut: silent,
      receiveUnanswered: silent,
      receiveGoAway: silent,
      receiveAuthed: silent,
    };
    this.session = new ClientSession({ clock, settings, user: this.client.user, owner, credit: 0, maxMessageBytes: 0 });
    this.client.user.session = this.session;
  }

  dial(): void {
    const [mine, theirs] = [new End(), new End()];
    theirs.attachment = new Arrival({ kind: "websocket", link: theirs }, this.#registry, (_opening, answer) => {
      this.#admissions.push(() => answer({ principal: "p", origin: undefined, expiresSeconds: 0 }));
    }).attachment;
    mine.attachment = this.session.ask({ kind: "websocket", link: mine }, new Uint8Array(0));
    this.ways.push({ mine, theirs });
  }

  /** One of those who wait is admitted. */
  admit(which: number): void {
    const [admission] = this.#admissions.splice(which % Math.max(1, this.#admissions.length), 1);
    admission?.();
  }

  /** So many packets of one direction of a way arrive. */
  arrive(which: number, isUp: boolean, count: number): void {
    const way = this.ways[which % Math.max(1, this.ways.length)];
    if (way === undefined) return;
    const [from, to] = isUp ? [way.mine, way.theirs] : [way.theirs, way.mine];
    for (const packet of from.sent.splice(0, count)) if (!to.isClosed) to.attachment?.receive(packet);
  }

  /** One end, or both, learn that the way is over; what was under way never arrives. */
  cut(which: number, ends: number): void {
    const way = this.ways[which % Math.max(1, this.ways.length)];
    if (way === undefined) return;
    way.mine.sent.length = 0;
    way.theirs.sent.length = 0;
    if (ends !== 1) way.mine.lose();
    if (ends !== 0) way.theirs.lose();
  }

  say(isUp: boolean): void {
    const text = String(this.#count++);
    for (const { user, said } of isUp ? [this.client] : this.servers.values()) {
      said.push(text);
      user.say(text);
    }
  }

  /** The server's half of the client's session, if it has one. */
  get counterpart(): Talk | undefined {
    if (this.session.ticket.length === 0) return undefined;
    // Behind the empty hint stands the name.
    const name = textOf(this.session.ticket.subarray(1, 17));
    return [...this.servers].find(([session]) => session.name === name)?.[1];
  }

  check(): void {
    const { client, counterpart } = this;
    for (const [session, { user }] of this.servers) {
      expect(user.received).toEqual(client.said.slice(0, user.received.length));
      expect(session.confirmed).toBeLessThanOrEqual(session.generation);
      if (user !== counterpart?.user) expect(user.received).toEqual([]);
    }
    if (counterpart !== undefined) {
      expect(client.user.received).toEqual(counterpart.said.slice(0, client.user.received.length));
      expect(this.session.sent - this.session.unacknowledgedCount).toBeLessThanOrEqual(
        counterpart.user.received.length,
      );
    }
    expect(this.session.unacknowledgedCount).toBeLessThanOrEqual(settings.retainPackets);
    expect(client.user.life.every((event) => event === "attached" || event === "detached")).toBe(true);
  }

  /** No more trouble: everything arrives, as often as it takes. */
  heal(): void {
    for (let round = 0; round < 1_000; round++) {
      if (["new", "cut"].includes(this.session.state)) this.dial();
      this.admit(0);
      for (const [index, { mine, theirs }] of this.ways.entries()) {
        this.arrive(index, true, Infinity);
        this.arrive(index, false, Infinity);
        // Who closed is noticed by the other.
        if (theirs.isClosed) mine.lose();
        if (mine.isClosed) theirs.lose();
      }
      this.clock.advance(300);
      if (this.isQuiet) return;
    }
  }

  get isQuiet(): boolean {
    const { counterpart } = this;
    return (
      this.session.state === "live" &&
      this.session.retainedBytes === 0 &&
      counterpart?.user.received.length === this.client.said.length &&
      this.client.user.received.length === counterpart.said.length
    );
  }
}

const which = fc.nat(3);
const step = fc.oneof(
  { weight: 2, arbitrary: fc.constant((talk: Conversation) => talk.dial()) },
  { weight: 3, arbitrary: fc.nat(3).map((index) => (talk: Conversation) => talk.admit(index)) },
  {
    weight: 8,
    arbitrary: fc.tuple(which, fc.boolean(), fc.integer({ min: 1, max: 4 })).map(
      ([index, isUp, count]) =>
        (talk: Conversation) =>
          talk.arrive(talk.ways.length - 1 - index + 4, isUp, count),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(which, fc.nat(2)).map(
      ([index, ends]) =>
        (talk: Conversation) =>
          talk.cut(index, ends),
    ),
  },
  { weight: 5, arbitrary: fc.boolean().map((isUp) => (talk: Conversation) => talk.say(isUp)) },
  { weight: 2, arbitrary: fc.nat(300).map((ms) => (talk: Conversation) => talk.clock.advance(ms)) },
  { weight: 1, arbitrary: fc.constant((talk: Conversation) => talk.session.abandon()) },
);

describe.each(runSeeds("session"))("$name", ({ seed }) => {
  test("T9 I-02 I-03 I-04 I-08 I-11 I-12 I-13 what was heard is the beginning of what was said, and in the end all of it", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 80 }), (steps) => {
        const talk = new Conversation();
        for (const run of steps) {
          run(talk);
          talk.check();
        }
        talk.heal();
        talk.check();
        expect(talk.isQuiet).toBe(true);
      }),
      { seed, numRuns: caseCount(1_500) },
    );
  });

  test("T9 V-33 no sequence of packets, at any moment, makes either machine throw", () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .tuple(fc.constantFrom(...Object.values(PacketType)), fc.uint8Array({ maxLength: 60 }))
        .map(([type, rest]) => bytes(type, rest)),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), fc.array(fc.tuple(fc.boolean(), anything)), (steps, packets) => {
        const talk = new Conversation();
        talk.dial();
        for (const run of steps) run(talk);
        for (const [isUp, packet] of packets) {
          const way = talk.ways.at(-1);
          (isUp ? way?.theirs : way?.mine)?.attachment?.receive(packet);
          talk.admit(0);
          talk.clock.advance(10);
        }
      }),
      { seed, numRuns: caseCount(2_000) },
    );
  });
});
