// Where an outbox and a line meet: what `open()` and `new WebSocket()` are given, and what they are given for it once its store
// has been read. Interfaces only, so that a page without an outbox has nothing of it.

import type { Carrier } from "../../base/carrier.ts";
import type { LongwireError } from "../../base/errors.ts";
import type { MobileOwner } from "../../channels/mobile-channel.ts";
import type { LineSocket } from "../line-socket.ts";

/** Between one socket and the channel that it gets. */
export interface Passage {
  /** For OPEN. */
  readonly parameters: Uint8Array;
  /** Whom the channel is for. */
  readonly owner: MobileOwner;
  /** What the socket sends through instead of `channel`. */
  carry(channel: Carrier): Carrier;
  /** Why the socket ends at a server that has no channels. */
  readonly refusal: LongwireError;
}

/** Keeps what a socket sends until the server's handler is done with it. */
export interface SocketOutbox {
  /**
   * Calls `begin` once the store has been read, unless the socket was given up or the store cannot be read. Throws LocalError
   * LW_OUTBOX_BUSY while another socket has the outbox.
   */
  attach(socket: LineSocket, begin: (passage: Passage) => void): void;
}

/** What `open()` and `new WebSocket()` take besides subprotocols. */
export interface SocketOptions {
  /** Where what is sent survives the page or the process: `indexedDBOutbox()`, `fileOutbox()`. Default: nowhere. */
  readonly outbox?: SocketOutbox | undefined;
}
