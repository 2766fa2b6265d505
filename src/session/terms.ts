// What a session at the server is made of and says of itself. Interfaces only.

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
