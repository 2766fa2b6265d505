// What sockets and lines tell beyond WHATWG: that the network is gone and back. Portable: `Event` is everywhere.

import type { TransportKind } from "../session/attachment.ts";

/** `suspend`, `resume`, and a line's `transport`. */
export class LineEvent extends Event {
  /** What carries the session now; undefined while nothing does. */
  readonly transport: TransportKind | undefined;

  constructor(type: "suspend" | "resume" | "transport", transport: TransportKind | undefined) {
    super(type);
    this.transport = transport;
  }
}
