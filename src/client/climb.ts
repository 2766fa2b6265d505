// The way back up, from requests to better ones and to WebSocket (wire/session-v1 §4.6): when to look for something better, and
// whether there is. What was found is asked by the connector; a session that is carried never notices a look that finds nothing.

import type { Timer } from "../base/clock.ts";
import type { TransportKind } from "../session/way.ts";
import type { HttpKind } from "../transports/http/headers.ts";
import type { ProbeVerdict } from "../transports/http/probe.ts";
import type { Ladder } from "./ladder.ts";
import type { Seat } from "./page/seats.ts";
import type { SocketSurroundings } from "./surroundings.ts";

export interface ClimbOwner {
  /** Nobody sees the page, or there is no network. */
  readonly isIdle: boolean;
  dialSocket(): void;
  /** `kind` would do, and is better than what there is; `seat` is for it, where what there is has none. */
  receiveBetter(kind: HttpKind, seat: Seat | undefined): void;
}

/** What it needs of the line's detours. */
export interface ClimbPaths {
  readonly ladder: Pick<Ladder, "above" | "climbPauseMs" | "mayClimb">;
  takeSeat(kind: HttpKind, receive: (kind: HttpKind) => void): Seat | undefined;
  probe(signal: AbortSignal): Promise<ProbeVerdict>;
}

export class Climb {
  readonly #detours: ClimbPaths;
  readonly #clock: SocketSurroundings["clock"];
  readonly #owner: ClimbOwner;
  #timer: Timer | undefined;
  #look: AbortController | undefined;
  #seat: Seat | undefined;

  constructor(detours: ClimbPaths, clock: SocketSurroundings["clock"], owner: ClimbOwner) {
    this.#detours = detours;
    this.#clock = clock;
    this.#owner = owner;
  }

  /** Looks above `kind` in a while, again and again; at once when something has changed. */
  plan(kind: TransportKind, isNow: boolean): void {
    this.stop();
    const pauseMs = this.#detours.ladder.climbPauseMs(kind);
    if (pauseMs === undefined) return;
    this.#timer = this.#clock.schedule(isNow ? 0 : pauseMs, () => {
      this.plan(kind, false);
      if (this.#owner.isIdle) return;
      if (this.#detours.ladder.mayClimb) this.#owner.dialSocket();
      if (kind !== "websocket" && kind !== "stream") this.#lookAbove(kind);
    });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#look?.abort();
    this.#seat?.leave();
    this.#seat = undefined;
  }

  #lookAbove(kind: HttpKind): void {
    const better = this.#detours.ladder.above(kind);
    if (better.length === 0) return;
    const look = new AbortController();
    this.#look = look;
    const find = (): void => {
      void this.#detours.probe(look.signal).then((verdict) => {
        // What lets answers through only whole bears one that waits.
        const found = verdict === "streams" ? better[0] : better.find((next) => next !== "stream");
        const seat = this.#seat;
        this.#seat = undefined;
        if (look.signal.aborted || found === undefined || verdict === "none" || verdict === "busy") seat?.leave();
        else this.#owner.receiveBetter(found, seat);
      });
    };
    // Whoever polls may do so for want of a seat.
    if (kind === "longpoll") find();
    else {
      this.#seat = this.#detours.takeSeat("longpoll", (possible) => {
        if (possible !== "poll" && !look.signal.aborted) find();
      });
    }
  }
}
