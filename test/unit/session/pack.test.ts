import { describe, expect, test } from "vitest";
import {
  messageOf,
  MOST_IN_PACK,
  PACK_BYTES,
  PACK_START,
  packetIn,
  packetsOf,
  PackWriter,
  readPack,
} from "../../../src/session/pack.ts";
import { varintBytes, writeVarint } from "../../../src/base/cursor.ts";
import { MAX_PACKET_BYTES } from "../../../src/base/session.ts";
import { concat, hex } from "../../support/byte-builder.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

const packetOf = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);
/** One that begins as DATA does. */
const data = (length: number, value: number): Uint8Array => packetOf(length, value).fill(0, 0, 1);

function join(packets: readonly Uint8Array[]): Uint8Array {
  return concat([hex("0f"), ...packets.flatMap((packet) => [sized(packet.length), packet])]);
}

const sized = (length: number): Uint8Array => {
  const bytes = new Uint8Array(varintBytes(length));
  writeVarint(bytes, 0, length);
  return bytes;
};

/** What is written of `packets`, each copied, or its envelope written where it is wanted. */
function write(packets: readonly Uint8Array[], isCopied: boolean): Uint8Array {
  const writer = new PackWriter();
  const given: number[] = [];
  writer.owner = { give: (bytes) => void given.push(bytes) };
  for (const packet of packets) {
    if (isCopied) {
      writer.copy(packet);
    } else {
      writer.memory.set(packet.subarray(1), writer.at);
      writer.add(packet.length - 1);
    }
  }
  expect(given).toEqual(packets.map(({ length }) => length));
  expect([writer.count, writer.bytes]).toEqual([packets.length, join(packets).length - 1]);
  const message = writer.memory.slice(writer.start, writer.end);
  writer.clear();
  expect([writer.count, writer.bytes]).toEqual([0, 0]);
  return message;
}

test("a pack is its type, and each packet with its length before it", () => {
  expect(join([hex("00 10"), hex("01 05"), hex("02 81 01")])).toEqual(hex("0f 02 00 10 02 01 05 03 02 81 01"));
  expect(join([packetOf(128, 9), hex("01 05")]).subarray(0, 4)).toEqual(hex("0f 80 01 09"));
});

test("what is written together is a pack, one packet alone is itself", () => {
  const lengths = [1, 2, 47, 48, 49, 56, 57, 126, 127, 128, 129, 300, MOST_IN_PACK - 1, MOST_IN_PACK];
  for (const isCopied of [true, false]) {
    for (const length of lengths) {
      const packets = [length, 1, length, 130].map((bytes, index) => data(bytes, index + 1));
      expect(write(packets, isCopied)).toEqual(join(packets));
      expect(write(packets.slice(0, 1), isCopied)).toEqual(packets[0]);
    }
  }
});

test("P-116 a pack that was written is found again from each of its packets on", () => {
  const packets = [1, 126, 127, 128, 300, MOST_IN_PACK, 2].map((length, index) => data(length, index + 1));
  const pack = write(packets, true);
  const random = new SeededRandom(116);
  let at = PACK_START;
  for (const [index, packet] of packets.entries()) {
    const { start, end } = packetIn(pack, at);
    expect(pack.subarray(start, end)).toEqual(packet);
    const until = random.pick([pack.length, end]);
    const message = messageOf(pack, at, until);
    expect(packetsOf(message)).toEqual(until === end ? [packet] : packets.slice(index));
    at = end;
  }
  expect(at).toBe(pack.length);
});

test("P-116 what is joined is found again, at every length that joins", () => {
  for (const length of [1, 47, 48, 49, 127, 128, 129, MOST_IN_PACK]) {
    const packets = [packetOf(length, 1), packetOf(1, 2), packetOf(length, 3)];
    expect(packetsOf(join(packets))).toEqual(packets);
  }
});

test("a message that is no pack is one packet", () => {
  expect(packetsOf(hex("01 05"))).toEqual([hex("01 05")]);
});

test("V-21 the largest pack that is made is one that is taken", () => {
  const packets: Uint8Array[] = [];
  for (let bytes = 0; bytes + 4 < PACK_BYTES; bytes += 4) packets.push(data(3, 0));
  packets.push(data(MOST_IN_PACK, 1));
  const pack = write(packets, false);
  expect(pack.length).toBeLessThan(MAX_PACKET_BYTES);
  expect(packetsOf(pack)).toHaveLength(packets.length);
});

describe("V-21 what is no pack", () => {
  test.each([
    ["has no packet", "0f"],
    ["has an empty packet", "0f 00"],
    ["has an empty packet behind a good one", "0f 02 01 05 00"],
    ["ends in a length", "0f 02 01 05 81"],
    ["ends in a packet", "0f 02 01 05 03 01"],
    ["has a length that is not minimal", "0f 81 00 01"],
    ["has a length of three bytes", "0f 81 80 01 01"],
  ])("%s", (_what, digits) => {
    expect(packetsOf(hex(digits))).toBeUndefined();
  });

  test("is longer than a packet may be, whatever it holds", () => {
    const packet = packetOf(1_000, 1);
    const packets = Array.from({ length: 17 }, () => packet);
    expect(join(packets).length).toBeGreaterThan(MAX_PACKET_BYTES);
    expect(packetsOf(join(packets))).toBeUndefined();
    expect(packetsOf(join(packets.slice(1)))).toHaveLength(16);
  });
});

test("V-21 a pack ends where it ends, whatever memory lies around it", () => {
  const read = (digits: string, begin: number, end: number): readonly (boolean | string)[] => {
    const found: (boolean | string)[] = [];
    found.push(readPack(hex(digits), begin, end, (start, until) => found.push(`${start} to ${until}`) > 0));
    return found;
  };
  expect(read("ff ff 0f 02 01 05 01 01 ff", 2, 8)).toEqual(["4 to 6", "7 to 8", true]);
  expect(read("ff ff 0f 02 01 05 01 01 ff", 2, 7)).toEqual(["4 to 6", false]);
  expect(read("0f 02 01 05 81 01 00 00", 0, 5)).toEqual(["2 to 4", false]);
  expect(read("0f 02 01 05", 0, 1)).toEqual([false]);
});

test("whoever reads a pack may have enough of it", () => {
  const taken: number[] = [];
  const pack = join([packetOf(1, 0), packetOf(2, 0), packetOf(3, 0)]);
  const isPack = readPack(pack, 0, pack.length, (start, end) => {
    taken.push(end - start);
    return taken.length < 2;
  });
  expect([isPack, taken]).toEqual([true, [1, 2]]);
});
