// T11 for the driver: the API of a carrier, an owner that answers in each of the three ways, a peer that reads slowly or not
// at all, time, and a link that may break anywhere. What the owner is told must keep the order that carrier.ts promises, end
// exactly once (I-15), and leave nothing behind (I-14).
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { resolveLimits } from "../../src/base/limits.ts";
import type { CloseOutcome, Delivery } from "../../src/base/carrier.ts";
import { Driver } from "../../src/socket/driver.ts";
import { createRuntime } from "../../src/socket/runtime.ts";
import { concat } from "../support/byte-builder.ts";
import { FakeClock, settled } from "../support/fake-clock.ts";
import {
  readStream,
  showBytes,
  showText,
  writeFrame,
  type NaiveFrame,
  type NaiveRules,
  type Role,
} from "../support/naive-frame-codec.ts";
import { createPipePair, RecordingReceiver } from "../support/pipe-pair.ts";
import { caseCount, runSeeds, SeededRandom } from "../support/seeded-random.ts";

const limits = resolveLimits({
  maxMessageBytes: 400,
  framesPerTurn: 3,
  pendingMessages: 3,
  socketBufferBytes: 100,
  maxQueuedBytes: 300,
});

type Step =
  | { readonly kind: "peer-writes" | "read" | "peer-reads"; readonly count: number }
  | { readonly kind: "wait"; readonly ms: number }
  | {
      readonly kind:
        | "send"
        | "ping"
        | "pause"
        | "resume"
        | "settle"
        | "close"
        | "terminate"
        | "peer-ends"
        | "peer-breaks"
        | "turn";
    };

const counted = (kind: "peer-writes" | "read" | "peer-reads"): fc.Arbitrary<Step> =>
  fc.integer({ min: 1, max: 60 }).map((count) => ({ kind, count }));
const plain = (...kinds: Exclude<Step["kind"], "peer-writes" | "read" | "peer-reads" | "wait">[]): fc.Arbitrary<Step> =>
  fc.constantFrom(...kinds).map((kind) => ({ kind }));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: counted("peer-writes") },
  { weight: 6, arbitrary: counted("read") },
  { weight: 3, arbitrary: counted("peer-reads") },
  { weight: 7, arbitrary: plain("send", "send", "ping", "pause", "resume", "settle", "turn") },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 30_000 }).map((ms): Step => ({ kind: "wait", ms })) },
  { weight: 1, arbitrary: plain("close", "close", "terminate", "peer-ends", "peer-breaks") },
);
/** What the owner does with a message: how it answers, and what it calls before it does. */
const manner = fc.record({
  answers: fc.constantFrom("at once", "checkpoint", "promise"),
  calls: fc.option(plain("send", "send", "ping", "pause", "resume", "close", "terminate"), { freq: 3 }),
});
type Manner = { readonly answers: string; readonly calls: Step | null };

const frame: fc.Arbitrary<NaiveFrame> = fc.oneof(
  { weight: 6, arbitrary: fc.string({ maxLength: 12 }).map((payload): NaiveFrame => ({ opcode: 1, payload })) },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 90 }).map((payload): NaiveFrame => ({ opcode: 2, payload })) },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 9 }).map((payload): NaiveFrame => ({ opcode: 9, payload })) },
  { weight: 1, arbitrary: fc.constant<NaiveFrame>({ opcode: 8, payload: Uint8Array.of(0x0f, 0xa1, 0x68, 0x69) }) },
  { weight: 1, arbitrary: fc.constant<NaiveFrame>({ opcode: 0, payload: "nothing to continue" }) },
);

const rulesOf = (role: Role): NaiveRules => ({
  role,
  maxMessageBytes: limits.maxMessageBytes,
  maxFragments: limits.maxFragments,
});

class Life {
  readonly clock = new FakeClock();
  readonly runtime = createRuntime({ clock: this.clock, random: new SeededRandom(3) });
  readonly pair = createPipePair({ windowBytes: 150 });
  readonly peer = new RecordingReceiver();
  readonly driver: Driver;
  readonly messages: string[] = [];
  readonly outcomes: CloseOutcome[] = [];
  readonly faults: string[] = [];
  /** What was sent and not dropped. */
  readonly sends: string[] = [];
  readonly #stream: Uint8Array;
  readonly #manners: Manner[];
  readonly #promises: (() => void)[] = [];
  #written = 0;
  #closings = 0;
  #isBusy = false;
  #peerIsGone = false;
  /** We ended it, and nobody had before us: then what came before may still be told. */
  #weEnded = false;
  readonly #peerCloses: boolean;
  #sendCount = 0;

