// Two muxes with a session between them, and every interleaving that a seed can think of: room that runs out, ways that are
// lost and come back, handlers that answer at once, later or much later, owners that pause, ends of both kinds. Every message
// of a channel arrives once and in order (I-03, I-04), memory stays within what wire/channels-v1 §5.2 promises (I-12), and when
// all is quiet nothing is left (I-13, I-14). Microtasks and handlers run when the seed says so.
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { OBJECT_COST } from "../../src/base/limits.ts";
import { platform, replacePlatform } from "../../src/base/platform.ts";
import type { Channel } from "../../src/channels/channel.ts";
import { decodeEnvelope, EnvelopeKind } from "../../src/channels/envelope.ts";
import { ChannelPair, type RecordingOwner } from "../support/channel-ends.ts";
import type { FakeSession } from "../support/fake-session.ts";
import { pulled } from "../support/pulled.ts";
import { caseCount, runSeeds, SeededRandom } from "../support/seeded-random.ts";

const KiB = 1024;
const maxMessageBytes = 200 * KiB;
const limits = { maxMessageBytes, creditBytes: 160 * KiB, retainBytes: 1024 * 1024 * KiB, opensPerSecond: 0 };

const portable = { ...platform };
let tasks: (() => void)[] = [];
beforeEach(() => {
  tasks = [];
  replacePlatform({ afterMicrotasks: (run) => tasks.push(run) });
});
afterEach(() => replacePlatform(portable));

interface FarEnd {
  readonly channel: Channel;
  readonly owner: RecordingOwner;
}

/** One direction of one channel: what was sent, what has arrived, and what waits at the receiver. */
class Direction {
  readonly sent: string[] = [];
  readonly owner: RecordingOwner;
  readonly channel: Channel;
  readonly receiver: Channel;
  /** Messages whose last slice has arrived, by size, and how many of them are done with. */
  readonly complete: number[] = [];
  done = 0;
  readonly pending: (() => void)[] = [];
  #unfinishedBytes = 0;

  constructor(channel: Channel, far: FarEnd, random: SeededRandom, manners: readonly string[]) {
    this.channel = channel;
    this.receiver = far.channel;
    this.owner = far.owner;
    this.owner.answer = () => {
      const manner = random.pick(manners);
      if (manner === "at once" || manner === "checkpoint") this.done++;
      if (manner === "at once") return undefined;
      if (manner === "checkpoint") return "checkpoint";
      return new Promise<void>((resolve) => {
        this.pending.push(() => {
          this.done++;
          resolve();
        });
      });
    };
  }

  receiveSlice(bytes: number, isFinal: boolean): void {
    this.#unfinishedBytes += bytes;
    if (!isFinal) return;
    this.complete.push(this.#unfinishedBytes);
    this.#unfinishedBytes = 0;
  }

  /** What the receiver has to keep: complete messages that are not done with, and the unfinished one. */
  get retained(): number {
    // What is closed at the receiver takes nothing more.
    if (this.receiver.state !== "open") return 0;
    const waiting = this.complete.slice(this.done);
    return waiting.reduce((sum, bytes) => sum + bytes + OBJECT_COST, 0) + this.#unfinishedBytes;
  }
}

class World {
  readonly pair: ChannelPair;
  readonly random: SeededRandom;
  readonly directions: Direction[] = [];
  /** By session that carries the slices, then by channel. */
  readonly #byRoute = new Map<FakeSession, Map<number, Direction>>();
  /** What was granted for the slices of a route and has arrived there, less what they cost; by channel. */
  readonly #credit = new Map<FakeSession, Map<number, number>>();
  #count = 0;

  constructor(seed: number, channels: number) {
    this.random = new SeededRandom(seed);
    this.pair = new ChannelPair(limits);
    const { up, down } = this.pair;
    this.#byRoute.set(up, new Map()).set(down, new Map());
    this.#credit.set(up, new Map()).set(down, new Map());
    for (let index = 0; index < channels; index++) {
      const asked = this.pair.ask();
      for (const [from, to] of [
        [up, down],
        [down, up],
      ] as const) {
        from.take();
        this.deliver(from, to, 1);
      }
      this.runTasks();
      const far = this.pair.accepted.at(-1);
      if (far === undefined) throw new Error("The server accepted no channel.");
      const end = { ...asked, far };
      const manners = this.random.pick([["at once"], ["checkpoint"], ["later"], ["at once", "checkpoint", "later"]]);
      this.#add(up, end.channel, new Direction(end.channel, end.far, this.random.fork(), manners));
      this.#add(down, end.channel, new Direction(end.far.channel, end, this.random.fork(), manners));
    }
  }

