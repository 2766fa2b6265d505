import { expect, test } from "vitest";
import { encodeEnvelope, EnvelopeKind } from "../../../src/channels/envelope.ts";
import { ChannelPair } from "../../support/channel-ends.ts";
import { MovingWorld } from "../../support/moving-ends.ts";

const kind = EnvelopeKind.close;
const moved = encodeEnvelope({ kind, channel: 1, code: 0, reason: "", continuation: new Uint8Array(1) });

test("P-121 a continuation that was not asked for is RESET 4400", async () => {
  const world = new MovingWorld();
  await world.settle();
  world.first.client.receive(moved);
  await world.settle();
  expect(world.owner.outcomes).toMatchObject([{ cause: { code: "LW_CHANNEL_ENVELOPE_UNEXPECTED" } }]);
});

test("P-121 nor may it come before our CLOSE has left", async () => {
  const world = new MovingWorld();
  await world.settle();
  world.mobile.move(world.second.client);
  world.first.client.receive(moved);
  await world.settle();
  expect(world.owner.outcomes).toMatchObject([{ cause: { code: "LW_CHANNEL_ENVELOPE_UNEXPECTED" } }]);
});

test("what the server did not call movable does not depart", () => {
  const pair = new ChannelPair();
  const { channel } = pair.open();
  expect(channel.state).toBe("open");
  expect("isMovable" in channel && channel.isMovable).toBe(false);
});
