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
  const pair = new ChannelPair(limits);
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
