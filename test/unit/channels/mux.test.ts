import { describe, expect, test } from "vitest";
import { bytes, hex, toHex } from "../../support/byte-builder.ts";
import { pulled } from "../../support/pulled.ts";
import { ChannelPair } from "../../support/channel-ends.ts";
import { settled } from "../../support/fake-clock.ts";

describe("messages", () => {
  test("a message each way arrives whole, text as text and bytes as bytes", async () => {
    const pair = new ChannelPair();
    const { channel, owner, far } = pair.open("/chat");
    await settled();
    expect(owner.log).toEqual(["accepted"]);
    expect(far.request.path).toBe("/chat");
    expect(channel.send("hé")).toBe("accepted");
    far.channel.send(Uint8Array.of(1, 2));
    pair.exchange();
    expect(far.owner.messages).toEqual(["hé"]);
    expect(owner.messages).toEqual([Uint8Array.of(1, 2)]);
  });

  test("a short text on channel 1 is the four bytes that the wire's page shows", () => {
    const pair = new ChannelPair();
    const { channel } = pair.open();
    channel.send("hi");
    pair.up.take();
    expect(pair.up.flight.map(toHex)).toEqual(["30 01 68 69"]);
  });

  test("a message larger than its window arrives", () => {
    const pair = new ChannelPair();
    const { channel, far } = pair.open();
    const large = new Uint8Array(1024 * 1024).map((_, at) => at * 7);
    channel.send(large);
    pair.exchange();
    expect(far.owner.messages).toHaveLength(1);
    expect(Buffer.compare(far.owner.messages[0] as Uint8Array, large)).toBe(0);
    expect(pair.server.pools.used).toBe(0);
    expect(channel.bufferedBytes).toBe(0);
  });

  test("the session is woken when there is something to pull", async () => {
    const pair = new ChannelPair();
    const { channel } = pair.open();
    await settled();
    const before = pair.up.wakes;
    channel.send("x");
    expect(pair.up.wakes).toBeGreaterThan(before);
  });

  test("what an owner answers leaves together when it has been told, unless it is much", async () => {
    const pair = new ChannelPair({ bufferBytes: 1_000 });
    const { channel, far } = pair.open();
    await settled();
    const before = pair.down.wakes;
    const woken: number[] = [];
    far.owner.answer = () => {
      for (const length of [10, 10, 1_000]) {
        far.channel.send("x".repeat(length));
        woken.push(pair.down.wakes - before);
      }
      return undefined;
    };
    channel.send("?");
    pair.up.take();
    pair.up.deliver(pair.down);
    expect(woken).toEqual([0, 0, 1]);
    expect(pair.down.wakes - before).toBe(1);
  });
});

describe("what leaves at once", () => {
  test("I-04 is what nothing waits before: no slice of another channel, no control envelope", async () => {
    const pair = new ChannelPair();
    const [one, other] = [pair.open(), pair.open()];
    await settled();
    one.channel.send("waits");
    pair.up.hasPlace = true;
    other.channel.send("behind it");
    expect(pair.up.flight).toEqual([]);
    pair.up.take();
    const before = pair.up.wakes;
    one.channel.send("hi");
    expect([pair.up.flight.map(toHex).at(-1), pair.up.wakes - before]).toEqual(["30 01 68 69", 1]);
    pair.up.deliver(pair.down);
    other.channel.terminate();
    one.channel.send("after the reset");
    expect(pair.up.flight).toEqual([]);
    pair.exchange();
    expect([one.far.owner.messages, other.far.owner.messages]).toEqual([
      ["waits", "hi", "after the reset"],
      ["behind it"],
    ]);
  });

  test("P-96 leaves with what else the turn brings about, and counts as buffered until then", async () => {
    const pair = new ChannelPair();
    const { channel, far } = pair.open();
    await settled();
    pair.down.hasPlace = true;
    const seen: number[] = [];
    const before = pair.down.wakes;
    far.owner.answer = () => {
      far.channel.send("hé");
      far.channel.send("you");
      seen.push(far.channel.bufferedBytes, pair.down.wakes - before);
      return undefined;
    };
    channel.send("?");
    pair.up.take();
    pair.up.deliver(pair.down);
    expect([...seen, far.channel.bufferedBytes, pair.down.wakes - before]).toEqual([6, 0, 0, 1]);
    far.channel.send("by itself");
    expect([far.channel.bufferedBytes, pair.down.wakes - before]).toEqual([0, 2]);
  });
});

