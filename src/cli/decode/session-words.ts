// The packets and envelopes of a Longwire session in words (wire/session-v1 §2, wire/channels-v1 §5), a line each. Tickets and
// tokens are counted, never shown (RELIABILITY V-50).

import { describeCloseCode } from "../../protocol/index.ts";
import {
  BodyReader,
  decodeEnvelope,
  decodePacket,
  EnvelopeKind,
  type Envelope,
  GoneReason,
  isViolation,
  type Packet,
  packetsOf,
  PacketType,
} from "../../wire/index.ts";

const mostPackets = 10_000;
const shownText = 200;

const goneReasons = new Map<number, string>(Object.entries(GoneReason).map(([name, reason]) => [reason, name]));

/** The packets of a WebSocket message: one, or those that went together. */
export function describeMessage(message: Uint8Array): string[] {
  const packets = packetsOf(message);
  if (packets === undefined) return ["no pack: a length in it is wrong"];
  const lines = packets.slice(0, mostPackets).map((packet) => describePacketBytes(packet));
  return packets.length > mostPackets ? [...lines, "and more packets"] : lines;
}

/** One packet. */
export function describePacketBytes(bytes: Uint8Array): string {
  const packet = decodePacket(bytes);
  if (packet === "unknown") return `a packet of a later version, type ${hex(bytes[0] ?? 0)}: skipped`;
  if (isViolation(packet)) return `no packet: ${packet.message}`;
  return describePacket(packet);
}

/** The packets of a request's or an answer's body. */
export function describeBody(body: Uint8Array): string[] {
  const lines: string[] = [];
  const reader = new BodyReader((packet) => {
    lines.push(describePacketBytes(packet));
    return lines.length < mostPackets;
  });
  const reading = reader.read(body);
  if (reading === "malformed") lines.push("and then bytes that are no packets");
  if (reading === "stopped") lines.push("and more packets");
  return lines;
}

/** Whether a server has begun to speak like this: GREET is what tells a session from everything else. */
export function isGreeting(bytes: Uint8Array): boolean {
  return bytes[0] === PacketType.greet && bytes[1] === 0x4c && bytes[2] === 0x57 && bytes.length <= 19;
}

function describePacket(packet: Packet): string {
  switch (packet.type) {
    case PacketType.data:
      return `DATA: ${describeEnvelope(packet.envelope)}`;
    case PacketType.ack:
      return `ACK: everything up to number ${packet.received} has come`;
    case PacketType.ping:
      return `PING ${packet.token}`;
    case PacketType.pong:
      return `PONG ${packet.token}`;
    case PacketType.at:
      return `AT: the next DATA is number ${packet.next}`;
    case PacketType.greet:
      return `GREET: a Longwire server, versions ${packet.lowest} to ${packet.highest}`;
    case PacketType.hello:
      return `HELLO: a new session, version ${packet.version}, credit ${packet.credit}, messages up to ${packet.maxMessageBytes} bytes, ${secret("token", packet.token)}`;
    case PacketType.welcome:
      return `WELCOME: version ${packet.version}, ${secret("ticket", packet.ticket)}, credit ${packet.credit}, messages up to ${packet.maxMessageBytes} bytes, ${packet.maxChannels} channels, kept ${packet.windowSeconds} s without a transport, heartbeat ${packet.heartbeatSeconds} s`;
    case PacketType.resume:
      return `RESUME: attempt ${packet.attempt}, everything up to number ${packet.received} has come, ${secret("ticket", packet.ticket)}, ${secret("token", packet.token)}`;
    case PacketType.resumed:
      return `RESUMED: everything up to number ${packet.received} has come, and goes on from number ${packet.from}, ${secret("ticket", packet.ticket)}`;
    case PacketType.gone:
      return `GONE: ${goneReasons.get(packet.reason) ?? packet.reason}, come again after ${packet.retryAfterMs} ms`;
    case PacketType.auth:
      return `AUTH ${packet.id}: ${secret("token", packet.token)}`;
    case PacketType.authed:
      return `AUTHED ${packet.id}: ${packet.status === 0 ? "taken" : `refused with ${packet.status}`}`;
    case PacketType.goAway:
      return `GOAWAY: ${packet.flags === 1 ? "the session ends with this node" : "use another transport"} within ${packet.deadlineMs} ms`;
    case PacketType.bye:
      return `BYE: ${describeCode(packet.code)}${reasonOf(packet.reason)}`;
  }
}

function describeEnvelope(bytes: Uint8Array): string {
  const envelope = decodeEnvelope(bytes);
  if (envelope === "unknown") return "an envelope of a later version";
  if (envelope.kind === "malformed") return `no envelope: ${envelope.violation.message}`;
  return `channel ${envelope.channel} ${describeKind(envelope)}`;
}

function describeKind(envelope: Envelope): string {
  switch (envelope.kind) {
    case EnvelopeKind.slice: {
      const end = envelope.isFinal ? "the end of a message" : "a piece of a message";
      const { bytes, isText } = envelope;
      const shown = isText ? JSON.stringify(Buffer.from(bytes.subarray(0, shownText)).toString("utf8")) : hexOf(bytes);
      return `SLICE: ${end}, ${bytes.length} bytes ${shown}${bytes.length > (isText ? shownText : 16) ? "…" : ""}`;
    }
    case EnvelopeKind.credit:
      return `CREDIT ${envelope.credit}`;
    case EnvelopeKind.open: {
      const offers = envelope.protocols.length === 0 ? "" : `, subprotocols ${envelope.protocols.join(", ")}`;
      return `OPEN ${envelope.path.split("?")[0] ?? ""}, credit ${envelope.credit}${offers}`;
    }
    case EnvelopeKind.accept:
      return `ACCEPT, credit ${envelope.credit}${envelope.protocol === "" ? "" : `, subprotocol ${envelope.protocol}`}`;
    case EnvelopeKind.reject:
      return `REJECT ${envelope.status}${reasonOf(envelope.reason)}`;
    case EnvelopeKind.close:
      return `CLOSE ${envelope.code === 0 ? "without a code" : describeCode(envelope.code)}${reasonOf(envelope.reason)}${envelope.continuation === undefined ? "" : ", moved"}`;
    case EnvelopeKind.reset:
      return `RESET ${describeCode(envelope.code)}${reasonOf(envelope.reason)}`;
    case EnvelopeKind.handled:
      return `HANDLED up to number ${envelope.number}`;
  }
}

function describeCode(code: number): string {
  return `${code} ${describeCloseCode(code).name}`;
}

function reasonOf(reason: string): string {
  return reason === "" ? "" : ` ${JSON.stringify(reason)}`;
}

function secret(what: string, bytes: Uint8Array): string {
  return bytes.length === 0 ? `no ${what}` : `a ${what} of ${bytes.length} bytes`;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 16)).toString("hex");
}

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, "0")}`;
}
