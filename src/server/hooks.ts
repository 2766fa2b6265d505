// What an application may say about a route: a set of hooks, or one function that gets the socket as WHATWG has it. The
// contract of each hook stands here; peer.ts calls them. `Socket` is ServerSocket, which is built on these types.

import type { Origins } from "./origin.ts";
import type { UpgradeRequest } from "./upgrade-request.ts";

/** What a handler gets besides the socket. */
export interface RouteContext<User, Params> {
  readonly params: Params;
  /** What `authenticate` returned. */
  readonly user: User;
  readonly request: UpgradeRequest<Params>;
}

/**
 * Says who is asking. Runs once per handshake, after route and origin were found good. What it returns becomes
 * `socket.user`. A thrown Response refuses with its status, headers and body; anything else thrown refuses with 500.
 */
export type Authenticate<User> = (request: UpgradeRequest) => User | PromiseLike<User>;

/** Chooses one of the subprotocols that the client offers, or undefined for none. */
export type ProtocolChooser = (offered: readonly string[], request: UpgradeRequest) => string | undefined;

/**
 * The hooks of a route; all are optional. One that throws, or whose promise rejects, harms only its own connection:
 * `error` gets the exception once, and the connection closes with 1011.
 */
export interface RouteHooks<Socket, User, Params> {
  /** Subprotocols the route speaks: the first one of the client's list that is among them is used. */
  readonly protocols?: readonly string[] | ProtocolChooser | undefined;
  /** Instead of the server's `origins`. */
  readonly origins?: Origins | undefined;
  /** Instead of the server's `authenticate`. */
  readonly authenticate?: Authenticate<User> | undefined;
  /**
   * Whether this route keeps nothing per socket that another process would not have: its channels may then go on there
   * when this server drains. Plain connections never move. Default: false.
   */
  readonly movable?: boolean | undefined;
  /** Whether clients may send to it from an outbox that outlives them; such a channel never moves. Default: true. */
  readonly outbox?: boolean | undefined;
  /** The connection is open. While a returned promise is pending no message is delivered, but to a loop over the socket. */
  open?(socket: Socket, context: RouteContext<User, Params>): unknown;
  /** One message, called while the bytes are read. Bytes belong to the hook. A promise holds back the next message. */
  message?(socket: Socket, data: string | Uint8Array): unknown;
  /** A ping, answered already. */
  ping?(socket: Socket, payload: Uint8Array): unknown;
  pong?(socket: Socket, payload: Uint8Array): unknown;
  /** The server drains: this socket is closed with 1012 within `limits.drainSpreadMs`. */
  drain?(socket: Socket): unknown;
  /** The connection has ended; exactly once for each `open`. `socket.cause` tells what went wrong, if anything did. */
  close?(socket: Socket, code: number, reason: string): unknown;
  /** What another hook, or a listener, threw first. */
  error?(socket: Socket, error: unknown): unknown;
}

/** A route as a function: called when the connection is open, sets `onmessage` or listeners. */
export type RouteFunction<Socket, User, Params> = (socket: Socket, context: RouteContext<User, Params>) => unknown;

export const hookNames: readonly string[] = [
  "protocols",
  "origins",
  "authenticate",
  "movable",
  "outbox",
  "open",
  "message",
  "ping",
  "pong",
  "drain",
  "close",
  "error",
];
