import { describe, expect, test } from "vitest";
import { isCapture, readCapture } from "../../../../src/cli/decode/capture-file.ts";
import { type FileFormat, type Packet, pcap, pcapng } from "../../../support/capture-builder.ts";

const packets = [
  { bytes: Buffer.from("one"), at: 1_700_000_000.25 },
  { bytes: Buffer.from("three"), at: 1_700_000_001.5, original: 90 },
];

describe.each<[string, (packets: readonly Packet[], format?: FileFormat) => Buffer]>([
  ["pcap", pcap],
  ["pcapng", pcapng],
])("%s", (_name, write) => {
  test.each<FileFormat>([{}, { bigEndian: true }, { nanoseconds: true, linkType: 101 }])("is read: %j", (format) => {
    const file = write(packets, format);
    const linkType = format.linkType ?? 1;
    expect(isCapture(file)).toBe(true);
    expect(readCapture(file)).toEqual({
      packets: [
        { at: 1_700_000_000.25, linkType, bytes: Buffer.from("one"), isCut: false },
        { at: 1_700_000_001.5, linkType, bytes: Buffer.from("three"), isCut: true },
      ],
    });
  });

  test("cut anywhere, it gives the packets that are whole, and says so once", () => {
    const file = write(packets);
    const whole = readCapture(file).packets.length;
    for (let length = 24; length < file.length; length++) {
      const { packets: found, fault } = readCapture(file.subarray(0, length));
      expect(found.length).toBeLessThanOrEqual(whole);
      if (found.length === 0) continue;
      expect(found[0]?.bytes.toString()).toBe("one");
      if (fault !== undefined) expect(fault).toMatch(/ends in the middle/);
    }
  });
});

test("a length that cannot be is damage, and nothing is read behind it", () => {
  const file = pcap(packets);
  file.writeUInt32LE(0x7fffffff, 24 + 8);
  expect(readCapture(file)).toEqual({
    packets: [],
    fault: "The file is damaged at byte 24: a length of 2147483647 cannot be.",
  });
  const other = pcapng(packets);
  other.writeUInt32LE(7, 4);
  expect(readCapture(other).fault).toContain("a length of 7 cannot be");
});

test("what is no capture is not taken for one", () => {
  for (const text of ["", "abc", "00000000  81 05", "GET / HTTP/1.1"]) expect(isCapture(Buffer.from(text))).toBe(false);
  expect(readCapture(pcap([]).subarray(0, 10)).fault).toContain("ends inside its header");
});

test("a section of pcapng without interfaces has no packets", () => {
  const file = pcapng(packets);
  const [sectionBytes, interfaceBytes] = [28, 20];
  const without = Buffer.concat([file.subarray(0, sectionBytes), file.subarray(sectionBytes + interfaceBytes)]);
  expect(readCapture(without)).toEqual({ packets: [] });
});

test("a file that is nothing but interfaces is not read to its end", () => {
  const file = pcapng(packets);
  const [section, one] = [file.subarray(0, 28), file.subarray(28, 48)];
  const many = Buffer.concat([section, ...Array.from({ length: 65_537 }, () => one), file.subarray(48)]);
  expect(readCapture(many)).toEqual({
    packets: [],
    fault: "The file has more than 65536 interfaces; the rest is not looked at.",
  });
});
