import { describe, expect, onTestFinished, test, vi } from "vitest";
import { platform } from "../../../src/base/platform.ts";
import { Outbox } from "../../../src/session/outbox.ts";
import { MOST_IN_PACK, PACK_START, packetsOf, PackWriter } from "../../../src/session/pack.ts";
import { MAX_PACKET_BYTES } from "../../../src/base/session.ts";
import { bytes } from "../../support/byte-builder.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

const packet = (size: number): Uint8Array => new Uint8Array(size);

/** Keeps packets together, one that is large alone. Returns the number of the last one. */
function add(outbox: Outbox, ...packets: readonly Uint8Array[]): number {
  const writer = new PackWriter();
  for (const each of packets) {
    outbox.give(each.length);
    if (each.length > MOST_IN_PACK) outbox.keepAlone(each);
    else writer.copy(each);
  }
  if (writer.count > 0) outbox.keep(writer.memory, PACK_START, writer.end);
  return outbox.last;
}

describe("Outbox", () => {
  test("numbers begin at 1 and go up by one; what is kept comes back as it was given", () => {
    const outbox = new Outbox({ retainBytes: 10_000, retainPackets: 10 });
    const large = packet(MOST_IN_PACK + 1).fill(7);
    expect([add(outbox, bytes("ab")), add(outbox, packet(1)), add(outbox, large)]).toEqual([1, 2, 3]);
    expect([outbox.get(1), outbox.get(2)]).toEqual([bytes("ab"), packet(1)]);
    expect([outbox.get(3), outbox.message(3)?.bytes]).toEqual([large, large]);
    expect([outbox.get(0), outbox.get(4)]).toEqual([undefined, undefined]);
    expect([outbox.last, outbox.acked, outbox.count]).toEqual([3, 0, 3]);
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
    outbox.keep(bytes("late"), 0, 4);
    outbox.keepAlone(bytes("late"));
    expect([outbox.count, outbox.last, outbox.get(2)]).toEqual([0, 2, undefined]);
  });

  test("I-02 numbers stay right over thousands of packets, whatever is kept, together or alone, and looked for", () => {
    const outbox = new Outbox({ retainBytes: 1e9, retainPackets: 1e9 });
    const seeds = new SeededRandom(7);
    const packetOf = (number: number): Uint8Array => {
      return packet(number % 31 === 0 ? MOST_IN_PACK + number : 1 + (number % 150)).fill(number, 1);
    };
    const addNext = (): number => add(outbox, packetOf(outbox.last + 1));
    const shown: { readonly number: number; readonly bytes: Uint8Array }[] = [];
    const cost = (from: number): number => {
      let sum = 0;
      for (let number = from; number <= outbox.last; number++) sum += packetOf(number).length + 128;
      return sum;
    };
    for (let round = 0; round < 300; round++) {
      const together: Uint8Array[] = [];
      const first = outbox.last + 1;
      for (let count = seeds.between(1, 6); count > 0 && (first + together.length) % 31 !== 0; count--) {
        together.push(packetOf(first + together.length));
      }
      if (together.length === 0) addNext();
      else add(outbox, ...together);
      const oldest = outbox.last - outbox.count + 1;
      if (seeds.chance(0.5))
        outbox.acknowledge(seeds.between(oldest, outbox.last), seeds.between(oldest, outbox.last + 5));
      const kept = outbox.last - outbox.count + 1;
      expect(outbox.cost).toBe(cost(kept));
      for (const number of [seeds.between(kept, outbox.last + 1), outbox.last, kept]) {
        const found = outbox.get(number);
        expect(found).toEqual(number >= kept && number <= outbox.last ? packetOf(number) : undefined);
        if (found !== undefined) shown.push({ number, bytes: found });
        const message = outbox.message(number);
        expect(message?.bytes.length ?? 0).toBeLessThanOrEqual(MAX_PACKET_BYTES);
        expect(message === undefined ? [] : packetsOf(message.bytes)).toEqual(
          Array.from({ length: (message?.end ?? number) - number }, (_, index) => packetOf(number + index)),
        );
      }
    }
    // Whoever was shown one may still be sending it.
    expect(shown.every(({ number, bytes: found }) => Buffer.compare(found, packetOf(number)) === 0)).toBe(true);
    outbox.clear();
    expect([outbox.count, outbox.cost]).toEqual([0, 0]);
  });

  test("what is kept one by one comes again together, a page at a time", () => {
    const outbox = new Outbox({ retainBytes: 1e9, retainPackets: 1e9 });
    for (let number = 1; number <= 500; number++) add(outbox, packet(20).fill(number));
    const sizes: number[] = [];
    for (let message = outbox.message(1); message !== undefined; message = outbox.message(message.end)) {
      sizes.push(message.bytes.length);
    }
    expect(sizes.length).toBeLessThan(12);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2_049);
  });

  test("between large packets a small one takes no page for many", () => {
    const outbox = new Outbox({ retainBytes: 1e9, retainPackets: 1e9 });
    for (let count = 0; count < 200; count++) add(outbox, packet(20));
    const allocate = vi.spyOn(platform, "allocateShared");
    onTestFinished(() => allocate.mockRestore());
    for (let count = 0; count < 50; count++) {
      add(outbox, packet(MOST_IN_PACK + 1));
      add(outbox, packet(4));
    }
    expect(allocate.mock.calls.reduce((sum, [bytes]) => sum + bytes, 0)).toBeLessThanOrEqual(50 * 64);
  });

  test("memory follows what is kept at once: one that waits by itself takes its own bytes only, in the end", () => {
    const outbox = new Outbox({ retainBytes: 1e9, retainPackets: 1e9 });
    const pageBytes = (): number => {
      add(outbox, packet(20));
      const { byteLength = 0 } = outbox.get(outbox.last)?.buffer ?? {};
      outbox.acknowledge(outbox.last, Infinity);
      return byteLength;
    };
    expect(pageBytes()).toBe(21);
    for (let count = 0; count < 200; count++) add(outbox, packet(20));
    outbox.acknowledge(outbox.last, Infinity);
    const sizes = Array.from({ length: 12 }, pageBytes);
    expect(sizes[0]).toBeGreaterThan(21);
    expect(sizes.at(-1)).toBeLessThanOrEqual(32);
  });
});