  #add(route: FakeSession, channel: Channel, direction: Direction): void {
    this.directions.push(direction);
    this.#byRoute.get(route)?.set(channel.id, direction);
  }

  runTasks(): void {
    for (let run = tasks.shift(); run !== undefined; run = tasks.shift()) run();
  }

  send(direction: Direction): void {
    const sizes = [0, 1, 5, 100, 3 * KiB, 20 * KiB, 70 * KiB, maxMessageBytes];
    const size = this.random.pick(sizes);
    const mark = `${this.#count++} `;
    const text = mark + "x".repeat(Math.max(0, size - mark.length));
    const data = this.random.chance(0.5) ? text : Buffer.from(text);
    if (direction.channel.send(data) !== "dropped") direction.sent.push(text);
  }

  /** Lets some envelopes arrive; each slice is noted on its way. */
  deliver(from: FakeSession, to: FakeSession, count: number): void {
    for (let index = 0; index < count; index++) {
      const [next] = from.flight;
      if (next === undefined || !from.isAttached) return;
      const envelope = decodeEnvelope(next);
      if (envelope === "unknown" || envelope.kind === "malformed") throw new Error("Malformed.");
      if (envelope.kind === EnvelopeKind.slice) {
        const direction = this.#byRoute.get(from)?.get(envelope.channel);
        direction?.receiveSlice(envelope.bytes.length, envelope.isFinal);
        this.#account(from, envelope.channel, -envelope.bytes.length - OBJECT_COST);
      } else if ("credit" in envelope) {
        this.#account(to, envelope.channel, envelope.credit);
      }
      from.deliver(to, 1);
      this.checkMemory();
    }
  }

