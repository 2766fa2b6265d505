// When a client takes its transport for dead (wire/session-v1 §2, "Heartbeat"): the server pings a silent link, so silence that
// is longer than the server allows itself means that nothing gets through; and a client that woke up asks and waits briefly.
// Ways made of requests watch themselves. Sends nothing itself.

import type { SessionSettings } from "./settings.ts";

export class ClientWatch {
  readonly #settings: SessionSettings;
  /** As the server said in WELCOME. */
  heartbeatMs: number;
  #isWatching = false;
  #probedAt = -Infinity;
  #token = 0;

  constructor(settings: SessionSettings) {
    this.#settings = settings;
    this.heartbeatMs = settings.heartbeatMs;
  }

  start(isWatching: boolean): void {
    this.#isWatching = isWatching;
    this.#probedAt = -Infinity;
  }

  stop(): void {
    this.#isWatching = false;
    this.#probedAt = -Infinity;
  }

  /** Notes that a PING goes out at `now`; its token. */
  probe(now: number): number {
    this.#probedAt = now;
    return ++this.#token;
  }

  /** When the transport counts as dead if nothing comes after `receivedAt`. */
  wakeAt(receivedAt: number): number {
    const silentAt = this.#isWatching ? receivedAt + 1.1 * this.heartbeatMs + this.#settings.silenceMs : Infinity;
    return this.#probedAt > receivedAt ? Math.min(silentAt, this.#probedAt + this.#settings.probeMs) : silentAt;
  }
}