  constructor(role: Role, stream: Uint8Array, manners: readonly Manner[]) {
    this.#stream = stream;
    this.#peerCloses = readStream(stream, rulesOf(role)).some(
      (line) => line.startsWith("close") || line.startsWith("fail"),
    );
    this.#manners = [...manners];
    const [pipe, far] = this.pair;
    far.open(this.peer);
    this.driver = new Driver({ pipe, side: role, limits, runtime: this.runtime, protocol: "", extensions: "" });
    this.driver.start({
      receiveMessage: (data) =>
        this.#receiveMessage(typeof data === "string" ? showText(data) : showBytes("binary", data)),
      receivePing: () => this.#note("a ping"),
      receivePong: () => this.#note("a pong"),
      receiveClosing: () => {
        this.#note("closing");
        if (++this.#closings > 1) this.faults.push("closing is told twice");
      },
      receiveClosed: (outcome) => {
        this.#note("closed");
        if (this.#closings === 0) this.faults.push("closed is told before closing");
        this.outcomes.push(outcome);
      },
    });
  }

  #note(what: string): void {
    if (this.outcomes.length > 0) this.faults.push(`${what} after closed`);
  }

  #receiveMessage(line: string): Delivery {
    this.#note("a message");
    if (this.#closings > 0) this.faults.push("a message after closing");
    if (this.#weEnded) this.faults.push("a message after we ended the conversation");
    if (this.#isBusy) this.faults.push("a message before the one before was done with");
    this.messages.push(line);
    const { answers, calls } = this.#manners.shift() ?? { answers: "at once", calls: null };
    if (calls !== null) this.run(calls);
    if (answers === "at once") return undefined;
    this.#isBusy = true;
    if (answers === "checkpoint") {
      void this.#finishInMicrotasks();
      return "checkpoint";
    }
    return new Promise<void>((resolve) => {
      this.#promises.push(() => {
        this.#isBusy = false;
        resolve();
      });
    });
  }

