// What a session at the server is made with, what it says of itself, and what it asks of whoever keeps it. Interfaces only:
// registry.ts keeps sessions, server-session.ts is one.

import type { SessionSettings } from "./settings.ts";

/** What tells one session from the others, and never changes. */
export interface SessionTerms {
  /** Bytes as text: kept for every session, and short text is a fraction of a short array. */
  readonly name: string;
  readonly key: string;
  readonly version: number;
}

/** What the client is told in WELCOME about the floors above. */
export interface Offer {
  readonly credit: number;
  readonly maxMessageBytes: number;
  readonly maxChannels: number;
}

/** Whoever keeps the session. */
export interface SessionKeeper<Kept> {
  readonly settings: SessionSettings;
  /** What other nodes find this one by: it stands in every ticket. */
  readonly hint: Uint8Array;
  now(): number;
  /** A number in [0, 1), for jitter. */
  fraction(): number;
  /** `wakeAt` may have become earlier. */
  schedule(session: Kept): void;
  /** It has no transport any more: it may be ended in this very turn, when too many wait. */
  park(session: Kept): void;
  /** It has one again. */
  unpark(session: Kept): void;
  /** It is over. `hasFarewell`: its BYE waits for a request with its newest ticket; a second call follows. */
  forget(session: Kept, hasFarewell: boolean): void;
  /** Authenticates again with a token from AUTH; answers through `completeAuth`, now or later. */
  authenticate(session: Kept, id: number, token: Uint8Array): void;
}
