// Every rule of the channels that a peer can break (wire/channels-v1 §5). The code is that of the RESET which answers it when
// the envelope names a channel that exists; otherwise the transport is closed with 4400.

import type { ErrorCode, Violation } from "../base/errors.ts";

const violation = (code: ErrorCode, message: string, closeCode = 4400): Violation =>
  Object.freeze({ closeCode, code, message });

export const envelopeUnknown: Violation = /* @__PURE__ */ violation(
  "LW_CHANNEL_ENVELOPE_UNKNOWN",
  "The envelope has a kind that does not exist.",
);
export const envelopeMalformed: Violation = /* @__PURE__ */ violation(
  "LW_CHANNEL_ENVELOPE_MALFORMED",
  "A field of the envelope is malformed.",
);
export const channelUnknown: Violation = /* @__PURE__ */ violation(
  "LW_CHANNEL_UNKNOWN",
  "The envelope names a channel that was never opened.",
);
export const channelOrder: Violation = /* @__PURE__ */ violation(
  "LW_CHANNEL_ORDER",
  "Channels are opened by the client, as 1, 2, 3 and so on.",
);
export const envelopeUnexpected: Violation = /* @__PURE__ */ violation(
  "LW_CHANNEL_ENVELOPE_UNEXPECTED",
  "The channel's state does not allow this envelope.",
);
export const creditExceeded: Violation = /* @__PURE__ */ violation(
  "LW_CHANNEL_CREDIT_EXCEEDED",
  "More was sent than had been granted.",
);
export const creditInvalid: Violation = /* @__PURE__ */ violation(
  "LW_CHANNEL_CREDIT_INVALID",
  "A credit is 0, or their sum passes 2147483648.",
);
export const messageSize: Violation = /* @__PURE__ */ violation(
  "LW_CHANNEL_MESSAGE_SIZE",
  "The message is larger than this side accepts.",
  1009,
);
export const textInvalid: Violation = /* @__PURE__ */ violation(
  "LW_CHANNEL_TEXT_INVALID",
  "A text message is not valid UTF-8.",
);
export const protocolUnoffered: Violation = /* @__PURE__ */ violation(
  "LW_CHANNEL_PROTOCOL_UNOFFERED",
  "The server chose a subprotocol that was not offered.",
);
