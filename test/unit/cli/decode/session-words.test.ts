import { describe, expect, test } from "vitest";
import { describeBody, describePacketBytes, isGreeting } from "../../../../src/cli/decode/session-words.ts";
import { encodePacket, PacketType } from "../../../../src/wire/index.ts";
import { bytes, hex } from "../../../support/byte-builder.ts";

describe("wire/session-v1 §2: the page's examples in words", () => {
  test.each([
    ["05 4C 57 01 01", "GREET: a Longwire server, versions 1 to 1"],
    [
      "06 01 80 80 40 80 80 40 00",
      "HELLO: a new session, version 1, credit 1048576, messages up to 1048576 bytes, no token",
    ],
    ["01 20", "ACK: everything up to number 32 has come"],
    ["02 07", "PING 7"],
    ["03 07", "PONG 7"],
    [
      "08 01 03 AA BB CC 02 07 00",
      "RESUME: attempt 2, everything up to number 7 has come, a ticket of 3 bytes, no token",
    ],
    ["0E E8 07 02 6F 6B", 'BYE: 1000 normal "ok"'],
    ["00 30 01 68 69", 'DATA: channel 1 SLICE: the end of a message, 2 bytes "hi"'],
    ["00 02 01 80 80 04 05 2F 65 63 68 6F 00 00", "DATA: channel 1 OPEN /echo, credit 65536"],
    ["00 03 01 80 80 04 00 00", "DATA: channel 1 ACCEPT, credit 65536"],
    ["00 01 01 80 80 02", "DATA: channel 1 CREDIT 32768"],
    ["00 05 01 E8 07 02 6F 6B", 'DATA: channel 1 CLOSE 1000 normal "ok"'],
    ["00 05 01 00 00", "DATA: channel 1 CLOSE without a code"],
    ["00 04 01 94 03 00", "DATA: channel 1 REJECT 404"],
    ["00 08 01 AC 02", "DATA: channel 1 HANDLED up to number 300"],
    ["0A 03 00", "GONE: replaced, come again after 0 ms"],
    ["40 01", "a packet of a later version, type 0x40: skipped"],
  ])("%s", (digits, words) => {
    expect(describePacketBytes(hex(digits))).toBe(words);
  });

  test("what is wrong is said", () => {
    expect(describePacketBytes(hex("01"))).toMatch(/^no packet: /);
    expect(describePacketBytes(hex("00 07 01"))).toMatch(/no envelope: /);
  });

  test("V-50 neither tokens nor tickets are shown", () => {
    const token = new TextEncoder().encode("canary-token");
    const hello = encodePacket({ type: PacketType.hello, version: 1, credit: 1, maxMessageBytes: 1, token });
    const auth = encodePacket({ type: PacketType.auth, id: 1, token });
    const resumed = encodePacket({ type: PacketType.resumed, ticket: token, received: 1, from: 2, expiresSeconds: 0 });
    for (const packet of [hello, auth, resumed]) {
      const words = describePacketBytes(packet);
      expect(words).toContain("12 bytes");
      expect(words).not.toContain("canary");
      expect(words).not.toContain(Buffer.from(token).toString("hex"));
    }
  });

  test("an HTTP body is its packets, and what is no packet ends it", () => {
    expect(describeBody(hex("02 04 08 05 00 30 01 68 69"))).toEqual([
      "AT: the next DATA is number 8",
      'DATA: channel 1 SLICE: the end of a message, 2 bytes "hi"',
    ]);
    expect(describeBody(bytes(hex("02 01 20"), 0)).at(-1)).toBe("and then bytes that are no packets");
  });

  test("a greeting is known by its mark", () => {
    expect(isGreeting(hex("05 4c 57 01 01"))).toBe(true);
    expect(isGreeting(hex("05 4c 58 01 01"))).toBe(false);
  });
});
