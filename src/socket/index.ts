// The entry `longwire/websocket`: the WHATWG WebSocket for Node, and the words one needs to use it.

import "./node-platform.ts";

export { LocalError, LongwireError, RemoteError, type ErrorCode } from "../base/errors.ts";
export { type Limits } from "../base/limits.ts";
export type { Pressure } from "../base/carrier.ts";
export { type TlsOptions } from "./dial.ts";
export type { WebSocketEventMap } from "../base/events.ts";
export { CloseEvent, ErrorEvent } from "../base/own-events.ts";
export { type BinaryType, type Sendable } from "../base/payload.ts";
export { createRuntime, type RuntimeOptions, type SocketRuntime } from "./runtime.ts";
export { type HeaderInit, WebSocket, type WebSocketOptions } from "./websocket.ts";
export { type EventHandler, type MessageData, type ReadyState, WebSocketSurface } from "../base/websocket-surface.ts";
