import { expect, test, vi } from "vitest";
import { Outgoing } from "../../../src/channels/outgoing.ts";
import { bytes, toHex, utf8 } from "../../support/byte-builder.ts";
import { pulled } from "../../support/pulled.ts";

function start(credit: number, written?: string[]): { outgoing: Outgoing; charged: () => number } {
  let charged = 0;
  const memory = new Uint8Array(1_024);
  const add = (count: number): void => void written?.push(toHex(memory.subarray(3, 3 + count)));
  const outgoing = new Outgoing({
    charge: (cost) => void (charged += cost),
    place: () => written && { memory, at: 3, add },
    receivePlaced: (count) => void written?.push(`${String(count)} bytes`),
    departures: 0,
  });
  outgoing.credit.begin(credit);
  return { outgoing, charged: () => charged };
}

/** The next slice as a session numbers it. */
function next(outgoing: Outgoing, channel: number): string {
  return toHex(pulled((target, at) => outgoing.take(channel, target, at)) ?? bytes());
}

test("messages leave in order and in slices of at most 16 KiB, the last one marked", () => {
  const { outgoing, charged } = start(65_536);
  outgoing.put("hé", 5);
  outgoing.put(new Uint8Array(20_000).fill(7), 5);
  expect([outgoing.bytes, charged()]).toEqual([20_003, 20_003 + 256]);
  const slices = [1, 2, 3].map(() => next(outgoing, 5));
  expect(slices[0]).toBe("30 05 68 c3 a9");
  expect(slices.slice(1)).toEqual([`00 05${" 07".repeat(16_384)}`, `10 05${" 07".repeat(3_616)}`]);
  expect([outgoing.bytes, outgoing.isEmpty, charged()]).toEqual([0, true, 0]);
  expect(next(outgoing, 5)).toBe("");
});

test("what is sent is a copy, what is pushed is not: it is never written to", () => {
  const { outgoing } = start(65_536);
  const data = bytes("abc");
  outgoing.put(data, 1);
  outgoing.push({ bytes: data, isText: false });
  data.fill(0x7a);
  expect([next(outgoing, 1), next(outgoing, 1)]).toEqual(["10 01 61 62 63", "10 01 7a 7a 7a"]);
  expect(data).toEqual(bytes("zzz"));
});

test("a message leaves whole by whichever channel takes it, and is taken back as it was sent", () => {
  const { outgoing } = start(65_536);
  for (const channel of [1, 300]) outgoing.put("abc", channel);
  expect([next(outgoing, 300), next(outgoing, 1)]).toEqual(["30 ac 02 61 62 63", "30 01 61 62 63"]);
  outgoing.put("de", 1);
  outgoing.push({ bytes: bytes("fg"), isText: false });
  expect(outgoing.reclaim().map((message) => [toHex(message.bytes), message.isText])).toEqual([
    ["64 65", true],
    ["66 67", false],
  ]);
  expect(outgoing.isEmpty).toBe(true);
});

test("text leaves as it was sent at every length that is kept or written otherwise, also where half a pair stands alone", () => {
  const { outgoing } = start(65_536);
  for (const length of [0, 1, 56, 57, 333, 334, 1000, 1001, 1022, 1023, 1024, 5_000]) {
    for (const text of ["x".repeat(length), "é".repeat(length), "\ud83d".repeat(length), "😀".repeat(length)]) {
      const expected = utf8(text);
      outgoing.credit.grant(expected.length + 1_024);
      for (let slices = Math.ceil((expected.length || 1) / 16_384); slices > 1; slices--) outgoing.credit.grant(128);
      outgoing.put(text, 1);
      expect(outgoing.bytes).toBe(expected.length);
      const leaving: string[] = [];
      while (!outgoing.isEmpty) leaving.push(next(outgoing, 1).slice("30 01 ".length));
      expect(leaving.join(" ")).toBe(toHex(expected));
      outgoing.put(text, 1);
      expect(outgoing.reclaim()).toEqual([{ bytes: expected, isText: true }]);
    }
  }
});

