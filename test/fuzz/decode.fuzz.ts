// What people give to `longwire decode`: hexadecimal and captures, damaged in every way. Allowed outcomes: an explanation, a
// sentence about what is wrong, nothing else; never a throw, never what moves a cursor, and memory in proportion to the input.
import { describe, expect, test } from "vitest";
import { isCapture, readCapture } from "../../src/cli/decode/capture-file.ts";
import { type Entry, explainBytes, explainStream, isEncrypted, isReadable } from "../../src/cli/decode/conversation.ts";
import { entryToJson, explainEntry } from "../../src/cli/decode/explanation.ts";
import { readFrames } from "../../src/cli/decode/frames.ts";
import { parseHexText } from "../../src/cli/decode/hex-text.ts";
import { readSegment } from "../../src/cli/decode/segments.ts";
import { StreamTable } from "../../src/cli/decode/tcp-streams.ts";
import { encodePacket } from "../../src/session/packet-encoder.ts";
import { concat } from "../support/byte-builder.ts";
import { conversation, ethernet, pcap, pcapng } from "../support/capture-builder.ts";
import { rawFrame } from "../support/raw-client.ts";
import { arbitraryPacket } from "../support/sample-packets.ts";
import { caseCount, runSeeds, SeededRandom } from "../support/seeded-random.ts";

const options = { paint: (_style: string, text: string): string => text, mostBytes: 64, startedAt: 0 };
const moving = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

function tell(entries: readonly Entry[]): void {
  for (const entry of entries) {
    for (const line of explainEntry(entry, options))
      if (moving.test(line)) expect.fail(`${JSON.stringify(line)} moves a cursor`);
    JSON.stringify(entryToJson(entry, 64));
  }
}

const heads = [
  "GET /a?token=b HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n\r\n",
  "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Protocol: longwire.1\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
  "HTTP/1.1 200 OK\r\nContent-Type: application/longwire\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
  "POST /longwire/send HTTP/1.1\r\nContent-Type: application/longwire\r\nContent-Length: 9\r\n\r\n",
].map((text) => Buffer.from(text));

function something(random: SeededRandom): Uint8Array {
  switch (random.between(0, 4)) {
    case 0:
      return heads[random.between(0, heads.length - 1)] as Uint8Array;
    case 1:
      return rawFrame({
        opcode: random.between(0, 15),
        fin: random.chance(0.7),
        rsv: random.chance(0.2) ? random.between(0, 7) : 0,
        payload: random.bytes(random.between(0, 200)),
        mask: mask(random),
      });
    case 2:
      return rawFrame({ opcode: 2, payload: encodePacket(arbitraryPacket(random)), mask: mask(random) });
    case 3:
      return rawFrame({ opcode: random.between(8, 10), payload: random.bytes(random.between(0, 130)), mask: false });
    default:
      return random.bytes(random.between(0, 50));
  }
}

const mask = (random: SeededRandom): Uint8Array | false => (random.chance(0.5) ? random.bytes(4) : false);
const talk = (random: SeededRandom): Uint8Array =>
  concat(Array.from({ length: random.between(0, 6) }, () => something(random)));

function damage(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const wire = bytes.slice();
  for (let count = random.between(0, 4); count > 0 && wire.length > 0; count--) {
    wire[random.between(0, wire.length - 1)] = random.between(0, 255);
  }
  return random.chance(0.3) ? wire.subarray(0, random.between(0, wire.length)) : wire;
}

describe.each(runSeeds("decode"))("$name", ({ seed }) => {
  test("a run of bytes is explained, whatever it is", () => {
    const random = new SeededRandom(seed);
    let frames = 0;
    for (let round = 0; round < caseCount(1_500); round++) {
      const wire = damage(talk(random), random);
      const entries = explainBytes(wire);
      frames += entries.filter(({ kind }) => kind === "frame").length;
      tell(entries);
    }
    expect(frames).toBeGreaterThan(300);
  });

  test("frames never claim more than there is, and lie one behind the other", () => {
    const random = new SeededRandom(seed);
    for (let round = 0; round < caseCount(1_000); round++) {
      const wire = damage(talk(random), random);
      const { frames, fault } = readFrames(wire, 0, {
        from: undefined,
        isDeflated: random.chance(0.3),
        mostFrames: 50,
      });
      let at = 0;
      for (const { offset, presentBytes } of frames) {
        expect(offset).toBe(at);
        at = offset + presentBytes;
      }
      expect(at).toBeLessThanOrEqual(wire.length);
      if (fault === undefined) expect(at).toBe(wire.length);
    }
  });

  test("hexadecimal in any writing, damaged: bytes, or the line that is none", () => {
    const random = new SeededRandom(seed);
    let whole = 0;
    for (let round = 0; round < caseCount(1_000); round++) {
      const wire = random.bytes(random.between(0, 100));
      const rows: string[] = [];
      const isDump = random.chance(0.5);
      for (let at = 0; at < wire.length; at += 16) {
        const row = Buffer.from(wire.subarray(at, at + 16))
          .toString("hex")
          .replaceAll(/..(?=.)/g, "$& ");
        rows.push(isDump ? `${at.toString(16).padStart(8, "0")}  ${row}` : row);
      }
      const text = rows.join("\n");
      expect(Buffer.from(parseHexText(text).bytes).equals(wire)).toBe(true);
      const { bytes, fault } = parseHexText(Buffer.from(damage(Buffer.from(text), random)).toString("latin1"));
      if (fault === undefined) whole++;
      expect(bytes.length).toBeLessThanOrEqual(2 * 1024 * 1024);
    }
    expect(whole).toBeGreaterThan(100);
  });

  test("captures, damaged and cut: what is whole before the damage, and a sentence", () => {
    const random = new SeededRandom(seed);
    let readable = 0;
    for (let round = 0; round < caseCount(400); round++) {
      const turns = Array.from(
        { length: random.between(0, 8) },
        () => [random.chance(0.5) ? "client" : "server", something(random)] as const,
      );
      let packets = conversation(turns, random.chance(0.3) ? 6 : 4);
      if (random.chance(0.3)) packets = packets.toSorted(() => (random.chance(0.5) ? 1 : -1));
      if (random.chance(0.3)) packets = packets.flatMap((packet) => (random.chance(0.3) ? [packet, packet] : [packet]));
      const isEthernet = random.chance(0.5);
      const records = packets.map((packet) => ({ bytes: damageSome(isEthernet ? ethernet(packet) : packet, random) }));
      const format = { linkType: isEthernet ? 1 : 101, bigEndian: random.chance(0.5) };
      const file = damageSome(random.chance(0.5) ? pcap(records, format) : pcapng(records, format), random);
      if (!isCapture(file)) continue;
      const table = new StreamTable();
      for (const packet of readCapture(file).packets) {
        const segment = readSegment(packet);
        if (segment !== undefined) table.add(segment);
      }
      for (const stream of table.finish()) {
        isEncrypted(stream);
        if (isReadable(stream)) readable++;
        tell(explainStream(stream));
      }
    }
    expect(readable).toBeGreaterThan(50);
  });
});

const damageSome = (bytes: Uint8Array, random: SeededRandom): Uint8Array =>
  random.chance(0.1) ? damage(bytes, random) : bytes;
