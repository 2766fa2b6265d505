// RFC 6455 §5.1 to §5.6 and §8 as the sender must keep them: what each side puts on the wire, read by the naive codec, which
// forgives nothing.
import { describe, expect, test } from "vitest";

import { systemRandom } from "../../src/base/random.ts";
import { encodeMessageFrame } from "../../src/protocol/frame-encoder.ts";
import { hex, toHex } from "../support/byte-builder.ts";
import { frameTo, showBytes, showText, type Role } from "../support/naive-frame-codec.ts";
import { RecordedConnection } from "../support/recorded-connection.ts";

const roles: readonly Role[] = ["server", "client"];

describe.each(roles)("a %s", (role) => {
  test("§5.1 §5.3 a client masks every frame it sends, a server none", () => {
    const { connection, output } = new RecordedConnection({ role });
    connection.sendMessage("text");
    connection.sendMessage(new Uint8Array());
    connection.sendPing(new Uint8Array(3));
    connection.receive(frameTo(role, 9), 0);
    connection.sendClose(1000, "", 0);
    expect(output.parts.map((part) => (part[1] as number) >> 7)).toEqual(Array(5).fill(role === "client" ? 1 : 0));
  });

  const lengths = [0, 1, 125, 126, 127, 65_535, 65_536, 100_000];

  test.each(lengths)("§5.2 a message of %i bytes is announced in the fewest bytes", (length) => {
    const recorded = new RecordedConnection({ role });
    const payload = new Uint8Array(length).fill(0x5a);
    expect(recorded.connection.sendMessage(payload)).toBe(length);
    expect(recorded.sentEvents).toEqual([showBytes("binary", payload)]);
    const mask = role === "client" ? 4 : 0;
    const form = length < 126 ? 2 : length < 65_536 ? 4 : 10;
    expect(recorded.sent).toHaveLength(form + mask + length);
  });

  test("§5.6 P-57 strings are sent as text and bytes as binary", () => {
    const recorded = new RecordedConnection({ role });
    recorded.connection.sendMessage("a 🜁");
    recorded.connection.sendMessage(hex("61 ff"));
    recorded.connection.sendMessage("");
    expect(recorded.sentEvents).toEqual([showText("a 🜁"), "binary 61ff", showText("")]);
  });

  test("§8.1 P-55 a lone surrogate is sent as U+FFFD, alone or among other text, and counted as its three bytes", () => {
    const recorded = new RecordedConnection({ role });
    const { connection } = recorded;
    expect(connection.sendMessage("\ud800")).toBe(3);
    expect(connection.sendMessage("a\udc00b\ud83d")).toBe(8);
    connection.sendClose(1000, "\udfff", 0);
    expect(recorded.sentEvents).toEqual([showText("\ufffd"), showText("a\ufffdb\ufffd"), `close 1000 "\ufffd"`]);
  });

  test("§8.1 P-54 a byte order mark and a NUL are sent as they are", () => {
    const recorded = new RecordedConnection({ role });
    recorded.connection.sendMessage("\ufeffx\0");
    expect(recorded.sentEvents).toEqual([showText("\ufeffx\0")]);
  });

  test("§5.3 P-42 the caller's bytes are not changed by sending them, and may be changed at once afterwards", () => {
    const recorded = new RecordedConnection({ role });
    const memory = Uint8Array.from({ length: 40 }, (_, index) => index);
    const before = toHex(memory);
    const view = memory.subarray(7, 30);
    const sent = showBytes("binary", view);
    recorded.connection.sendMessage(view);
    recorded.connection.sendPing(view);
    expect(toHex(memory)).toBe(before);
    memory.fill(0);
    expect(recorded.sentEvents).toEqual([sent, sent.replace("binary", "ping")]);
  });
});

test("§5.3 P-40 a client's frame without payload still carries a masking key", () => {
  const recorded = new RecordedConnection({ role: "client", random: systemRandom });
  recorded.connection.sendMessage("");
  expect(recorded.sent).toHaveLength(6);
  expect(toHex(recorded.sent.slice(0, 2))).toBe("81 80");
});

test("§5.3 P-41 a hundred thousand masking keys are all new, and each of their bytes takes every value evenly", () => {
  const keys = new Set<number>();
  const counts = Array.from({ length: 4 }, () => new Uint32Array(256));
  const count = 100_000;
  const recorded = new RecordedConnection({ role: "client", random: systemRandom });
  const { parts } = recorded.output;
  for (let index = 0; index < count; index++) {
    recorded.connection.sendMessage("");
    const key = (parts.pop() as Uint8Array).subarray(2);
    keys.add(new DataView(key.buffer, key.byteOffset, 4).getUint32(0));
    for (const [at, row] of counts.entries()) row[key[at] as number] = (row[key[at] as number] as number) + 1;
  }
  // Among 10^5 of 2^32 keys about 1.2 pairs meet by chance; 20 never do.
  expect(keys.size).toBeGreaterThan(count - 20);
  // Chi-square with 255 degrees of freedom: 255 is expected, 450 is out of reach of chance.
  for (const row of counts) {
    const expected = count / 256;
    expect(row.reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0)).toBeLessThan(450);
  }
});

test.each([0, 125, 126, 65_535, 65_536])("§5.6 one frame of %i bytes can be made once and sent to many", (length) => {
  const text = "x".repeat(length);
  for (const [data, line] of [
    [text, showText(text)],
    [new Uint8Array(length), showBytes("binary", new Uint8Array(length))],
  ] as const) {
    const frame = encodeMessageFrame(data);
    const first = new RecordedConnection({ role: "server" });
    const second = new RecordedConnection({ role: "server" });
    expect(first.connection.sendFrame(frame)).toBe(true);
    expect(second.connection.sendFrame(frame)).toBe(true);
    expect(first.sentEvents).toEqual([line]);
    expect(second.output.parts[0]).toBe(frame);
  }
});
