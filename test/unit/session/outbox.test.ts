import { describe, expect, test } from "vitest";
import { Outbox } from "../../../src/session/outbox.ts";
import { PackWriter, packetsOf } from "../../../src/session/pack.ts";
import { bytes } from "../../support/byte-builder.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

const packet = (size: number): Uint8Array => new Uint8Array(size);

/** Keeps packets as one message. Returns the number of the last one. */
function add(outbox: Outbox, ...packets: readonly Uint8Array[]): number {
  const writer = new PackWriter();
  let number = 0;
  for (const each of packets) {
    writer.copy(each);
    outbox.give(each.length);
    number = outbox.last;
  }
  outbox.keep(packets.length === 1 ? (packets[0] as Uint8Array) : writer.cut());
  return number;
}

describe("Outbox", () => {
  test("numbers begin at 1 and go up by one; what is kept comes back as it was given", () => {
    const outbox = new Outbox({ retainBytes: 10_000, retainPackets: 10 });
    const given = bytes("ab");
    expect([add(outbox, given), add(outbox, packet(1))]).toEqual([1, 2]);
    expect(outbox.get(1)).toBe(given);
    expect([outbox.get(0), outbox.get(3)]).toEqual([undefined, undefined]);
    expect([outbox.last, outbox.acked, outbox.count]).toEqual([2, 0, 2]);
  });

  test("I-08 an acknowledgement releases up to its number, never goes back, and none beyond the last is taken", () => {
    const outbox = new Outbox({ retainBytes: 10_000, retainPackets: 10 });
    for (let count = 0; count < 4; count++) add(outbox, packet(1));
    expect(outbox.acknowledge(5, Infinity)).toBe(false);
    expect(outbox.acked).toBe(0);
    expect(outbox.acknowledge(3, Infinity)).toBe(true);
    expect(outbox.acknowledge(1, Infinity)).toBe(true);
    expect([outbox.acked, outbox.count, outbox.get(3), outbox.get(4)?.length]).toEqual([3, 1, undefined, 1]);
  });

  test("I-04 what a transport has yet to replay stays until it is past, though it is acknowledged", () => {
    const outbox = new Outbox({ retainBytes: 10_000, retainPackets: 10 });
    for (let count = 0; count < 4; count++) add(outbox, packet(1));
    outbox.acknowledge(4, 2);
    expect([outbox.acked, outbox.get(1), outbox.get(2)?.length]).toEqual([4, undefined, 1]);
    outbox.release(5);
    expect([outbox.count, outbox.cost, outbox.last]).toEqual([0, 0, 4]);
    expect(add(outbox, packet(1))).toBe(5);
  });

  test("I-12 each packet is charged its bytes and 128; at either bound there is no more room", () => {
    const outbox = new Outbox({ retainBytes: 300, retainPackets: 3 });
    expect(outbox.hasRoom).toBe(true);
    add(outbox, packet(50));
    expect([outbox.cost, outbox.hasRoom]).toEqual([178, true]);
    add(outbox, packet(0));
    expect([outbox.cost, outbox.hasRoom]).toEqual([306, false]);
    const counted = new Outbox({ retainBytes: 10_000, retainPackets: 3 });
    for (let count = 0; count < 3; count++) add(counted, packet(0));
    expect(counted.hasRoom).toBe(false);
    counted.acknowledge(1, Infinity);
    expect(counted.hasRoom).toBe(true);
  });

  test("I-02 what was kept together comes again from any number on: whole, its rest, or its last packet alone", () => {
    const outbox = new Outbox({ retainBytes: 10_000, retainPackets: 10 });
    const [a, b, c] = [bytes("a"), packet(200).fill(1), bytes("c")];
    add(outbox, bytes("0"));
    add(outbox, a, b, c);
    const kept = outbox.message(2);
    expect(packetsOf(kept?.bytes ?? a)).toEqual([a, b, c]);
    expect(outbox.message(2)?.bytes).toBe(kept?.bytes);
    const rest = outbox.message(3);
    expect([packetsOf(rest?.bytes ?? a), rest?.end]).toEqual([[b, c], 5]);
    expect(outbox.message(4)).toEqual({ bytes: c, end: 5 });
    expect([outbox.message(1)?.bytes, outbox.message(5), outbox.message(0)]).toEqual([
      bytes("0"),
      undefined,
      undefined,
    ]);
  });

  test("I-12 what is acknowledged in the midst of a message is charged no more", () => {
    const outbox = new Outbox({ retainBytes: 10_000, retainPackets: 3 });
    add(outbox, packet(10), packet(200), packet(30));
    expect([outbox.hasRoom, outbox.cost]).toEqual([false, 3 * 128 + 240]);
    outbox.acknowledge(2, Infinity);
    expect([outbox.hasRoom, outbox.cost, outbox.count]).toEqual([true, 128 + 30, 1]);
    expect([outbox.message(2), outbox.message(3)]).toEqual([undefined, { bytes: packet(30), end: 4 }]);
    expect(add(outbox, packet(1))).toBe(4);
    outbox.acknowledge(3, Infinity);
    expect([outbox.get(3), outbox.get(4), outbox.cost]).toEqual([undefined, packet(1), 129]);
  });

  test("I-12 numbers count from when they are given, before their message is there", () => {
    const outbox = new Outbox({ retainBytes: 10_000, retainPackets: 2 });
    outbox.give(1);
    outbox.give(1);
    expect(outbox.last).toBe(2);
    expect([outbox.hasRoom, outbox.last, outbox.cost, outbox.get(1), outbox.message(1)]).toEqual([
      false,
      2,
      258,
      undefined,
      undefined,
    ]);
    outbox.clear();
    outbox.keep(bytes("late"));
    expect([outbox.count, outbox.last, outbox.get(2)]).toEqual([0, 2, undefined]);
  });

  test("numbers stay right over thousands of packets, whatever is kept, together or alone, and looked for", () => {
    const outbox = new Outbox({ retainBytes: 1e9, retainPackets: 1e9 });
    const seeds = new SeededRandom(7);
    const packetOf = (number: number): Uint8Array => packet(1 + (number % 150)).fill(number, 1);
    const cost = (from: number): number => {
      let sum = 0;
      for (let number = from; number <= outbox.last; number++) sum += packetOf(number).length + 128;
      return sum;
    };
    for (let round = 0; round < 300; round++) {
      const count = seeds.between(1, 6);
      add(outbox, ...Array.from({ length: count }, (_, index) => packetOf(outbox.last + 1 + index)));
      const oldest = outbox.last - outbox.count + 1;
      if (seeds.chance(0.5))
        outbox.acknowledge(seeds.between(oldest, outbox.last), seeds.between(oldest, outbox.last + 5));
      const first = outbox.last - outbox.count + 1;
      expect(outbox.cost).toBe(cost(first));
      for (const number of [seeds.between(first, outbox.last + 1), outbox.last, first]) {
        expect(outbox.get(number)).toEqual(number >= first && number <= outbox.last ? packetOf(number) : undefined);
        const message = outbox.message(number);
        expect(message === undefined ? [] : packetsOf(message.bytes)).toEqual(
          Array.from({ length: (message?.end ?? number) - number }, (_, index) => packetOf(number + index)),
        );
      }
    }
    outbox.clear();
    expect([outbox.count, outbox.cost]).toEqual([0, 0]);
  });
});
