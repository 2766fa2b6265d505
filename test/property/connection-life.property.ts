// T11: calls of the API in any order, from outside and from inside handlers, between any bytes of the peer and any end. What
// must hold whatever happens: one end and nothing after it, states only forward, one Close and nothing after it, nothing
// kept once it is over, and never an event that the peer's bytes do not mean.
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { concat } from "../support/byte-builder.ts";
import { frameTo, readStream, showText, writeFrame, type NaiveFrame, type Role } from "../support/naive-frame-codec.ts";
import { RecordedConnection } from "../support/recorded-connection.ts";
import { caseCount, runSeeds } from "../support/seeded-random.ts";

const limits = {
  maxMessageBytes: 60,
  maxFragments: 3,
  framesPerTurn: 3,
  discardBytes: 40,
  messageTimeoutMs: 2_000,
  closeTimeoutMs: 1_000,
};

type Action =
  | { readonly kind: "receive"; readonly count: number }
  | { readonly kind: "tick"; readonly ms: number }
  | { readonly kind: "message" | "ping" | "close" | "hold" | "release" | "congest" | "drain" | "end" };

const often = (kinds: readonly Exclude<Action["kind"], "receive" | "tick">[]): fc.Arbitrary<Action> =>
  fc.constantFrom(...kinds).map((kind) => ({ kind }));
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant("receive" as const), count: fc.integer({ min: 0, max: 40 }) }),
  },
  { weight: 5, arbitrary: often(["message", "ping", "hold", "release", "release", "congest", "drain"]) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("tick" as const), ms: fc.integer({ min: 0, max: 3_000 }) }) },
  { weight: 1, arbitrary: often(["close", "close", "end"]) },
);

const payload = fc.oneof(
  fc.uint8Array({ maxLength: 6 }),
  fc.string({ maxLength: 6 }).map((text) => Buffer.from(text)),
);
const lawful: fc.Arbitrary<readonly NaiveFrame[]> = fc.oneof(
  payload.map((bytes): NaiveFrame[] => [{ opcode: 2, payload: bytes }]),
  fc.string({ maxLength: 12 }).map((text): NaiveFrame[] => [{ opcode: 1, payload: text }]),
  fc.tuple(payload, payload).map(([first, last]): NaiveFrame[] => [
    { opcode: 2, fin: false, payload: first },
    { opcode: 9, payload: last },
    { opcode: 0, payload: last },
  ]),
  payload.map((bytes): NaiveFrame[] => [{ opcode: 9, payload: bytes }]),
  payload.map((bytes): NaiveFrame[] => [{ opcode: 10, payload: bytes }]),
);
const last: fc.Arbitrary<readonly NaiveFrame[]> = fc.constantFrom<readonly NaiveFrame[]>(
  [{ opcode: 8, payload: Uint8Array.of(3, 232, 33) }],
  [{ opcode: 8 }],
  [{ opcode: 8, payload: Uint8Array.of(0) }],
  [{ opcode: 0, payload: "x" }],
  [{ opcode: 3 }],
  [{ opcode: 1, payload: Uint8Array.of(255) }],
  [{ opcode: 2, payload: new Uint8Array(61) }],
  [
    { opcode: 2, fin: false },
    { opcode: 0, fin: false },
    { opcode: 0, fin: false },
    { opcode: 0, fin: false },
  ],
);
const frames = fc
  .tuple(fc.array(lawful, { maxLength: 8 }), fc.option(last), fc.array(lawful, { maxLength: 2 }))
  .map(([before, end, after]) => [...before.flat(), ...(end ?? []), ...after.flat()]);

/** One run: the machine, the peer's bytes, and what was done so far that changes what may be expected. */
class Life {
  readonly recorded: RecordedConnection;
  readonly #stream: Uint8Array;
  #fed = 0;
  weClosed = false;
  wasCongested = false;
  timePassed = false;
  ended = false;

  constructor(role: Role, stream: Uint8Array, inside: readonly Action[]) {
    this.#stream = stream;
    const waiting = [...inside];
    this.recorded = new RecordedConnection({
      role,
      limits,
      onEvent: () => {
        const next = waiting.shift();
        if (next !== undefined) this.run(next);
      },
    });
  }

  get hasMore(): boolean {
    return this.#fed < this.#stream.length && this.recorded.connection.state !== "ended";
  }

  get fed(): Uint8Array {
    return this.#stream.slice(0, this.#fed);
  }

