import { describe, expect, test } from "vitest";
import { Outbox } from "../../../src/session/outbox.ts";
import { bytes } from "../../support/byte-builder.ts";

const packet = (size: number): Uint8Array => new Uint8Array(size);

describe("Outbox", () => {
  test("numbers begin at 1 and go up by one; what is kept comes back as it was given", () => {
    const outbox = new Outbox({ retainBytes: 10_000, retainPackets: 10 });
    const given = bytes("ab");
    expect([outbox.add(given), outbox.add(packet(1))]).toEqual([1, 2]);
    expect(outbox.get(1)).toBe(given);
    expect([outbox.get(0), outbox.get(3)]).toEqual([undefined, undefined]);
    expect([outbox.last, outbox.acked, outbox.count]).toEqual([2, 0, 2]);
  });

  test("I-08 an acknowledgement releases up to its number, never goes back, and none beyond the last is taken", () => {
    const outbox = new Outbox({ retainBytes: 10_000, retainPackets: 10 });
    for (let count = 0; count < 4; count++) outbox.add(packet(1));
    expect(outbox.acknowledge(5, Infinity)).toBe(false);
    expect(outbox.acked).toBe(0);
    expect(outbox.acknowledge(3, Infinity)).toBe(true);
    expect(outbox.acknowledge(1, Infinity)).toBe(true);
    expect([outbox.acked, outbox.count, outbox.get(3), outbox.get(4)?.length]).toEqual([3, 1, undefined, 1]);
  });

  test("I-04 what a transport has yet to replay stays until it is past, though it is acknowledged", () => {
    const outbox = new Outbox({ retainBytes: 10_000, retainPackets: 10 });
    for (let count = 0; count < 4; count++) outbox.add(packet(1));
    outbox.acknowledge(4, 2);
    expect([outbox.acked, outbox.get(1), outbox.get(2)?.length]).toEqual([4, undefined, 1]);
    outbox.release(5);
    expect([outbox.count, outbox.cost, outbox.last]).toEqual([0, 0, 4]);
    expect(outbox.add(packet(1))).toBe(5);
  });

  test("I-12 each packet is charged its bytes and 128; at either bound there is no more room", () => {
    const outbox = new Outbox({ retainBytes: 300, retainPackets: 3 });
    expect(outbox.hasRoom).toBe(true);
    outbox.add(packet(50));
    expect([outbox.cost, outbox.hasRoom]).toEqual([178, true]);
    outbox.add(packet(0));
    expect([outbox.cost, outbox.hasRoom]).toEqual([306, false]);
    const counted = new Outbox({ retainBytes: 10_000, retainPackets: 3 });
    for (let count = 0; count < 3; count++) counted.add(packet(0));
    expect(counted.hasRoom).toBe(false);
    counted.acknowledge(1, Infinity);
    expect(counted.hasRoom).toBe(true);
  });

  test("numbers stay right over thousands of packets, whatever is kept", () => {
    const outbox = new Outbox({ retainBytes: 1e9, retainPackets: 1e9 });
    for (let number = 1; number <= 5_000; number++) {
      outbox.add(Uint8Array.of(number & 0xff));
      if (number % 7 === 0) outbox.acknowledge(number - 5, Infinity);
      const oldest = outbox.last - outbox.count + 1;
      expect(outbox.get(oldest)?.[0]).toBe(oldest & 0xff);
      expect(outbox.get(number)?.[0]).toBe(number & 0xff);
    }
    outbox.clear();
    expect([outbox.count, outbox.cost, outbox.last]).toEqual([0, 0, 5_000]);
  });
});
