// The thin waist: what the floors in the middle know of a way to a peer. A Link pushes packets as they come (a WebSocket, a
// response that stays open); a Courier is a way made of requests and takes batches when one of them can carry something.
// Interfaces only: transports/ implements them, session/ drives them, tests have them in memory.

/** One way to one peer: carries packets in order, may lose its tail when it dies, never reorders, never alters. */
export interface Link {
  /** Bytes handed over that are not yet on their way; a few KiB of them may be. */
  readonly pendingBytes: number;
  /**
   * Sends one packet, or what else the floor above frames as one: `bytes`, or what stands in it from `start` to `end`. Valid during the
   * call only.
   */
  send(bytes: Uint8Array, start?: number, end?: number): void;
  /** Ends the way, with a code of wire/session-v1 §4.5. Nothing is received after it. Calling it again does nothing. */
  close(code: number, reason: string): void;
}

/** Whoever a Link belongs to. The calls come in the order of their causes. */
export interface LinkReceiver {
  /**
   * One packet, or what the floor above frames as one, in `bytes` from `start` to `end`. Valid during the call only. `now`: when it was
   * read, as the receiver counts time; undefined: that is now.
   */
  receive(bytes: Uint8Array, start: number, end: number, now?: number): void;
  /**
   * There is room again. Called at least when everything is on its way after `pendingBytes` has said `roomBytes` or more
   * (session/settings.ts): whoever was told that there is no room hears when there is.
   */
  receiveDrain(): void;
  /** The way has ended, whoever ended it: once, and last. */
  receiveClosed(code: number, reason: string): void;
}

/** A way made of requests. Whoever drives the requests takes what they shall carry; nothing is pushed. */
export interface Courier {
  /** There may be something to take. A hint: what is taken then can be nothing. `isLast`: a last word, which waits for no answer. */
  wake(isLast?: boolean): void;
  /** Ends the way; requests that wait are answered with the status that stands for `code` in wire/session-v1 §4.5. */
  close(code: number, reason: string): void;
}

/** How much one body may carry. */
export interface BodyRoom {
  readonly maxBytes: number;
  readonly maxPackets: number;
}

/** One body on its way in. Each of its packets is judged as it comes; a body cut short is as good as its whole packets. */
export interface BodyReceiver {
  /** One packet; the bytes are valid during the call only. False: the rest of the body need not be read. */
  receive(packet: Uint8Array): boolean;
}

/** Whoever a Courier belongs to. */
export interface CourierReceiver {
  /** The packets for the next body, in order; none when nothing waits. */
  take(room: BodyRoom): Uint8Array[];
  /** A body begins to arrive. A newer one supersedes those that have not ended. */
  openBody(): BodyReceiver;
  /** The way has ended for a reason of its own: once, and last. */
  receiveClosed(code: number, reason: string): void;
}
