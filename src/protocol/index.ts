// `longwire/protocol`: RFC 6455 as pure machines, for any runtime and for pages that draw frames. No sockets, no timers.

export {
  closeCodes,
  describeCloseCode,
  isApplicationCloseCode,
  type CloseCode,
  type ClosePolicy,
} from "../base/close-codes.ts";
export type { ErrorCode, Violation } from "../base/errors.ts";
export { limitTable, resolveLimits, type LimitName, type LimitRow, type Limits } from "../base/limits.ts";
export { systemRandom, type Random } from "../base/random.ts";
export { NO_STATUS, decodeClosePayload, encodeClosePayload, type ClosePayload } from "./close-payload.ts";
export { Connection } from "./connection.ts";
export type { ConnectionOptions, ConnectionSink } from "./connection-sink.ts";
export { accepts, isReading, type ConnectionEvent, type ConnectionState } from "./connection-state.ts";
export { checkFrame, violations, type FrameContext, type Side } from "./frame-check.ts";
export { FrameDecoder } from "./frame-decoder.ts";
export { encodeHeader, encodeMessageFrame, FrameEncoder, headerBytes, type Output } from "./frame-encoder.ts";
export {
  describeFrame,
  isControl,
  MAX_CONTROL_PAYLOAD,
  MAX_HEADER_BYTES,
  nameOpcode,
  Opcode,
  type FrameHeader,
} from "./frame.ts";
export { applyMask, copyMasked, createRoom, turnKey, type Room } from "./mask.ts";
export { MessageAssembler } from "./message-assembler.ts";
export { acceptKey, createHandshakeKey, isHandshakeKey } from "./handshake/accept-key.ts";
export { formatDialRequest, type DialRequest } from "./handshake/dial-request.ts";
export {
  formatExtensions,
  parseExtensionList,
  parseProtocolList,
  type ExtensionOffer,
} from "./handshake/header-lists.ts";
export { judgeResponse, type Agreement, type DialExpectation } from "./handshake/response-check.ts";
export { ResponseHeadReader, type ReceivedHead, type ResponseHead } from "./handshake/response-head.ts";
export {
  isUpgradeAttempt,
  judgeUpgrade,
  type Refusal,
  type RequestHead,
  type UpgradeOffer,
} from "./handshake/upgrade-request.ts";
export { formatRefusal, formatUpgradeResponse, type UpgradeAnswer } from "./handshake/upgrade-response.ts";
export { isBlockedPort, parseWebSocketUrl, type WebSocketUrl } from "./handshake/websocket-url.ts";