  /** Three microtasks deep: all of them belong to the message. */
  async #finishInMicrotasks(): Promise<void> {
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
    this.#isBusy = false;
  }

  #send(text: string): void {
    if (this.driver.send(text) !== "dropped") this.sends.push(showText(text));
  }

  get written(): Uint8Array {
    return this.#stream.slice(0, this.#written);
  }

  /** Lets the event loop turn, and time pass if the step is to wait. */
  async pass(what: Step): Promise<void> {
    if (what.kind === "wait") await this.clock.advanceAsync(what.ms);
    await settled(1);
  }

  get hasMore(): boolean {
    return !this.#peerIsGone && this.#written < this.#stream.length;
  }

  run(what: Step): void {
    const [pipe, far] = this.pair;
    switch (what.kind) {
      case "peer-writes": {
        if (this.#peerIsGone) return;
        const start = this.#written;
        this.#written = Math.min(this.#stream.length, start + what.count);
        far.write([this.#stream.slice(start, this.#written)]);
        break;
      }
      case "read":
        pipe.deliver(what.count);
        break;
      case "peer-reads":
        far.deliver(what.count);
        break;
      case "wait":
        // Time passes in pass(): what it causes needs turns of the event loop.
        break;
      case "send":
        this.#send(`${this.#sendCount++} of this side, ${"€".repeat(this.#sendCount % 30)}`);
        break;
      case "ping":
        this.driver.ping();
        break;
      case "pause":
        this.driver.pause();
        break;
      case "resume":
        this.driver.resume();
        break;
      case "settle":
        this.#promises.shift()?.();
        break;
      case "close":
        this.#weEnded ||= !this.#peerCloses && !this.#peerIsGone;
        this.driver.close(4001, "bye");
        break;
      case "terminate":
        this.#weEnded ||= !this.#peerCloses && !this.#peerIsGone;
        this.driver.terminate();
        break;
      case "peer-ends":
        this.#peerIsGone = true;
        far.end();
        break;
      case "peer-breaks":
        this.#peerIsGone = true;
        far.destroy();
        break;
      case "turn":
        break;
    }
  }

  /** The peer says all it has to say and reads everything; the owner gets ready; the link ends; time passes. */
  async finish(): Promise<void> {
    const [pipe, far] = this.pair;
    let idle = 0;
    for (let round = 0; idle < 4; round++) {
      if (round > 1_000) throw new Error("The conversation does not come to rest.");
      const told = this.messages.length;
      this.driver.resume();
      if (this.hasMore) this.run({ kind: "peer-writes", count: 150 });
      const isMoving = this.hasMore || pipe.hasIncoming || far.hasIncoming || this.#promises.length > 0;
      pipe.deliver();
      far.deliver();
      this.run({ kind: "settle" });
      await settled(1);
      idle = isMoving || this.messages.length > told ? 0 : idle + 1;
    }
  }

  async end(): Promise<void> {
    const [pipe, far] = this.pair;
    far.destroy();
    while (pipe.hasIncoming) pipe.deliver();
    await settled();
    await this.clock.advanceAsync(200_000);
    await settled();
  }
}

describe.each(runSeeds("driver life"))("T11 $name", ({ seed }) => {
  for (const role of ["server", "client"] as const satisfies readonly Role[]) {
    test(`T11 I-14 I-15 a ${role}'s owner is told everything in order, the end once, and nothing is left`, async () => {
      const property = fc.asyncProperty(
        fc.array(frame, { maxLength: 12 }),
        fc.array(step, { maxLength: 30 }),
        fc.array(manner, { maxLength: 12 }),
        async (frames, steps, manners) => {
          const key = role === "server" ? Uint8Array.of(1, 2, 3, 4) : undefined;
          const life = new Life(role, concat(frames.map((item) => writeFrame({ ...item, key }))), manners);
          for (const what of steps) {
            life.run(what);
            await life.pass(what);
          }
          await life.finish();
          const wasOpen = life.outcomes.length === 0;
          await life.end();

          expect(life.faults).toEqual([]);
          expect(life.outcomes.length, "closed is told once").toBe(1);
          const meant = readStream(life.written, rulesOf(role));
          const meantMessages = meant.filter((line) => line.startsWith("text") || line.startsWith("binary"));
          expect(life.messages).toEqual(meantMessages.slice(0, life.messages.length));
          const ends = steps.some(({ kind }) =>
            ["close", "terminate", "peer-ends", "peer-breaks", "wait"].includes(kind),
          );
          const endsInside = manners.some(({ calls }) => calls?.kind === "close" || calls?.kind === "terminate");
          const last = meant.at(-1) ?? "";
          if (wasOpen && !ends && !endsInside) expect(life.messages).toEqual(meantMessages);

          const outcome = life.outcomes[0] as CloseOutcome;
          const sent = readStream(life.peer.bytes, {
            role: role === "server" ? "client" : "server",
            maxMessageBytes: 1 << 20,
            maxFragments: 1,
          });
          if (outcome.wasClean) {
            expect([last, 'close 4001 "hi"']).toContain(`close ${outcome.code} ${JSON.stringify(outcome.reason)}`);
            expect(outcome.cause).toBeUndefined();
          } else {
            expect([outcome.code, outcome.reason]).toEqual([1006, ""]);
          }
          expect(
            sent.filter((line) => line.startsWith("fail")),
            "what the peer got",
          ).toEqual([]);
          const arrived = sent.filter((line) => line.startsWith("text"));
          expect(arrived, "nothing lost, doubled or changed on the way").toEqual(life.sends.slice(0, arrived.length));
          if (wasOpen && !ends && !endsInside) expect(arrived).toEqual(life.sends);
          expect(life.runtime.budget.used, "memory charged").toBe(0);
          expect(life.runtime.wakeups.size, "wakeups").toBe(0);
          expect(life.driver.send("late")).toBe("dropped");
          expect(life.driver.ping()).toBe(false);
          await life.driver.drained();
          expect(life.outcomes.length).toBe(1);
        },
      );
      await fc.assert(property, { seed, numRuns: caseCount(800) });
    });
  }
});
