// Every rule of the session that a peer can break, with the code that ends the transport on which it did (wire/session-v1
// §4.5): a cut for the session, which resumes, and an end only where the rule says so.

import type { ErrorCode, Violation } from "../base/errors.ts";

const violation = (code: ErrorCode, message: string): Violation => Object.freeze({ closeCode: 4400, code, message });

export type ViolationName =
  | "packetUnknown"
  | "packetMalformed"
  | "packetTooLong"
  | "packetMisplaced"
  | "openingLate"
  | "versionUnknown"
  | "dataGap"
  | "dataUnconfirmed"
  | "ackAhead";

export const violations: Readonly<Record<ViolationName, Violation>> = {
  packetUnknown: violation("LW_SESSION_PACKET_UNKNOWN", "The packet has a type that this version does not know."),
  packetMalformed: violation(
    "LW_SESSION_PACKET_MALFORMED",
    "A field of the packet is short, too long or not in its one form.",
  ),
  packetTooLong: violation("LW_SESSION_PACKET_TOO_LONG", "The packet is longer than its type may be."),
  packetMisplaced: violation("LW_SESSION_PACKET_MISPLACED", "The packet may not be sent by this side at this moment."),
  openingLate: violation("LW_SESSION_OPENING_LATE", "Neither HELLO nor RESUME came in time."),
  versionUnknown: violation("LW_SESSION_VERSION_UNKNOWN", "This version of the wire is not spoken here."),
  dataGap: violation("LW_SESSION_DATA_GAP", "A number is missing before this packet."),
  dataUnconfirmed: violation("LW_SESSION_DATA_UNCONFIRMED", "Data came before the resume was confirmed with an ACK."),
  ackAhead: violation("LW_SESSION_ACK_AHEAD", "An ACK names a number that was never sent."),
};
