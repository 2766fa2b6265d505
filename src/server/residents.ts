// Who is inside: open sockets, handshakes that wait for a hook, and whether more may come in. Drain and close wait here
// until the last one has gone. Does not close anything itself.

import type { ServerSocket } from "./peer.ts";

/** A handshake that waits for a hook. */
export interface Waiting {
  /** The server has changed its mind about letting anyone in. */
  turnAway(): void;
}

export class Residents {
  readonly sockets: Set<ServerSocket> = new Set();
  readonly waiting: Set<Waiting> = new Set();
  /** `draining`: nobody comes in any more. `closed`: nobody is inside either, or they are on their way out. */
  state: "open" | "draining" | "closed" = "open";
  /** How many of the sockets are channels of sessions: they leave with their sessions. */
  #channelCount = 0;
  #leavers: (() => void)[] = [];

  /** Another socket. */
  add(socket: ServerSocket): void {
    this.sockets.add(socket);
    if (socket.isChannel) this.#channelCount += 1;
  }

  /** Those that are channels, as a list of its own. */
  get channels(): readonly ServerSocket[] {
    return [...this.sockets].filter((socket) => socket.isChannel);
  }

  /** Open connections of their own. */
  get connectionCount(): number {
    return this.sockets.size - this.#channelCount;
  }

  delete(socket: ServerSocket): void {
    if (this.sockets.delete(socket) && socket.isChannel) this.#channelCount -= 1;
    if (this.connectionCount > 0) return;
    const leavers = this.#leavers;
    this.#leavers = [];
    for (const resolve of leavers) resolve();
  }

  /** Refuses everyone who waits for a hook. */
  turnAwayWaiting(): void {
    for (const waiting of this.waiting) waiting.turnAway();
  }

  /** Resolves when no connection is open. */
  emptied(): Promise<void> {
    if (this.connectionCount === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#leavers.push(resolve);
    });
  }
}
