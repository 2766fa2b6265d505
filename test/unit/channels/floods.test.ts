import { expect, test } from "vitest";
import { Floods } from "../../../src/channels/floods.ts";
import { channelLimits } from "../../../src/channels/limits.ts";

test("V-61 64 openings at once, then 50 a second", () => {
  const floods = new Floods(channelLimits);
  const opened = (now: number): number => {
    let count = 0;
    while (floods.receiveOpen(now)) count++;
    return count;
  };
  expect([opened(0), opened(1_000), opened(1_100)]).toEqual([64, 50, 5]);
});

test("V-61 the 200th refusal within ten seconds is one too many, the 200th in more is not", () => {
  const floods = new Floods(channelLimits);
  for (let count = 1; count <= 1_000; count++) expect(floods.refuse(count * 51)).toBe(true);
  const hasty = new Floods(channelLimits);
  for (let count = 1; count < 200; count++) expect(hasty.refuse(count * 50)).toBe(true);
  expect(hasty.refuse(9_999)).toBe(false);
});

test("V-61 control envelopes: 100 a second, and a burst", () => {
  const floods = new Floods(channelLimits);
  const taken = (now: number): number => {
    let count = 0;
    while (floods.receiveControl(now)) count++;
    return count;
  };
  expect([taken(0), taken(1_000)]).toEqual([256, 100]);
});

test("when all it has counted is over, another one would say the same", () => {
  const floods = new Floods(channelLimits);
  expect(floods.restsAt).toBe(-Infinity);
  floods.receiveControl(0);
  expect(floods.restsAt).toBe(10);
  floods.receiveOpen(0);
  expect(floods.restsAt).toBe(20);
  floods.refuse(5);
  expect(floods.restsAt).toBe(10_005);
});
