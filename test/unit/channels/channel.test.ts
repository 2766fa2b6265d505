import { describe, expect, test } from "vitest";
import { RemoteError } from "../../../src/base/errors.ts";
import { hex, toHex } from "../../support/byte-builder.ts";
import { ChannelPair } from "../../support/channel-ends.ts";
import { deferred } from "../../support/deferred.ts";
import { settled } from "../../support/fake-clock.ts";

/** A pair with one channel whose owner has had its checkpoint. */
async function open(limits = {}): Promise<ReturnType<ChannelPair["open"]> & { pair: ChannelPair }> {
  const pair = new ChannelPair(limits);
  const end = pair.open();
  await settled();
  return { pair, ...end };
}

describe("opening", () => {
  test("is told once, before the first message, with microtasks between them", async () => {
    const pair = new ChannelPair();
    const { channel, owner } = pair.ask("/", ["a"]);
    pair.decide = (request) => pair.acceptance(request, "a");
    expect([channel.send("early"), channel.state]).toEqual(["dropped", "asking"]);
    pair.exchange();
    pair.accepted[0]?.channel.send("hello");
    pair.exchange();
    expect([owner.log, channel.protocol, channel.extensions]).toEqual([["accepted"], "a", ""]);
    await settled();
    expect(owner.log).toEqual(["accepted", "hello"]);
  });

  test("P-25 a subprotocol that was not asked for fails it", async () => {
    const pair = new ChannelPair();
    const { owner } = pair.ask("/", ["a"]);
    pair.decide = (request) => pair.acceptance(request, "b");
    pair.exchange();
    await settled();
    expect(owner.log).toEqual(["closing", "closed 1006"]);
    expect(owner.outcomes[0]?.cause).toMatchObject({ code: "LW_CHANNEL_PROTOCOL_UNOFFERED" });
    expect(pair.accepted[0]?.owner.log).toEqual(["closing", "closed 1011"]);
  });

  test("a refusal is an error and 1006", async () => {
    const pair = new ChannelPair();
    const { owner, channel } = pair.ask();
    pair.decide = () => ({ status: 403, reason: "not yours" });
    pair.exchange();
    expect(owner.log).toEqual(["closing", "closed 1006"]);
    expect(owner.outcomes).toMatchObject([{ wasClean: false, reason: "", cause: { code: "LW_CHANNEL_REJECTED" } }]);
    expect(channel.state).toBe("closed");
    expect([pair.client.channels.length, pair.server.channels.length]).toEqual([0, 0]);
  });

  test("P-121 a second ACCEPT, and anything else before the first, is an error", async () => {
    for (const envelopes of [[hex("03 01 05 00 00"), hex("03 01 05 00 00")], [hex("30 01 68")], [hex("01 01 05")]]) {
      const pair = new ChannelPair();
      const { owner } = pair.ask();
      pair.up.take();
      for (const envelope of envelopes) expect(pair.client.receive(envelope)).toBeUndefined();
      await settled();
      expect(owner.outcomes).toMatchObject([{ wasClean: false, cause: { code: "LW_CHANNEL_ENVELOPE_UNEXPECTED" } }]);
    }
  });
});

