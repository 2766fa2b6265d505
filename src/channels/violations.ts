// Every rule of the channels that a peer can break (wire/channels-v1 §5). The code is that of the RESET which answers it when
// the envelope names a channel that exists; otherwise the transport is closed with 4400.

import type { ErrorCode, Violation } from "../base/errors.ts";

const violation = (code: ErrorCode, message: string, closeCode = 4400): Violation =>
  Object.freeze({ closeCode, code, message });

export type ViolationName =
  | "envelopeUnknown"
  | "envelopeMalformed"
  | "channelUnknown"
  | "channelOrder"
  | "envelopeUnexpected"
  | "creditExceeded"
  | "creditInvalid"
  | "messageSize"
  | "textInvalid"
  | "protocolUnoffered";

export const violations: Readonly<Record<ViolationName, Violation>> = {
  envelopeUnknown: violation("LW_CHANNEL_ENVELOPE_UNKNOWN", "The envelope has a kind that does not exist."),
  envelopeMalformed: violation(
    "LW_CHANNEL_ENVELOPE_MALFORMED",
    "A field of the envelope is short, too long, out of range or not in its one form.",
  ),
  channelUnknown: violation("LW_CHANNEL_UNKNOWN", "The envelope names a channel that was never opened."),
  channelOrder: violation("LW_CHANNEL_ORDER", "Channels are opened by the client, as 1, 2, 3 and so on."),
  envelopeUnexpected: violation("LW_CHANNEL_ENVELOPE_UNEXPECTED", "The channel's state does not allow this envelope."),
  creditExceeded: violation("LW_CHANNEL_CREDIT_EXCEEDED", "More was sent than had been granted."),
  creditInvalid: violation("LW_CHANNEL_CREDIT_INVALID", "A credit is 0, or their sum passes 2147483648."),
  messageSize: violation("LW_CHANNEL_MESSAGE_SIZE", "The message is larger than this side accepts.", 1009),
  textInvalid: violation("LW_CHANNEL_TEXT_INVALID", "A text message is not valid UTF-8."),
  protocolUnoffered: violation("LW_CHANNEL_PROTOCOL_UNOFFERED", "The server chose a subprotocol that was not offered."),
};
