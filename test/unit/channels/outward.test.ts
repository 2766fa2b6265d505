import { expect, test } from "vitest";
import { platform } from "../../../src/base/platform.ts";
import { ChannelPair } from "../../support/channel-ends.ts";

const limits = { bufferBytes: 1_000 };

test("P-95 a send beyond the bound reports pressure, and still counts as buffered", () => {
  const { channel } = new ChannelPair(limits).open();
  expect(channel.send("x".repeat(800))).toBe("accepted");
  expect(channel.send("x".repeat(800))).toBe("queued");
  expect(channel.bufferedBytes).toBe(1_600);
});

test("what waited when the channel ended counts as buffered for ever", () => {
  const pair = new ChannelPair();
  const { channel } = pair.open();
  channel.send("abc");
  channel.terminate();
  expect(channel.bufferedBytes).toBe(3);
  pair.exchange();
  expect(channel.bufferedBytes).toBe(3);
});

test("P-95 a handler whose replies wait gets its next message when they have left", async () => {
  const pair = new ChannelPair({ ...limits, replyBytes: 1_000 });
  const { channel, far } = pair.open();
  far.owner.answer = () => {
    far.channel.send("y".repeat(2_000));
    return undefined;
  };
  channel.send("1");
  channel.send("2");
  pair.up.take();
  pair.up.deliver(pair.down);
  expect(far.owner.messages).toEqual(["1"]);
  pair.exchange();
  await new Promise<void>((resolve) => platform.afterMicrotasks(resolve));
  expect(far.owner.messages).toEqual(["1", "2"]);
});

test("P-95 replies have the room that the limits give them, which may be more than where pressure begins", async () => {
  const pair = new ChannelPair({ bufferBytes: 1_000, replyBytes: 10_000 });
  const { channel, far } = pair.open();
  const pressures: string[] = [];
  far.owner.answer = () => {
    pressures.push(far.channel.send("y".repeat(2_000)));
    return undefined;
  };
  for (let count = 0; count < 8; count++) channel.send("?");
  pair.up.take();
  pair.up.deliver(pair.down);
  expect(pressures).toEqual(Array(5).fill("queued"));
  pair.exchange();
  await new Promise<void>((resolve) => platform.afterMicrotasks(resolve));
  expect(pressures).toHaveLength(8);
});

test("V-22 replies that nobody reads fill what all channels share, and no more, however much room each has", async () => {
  const pair = new ChannelPair({ ...limits, retainBytes: 20_000, replyBytes: Infinity });
  const ends = [pair.open(), pair.open()];
  for (const { far } of ends) {
    far.owner.answer = () => {
      far.channel.send("y".repeat(1_000));
      return undefined;
    };
  }
  for (const { channel } of ends) for (let count = 0; count < 60; count++) channel.send("?");
  pair.up.take();
  pair.up.deliver(pair.down);
  expect(pair.server.queuedCost).toBeGreaterThan(20_000);
  expect(pair.server.queuedCost).toBeLessThan(32_000);
  for (let round = 0; round < 100; round++) {
    pair.exchange();
    await new Promise<void>((resolve) => platform.afterMicrotasks(resolve));
  }
  expect(ends.map(({ owner }) => owner.messages.length)).toEqual([60, 60]);
});