describe("closing", () => {
  test("what was sent before comes first, the answer has the same code, and both are told once", async () => {
    const { pair, channel, owner, far } = await open();
    channel.send("last");
    channel.close(4001, "done");
    expect([channel.state, channel.send("late")]).toEqual(["closing", "dropped"]);
    channel.close(4002, "again");
    pair.exchange();
    await settled();
    expect(far.owner.log).toEqual(["last", "closing", "closed 4001"]);
    expect(owner.log).toEqual(["accepted", "closing", "closed 4001"]);
    expect(far.owner.outcomes).toEqual([{ code: 4001, reason: "done", wasClean: true, cause: undefined }]);
    expect([pair.client.channels.length, pair.server.channels.length, pair.client.windows.total]).toEqual([0, 0, 0]);
  });

  test("P-121 CLOSE waits behind slices that wait for credit", async () => {
    const { pair, channel, far } = await open();
    far.channel.pause();
    const texts = Array.from({ length: 20 }, (_, index) => `${index}`.padEnd(10_000));
    for (const text of texts) channel.send(text);
    channel.close(4001);
    pair.exchange();
    expect(far.channel.state).toBe("open");
    far.channel.resume();
    pair.exchange();
    expect(far.owner.messages).toEqual(texts);
    expect(far.owner.log.at(-1)).toBe("closed 4001");
  });

  test("P-121 both may close at once: each is told the other's code", async () => {
    const { pair, channel, owner, far } = await open();
    channel.close(4001);
    far.channel.close(4002);
    pair.exchange();
    expect([owner.log.at(-1), far.owner.log.at(-1)]).toEqual(["closed 4002", "closed 4001"]);
  });

  test("slices that the peer's CLOSE finds waiting are dropped and stay counted", async () => {
    const { pair, channel, owner, far } = await open();
    channel.send("x".repeat(1_000_000));
    pair.up.take(2);
    far.channel.close();
    pair.down.take();
    pair.down.deliver(pair.up);
    pair.exchange();
    await settled();
    expect(owner.log).toEqual(["accepted", "closing", "closed 1005"]);
    expect(channel.bufferedBytes).toBe(1_000_000 - 2 * 16_384);
    expect(far.owner.messages).toEqual([]);
    expect(far.owner.outcomes).toMatchObject([{ code: 1005, wasClean: true }]);
    expect([pair.server.pools.used, pair.client.queuedCost, pair.server.channels.length]).toEqual([0, 0, 0]);
  });

  test("P-98 what arrives after our CLOSE is consumed, not delivered", async () => {
    const { pair, channel, owner, far } = await open();
    far.channel.send("x".repeat(900_000));
    pair.exchange();
    const before = owner.messages.length;
    channel.close();
    far.channel.send("more");
    for (let count = 0; count < 40; count++) far.channel.send("y".repeat(5_000));
    pair.down.take();
    pair.down.deliver(pair.up);
    expect(owner.messages).toHaveLength(before);
    pair.exchange();
    await settled();
    expect(owner.log.at(-1)).toBe("closed 1005");
  });

  test("without an answer it is over after five seconds with a way to the peer", async () => {
    const { pair, channel, owner, far } = await open();
    channel.close(4001);
    expect(pair.client.wakeAt).toBe(Infinity);
    pair.up.take();
    expect(pair.client.wakeAt).toBe(pair.clock.now() + 5_000);
    pair.up.detach();
    pair.clock.advance(60_000);
    expect(pair.client.wakeAt).toBe(Infinity);
    pair.up.attach();
    pair.client.tick(pair.clock.now() + 4_999);
    expect(channel.state).toBe("closing");
    pair.client.tick(pair.clock.now() + 5_000);
    expect(owner.outcomes).toMatchObject([{ code: 1006, cause: { code: "LW_CHANNEL_CLOSE_TIMEOUT" } }]);
    pair.up.take();
    expect(pair.up.flight.map(toHex)).toEqual(["05 01 a1 1f 00", "06 01 ee 07 00"]);
    expect(far.channel.state).toBe("open");
  });

  test("P-121 CLOSE cannot say that a channel moves which nobody called movable", async () => {
    const { pair, far } = await open();
    pair.server.receive(hex("15 01 00 00 00"));
    expect(far.owner.outcomes).toMatchObject([{ code: 1011, cause: { closeCode: 4400 } }]);
  });
});

