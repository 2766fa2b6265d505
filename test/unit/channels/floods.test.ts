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

test("V-61 control envelopes: 100 a second, a burst, and one for each 4 KiB of data", () => {
  const floods = new Floods(channelLimits);
  const taken = (now: number): number => {
    let count = 0;
    while (floods.receiveControl(now)) count++;
    return count;
  };
  expect([taken(0), taken(1_000)]).toEqual([256, 100]);
  floods.earn(40 * 1024);
  expect(taken(1_000)).toBe(10);
  for (let count = 0; count < 1_000; count++) floods.earn(1024 * 1024);
  expect(taken(1_000)).toBe(1_024);
});
