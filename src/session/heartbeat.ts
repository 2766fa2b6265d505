// When a server asks a silent transport whether it is alive, and when it gives it up (wire/session-v1 §2, "Heartbeat"). A way
// made of requests is not asked: its next request is its sign of life. Sends nothing itself.

import type { SessionSettings } from "./settings.ts";

export class Heartbeat {
  readonly #settings: SessionSettings;
  #mode: "stopped" | "link" | "requests" = "stopped";
  #intervalMs = 0;
  #pingedAt: number | undefined;
  #startedAt = 0;
  /** Of the latest PING. */
  token = 0;

  constructor(settings: SessionSettings) {
    this.#settings = settings;
  }

  /** `fraction`, a number in [0, 1), makes that not all sessions of a server ping at once. */
  start(isLink: boolean, now: number, fraction: number): void {
    this.#mode = isLink ? "link" : "requests";
    this.#startedAt = now;
    this.#pingedAt = undefined;
    this.#intervalMs = this.#settings.heartbeatMs * (0.9 + 0.2 * fraction);
  }

  stop(): void {
    this.#mode = "stopped";
  }

  /** When `tick` has something to say, if nothing comes after `receivedAt`. */
  wakeAt(receivedAt: number): number {
    const heardAt = Math.max(receivedAt, this.#startedAt);
    if (this.#mode === "stopped") return Infinity;
    if (this.#mode === "requests") return heardAt + this.#settings.requestGapMs;
    const isPinged = this.#pingedAt !== undefined && this.#pingedAt >= heardAt;
    return isPinged ? (this.#pingedAt as number) + this.#settings.silenceMs : heardAt + this.#intervalMs;
  }

  /** What to do at `now`: send a PING with `token`, give the transport up, or nothing. */
  tick(receivedAt: number, now: number): "ping" | "silent" | undefined {
    if (now < this.wakeAt(receivedAt)) return undefined;
    const heardAt = Math.max(receivedAt, this.#startedAt);
    if (this.#mode === "requests" || (this.#pingedAt !== undefined && this.#pingedAt >= heardAt)) return "silent";
    this.#pingedAt = now;
    this.token++;
    return "ping";
  }
}
