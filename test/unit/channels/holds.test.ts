import { expect, test } from "vitest";
import { platform } from "../../../src/base/platform.ts";
import { Holds } from "../../../src/channels/holds.ts";

const later = (): Promise<void> => new Promise((resolve) => platform.afterMicrotasks(resolve));

function channel(cost: number, released: number[]): { readonly cost: number; release(): void } {
  return { cost, release: () => void released.push(cost) };
}

test("those that may go on do, later and once; the others wait until it is judged again", async () => {
  let most = 5;
  let judged = 0;
  const released: number[] = [];
  const holds = new Holds((cost) => {
    judged++;
    return cost > most;
  });
  for (const cost of [3, 8, 4]) holds.add(channel(cost, released));
  holds.judge();
  holds.judge();
  expect(released).toEqual([]);
  await later();
  expect([released, judged]).toEqual([[3, 4], 3]);
  holds.judge();
  await later();
  expect(released).toEqual([3, 4]);
  most = 10;
  holds.judge();
  await later();
  holds.judge();
  await later();
  expect([released, judged]).toEqual([[3, 4, 8], 5]);
});

test("one that is held again as soon as it goes on waits for the next time", async () => {
  let rounds = 0;
  let cost = 1;
  const holds = new Holds((held) => held > 5);
  const busy = {
    get cost() {
      return cost;
    },
    release() {
      rounds++;
      cost = 9;
      holds.add(busy);
    },
  };
  holds.add(busy);
  holds.judge();
  await later();
  expect(rounds).toBe(1);
  cost = 2;
  holds.judge();
  await later();
  expect(rounds).toBe(2);
});
