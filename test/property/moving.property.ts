// A channel moves between two nodes while everything goes on (wire/channels-v1 §5.6), at every moment a seed can think of: every
// publication arrives once and in order, every message is handled once and in order (I-03, I-04), and nobody sees a close.
import { describe, expect, test } from "vitest";
import { MovingWorld } from "../support/moving-ends.ts";
import { caseCount, runSeeds, SeededRandom } from "../support/seeded-random.ts";

describe.each(runSeeds("moving"))("$name", ({ seed }) => {
  test("I-03 I-04 I-15 a move loses nothing, doubles nothing, keeps the order and closes nothing", async () => {
    const seeds = new SeededRandom(seed);
    for (let round = 0; round < caseCount(300); round++) {
      const random = seeds.fork();
      const world = new MovingWorld();
      const pending: (() => void)[] = [];
      world.answer = () => {
        const manner = random.pick(["at once", "checkpoint", "later"]);
        if (manner === "later") return new Promise<void>((resolve) => pending.push(resolve));
        return manner === "checkpoint" ? "checkpoint" : undefined;
      };
      await world.settle();
      const steps = random.between(10, 60);
      const moveAt = random.between(0, steps);
      for (let step = 0; step < steps; step++) {
        if (step === moveAt) world.mobile.move(world.second.client);
        const { up, down } = random.pick(world.pairs);
        const act = random.between(0, 8);
        if (act === 0) world.publish();
        else if (act === 1) world.send();
        else if (act === 2) up.take(random.between(1, 3));
        else if (act === 3) down.take(random.between(1, 3));
        else if (act === 4) up.deliver(down, random.between(1, 3));
        else if (act === 5) down.deliver(up, random.between(1, 3));
        else if (act === 6) pending.shift()?.();
        else if (act === 7) world.mobile.resume();
        else if (act === 8 && random.chance(0.3)) world.mobile.pause();
        else await Promise.resolve();
      }
      world.mobile.resume();
      for (let left = 0; left < 10; left++) {
        await world.settle();
        for (let finish = pending.shift(); finish !== undefined; finish = pending.shift()) finish();
      }
      if (moveAt === steps) world.mobile.move(world.second.client);
      await world.settle();
      const events = world.owner.log.filter((line) => !line.startsWith("p"));
      expect(events).toEqual(["accepted", "moved"]);
      expect(world.owner.messages).toEqual(world.feed);
      expect(world.handled).toEqual(world.sent);
      expect([world.first.client.channels.length, world.first.server.channels.length]).toEqual([0, 0]);
      expect(world.mobile.bufferedBytes).toBe(0);
    }
  });
});
