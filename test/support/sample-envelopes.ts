// One envelope of each kind and flag but SLICE, with the bytes that stand for it, and a source of arbitrary ones.

import { type ControlEnvelope, EnvelopeKind } from "../../src/channels/envelope.ts";
import { hex, utf8 } from "./byte-builder.ts";
import type { SeededRandom } from "./seeded-random.ts";

const nothing = new Uint8Array(0);

export const sampleEnvelopes: readonly { readonly envelope: ControlEnvelope; readonly wire: string }[] = [
  { envelope: { kind: EnvelopeKind.credit, channel: 1, credit: 32_768 }, wire: "01 01 80 80 02" },
  {
    envelope: {
      kind: EnvelopeKind.open,
      channel: 2,
      credit: 1,
      path: "/é",
      protocols: ["a", "bc"],
      parameters: hex("ff"),
      continues: false,
      isTopic: false,
    },
    wire: "02 02 01 03 2f c3 a9 02 01 61 02 62 63 01 ff",
  },
  {
    envelope: {
      kind: EnvelopeKind.open,
      channel: 300,
      credit: 0,
      path: "",
      protocols: [],
      parameters: nothing,
      continues: true,
      isTopic: true,
    },
    wire: "32 ac 02 00 00 00 00",
  },
  {
    envelope: {
      kind: EnvelopeKind.accept,
      channel: 1,
      credit: 5,
      protocol: "a",
      parameters: hex("01 02"),
      isMovable: false,
    },
    wire: "03 01 05 01 61 02 01 02",
  },
  {
    envelope: {
      kind: EnvelopeKind.accept,
      channel: 1,
      credit: 5,
      protocol: "",
      parameters: nothing,
      isMovable: true,
    },
    wire: "13 01 05 00 00",
  },
  { envelope: { kind: EnvelopeKind.reject, channel: 1, status: 404, reason: "no" }, wire: "04 01 94 03 02 6e 6f" },
  {
    envelope: { kind: EnvelopeKind.close, channel: 1, code: 0, reason: "", continuation: undefined },
    wire: "05 01 00 00",
  },
  {
    envelope: { kind: EnvelopeKind.close, channel: 1, code: 4000, reason: "a", continuation: hex("07") },
    wire: "15 01 a0 1f 01 61 01 07",
  },
  { envelope: { kind: EnvelopeKind.reset, channel: 1, code: 4400, reason: "x" }, wire: "06 01 b0 22 01 78" },
  { envelope: { kind: EnvelopeKind.handled, channel: 1, number: 300 }, wire: "08 01 ac 02" },
];

/** Names that do harm where strings become keys. */
export const dangerousNames: readonly string[] = ["__proto__", "constructor", "toString", "hasOwnProperty", ""];

/** A lawful envelope of any kind but SLICE, with fields of any size that it may have. */
export function arbitraryEnvelope(random: SeededRandom): ControlEnvelope {
  const { envelope } = random.pick(sampleEnvelopes);
  const channel = Math.floor(2 ** (random.fraction() * 53));
  const text = (limit: number): string =>
    random.chance(0.3) ? random.pick(dangerousNames) : "é".repeat(random.between(0, Math.floor(limit / 2)));
  const some = (): Uint8Array => random.bytes(random.pick([0, 1, 40, 2048]));
  switch (envelope.kind) {
    case EnvelopeKind.credit:
      return { ...envelope, channel, credit: Math.floor(2 ** (random.fraction() * 53)) };
    case EnvelopeKind.open: {
      const protocols = Array.from({ length: random.between(0, 16) }, () => text(128));
      return { ...envelope, channel, path: text(2048), protocols, parameters: some() };
    }
    case EnvelopeKind.accept:
      return { ...envelope, channel, protocol: text(128), parameters: some() };
    case EnvelopeKind.reject:
      return { ...envelope, channel, status: random.between(400, 599), reason: text(123) };
    case EnvelopeKind.close:
      return { ...envelope, channel, code: random.pick([1000, 1014, 3000, 4999]), reason: text(123) };
    case EnvelopeKind.reset:
      return { ...envelope, channel, code: random.between(1000, 4999), reason: text(123) };
    case EnvelopeKind.handled:
      return { ...envelope, channel, number: Math.floor(2 ** (random.fraction() * 53)) };
  }
}

/** Bytes that are nearly an envelope: one of each kind of damage, or none. */
export function nearlyEnvelope(random: SeededRandom, encode: (envelope: ControlEnvelope) => Uint8Array): Uint8Array {
  const wire = encode(arbitraryEnvelope(random));
  const at = random.between(0, Math.min(wire.length - 1, 40));
  switch (random.between(0, 6)) {
    case 0:
      return wire.slice(0, at);
    case 1:
      wire[at] = random.between(0, 255);
      return wire;
    case 2:
      wire[at] = (wire[at] as number) ^ 0x80;
      return wire;
    case 3:
      return Uint8Array.from([...wire.subarray(0, at), ...random.bytes(random.between(1, 9)), ...wire.subarray(at)]);
    case 4:
      return random.bytes(random.between(0, 40));
    case 5:
      return Uint8Array.from([random.between(0, 15), random.between(0, 4), ...utf8(random.pick(dangerousNames))]);
    default:
      return wire;
  }
}
