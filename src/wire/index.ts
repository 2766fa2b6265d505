// What a session says, for programs that read or write it without being one: the packets of wire/session-v1, the envelopes
// of wire/channels-v1 and the bodies they travel in over HTTP. No states, no rules about what may come when: those are the
// sessions' own. Inside the package only; docs/decisions/0018 says why.

export {
  decodeEnvelope,
  encodeEnvelope,
  EnvelopeKind,
  type Envelope,
  type MalformedEnvelope,
} from "../channels/envelope.ts";
export { packetsOf } from "../session/pack.ts";
export { decodePacket, isViolation } from "../session/packet-decoder.ts";
export { encodePacket, type ControlPacket } from "../session/packet-encoder.ts";
export { GoneReason, LINE_PATH, LINE_PROTOCOL, PacketType, WIRE_VERSION, type Packet } from "../session/packet.ts";
export { BodyReader, joinPackets } from "../transports/http/body.ts";
export { CONTENT_TYPE, RECEIVED_HEADER, TICKET_HEADER, ticketText } from "../transports/http/headers.ts";
