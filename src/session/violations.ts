// Every rule of the session that a peer can break, with the code that ends the transport on which it did (wire/session-v1
// §4.5): a cut for the session, which resumes, and an end only where the rule says so. Each on its own, so that a client carries
// only those of servers.

import type { ErrorCode, Violation } from "../base/errors.ts";

const violation = (code: ErrorCode, message: string): Violation => Object.freeze({ closeCode: 4400, code, message });

export const packetUnknown: Violation = /* @__PURE__ */ violation(
  "LW_SESSION_PACKET_UNKNOWN",
  "The packet has a type that this version does not know.",
);
export const packetMalformed: Violation = /* @__PURE__ */ violation(
  "LW_SESSION_PACKET_MALFORMED",
  "A field of the packet is malformed.",
);
export const packetTooLong: Violation = /* @__PURE__ */ violation(
  "LW_SESSION_PACKET_TOO_LONG",
  "The packet is longer than its type may be.",
);
export const packetMisplaced: Violation = /* @__PURE__ */ violation(
  "LW_SESSION_PACKET_MISPLACED",
  "The packet may not be sent by this side at this moment.",
);
export const openingLate: Violation = /* @__PURE__ */ violation(
  "LW_SESSION_OPENING_LATE",
  "Neither HELLO nor RESUME came in time.",
);
export const versionUnknown: Violation = /* @__PURE__ */ violation(
  "LW_SESSION_VERSION_UNKNOWN",
  "This version of the wire is not spoken here.",
);
export const dataGap: Violation = /* @__PURE__ */ violation(
  "LW_SESSION_DATA_GAP",
  "A number is missing before this packet.",
);
export const dataUnconfirmed: Violation = /* @__PURE__ */ violation(
  "LW_SESSION_DATA_UNCONFIRMED",
  "Data came before the resume was confirmed with an ACK.",
);
export const ackAhead: Violation = /* @__PURE__ */ violation(
  "LW_SESSION_ACK_AHEAD",
  "An ACK names a number that was never sent.",
);
