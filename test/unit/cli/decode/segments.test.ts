import { describe, expect, test } from "vitest";
import { readSegment } from "../../../../src/cli/decode/segments.ts";
import { ethernet, ipPacket, loopback } from "../../../support/capture-builder.ts";

const read = (linkType: number, bytes: Uint8Array) => readSegment({ at: 5, linkType, bytes, isCut: false });
const fields = { sequence: 7, payload: "hi" } as const;

describe("readSegment", () => {
  test.each([
    ["Ethernet", 1, ethernet(ipPacket(fields))],
    ["Ethernet with a VLAN tag", 1, ethernet(ipPacket(fields), true)],
    ["loopback", 0, loopback(ipPacket(fields))],
    ["raw IP", 101, ipPacket(fields)],
    ["Linux cooked", 113, Buffer.concat([Buffer.alloc(16), ipPacket(fields)])],
    ["Linux cooked, version 2", 276, Buffer.concat([Buffer.alloc(20), ipPacket(fields)])],
  ])("reads %s", (_name, linkType, bytes) => {
    const segment = read(linkType, bytes);
    expect(segment).toMatchObject({ at: 5, from: "127.0.0.1:50000", to: "127.0.0.1:8101", sequence: 7, missing: 0 });
    // What Ethernet pads short frames with is no payload.
    expect(Buffer.from(segment?.payload ?? []).toString()).toBe("hi");
  });

  test("reads IPv6, also behind an extension header", () => {
    const packet = ipPacket({ ...fields, version: 6 });
    expect(read(101, packet)).toMatchObject({ from: "[::1]:50000", to: "[::1]:8101" });
    const extended = Buffer.concat([
      packet.subarray(0, 40),
      Buffer.from([6, 0, 0, 0, 0, 0, 0, 0]),
      packet.subarray(40),
    ]);
    extended[6] = 0;
    extended.writeUInt16BE(packet.length - 40 + 8, 4);
    expect(Buffer.from(read(101, extended)?.payload ?? []).toString()).toBe("hi");
  });

  test("tells beginnings and ends, and what the capture did not keep", () => {
    expect(read(101, ipPacket({ ...fields, flags: "S" }))).toMatchObject({ isSyn: true, isEnd: false });
    expect(read(101, ipPacket({ ...fields, flags: "F" }))).toMatchObject({ isEnd: true, isReset: false });
    expect(read(101, ipPacket({ ...fields, flags: "R" }))).toMatchObject({ isReset: true });
    expect(read(101, ipPacket(fields).subarray(0, -1))).toMatchObject({ missing: 1 });
  });

  test("what is no TCP, or damaged, is no segment, wherever it is cut", () => {
    const udp = ipPacket(fields);
    udp[9] = 17;
    const fragment = ipPacket(fields);
    fragment[7] = 1;
    for (const bytes of [udp, fragment, Buffer.from("arp"), Buffer.alloc(0)]) expect(read(101, bytes)).toBeUndefined();
    expect(read(147, ipPacket(fields))).toBeUndefined();
    for (let length = 0; length < 44; length++) read(1, ethernet(ipPacket(fields)).subarray(0, length));
    const shortHeader = ipPacket(fields);
    shortHeader[32] = 0;
    expect(read(101, shortHeader)).toBeUndefined();
  });
});
