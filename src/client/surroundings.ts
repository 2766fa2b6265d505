// What a line finds around it: sockets, requests, time, a page and its neighbours, or none of them. One object, so that the
// whole client runs in a test without a browser; page/ makes it for browsers and for Node, Bun and Deno. Interfaces only.

import type { Clock } from "../base/clock.ts";
import type { Jitter } from "../base/random.ts";
import type { Fetch } from "../transports/http/request.ts";
import type { Dialler } from "../transports/websocket/client.ts";
import type { LifeOwner } from "./page/life.ts";
import type { Seat } from "./page/seats.ts";
import type { TextMemory } from "./page/text-memory.ts";

/** The page, as far as a line has to know of it. Where there is none it is always there, seen and online. */
export interface Page {
  readonly isHidden: boolean;
  readonly isOnline: boolean;
  /** Put away: nothing may be connected. */
  readonly isAway: boolean;
  /** Its owner hears nothing more. */
  close(): void;
}

/** What a line hears of its page: what `Life` sorts out, and that the machine has slept. */
export interface PageOwner extends LifeOwner {
  receiveWoken(): void;
}

/** What every line needs. */
export interface SocketSurroundings {
  readonly clock: Clock;
  /** How long a session without sockets is kept, for the next one. */
  readonly idleMs: number;
  readonly random: Jitter;
  /** Makes a WebSocket; absent where there are none. */
  readonly dial: Dialler | undefined;
  /** What relative URLs are relative to. */
  readonly baseUrl: string | undefined;
  watch(owner: PageOwner): Page;
}

/** And what lines with requests need beside. */
export interface Surroundings extends SocketSurroundings {
  /** Milliseconds of wall time, for what is remembered beyond this page. */
  wallNow(): number;
  /** Absent where there is none. */
  readonly fetch: Fetch | undefined;
  /** Whether an answer can be read while it arrives. */
  readonly readsStreams: boolean;
  readonly memory: TextMemory;
  /** Asks for one of the seats that all tabs share (page/seats.ts). */
  takeSeat(origin: string, receive: (hasSeat: boolean) => void): Seat;
}
