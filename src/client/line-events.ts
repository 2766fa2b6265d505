// What sockets and lines tell beyond WHATWG: that the network is gone and back. Portable: `Event` is everywhere.

import type { TransportKind } from "../session/way.ts";

/** `suspend`, `resume`, and `transport`. */
export class LineEvent extends Event {
  /** What carries the session now; undefined while nothing does. */
  readonly transport: TransportKind | undefined;
  /** At `resume`: the socket went on in a new session, with another server process or after it was restarted. */
  readonly fresh: boolean;
  /**
   * At `resume`: the old session was lost before it could be left in order. What was sent and not acknowledged is of unknown fate,
   * what the server sent meanwhile is missing.
   */
  readonly gap: boolean;

  constructor(
    type: "suspend" | "resume" | "transport",
    transport: TransportKind | undefined,
    { isFresh = false, isGap = false }: { readonly isFresh?: boolean; readonly isGap?: boolean } = {},
  ) {
    super(type);
    this.transport = transport;
    this.fresh = isFresh;
    this.gap = isGap;
  }
}
