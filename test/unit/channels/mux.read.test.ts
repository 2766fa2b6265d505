// What has come together in one read, and what it brings about.

import { describe, expect, test } from "vitest";
import type { Delivery } from "../../../src/base/carrier.ts";
import { ChannelPair } from "../../support/channel-ends.ts";
import { hex } from "../../support/byte-builder.ts";
import { settled } from "../../support/fake-clock.ts";

describe("what has come together", () => {
  /** A channel whose client answers what it is told; messages wait for it, and `read` lets them come together. */
  async function asked(count: number, delivery: Delivery) {
    const pair = new ChannelPair();
    const { channel, owner, far } = pair.open();
    await settled();
    for (let number = 0; number < count; number++) far.channel.send(`${number}?`);
    pair.down.take();
    const before = pair.up.wakes;
    const wakes = (): number => pair.up.wakes - before;
    owner.answer = (data) => {
      channel.send(`${String(data)}!`);
      expect(wakes()).toBe(0);
      return delivery;
    };
    const read = (isAll: boolean): void => void pair.down.deliver(pair.up, Infinity, isAll);
    return { pair, channel, owner, read, wakes };
  }

  test.each([true, false])("is answered together, in a read of all there is: %j", async (isAll) => {
    const { read, wakes } = await asked(3, undefined);
    read(isAll);
    expect(wakes()).toBe(1);
  });

  test("to be answered at once does not wait for microtasks", async () => {
    const { channel, owner, read, wakes } = await asked(1, "checkpoint");
    const { answer } = owner;
    owner.answer = (data) => {
      queueMicrotask(() => channel.send("and this"));
      return answer(data);
    };
    read(true);
    expect(wakes()).toBe(1);
    await settled();
    expect(wakes()).toBe(2);
  });

  test("waits for microtasks while others wait for theirs, and where more of a body may come", async () => {
    const several = await asked(2, "checkpoint");
    several.read(true);
    expect([several.owner.messages, several.wakes()]).toEqual([["0?"], 0]);
    await settled(6);
    expect([several.owner.messages, several.wakes()]).toEqual([["0?", "1?"], 1]);
    const part = await asked(1, "checkpoint");
    part.read(false);
    expect(part.wakes()).toBe(0);
    await settled();
    expect(part.wakes()).toBe(1);
  });

  test("I-13 is over when the way is lost, and answers do not wait for the rest of it", async () => {
    const { pair, channel, wakes } = await asked(1, undefined);
    for (const envelope of pair.down.flight.splice(0)) pair.client.receive(envelope);
    expect(wakes()).toBe(0);
    pair.client.receiveDetached();
    expect(wakes()).toBe(1);
    channel.send("later");
    expect(wakes()).toBe(2);
  });

  test("I-13 that nobody is told of is answered together as well: credit", async () => {
    const { pair, channel, wakes } = await asked(0, undefined);
    pair.client.receive(hex("15 01 00 01"));
    channel.send("meanwhile");
    expect(wakes()).toBe(0);
    pair.client.receiveRest(true);
    expect(wakes()).toBe(1);
  });

  test("P-96 what was sent in an event counts as buffered until its microtasks are over, though it has left", async () => {
    const { pair, channel, owner, read } = await asked(1, "checkpoint");
    pair.up.hasPlace = true;
    const seen: number[] = [];
    owner.answer = () => {
      channel.send("hello");
      queueMicrotask(() => {
        seen.push(channel.bufferedBytes);
        channel.send("again");
        seen.push(channel.bufferedBytes);
      });
      return "checkpoint";
    };
    read(true);
    await settled();
    expect([...seen, channel.bufferedBytes, pair.up.wakes > 0]).toEqual([5, 10, 0, true]);
  });
});