  /** Credit is spent once, and never more of it than a window holds. */
  #account(route: FakeSession, channel: number, credit: number): void {
    const credits = this.#credit.get(route);
    const left = (credits?.get(channel) ?? 0) + credit;
    credits?.set(channel, left);
    expect(left).toBeGreaterThanOrEqual(0);
    expect(left).toBeLessThanOrEqual(256 * KiB);
  }

  /** What every sender may still spend. */
  get credits(): number[] {
    return [...this.#credit.values()].flatMap((credits) => [...credits.values()]);
  }

  checkMemory(): void {
    const { client, server, up, down } = this.pair;
    for (const [mux, route] of [
      [server, up],
      [client, down],
    ] as const) {
      let retained = 0;
      for (const direction of this.#byRoute.get(route)?.values() ?? []) retained += direction.retained;
      const bound = mux.windows.total + 2 * maxMessageBytes;
      // An early consumed message keeps its own head beside the bytes that the pools count.
      expect(retained).toBeLessThanOrEqual(bound + this.directions.length * OBJECT_COST);
      expect(mux.pools.used).toBeLessThanOrEqual(2 * maxMessageBytes);
      // Windows fall back to the credit as they are used; new ones are never larger than 16 KiB beyond it.
      expect(mux.windows.total).toBeLessThanOrEqual(limits.creditBytes + this.directions.length * 16 * KiB);
    }
  }

  step(): void {
    const { random, pair } = this;
    const { up, down } = pair;
    const direction = random.pick(this.directions);
    switch (random.between(0, 11)) {
      case 0:
      case 1:
        this.send(direction);
        return;
      case 2:
      case 3:
        up.take(random.between(1, 6));
        return;
      case 4:
      case 5:
        down.take(random.between(1, 6));
        return;
      case 6:
        this.deliver(up, down, random.between(1, 6));
        return;
      case 7:
        this.deliver(down, up, random.between(1, 6));
        return;
      case 8:
        direction.pending.shift()?.();
        return;
      case 9:
        tasks.shift()?.();
        return;
      case 10:
        if (random.chance(0.5)) direction.channel.pause();
        else direction.channel.resume();
        return;
      default:
        for (const session of [up, down]) session.roomBytes = random.pick([100, 16 * KiB, 64 * KiB, Infinity]);
        if (random.chance(0.3)) for (const session of [up, down]) session.detach();
        else for (const session of [up, down]) if (!session.isAttached) session.attach();
    }
  }

  /** Everything goes on until nothing moves. */
  async settle(): Promise<void> {
    const { up, down } = this.pair;
    for (const session of [up, down]) {
      session.roomBytes = Infinity;
      if (!session.isAttached) session.attach();
    }
    for (const { channel } of this.directions) channel.resume();
    for (let moved = true; moved;) {
      moved = tasks.length > 0;
      this.runTasks();
      for (const direction of this.directions) {
        for (let run = direction.pending.shift(); run !== undefined; run = direction.pending.shift()) {
          run();
          moved = true;
        }
      }
      await microtasks();
      moved = up.take() + down.take() > 0 || moved;
      moved = up.flight.length + down.flight.length > 0 || moved;
      this.deliver(up, down, Infinity);
      this.deliver(down, up, Infinity);
    }
  }
}

/** Promises that were settled have been noticed. */
async function microtasks(): Promise<void> {
  for (let round = 0; round < 3; round++) await Promise.resolve();
}

const texts = (owner: RecordingOwner): string[] =>
  owner.messages.map((data) => (typeof data === "string" ? data : Buffer.from(data).toString("latin1")));

const short = (list: readonly string[]): string[] => list.map((text) => `${text.slice(0, 8)}… ${text.length}`);

describe.each(runSeeds("channels"))("$name", ({ seed }) => {
  test("I-03 I-04 I-12 I-13 P-123 every message arrives once and in order, within bounded memory, and nothing is left", async () => {
    const seeds = new SeededRandom(seed);
    for (let round = 0; round < caseCount(40); round++) {
      const world = new World(seeds.word(), seeds.between(1, 5));
      const steps = seeds.between(50, 400);
      for (let step = 0; step < steps; step++) {
        world.step();
        await microtasks();
      }
      await world.settle();
      for (const { owner, sent, channel } of world.directions) {
        expect([short(texts(owner)), channel.state]).toEqual([short(sent), "open"]);
        expect(texts(owner).every((text, index) => text === sent[index])).toBe(true);
        expect(channel.bufferedBytes).toBe(0);
      }
      // All is consumed: no window has less left than makes a grant due.
      expect(Math.min(...world.credits)).toBeGreaterThan(8 * KiB);
      const { client, server } = world.pair;
      for (const mux of [client, server]) {
        expect([mux.pools.used, mux.queuedCost]).toEqual([0, 0]);
        expect(pulled((target, at) => mux.pull(target, at))).toBeUndefined();
      }
    }
  });

  test("I-15 P-121 whatever ends a channel, both ends are told once and last, CLOSE overtakes no message, nothing is left", async () => {
    const seeds = new SeededRandom(seed + 1);
    for (let round = 0; round < caseCount(80); round++) {
      const random = seeds.fork();
      const world = new World(random.word(), random.between(1, 4));
      const ends = world.pair.accepted.map((far, index) => {
        const [up, down] = [world.directions[2 * index], world.directions[2 * index + 1]] as [Direction, Direction];
        return { up, down, far, kinds: new Set<string>() };
      });
      const steps = random.between(20, 200);
      for (let step = 0; step < steps; step++) {
        world.step();
        await microtasks();
        if (!random.chance(0.05)) continue;
        const end = random.pick(ends);
        const direction = random.pick([end.up, end.down]);
        const kind = random.pick(["close", "close", "terminate"]);
        end.kinds.add(kind);
        if (kind === "close") direction.channel.close(4000 + step, "bye");
        else direction.channel.terminate();
      }
      for (const { up, kinds } of ends) {
        if (kinds.size > 0) continue;
        kinds.add("close at the end");
        up.channel.close(4999);
      }
      await world.settle();
      for (const { up, down, kinds } of ends) {
        for (const { owner, sent } of [up, down]) {
          const received = texts(owner);
          expect(short(received)).toEqual(short(sent.slice(0, received.length)));
          expect(owner.log.filter((line) => line.startsWith("closed"))).toHaveLength(1);
          expect(owner.log.at(-1)).toMatch(/^closed/);
          expect(owner.log.indexOf("closing")).toBe(owner.log.length - 2);
        }
        if (kinds.has("terminate")) continue;
        expect(up.owner.outcomes).toMatchObject([{ wasClean: true, cause: undefined }]);
        expect(down.owner.outcomes).toMatchObject([{ wasClean: true, cause: undefined }]);
        // The client closed, last of all: what it had sent before comes first.
        if (kinds.has("close at the end")) expect(short(texts(up.owner))).toEqual(short(up.sent));
      }
      const { client, server } = world.pair;
      for (const mux of [client, server]) {
        expect([mux.pools.used, mux.queuedCost, mux.windows.total, mux.channels.length]).toEqual([0, 0, 0, 0]);
        expect(mux.wakeAt).toBe(Infinity);
      }
    }
  });
});
