// Packets and the envelopes in them as entries of a tap: decoded with the wire's own decoders, each field under its name there.
// Tokens, tickets and parameters appear as their lengths only (RELIABILITY V-50), and so do the subprotocols that a client offers
// (V-63). A packet that cannot be read is shown as what is wrong with it.

import { decodeEnvelope, type Envelope, EnvelopeKind } from "../../channels/envelope.ts";
import type { TransportKind } from "../../session/way.ts";
import { PacketType } from "../../session/packet.ts";
import { decodePacket, isViolation } from "../../session/packet-decoder.ts";
import { redactTarget } from "../redaction.ts";
import { parseTarget } from "../upgrade-request.ts";
import { PayloadViews } from "./payload-view.ts";
import { redactText } from "./secret-text.ts";
import type { Direction, EnvelopeEntry, FieldValue, PacketEntry } from "./tap-entries.ts";

type Fields = Readonly<Record<string, FieldValue>>;

const packetNames = namesOf(PacketType);
const envelopeNames = namesOf(EnvelopeKind);
const noFields: Fields = {};

/** Both directions of one session. */
export class PacketEntries {
  readonly #payloadBytes: number;
  /** By direction and channel. */
  readonly #views = new Map<string, { readonly views: PayloadViews; isInMessage: boolean }>();

  constructor(payloadBytes: number) {
    this.#payloadBytes = payloadBytes;
  }

  /** The bytes need not be kept. */
  entry(direction: Direction, at: number, transport: TransportKind, bytes: Uint8Array): PacketEntry {
    const packet = decodePacket(bytes);
    const passed = { kind: "packet", at, direction, transport, bytes: bytes.length } as const;
    if (packet === "unknown") return { ...passed, name: "unknown", fields: noFields, envelope: undefined };
    if (isViolation(packet)) {
      return { ...passed, name: "malformed", fields: { why: packet.message }, envelope: undefined };
    }
    const name = packetNames.get(packet.type) ?? "unknown";
    const envelope = packet.type === PacketType.data ? this.#envelope(direction, packet.envelope) : undefined;
    return { ...passed, name, fields: fieldsOf(packet), envelope };
  }

  #envelope(direction: Direction, bytes: Uint8Array): EnvelopeEntry {
    const envelope = decodeEnvelope(bytes);
    const nameless = { channel: undefined, fields: noFields, payload: undefined };
    if (envelope === "unknown") return { ...nameless, name: "unknown" };
    if (envelope.kind === "malformed") {
      const { channel, violation } = envelope;
      return { name: "malformed", channel, fields: { why: violation.message }, payload: undefined };
    }
    const { channel } = envelope;
    const payload = envelope.kind === EnvelopeKind.slice ? this.#slice(direction, envelope) : undefined;
    return { name: envelopeNames.get(envelope.kind) ?? "unknown", channel, fields: envelopeFields(envelope), payload };
  }

  #slice(
    direction: Direction,
    slice: Extract<Envelope, { kind: typeof EnvelopeKind.slice }>,
  ): EnvelopeEntry["payload"] {
    const key = `${direction}${slice.channel}`;
    let seen = this.#views.get(key);
    if (seen === undefined) {
      seen = { views: new PayloadViews(this.#payloadBytes), isInMessage: false };
      this.#views.set(key, seen);
    }
    const isFirst = !seen.isInMessage;
    seen.isInMessage = !slice.isFinal;
    // Between two messages there is nothing to remember.
    if (slice.isFinal) this.#views.delete(key);
    return seen.views.view(slice.bytes, slice.bytes.length, slice.isText, isFirst, slice.isFinal);
  }
}

function namesOf(table: Readonly<Record<string, number>>): ReadonlyMap<number, string> {
  return new Map(Object.entries(table).map(([name, value]) => [value, name]));
}

/** Numbers as they are, reasons; of bytes, which are tokens, tickets, names, parameters and DATA, how many. */
function fieldsOf(packet: object): Fields {
  const fields: Record<string, FieldValue> = {};
  for (const [name, value] of Object.entries(packet)) {
    if (name === "type" || name === "kind" || name === "channel") continue;
    if (typeof value === "number" || typeof value === "boolean") fields[name] = value;
    else if (value instanceof Uint8Array) fields[`${name}Bytes`] = value.length;
    else if (name === "reason") fields[name] = redactText(String(value)).text;
  }
  return fields;
}

function envelopeFields(envelope: Envelope): Fields {
  const fields = fieldsOf(envelope);
  if (envelope.kind === EnvelopeKind.slice) return { isFinal: envelope.isFinal, isText: envelope.isText };
  if (envelope.kind === EnvelopeKind.accept) return { ...fields, protocol: envelope.protocol };
  if (envelope.kind !== EnvelopeKind.open) return fields;
  const target = envelope.path.startsWith("/") ? parseTarget(envelope.path) : undefined;
  const path = target === undefined ? "" : redactTarget(target);
  return { ...fields, path, protocolsOffered: envelope.protocols.length };
}
