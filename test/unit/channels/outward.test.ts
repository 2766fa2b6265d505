import { expect, test } from "vitest";
import { platform } from "../../../src/base/platform.ts";
import { ChannelPair } from "../../support/channel-ends.ts";

const limits = { bufferBytes: 1_000 };

/** Until nothing comes of it any more. */
async function settle(pair: ChannelPair): Promise<void> {
  for (let round = 0; round < 100; round++) {
    pair.exchange();
    await new Promise<void>((resolve) => platform.afterMicrotasks(resolve));
  }
}

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
  await settle(pair);
  expect(ends.map(({ owner }) => owner.messages.length)).toEqual([60, 60]);
});

test("I-13 a handler that was held because all together had filled the room goes on when the others have left", async () => {
  const pair = new ChannelPair({ ...limits, retainBytes: 200_000, replyBytes: Infinity });
  const [asking, ...others] = [pair.open(), pair.open(), pair.open()];
  if (asking === undefined) throw new Error("There is no channel.");
  const { channel, far } = asking;
  // Its credit is used up, and stays so.
  channel.pause();
  for (let count = 0; count < 4; count++) far.channel.send("y".repeat(16_000));
  pair.exchange();
  for (const { far: other } of others) other.channel.send("z".repeat(60_000));
  far.owner.answer = () => {
    far.channel.send("y".repeat(16_000));
    return undefined;
  };
  for (let count = 0; count < 20; count++) channel.send("?");
  pair.up.take();
  pair.up.deliver(pair.down);
  expect(far.owner.messages).toHaveLength(5);
  await settle(pair);
  expect(others.map(({ owner }) => owner.messages.length)).toEqual([1, 1]);
  // Now it is held by what is its own.
  expect(far.owner.messages).toHaveLength(13);
  channel.resume();
  await settle(pair);
  expect([far.owner.messages.length, asking.owner.messages.length]).toEqual([20, 24]);
});

test("I-13 a handler that was held goes on when fewer channels share the room", async () => {
  const pair = new ChannelPair({ ...limits, retainBytes: 200_000, replyBytes: Infinity });
  const [one, two, ...idle] = [pair.open(), pair.open(), pair.open(), pair.open()];
  if (one === undefined || two === undefined) throw new Error("There is no channel.");
  for (const { channel, far } of [one, two]) {
    channel.pause();
    for (let count = 0; count < 4; count++) far.channel.send("y".repeat(16_000));
  }
  await settle(pair);
  two.far.channel.send("z".repeat(130_000));
  one.far.owner.answer = () => {
    one.far.channel.send("y".repeat(16_000));
    return undefined;
  };
  for (let count = 0; count < 20; count++) one.channel.send("?");
  await settle(pair);
  expect(one.far.owner.messages).toHaveLength(5);
  for (const { channel } of idle) channel.terminate();
  await settle(pair);
  expect(one.far.owner.messages).toHaveLength(7);
});
