import { expect, test } from "vitest";
import { encodeEnvelope, EnvelopeKind } from "../../../src/channels/envelope.ts";
import { ChannelPair } from "../../support/channel-ends.ts";
import { settled } from "../../support/fake-clock.ts";
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

const handled = (number: number): Uint8Array => encodeEnvelope({ kind: EnvelopeKind.handled, channel: 1, number });

test("HANDLED is the owner's; where nobody waits for it, or it cannot be, the channel is RESET 4400", async () => {
  for (const [receiveHandled, log] of [
    [(number: number) => number === 3, ["accepted"]],
    [(number: number) => number === 4, ["accepted", "closing", "closed 1011"]],
    [undefined, ["accepted", "closing", "closed 1011"]],
  ] as const) {
    const pair = new ChannelPair();
    const { owner } = pair.open();
    if (receiveHandled !== undefined) Object.assign(owner, { receiveHandled });
    pair.client.receive(handled(3));
    await settled();
    expect(owner.log).toEqual(log);
  }
});

test("the owner gets what ACCEPT says of the channel, to keep", () => {
  const pair = new ChannelPair();
  const { acceptance } = pair;
  pair.decide = (request) => {
    const decision = acceptance.call(pair, request);
    return "accept" in decision ? { ...decision, greet: () => Uint8Array.of(1, 2, 3) } : decision;
  };
  const said: Uint8Array[] = [];
  const { owner } = pair.ask();
  Object.assign(owner, { receiveAccepted: (parameters: Uint8Array) => said.push(parameters) });
  pair.exchange();
  expect(said).toEqual([Uint8Array.of(1, 2, 3)]);
});
