import { expect, test } from "vitest";
import { encodeEnvelope, EnvelopeKind } from "../../../src/channels/envelope.ts";
import { ChannelPair, RecordingOwner } from "../../support/channel-ends.ts";
import { settled } from "../../support/fake-clock.ts";

const nothing = new Uint8Array(0);

test("P-121 ids are 1, 2, 3 and so on, and never given again", async () => {
  const pair = new ChannelPair();
  const ids: number[] = [];
  for (let count = 0; count < 5; count++) {
    const { channel } = pair.open();
    ids.push(channel.id);
    channel.close();
    pair.exchange();
    await settled();
  }
  expect(ids).toEqual([1, 2, 3, 4, 5]);
});

test("V-61 a page that opens 60 sockets at once gets them all: no more than 16 are asked for at a time", async () => {
  const pair = new ChannelPair();
  const settle: (() => void)[] = [];
  pair.decide = (request) =>
    new Promise((resolve) => {
      settle.push(() => resolve(pair.acceptance(request)));
    });
  const ends = Array.from({ length: 60 }, (_, index) => pair.ask(`/${index}`));
  pair.exchange();
  expect(pair.requests).toHaveLength(16);
  for (let round = 0; round < 10; round++) {
    for (const run of settle.splice(0)) run();
    await settled();
    pair.exchange();
  }
  expect(ends.map(({ channel }) => channel.state)).toEqual(ends.map(() => "open"));
  expect(pair.requests.map(({ path }) => path)).toEqual(ends.map((_, index) => `/${index}`));
});

test("the request reaches the server as it is", () => {
  const pair = new ChannelPair();
  const request = { path: "/é?a=1", protocols: ["x", "y"], parameters: Uint8Array.of(1, 2) };
  pair.client.open(request, new RecordingOwner());
  pair.exchange();
  expect(pair.requests).toEqual([{ ...request, continues: false }]);
});

test("a request longer than an OPEN may be is refused at the call", () => {
  const { client } = new ChannelPair();
  const requests = [
    { path: "é".repeat(1_025), protocols: [], parameters: nothing },
    { path: "/", protocols: Array.from({ length: 17 }, (_, index) => `p${index}`), parameters: nothing },
    { path: "/", protocols: ["p".repeat(129)], parameters: nothing },
    { path: "/", protocols: [], parameters: new Uint8Array(2_049) },
  ];
  for (const request of requests) {
    expect(() => client.open(request, new RecordingOwner())).toThrow(
      expect.objectContaining({ code: "LW_CHANNEL_REQUEST_SIZE" }),
    );
  }
  expect(client.channels.length).toBe(0);
});

test("P-121 a server does not open channels", () => {
  const pair = new ChannelPair();
  const open = encodeEnvelope({
    kind: EnvelopeKind.open,
    channel: 1,
    credit: 0,
    path: "/",
    protocols: [],
    parameters: nothing,
    continues: false,
    isTopic: false,
  });
  expect(pair.client.receive(open)).toMatchObject({ code: "LW_CHANNEL_ORDER", closeCode: 4400 });
});

test("a channel asked for when the session is over is closed at once, in a task of its own", async () => {
  const pair = new ChannelPair();
  pair.client.receiveEnded({ code: 1000, reason: "" });
  const { owner, channel } = pair.ask();
  expect([owner.log, channel.state]).toEqual([[], "asking"]);
  await settled();
  expect(owner.log).toEqual(["closing", "closed 1006"]);
  expect(pair.client.channels.length).toBe(0);
});
