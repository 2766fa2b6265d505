// `longwire/protocol`: RFC 6455 as pure machines, for any runtime and for pages that draw frames. No sockets, no timers.

export {
  closeCodes,
  describeCloseCode,
  isApplicationCloseCode,
  type CloseCode,
  type ClosePolicy,
} from "../base/close-codes.ts";
export { NO_STATUS, decodeClosePayload, encodeClosePayload, type ClosePayload } from "./close-payload.ts";
export { Connection, type ConnectionOptions } from "./connection.ts";
export type { ConnectionSink } from "./connection-sink.ts";
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
