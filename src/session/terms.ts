// What a session at the server is made of, what it says of itself, and what it asks of whoever keeps it. Interfaces only:
// registry.ts keeps sessions, server-session.ts is one.

import type { SessionSettings } from "./settings.ts";

/** What a session is made of and never changes. */
export interface SessionTerms {
  readonly name: Uint8Array;
  readonly key: Uint8Array;
  readonly hint: Uint8Array;
  readonly version: number;
  readonly settings: SessionSettings;
}

/** What the client is told in WELCOME about the floors above. */
export interface Offer {
  readonly credit: number;
  readonly maxMessageBytes: number;
  readonly maxChannels: number;
}

/** Whoever keeps the session. */
export interface SessionKeeper<Kept> {
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