  run(what: Action): void {
    const { recorded } = this;
    const { connection } = recorded;
    const isOpen = connection.state === "open";
    switch (what.kind) {
      case "receive": {
        // Once the transport has ended it brings nothing.
        if (connection.state === "ended") return;
        const start = this.#fed;
        this.#fed = Math.min(this.#stream.length, start + what.count);
        recorded.receive(this.#stream.slice(start, this.#fed));
        break;
      }
      case "tick":
        recorded.now += what.ms;
        if (what.ms > 0) this.timePassed = true;
        connection.tick(recorded.now);
        break;
      case "message":
        must((connection.sendMessage("hi €") === 6) === isOpen, "sends messages exactly while open");
        break;
      case "ping":
        must(connection.sendPing(Uint8Array.of(1)) === isOpen, "sends pings exactly while open");
        break;
      case "close":
        must(connection.sendClose(1000, "bye", recorded.now) === isOpen, "begins to close exactly while open");
        if (isOpen) this.weClosed = true;
        break;
      case "hold":
        connection.hold();
        break;
      case "release":
        connection.release(recorded.now);
        recorded.giveTurns();
        break;
      case "congest":
        recorded.output.congested = true;
        this.wasCongested = true;
        break;
      case "drain":
        recorded.output.congested = false;
        connection.receiveDrain();
        break;
      case "end":
        connection.receiveEnd();
        this.ended = true;
        must(connection.state === "ended", "ends with its transport");
    }
    this.#check();
  }

  /** What must hold between any two calls. */
  #check(): void {
    const { recorded } = this;
    const { state, retainedBytes, wakeAt } = recorded.connection;
    const { parts } = recorded.output;
    recorded.checkState();
    must(state === "open" || state === "we-closed" || retainedBytes === 0, "keeps nothing once it is over");
    must(state !== "ended" || wakeAt === Infinity, "waits for nothing once the transport has ended");
    must(
      state === "open" || state === "ended" || wakeAt <= recorded.now + limits.closeTimeoutMs,
      "does not close for ever",
    );
    const closeAt = parts.findIndex((part) => ((part[0] as number) & 0x0f) === 8);
    must(closeAt === -1 || closeAt === parts.length - 1, "sends nothing after its Close");
    must(
      (closeAt !== -1) === (this.weClosed || recorded.events.some(isEnd)),
      "closes when told to or when the peer ends it",
    );
  }
}

/** Cheaper than expect(), which these checks would spend most of their time in. */
function must(holds: boolean, rule: string): void {
  if (!holds) throw new Error(`The connection breaks the rule: it ${rule}.`);
}

const isEnd = (line: string): boolean => line.startsWith("close") || line.startsWith("fail");

describe.each(runSeeds("connection life"))("T11 $name", ({ seed }) => {
  for (const role of ["server", "client"] as const satisfies readonly Role[]) {
    test(`T11 I-15 a ${role} ends once, whatever is called and whatever comes`, () => {
      const property = fc.property(
        frames,
        fc.array(action, { maxLength: 25 }),
        fc.array(action, { maxLength: 6 }),
        (sent, outside, inside) => {
          const key = role === "server" ? Uint8Array.of(7, 99, 0, 255) : undefined;
          const life = new Life(role, concat(sent.map((frame) => writeFrame({ ...frame, key }))), inside);
          const { recorded } = life;
          for (const what of outside) life.run(what);
          // Let everything through that is still on its way.
          while (life.hasMore) life.run({ kind: "receive", count: 40 });
          while (recorded.connection.held) life.run({ kind: "release" });
          life.run({ kind: "drain" });

          const meant = readStream(life.fed, { role, ...limits });
          const meantInside = meant.filter((line) => !isEnd(line));
          const delivered = recorded.events.filter((line) => !isEnd(line));
          expect(delivered).toEqual(meantInside.slice(0, delivered.length));
          expect(recorded.events.filter(isEnd).length).toBeLessThanOrEqual(1);
          if (!life.weClosed && !life.timePassed && !life.ended) expect(recorded.events).toEqual(meant);
          expect(recorded.sentEvents.filter((line) => line.startsWith("fail"))).toEqual([]);
          if (life.weClosed || life.ended) return;
          const pings = delivered.filter((line) => line.startsWith("ping"));
          const pongs = recorded.sentEvents.filter((line) => line.startsWith("pong"));
          const due = pings.map((line) => line.replace("ping", "pong"));
          if (!life.wasCongested) expect(pongs).toEqual(due);
          else if (recorded.connection.state === "open") expect(pongs.at(-1)).toBe(due.at(-1));
        },
      );
      fc.assert(property, { seed, numRuns: caseCount(4_000) });
    });

    test(`T11 V-36 a ${role} reads bytes that arrive inside a handler, though reading was held before`, () => {
      const recorded = new RecordedConnection({
        role,
        onEvent: (line) => {
          if (line === showText("waited")) recorded.receive(frameTo(role, 1, "inside"));
        },
      });
      recorded.connection.hold();
      recorded.receive(frameTo(role, 1, "waited"));
      recorded.connection.release(recorded.now);
      expect(recorded.events).toEqual([showText("waited"), showText("inside")]);
      expect(recorded.connection.retainedBytes).toBe(0);
    });

    test(`T11 V-36 a ${role} keeps the order of bytes that arrive while a handler runs inside a large chunk`, () => {
      const large = new Uint8Array(70_000).fill(0x61);
      const nested = concat([frameTo(role, 1, "later"), frameTo(role, 2, large)]);
      const recorded = new RecordedConnection({
        role,
        onEvent: (line) => {
          if (line === showText("first")) recorded.receive(nested);
        },
      });
      recorded.receive(concat([frameTo(role, 1, "first"), frameTo(role, 2, large), frameTo(role, 1, "second")]));
      expect(recorded.events.map((line) => line.slice(0, 14))).toEqual([
        showText("first"),
        "binary 6161616",
        showText("second"),
        showText("later"),
        "binary 6161616",
      ]);
    });
  }
});