test("I-04 a long message of which some slices have left is taken back whole, and leaves whole by another channel", () => {
  const sent = Uint8Array.from({ length: 50_000 }, (_, at) => at % 251);
  for (const credit of [20_000, 16_512, 40_000]) {
    const first = start(credit).outgoing;
    first.put(sent, 5);
    for (let slices = 0; slices < 4; slices++) next(first, 5);
    expect(first.bytes).toBeLessThan(sent.length);
    const [message] = first.reclaim();
    const { outgoing } = start(2 ** 20);
    outgoing.push(message ?? { bytes: bytes(), isText: true });
    const leaving: string[] = [];
    while (!outgoing.isEmpty) leaving.push(next(outgoing, 300).slice("00 ac 02 ".length));
    expect(leaving.join(" ")).toBe(toHex(sent));
  }
});

test("credit that ends within a slice's length is spent, and the rest follows in slices of its own", () => {
  const { outgoing } = start(20_000);
  outgoing.put(new Uint8Array(40_000).fill(7), 5);
  const lengths = [outgoing, outgoing].map(() => next(outgoing, 5).split(" ").length - 2);
  expect(next(outgoing, 5)).toBe("");
  outgoing.credit.grant(60_000);
  while (!outgoing.isEmpty) lengths.push(next(outgoing, 5).split(" ").length - 2);
  expect(lengths).toEqual([16_384, 3_360, 13_024, 7_232]);
});

test("waits for credit", () => {
  const { outgoing } = start(200);
  outgoing.put("x".repeat(100), 1);
  expect(outgoing.canSend).toBe(false);
  expect(next(outgoing, 1)).toBe("");
  outgoing.credit.grant(28);
  expect(outgoing.canSend).toBe(true);
  expect(next(outgoing, 1)).toBe(`30 01${" 78".repeat(100)}`);
  expect(outgoing.credit.available).toBe(0);
});

test("drained() resolves when everything has left or was dropped", async () => {
  const { outgoing, charged } = start(65_536);
  await outgoing.drained();
  outgoing.put("a", 1);
  const left = outgoing.drained();
  next(outgoing, 1);
  await left;
  outgoing.put("bc", 1);
  const dropped = outgoing.drained();
  expect(outgoing.clear()).toBe(2);
  await dropped;
  expect([outgoing.cost, charged()]).toEqual([0, 0]);
});

test("I-04 a short message that nothing waits before leaves at once where there is a place, paid for with credit", () => {
  const written: string[] = [];
  const { outgoing, charged } = start(1_000, written);
  outgoing.put("hé", 5);
  outgoing.put(bytes("abc"), 200);
  expect(written).toEqual(["30 05 68 c3 a9", "5 bytes", "10 c8 01 61 62 63", "6 bytes"]);
  expect([outgoing.isEmpty, outgoing.credit.available, charged()]).toEqual([true, 1_000 - 3 - 3 - 256, 0]);
});

test("I-04 I-12 behind another, longer than fits, or without credit for all of it, it waits", () => {
  const written: string[] = [];
  const { outgoing } = start(5_000, written);
  outgoing.put("x".repeat(1_001), 1);
  outgoing.put("y", 1);
  expect([written, outgoing.bytes]).toEqual([[], 1_002]);
  outgoing.clear();
  outgoing.put("", 1);
  expect(written).toEqual(["30 01", "2 bytes"]);
  const poor = start(1_100, written).outgoing;
  poor.put("x".repeat(1_000), 1);
  expect([written.length, poor.bytes]).toEqual([2, 1_000]);
});

test("I-12 no place is taken for text that may then lack the credit", () => {
  const memory = new Uint8Array(1_024);
  const place = vi.fn(() => ({ memory, at: 3, add: () => {} }));
  const outgoing = new Outgoing({ charge: () => {}, place, receivePlaced: () => {}, departures: 0 });
  outgoing.credit.begin(128 + 19);
  expect([outgoing.put("ä".repeat(10), 1), place.mock.calls.length]).toEqual([false, 0]);
  outgoing.clear();
  expect([outgoing.put("a".repeat(10), 1), place.mock.calls.length]).toEqual([true, 1]);
});
