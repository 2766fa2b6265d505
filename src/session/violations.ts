// Every rule of the session that a peer can break, with the code that ends the transport on which it did (wire/session-v1
// §4.5): a cut for the session, which resumes, and an end only where the rule says so.

import type { ErrorCode, Violation } from "../base/errors.ts";

const violation = (code: ErrorCode, message: string): Violation => Object.freeze({ closeCode: 4400, code, message });

export type ViolationName = "packetUnknown" | "packetMalformed" | "packetTooLong";

export const violations: Readonly<Record<ViolationName, Violation>> = {
  packetUnknown: violation("LW_SESSION_PACKET_UNKNOWN", "The packet has a type that this version does not know."),
  packetMalformed: violation(
    "LW_SESSION_PACKET_MALFORMED",
    "A field of the packet is short, too long or not in its one form.",
  ),
  packetTooLong: violation("LW_SESSION_PACKET_TOO_LONG", "The packet is longer than its type may be."),
};
