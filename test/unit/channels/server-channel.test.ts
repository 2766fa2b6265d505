import { expect, test } from "vitest";
import { encodeEnvelope, EnvelopeKind } from "../../../src/channels/envelope.ts";
import { LocalError } from "../../../src/base/errors.ts";
import type { ServerChannel } from "../../../src/channels/server-channel.ts";
import { encodeMessageFrame } from "../../../src/protocol/frame-encoder.ts";
import { settled } from "../../support/fake-clock.ts";
import { ChannelPair } from "../../support/channel-ends.ts";
import { MovingWorld } from "../../support/moving-ends.ts";

const moved = encodeEnvelope({
  kind: EnvelopeKind.close,
  channel: 1,
  code: 0,
  reason: "",
  continuation: new Uint8Array(0),
});

test("P-121 CLOSE(MOVED) on a channel that is not movable is RESET 4400", async () => {
  const pair = new ChannelPair();
  const { far, owner } = pair.open();
  pair.server.receive(moved);
  pair.exchange();
  for (let round = 0; round < 3; round++) await new Promise<void>((resolve) => setImmediate(resolve));
  expect(far.owner.outcomes).toMatchObject([{ cause: { code: "LW_CHANNEL_ENVELOPE_UNEXPECTED" } }]);
  expect(owner.outcomes).toMatchObject([{ code: 1011 }]);
});

test("CLOSE(MOVED) answers a CLOSE that crossed it", () => {
  const world = new MovingWorld();
  world.exchange();
  const [end] = world.first.accepted;
  end?.channel.close(4000, "a");
  world.first.down.take();
  world.first.server.receive(moved);
  expect(end?.owner.outcomes).toMatchObject([{ code: 4000, reason: "a", wasClean: true }]);
});

test("a continuation that cannot be had is 1011, not a silent gap", async () => {
  const world = new MovingWorld();
  const { acceptance } = world.first;
  world.first.decide = (request) => {
    const decision = acceptance.call(world.first, request);
    const movable = { continuation: () => new Uint8Array(2049) };
    return "accept" in decision ? { ...decision, movable } : decision;
  };
  await world.settle();
  world.mobile.move(world.second.client);
  await world.settle();
  expect(world.owner.log).toEqual(["accepted", "closing", "closed 1011"]);
});

test("HANDLED goes before a CLOSE that waits, and not behind it", async () => {
  const pair = new ChannelPair();
  const { far, owner } = pair.open();
  const numbers: number[] = [];
  Object.assign(owner, { receiveHandled: (number: number) => numbers.push(number) > 0 });
  const channel = far.channel as ServerChannel;
  channel.close(4_000);
  channel.tellHandled(1);
  pair.exchange();
  channel.tellHandled(2);
  pair.exchange();
  await settled();
  expect([numbers, owner.log]).toEqual([[1], ["accepted", "closing", "closed 4000"]]);
});

test("a channel that is fenced is RESET 4409, and delivers nothing that waits", async () => {
  const pair = new ChannelPair();
  const { far, owner, channel } = pair.open();
  far.owner.answer = () => new Promise(() => {});
  for (const text of ["a", "b"]) channel.send(text);
  pair.exchange();
  (far.channel as ServerChannel).fence("no more", new LocalError("LW_SERVER_OUTBOX_FENCED", ""));
  pair.exchange();
  await settled();
  expect(far.owner.log).toEqual(["a", "closing", "closed 1006"]);
  expect(far.owner.outcomes).toMatchObject([{ cause: { code: "LW_SERVER_OUTBOX_FENCED" } }]);
  expect(owner.outcomes).toMatchObject([{ code: 1006, reason: "no more", cause: { closeCode: 4409 } }]);
});

test("a prebuilt frame is sent as the message in it", async () => {
  const pair = new ChannelPair();
  const { owner, far } = pair.open();
  const channel = far.channel as ServerChannel;
  for (const message of ["text", Uint8Array.of(1)]) channel.sendFrame(encodeMessageFrame(message));
  pair.exchange();
  await settled();
  expect(owner.messages).toEqual(["text", Uint8Array.of(1)]);
});

test("says what either side may still send", () => {
  const pair = new ChannelPair();
  const { far, channel } = pair.open();
  far.owner.answer = () => new Promise(() => {});
  const before = far.channel.credit;
  expect([before.toSend, before.toReceive]).toEqual([channel.credit.toReceive, channel.credit.toSend]);
  channel.send("x".repeat(1_000));
  pair.exchange();
  expect(far.channel.credit.toReceive).toBe(before.toReceive - 1_128);
  expect(channel.credit.toSend).toBe(before.toReceive - 1_128);
});