describe("P-121 envelopes out of place", () => {
  test("P-121 one that names a channel never opened is the transport's fault", () => {
    const pair = new ChannelPair();
    pair.open();
    for (const envelope of [
      hex("30 02 68"),
      hex("01 02 05"),
      hex("05 02 00 00"),
      hex("30 00 68"),
      hex("06 00 e8 07 00"),
    ]) {
      expect(pair.server.receive(envelope)).toMatchObject({ code: "LW_CHANNEL_UNKNOWN", closeCode: 4400 });
      expect(pair.client.receive(envelope)).toMatchObject({ code: "LW_CHANNEL_UNKNOWN", closeCode: 4400 });
    }
    expect(pair.server.receive(hex(""))).toMatchObject({ code: "LW_CHANNEL_ENVELOPE_MALFORMED" });
  });

  test("P-121 one that names a closed channel is late and ignored, a malformed one as well", async () => {
    const pair = new ChannelPair();
    const { channel, far } = pair.open();
    channel.close();
    pair.exchange();
    await settled();
    expect(far.owner.log).toEqual(["closing", "closed 1005"]);
    for (const envelope of [
      hex("30 01 68"),
      hex("01 01 05"),
      hex("05 01 00 00"),
      hex("06 01 e8 07 00"),
      hex("01 01"),
    ]) {
      expect(pair.server.receive(envelope)).toBeUndefined();
      expect(pair.client.receive(envelope)).toBeUndefined();
    }
    expect(pair.exchange()).toBe(0);
  });

  test("P-121 what is wrong with an envelope of an open channel ends that channel only", async () => {
    for (const envelope of [
      hex("07 01"),
      hex("01 01 00"),
      hex("01 01"),
      hex("03 01 05 00 00"),
      hex("02 01 05 01 2f 00 00"),
    ]) {
      const pair = new ChannelPair();
      const broken = pair.open();
      const other = pair.open();
      expect(pair.server.receive(envelope)).toBeUndefined();
      pair.exchange();
      await settled();
      expect(broken.far.owner.log).toEqual(["closing", "closed 1011"]);
      expect(broken.owner.log).toEqual(["accepted", "closing", "closed 1011"]);
      expect(broken.owner.outcomes[0]?.cause).toMatchObject({ code: "LW_CHANNEL_RESET", closeCode: 4400 });
      other.channel.send("still here");
      pair.exchange();
      expect(other.far.owner.messages).toEqual(["still here"]);
    }
  });

  test("kinds 9 to 15 are skipped, credit on channel 0 too", () => {
    const pair = new ChannelPair();
    for (let kind = 9; kind < 16; kind++) {
      expect(pair.server.receive(bytes(kind, 9))).toBeUndefined();
      expect(pair.client.receive(bytes(kind, 9))).toBeUndefined();
    }
    expect(pair.server.receive(hex("01 00 05"))).toBeUndefined();
    expect(pair.exchange()).toBe(0);
  });
});

describe("I-15 the end of the session", () => {
  test("I-15 ends each channel once, as what ended it says, and nothing comes after", async () => {
    const pair = new ChannelPair();
    const ends = [pair.open(), pair.open()];
    await settled();
    pair.client.receiveEnded({ code: 4410, reason: "expired" });
    pair.client.receiveEnded({ code: 1000, reason: "" });
    for (const { owner, channel } of ends) {
      expect(owner.log).toEqual(["accepted", "closing", "closed 1006"]);
      expect(owner.outcomes[0]?.cause).toMatchObject({ code: "LW_CHANNEL_SESSION_ENDED", closeCode: 4410 });
      expect(channel.send("late")).toBe("dropped");
    }
    expect(pulled((target, at) => pair.client.pull(target, at))).toBeUndefined();
    expect(pair.client.receive(hex("30 01 68"))).toBeUndefined();
    expect(pair.client.channels.length).toBe(0);
    expect(pair.client.windows.total).toBe(0);
  });

  test("I-15 a channel is closed cleanly by a client that leaves, when it is open and that one says so; by nothing else", async () => {
    const outcomesOf = async (
      code: number,
      act: (channel: ReturnType<ChannelPair["open"]>["channel"]) => void,
      isLeft = true,
    ) => {
      const pair = new ChannelPair();
      const { owner, channel } = pair.open();
      await settled();
      act(channel);
      pair.client.receiveEnded({ code, reason: "bye" }, () => isLeft);
      return [owner.outcomes[0]?.code, owner.outcomes[0]?.wasClean, owner.outcomes[0]?.cause?.code];
    };
    const nothing = (): void => {};
    expect(await outcomesOf(1000, nothing)).toEqual([1000, true, undefined]);
    expect(await outcomesOf(1001, nothing)).toEqual([1001, true, undefined]);
    expect(await outcomesOf(1000, nothing, false)).toEqual([1000, false, "LW_CHANNEL_SESSION_ENDED"]);
    // Its CLOSE is not answered.
    expect(await outcomesOf(1000, (channel) => channel.close(4000))).toEqual([1000, false, "LW_CHANNEL_SESSION_ENDED"]);
  });

  test("I-15 what arrived before is delivered first", async () => {
    const pair = new ChannelPair();
    const { owner, far } = pair.open();
    let settle = (): void => {};
    owner.answer = () => new Promise<void>((resolve) => (settle = resolve));
    far.channel.send("one");
    far.channel.send("two");
    pair.exchange();
    await settled();
    pair.client.receiveEnded({ code: 1012, reason: "restart" });
    expect(owner.log).toEqual(["accepted", "one"]);
    settle();
    await settled();
    expect(owner.log).toEqual(["accepted", "one", "two", "closing", "closed 1012"]);
  });
});

