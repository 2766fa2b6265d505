// Judges a frame header before any of its payload is looked at (RFC 6455 §5). Parsing is frame-decoder's, the message's
// own rules (UTF-8, close payloads) are message-assembler's and close-payload's. Answers with a Violation, never throws.

import type { ErrorCode, Violation } from "../base/errors.ts";
import { isControl, MAX_CONTROL_PAYLOAD, Opcode } from "./frame.ts";
import type { FrameDecoder } from "./frame-decoder.ts";

/** Which end of a connection we are. */
export type Side = "server" | "client";

/** What the judgement depends on besides the header. */
export interface FrameContext {
  /** Which end we are; the peer is the other. */
  readonly side: Side;
  /** Whether a fragmented message is unfinished. */
  readonly inMessage: boolean;
  /** Payload bytes the unfinished message has so far. */
  readonly messageBytes: number;
  /** Fragments the unfinished message has so far. */
  readonly fragmentCount: number;
  readonly maxMessageBytes: number;
  readonly maxFragments: number;
  /** Accept lengths that are not in their shortest form. */
  readonly lenientLength: boolean;
}

const violation = (closeCode: number, code: ErrorCode, message: string): Violation =>
  Object.freeze({ closeCode, code, message });

export type ViolationName =
  | "reservedBits"
  | "reservedOpcode"
  | "maskMissing"
  | "maskPresent"
  | "controlTooLong"
  | "controlFragmented"
  | "lengthNegative"
  | "lengthNotMinimal"
  | "nothingToContinue"
  | "messageUnfinished"
  | "messageTooBig"
  | "tooManyFragments"
  | "messageTimeout"
  | "controlFlood"
  | "invalidUtf8"
  | "closeTooShort"
  | "closeCodeInvalid";

/** Every rule a peer can break here, with the close code that answers it. */
export const violations: Readonly<Record<ViolationName, Violation>> = {
  reservedBits: violation(
    1002,
    "LW_PROTOCOL_RSV_SET",
    "A reserved bit is set, and no extension was agreed that uses it.",
  ),
  reservedOpcode: violation(1002, "LW_PROTOCOL_OPCODE_RESERVED", "The opcode is reserved."),
  maskMissing: violation(1002, "LW_PROTOCOL_MASK_MISSING", "A frame from a client must be masked."),
  maskPresent: violation(1002, "LW_PROTOCOL_MASK_PRESENT", "A frame from a server must not be masked."),
  controlTooLong: violation(1002, "LW_PROTOCOL_CONTROL_TOO_LONG", "A control frame may carry at most 125 bytes."),
  controlFragmented: violation(1002, "LW_PROTOCOL_CONTROL_FRAGMENTED", "A control frame must not be fragmented."),
  lengthNegative: violation(1002, "LW_PROTOCOL_LENGTH_INVALID", "The first bit of a 64-bit length must be 0."),
  lengthNotMinimal: violation(1002, "LW_PROTOCOL_LENGTH_NOT_MINIMAL", "A length must use its shortest form."),
  nothingToContinue: violation(1002, "LW_PROTOCOL_NOTHING_TO_CONTINUE", "A continuation frame continues no message."),
  messageUnfinished: violation(1002, "LW_PROTOCOL_MESSAGE_UNFINISHED", "A message began before the last one ended."),
  messageTooBig: violation(1009, "LW_PROTOCOL_MESSAGE_TOO_BIG", "The message is larger than this endpoint accepts."),
  tooManyFragments: violation(1008, "LW_PROTOCOL_TOO_MANY_FRAGMENTS", "The message has too many fragments."),
  messageTimeout: violation(1008, "LW_PROTOCOL_MESSAGE_TIMEOUT", "The message took too long to arrive."),
  controlFlood: violation(1008, "LW_PROTOCOL_CONTROL_FLOOD", "Control frames came faster than is allowed."),
  invalidUtf8: violation(1007, "LW_PROTOCOL_UTF8_INVALID", "The text is not valid UTF-8."),
  closeTooShort: violation(1002, "LW_PROTOCOL_CLOSE_TOO_SHORT", "A close payload has 0 bytes or at least 2."),
  closeCodeInvalid: violation(1002, "LW_PROTOCOL_CLOSE_CODE_INVALID", "The close code may not be sent."),
};

/** The rule that `header` breaks, or undefined if its payload may be read. */
export function checkFrame(header: FrameDecoder, context: FrameContext): Violation | undefined {
  const { opcode } = header;
  // RFC 6455 §5.2: "MUST be 0 unless an extension is negotiated that defines meanings for non-zero values."
  if (header.rsv !== 0) return violations.reservedBits;
  // RFC 6455 §5.2: "If an unknown opcode is received, the receiving endpoint MUST _Fail the WebSocket Connection_."
  if (opcode > Opcode.pong || (opcode > Opcode.binary && opcode < Opcode.close)) return violations.reservedOpcode;
  if (context.side === "server") {
    // RFC 6455 §5.1: "The server MUST close the connection upon receiving a frame that is not masked."
    if (!header.masked) return violations.maskMissing;
  } else if (header.masked) {
    // RFC 6455 §5.1: "A client MUST close a connection if it detects a masked frame."
    return violations.maskPresent;
  }
  if (isControl(opcode)) {
    // RFC 6455 §5.5: "All control frames MUST have a payload length of 125 bytes or less and MUST NOT be fragmented."
    if (header.length > MAX_CONTROL_PAYLOAD || header.headerBytes - (header.masked ? 4 : 0) !== 2) {
      return violations.controlTooLong;
    }
    return header.fin ? undefined : violations.controlFragmented;
  }
  if (opcode === Opcode.continuation) {
    if (!context.inMessage) return violations.nothingToContinue;
    if (context.fragmentCount >= context.maxFragments) return violations.tooManyFragments;
  } else if (context.inMessage) {
    // RFC 6455 §5.4: "The fragments of one message MUST NOT be interleaved between the fragments of another message"
    return violations.messageUnfinished;
  }
  // The rules above need the first two bytes only. Those about the length come last: it may arrive later, and the answer
  // must not depend on where the header was cut.
  // RFC 6455 §5.2: "the most significant bit MUST be 0"
  if (header.negative) return violations.lengthNegative;
  // RFC 6455 §5.2: "the minimal number of bytes MUST be used to encode the length"
  if (!header.minimal && !context.lenientLength) return violations.lengthNotMinimal;
  if (context.messageBytes + header.length > context.maxMessageBytes) return violations.messageTooBig;
  return undefined;
}
