// Programs with an outbox that die at any moment, on a network that breaks at any moment, with a disk and a handler that take their
// time, all as a seed says. Within the dedupe window the application's handler hears every message that was stored once and in
// order (I-02, I-03); beyond it each is heard, or given back, and none twice.
import { describe, expect, test } from "vitest";
import type { OutboxOptions } from "../../src/client/outbox/outbox.ts";
import { type Life, OutboxWorld } from "../support/outbox-world.ts";
import { caseCount, runSeeds, SeededRandom } from "../support/seeded-random.ts";

const LAST = 60;
const HOUR_MS = 3_600_000;

interface Run {
  readonly world: OutboxWorld;
  /** What was given back, in order. */
  readonly reported: number[];
}

/** Lives until everything was said; between two of them the server forgets, if `forgets` and the seed say so. */
async function run(seed: number, options: OutboxOptions, forgets: boolean): Promise<Run> {
  const random = new SeededRandom(seed);
  const between = (least: number, most: number): number => random.between(least, most);
  const network = { latencyMs: [0, between(0, 40)], sliceBytes: random.pick([undefined, 1, 20]) } as const;
  const world = new OutboxWorld({ seed, network, server: { line: { outboxWindowMs: HOUR_MS / 2 } } });
  const reported: number[] = [];
  world.handle = () => {
    if (random.chance(0.5)) return undefined;
    const ms = between(0, 60);
    return new Promise<void>((resolve) => void world.site.clock.schedule(ms, resolve));
  };
  let said = 0;
  const begin = (): Life => {
    const kept = world.disk.texts.at(-1);
    // What did not get as far as the disk nobody has promised to keep: it is said again.
    said = Math.max(Number(kept ?? 0), Number(world.heard.at(-1) ?? 0), reported.at(-1) ?? 0);
    const life = world.live(options);
    life.store.writeMs = () => between(0, 20);
    life.socket.addEventListener("outbox", ({ cause, messages, isResent }) => {
      expect(cause.code).toBe("LW_OUTBOX_UNKNOWN");
      if (!isResent) reported.push(...messages.map(Number));
    });
    return life;
  };
  const say = (life: Life, count: number): void => {
    for (let each = 0; each < count && said < LAST; each++) life.socket.send(String(++said));
  };
  for (let deaths = between(1, 4); deaths > 0; deaths--) {
    const life = begin();
    for (let steps = between(1, 12); steps > 0; steps--) {
      say(life, between(0, 4));
      if (random.chance(0.1)) world.site.network.cut();
      await world.pass(between(0, 50));
    }
    life.die();
    if (forgets && random.chance(0.5)) await world.pass(HOUR_MS);
  }
  const life = begin();
  // The store has not been read yet.
  await world.pass(100);
  for (let rounds = 0; rounds < 60 && (said < LAST || life.outbox.pendingCount > 0); rounds++) {
    say(life, 10);
    await world.pass(2_000);
  }
  // What is gone from memory goes from the disk a moment later.
  await world.pass(100);
  expect([said, life.outbox.pendingCount, world.disk.texts]).toEqual([LAST, 0, []]);
  expect(life.told.filter((words) => words.startsWith("close"))).toEqual([]);
  life.die();
  await world.site.stop();
  return { world, reported };
}

const all = Array.from({ length: LAST }, (_, index) => index + 1);

describe.each(runSeeds("outbox"))("an outbox, $name", ({ seed }) => {
  test("I-02 I-03 while the server remembers, each message is handled once, in order", async () => {
    for (let count = 0; count < caseCount(40); count++) {
      const { world, reported } = await run(seed + count, {}, false);
      expect(world.heard.map(Number), `seed ${seed + count}`).toEqual(all);
      expect(reported).toEqual([]);
    }
  });

  test("I-02 when it has forgotten, each is handled or given back, and none twice", async () => {
    for (let count = 0; count < caseCount(40); count++) {
      const { world, reported } = await run(seed + count, {}, true);
      const heard = world.heard.map(Number);
      expect(heard, `seed ${seed + count}`).toEqual([...new Set(heard)].toSorted((one, other) => one - other));
      expect(all.filter((number) => !heard.includes(number) && !reported.includes(number))).toEqual([]);
    }
  });

  test("or each is handled at least once, in order, if the application wants that", async () => {
    for (let count = 0; count < caseCount(20); count++) {
      const { world, reported } = await run(seed + count, { whenUnknown: "resend" }, true);
      expect(reported).toEqual([]);
      const firsts = [...new Set(world.heard.map(Number))];
      expect(firsts, `seed ${seed + count}`).toEqual(all);
    }
  });
});