describe("what may wait to be sent", () => {
  test("V-22 a channel that waits for more than its part is given up, the others are not", async () => {
    const pair = new ChannelPair({ retainBytes: 100_000 });
    const greedy = pair.open();
    const modest = pair.open();
    pair.up.detach();
    await settled();
    for (let count = 0; count < 10; count++) {
      expect(greedy.channel.send("x".repeat(10_000))).toBe(count < 6 ? "accepted" : "queued");
    }
    expect(modest.channel.send("m")).toBe("accepted");
    expect(greedy.channel.send("one more")).toBe("dropped");
    await settled();
    expect(greedy.owner.log).toEqual(["accepted", "closing", "closed 1013"]);
    expect(greedy.owner.outcomes[0]?.cause).toMatchObject({ code: "LW_CHANNEL_SLOW_CONSUMER", closeCode: 4413 });
    expect(greedy.channel.bufferedBytes).toBeGreaterThan(90_000);
    expect([modest.owner.log, modest.channel.send("n")]).toEqual([["accepted"], "accepted"]);
    pair.up.attach();
    pair.exchange();
    expect(modest.far.owner.messages).toEqual(["m", "n"]);
    expect(greedy.far.owner.messages).toEqual([]);
    expect(pair.client.queuedCost).toBe(0);
  });

  test("V-22 what the session keeps until it is acknowledged counts as well", () => {
    const pair = new ChannelPair({ retainBytes: 100_000 });
    const [greedy, modest] = [pair.open(), pair.open()];
    pair.up.detach();
    expect(greedy.channel.send("x".repeat(60_000))).toBe("accepted");
    pair.up.retainedBytes = 50_000;
    expect(modest.channel.send("x")).toBe("accepted");
    expect(greedy.channel.send("x")).toBe("dropped");
  });

  test("a message of any size may be the first that waits", () => {
    const pair = new ChannelPair({ retainBytes: 1_000 });
    const { channel } = pair.open();
    expect(channel.send("x".repeat(500_000))).toBe("queued");
    expect(channel.send("y")).toBe("dropped");
  });
});

describe("I-19 fairness", () => {
  /** The channels of the slices on their way, in order. */
  const slices = (pair: ChannelPair): number[] =>
    pair.up.flight.filter((envelope) => ((envelope[0] ?? 0) & 0x0f) === 0).map((envelope) => envelope[1] ?? 0);

  test("I-19 P-122 a message waits for one slice of each busy channel, however much those have to send", () => {
    const pair = new ChannelPair();
    const busy = [pair.open(), pair.open(), pair.open()];
    const late = pair.open();
    for (const { channel } of busy) channel.send(new Uint8Array(1024 * 1024));
    pair.up.take(4);
    late.channel.send("soon");
    pair.up.take(4);
    expect(slices(pair)).toEqual([1, 2, 3, 1, 2, 3, 1, 4]);
    expect(slices(pair).slice(4).indexOf(4)).toBeLessThanOrEqual(busy.length);
  });

  test("I-19 P-122 a channel whose reader stalls takes no turn and delays nobody", async () => {
    const pair = new ChannelPair();
    const stalled = pair.open();
    const other = pair.open();
    await settled();
    stalled.far.owner.answer = () => new Promise(() => {});
    for (let count = 0; count < 100; count++) stalled.channel.send(new Uint8Array(5_000));
    pair.exchange();
    expect(stalled.far.owner.messages).toHaveLength(1);
    expect(stalled.channel.bufferedBytes).toBeGreaterThan(400_000);
    for (let count = 0; count < 20; count++) {
      other.channel.send(`${count}`);
      pair.up.take();
      expect(slices(pair)).toEqual([2]);
      pair.exchange();
    }
    expect(other.far.owner.messages).toHaveLength(20);
  });

  test("I-19 credit and answers do not wait behind slices", () => {
    const pair = new ChannelPair();
    const busy = pair.open();
    busy.channel.send(new Uint8Array(1024 * 1024));
    pair.up.take(2);
    const { channel } = pair.ask();
    pair.up.take(1);
    expect(toHex(pair.up.flight[2]?.subarray(0, 2) ?? bytes())).toBe("02 02");
    expect(channel.id).toBe(2);
  });
});