describe("giving up", () => {
  test("I-15 terminate() is told in a task of its own, at the peer as 1006", async () => {
    const { pair, channel, owner, far } = await open();
    const cause = new RemoteError("LW_SOCKET_LOST", "x", 1006);
    channel.send("dropped");
    channel.terminate(cause);
    channel.terminate();
    expect(owner.log).toEqual(["accepted"]);
    pair.exchange();
    await settled();
    expect(owner.outcomes).toEqual([{ code: 1006, reason: "", wasClean: false, cause }]);
    expect(far.owner.outcomes).toMatchObject([{ code: 1006, wasClean: false, cause: { code: "LW_CHANNEL_RESET" } }]);
    expect(far.owner.messages).toEqual([]);
    expect(channel.bufferedBytes).toBe(7);
  });

  test("an owner that gives up before OPEN was sent leaves no hole in the ids", async () => {
    const pair = new ChannelPair({ maxUndecided: 1 });
    const first = pair.ask("/1");
    const second = pair.ask("/2");
    const third = pair.ask("/3");
    second.channel.terminate();
    await settled();
    expect(second.owner.log).toEqual(["closing", "closed 1006"]);
    pair.exchange();
    expect(pair.requests.map(({ path }) => path)).toEqual(["/1", "/3"]);
    expect([first.channel.id, second.channel.id, third.channel.id]).toEqual([1, 0, 2]);
  });

  test("an owner that gives up afterwards tells the server", async () => {
    const pair = new ChannelPair();
    pair.decide = () => new Promise(() => {});
    const { channel, owner } = pair.ask();
    pair.exchange();
    channel.terminate();
    pair.exchange();
    await settled();
    expect(owner.log).toEqual(["closing", "closed 1006"]);
    expect(pair.client.channels.length).toBe(0);
  });

  test("messages that wait for a handler are dropped by terminate(), also when the peer has closed", async () => {
    const { pair, owner, channel, far } = await open();
    owner.answer = () => new Promise(() => {});
    for (const text of ["a", "b"]) far.channel.send(text);
    far.channel.close(4000);
    pair.exchange();
    expect([owner.log, channel.state]).toEqual([["accepted", "a"], "closed"]);
    channel.terminate();
    await settled();
    expect(owner.log).toEqual(["accepted", "a", "closing", "closed 4000"]);
    expect(pair.client.channels.length).toBe(0);
  });

  test("V-23 a handler that never settles keeps a closed channel for a minute, one that goes on as long as it needs", async () => {
    const { pair, owner, far } = await open();
    const handlers = ["a", "b", "c"].map(() => deferred());
    owner.answer = (data) => handlers["abc".indexOf(data as string)]?.promise;
    for (const text of ["a", "b", "c"]) far.channel.send(text);
    far.channel.close();
    pair.exchange();
    pair.clock.advance(50_000);
    handlers[0]?.resolve();
    await settled();
    expect(pair.client.wakeAt).toBe(pair.clock.now() + 60_000);
    pair.clock.advance(60_000);
    pair.client.tick(pair.clock.now());
    expect(owner.log).toEqual(["accepted", "a", "b", "closing", "closed 1005"]);
    expect(pair.client.channels.length).toBe(0);
  });
});

describe("back-pressure", () => {
  test("send() says when to wait, and drained() when to go on", async () => {
    const { pair, channel } = await open();
    expect(channel.send("x".repeat(60_000))).toBe("accepted");
    expect(channel.send("x".repeat(60_000))).toBe("queued");
    expect(channel.bufferedBytes).toBe(120_000);
    let isDrained = false;
    const drained = channel.drained().then(() => (isDrained = true));
    pair.up.take(2);
    await settled();
    expect([isDrained, channel.bufferedBytes]).toEqual([false, 120_000 - 2 * 16_384]);
    pair.exchange();
    await drained;
    expect(channel.bufferedBytes).toBe(0);
  });

  test("V-23 a reader that pauses stops its sender at the window, and gets everything when it resumes", async () => {
    const { pair, channel, far } = await open();
    far.channel.pause();
    expect(far.channel.paused).toBe(true);
    const texts = Array.from({ length: 200 }, (_, index) => `${index}`.padEnd(1_000));
    for (const text of texts) channel.send(text);
    pair.exchange();
    expect(far.owner.messages).toEqual([]);
    expect(channel.bufferedBytes).toBeGreaterThan(200_000 - 65_536);
    far.channel.resume();
    pair.exchange();
    expect(far.owner.messages).toEqual(texts);
  });

  test("an echo never fills its own queue: it takes no more questions while answers wait", async () => {
    const { pair, channel, owner, far } = await open({ retainBytes: 200_000, bufferBytes: 10_000, replyBytes: 10_000 });
    far.owner.answer = (data) => {
      far.channel.send(data);
      return undefined;
    };
    channel.pause();
    for (let count = 0; count < 150; count++) channel.send("q".repeat(1_000));
    pair.exchange();
    expect(pair.server.queuedCost).toBeLessThan(12_000);
    expect(far.channel.state).toBe("open");
    channel.resume();
    for (let round = 0; round < 100; round++) {
      pair.exchange();
      await settled(1);
    }
    expect(owner.messages).toHaveLength(150);
  });
});

test("a channel has no pings of its own", async () => {
  const { pair, channel } = await open();
  expect(channel.ping()).toBe(false);
  expect(pair.exchange()).toBe(0);
});

test("a text that is no UTF-8 ends its channel only, a message too large with 1009", async () => {
  const { pair, far } = await open({ maxMessageBytes: 1_000 });
  const other = pair.open();
  pair.server.receive(hex("30 01 c3 28"));
  expect(far.owner.outcomes).toMatchObject([{ code: 1011, cause: { code: "LW_CHANNEL_TEXT_INVALID" } }]);
  await settled();
  other.channel.send("x".repeat(1_001));
  pair.exchange();
  expect(other.far.owner.outcomes).toMatchObject([{ code: 1009 }]);
  expect(other.owner.outcomes).toMatchObject([{ code: 1009, cause: { closeCode: 1009 } }]);
});
