import { describe, expect, it } from "vitest";
import { encodeEnvelope, EnvelopeKind } from "../../../../src/channels/envelope.ts";
import { PacketEntries } from "../../../../src/server/inspection/packet-entries.ts";
import { PacketType } from "../../../../src/session/packet.ts";
import { encodePacket } from "../../../../src/session/packet-encoder.ts";
import { data, hello, openData, text, textData } from "../../../support/line-client.ts";
import { samplePackets } from "../../../support/sample-packets.ts";

const entryOf = (bytes: Uint8Array, entries = new PacketEntries(100)) => entries.entry("in", 5, "websocket", bytes);

describe("packets as entries", () => {
  it("each has its name, its numbers, and what it weighs", () => {
    const entry = entryOf(encodePacket({ type: PacketType.ack, received: 32 }));
    expect(entry).toEqual({
      kind: "packet",
      at: 5,
      direction: "in",
      transport: "websocket",
      bytes: 2,
      name: "ack",
      fields: { received: 32 },
      envelope: undefined,
    });
    const names = samplePackets.map(({ wire }) => entryOf(wire).name);
    expect(names).toContain("goAway");
    expect(names).not.toContain("unknown");
    expect(names).not.toContain("malformed");
  });

  it("V-50 tokens, tickets and names of sessions are told as lengths only", () => {
    const tokens = [
      encodePacket(hello("CANARY")),
      encodePacket({ type: PacketType.auth, id: 1, token: text("CANARY") }),
      encodePacket({
        type: PacketType.resume,
        version: 1,
        ticket: text("CANARY"),
        attempt: 1,
        received: 0,
        token: text("CANARY"),
      }),
    ].map((packet) => entryOf(packet));
    expect(tokens.map(({ name, fields }) => [name, fields["tokenBytes"]])).toEqual([
      ["hello", 6],
      ["auth", 6],
      ["resume", 6],
    ]);
    expect(tokens[2]?.fields["ticketBytes"]).toBe(6);
    const all = samplePackets.map(({ wire }) => entryOf(wire));
    expect(JSON.stringify([...tokens, ...all])).not.toMatch(/CANARY|Uint8Array|"0":/);
  });

  it("the envelope in DATA, with what its message says", () => {
    expect(entryOf(textData(3, "hi"))).toMatchObject({
      name: "data",
      envelope: { name: "slice", channel: 3, fields: { isFinal: true, isText: true }, payload: { text: "hi" } },
    });
    const credit = data(encodeEnvelope({ kind: EnvelopeKind.credit, channel: 2, credit: 900 }));
    expect(entryOf(credit).envelope).toEqual({
      name: "credit",
      channel: 2,
      fields: { credit: 900 },
      payload: undefined,
    });
  });

  it("V-50 V-63 an OPEN without the secrets of its query, and offered subprotocols as a number", () => {
    const { envelope } = entryOf(openData(1, "/chat/a?token=CANARY&x=1", ["CANARY", "chat.v1"], false, text("CANARY")));
    expect(envelope).toMatchObject({
      name: "open",
      fields: { path: "/chat/a?token=…&x=1", protocolsOffered: 2, parametersBytes: 6, credit: 65_536 },
    });
    expect(JSON.stringify(envelope)).not.toContain("CANARY");
  });

  it("V-50 reasons are looked through as well", () => {
    const close = {
      kind: EnvelopeKind.close,
      channel: 1,
      code: 4001,
      reason: "token=CANARY",
      continuation: text("CANARY"),
    } as const;
    expect(entryOf(data(encodeEnvelope(close))).envelope?.fields).toEqual({
      code: 4001,
      reason: "token=…",
      continuationBytes: 6,
    });
    expect(entryOf(encodePacket({ type: PacketType.bye, code: 1000, reason: "token=CANARY" })).fields).toEqual({
      code: 1000,
      reason: "token=…",
    });
  });

  it("V-50 a secret that two slices share is left out of both, whatever another channel says meanwhile", () => {
    const entries = new PacketEntries(100);
    const slice = (channel: number, flags: number, words: string) =>
      data(Buffer.from([flags, channel, ...text(words)]));
    const shown = [
      slice(1, 0x20, '{"token":"CANA'),
      slice(2, 0x30, "RY is free to say here"),
      slice(1, 0x30, 'RY","a":1}'),
      slice(1, 0x30, "next"),
    ].map((bytes) => entryOf(bytes, entries).envelope?.payload?.text);
    expect(shown).toEqual(['{"token":"…', "RY is free to say here", '…","a":1}', "next"]);
  });

  it("what cannot be read is shown as what is wrong with it", () => {
    expect(entryOf(Uint8Array.of(0x01))).toMatchObject({ name: "malformed", fields: { why: expect.any(String) } });
    expect(entryOf(Uint8Array.of(0x50, 1))).toMatchObject({ name: "unknown" });
    expect(entryOf(data(Uint8Array.of(0x0f, 1))).envelope).toMatchObject({ name: "unknown" });
    expect(entryOf(data(Uint8Array.of(0x01, 4))).envelope).toMatchObject({ name: "malformed", channel: 4 });
  });
});
