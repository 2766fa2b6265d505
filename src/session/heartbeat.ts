// When a server asks a silent transport whether it is alive, and when it gives it up (wire/session-v1 §2, "Heartbeat"). A way
// made of requests is not asked: its next request is its sign of life. One for each transport. Sends nothing itself.

import type { SessionSettings } from "./settings.ts";

export class Heartbeat {
  readonly #settings: SessionSettings;
  /** Undefined where nobody is asked. */
  readonly #intervalMs: number | undefined;
  /** -1: not yet. */
  #pingedAt = -1;
  /** Of the latest PING. */
  token = 0;

  /** `fraction`, a number in [0, 1), makes that not all sessions of a server ping at once. */
  constructor(settings: SessionSettings, isLink: boolean, fraction: number) {
    this.#settings = settings;
    this.#intervalMs = isLink ? Math.round(settings.heartbeatMs * (0.9 + 0.2 * fraction)) : undefined;
  }

  /** When `tick` has something to say, if nothing comes after `receivedAt`. */
  wakeAt(receivedAt: number): number {
    if (this.#intervalMs === undefined) return receivedAt + this.#settings.requestGapMs;
    return isUnanswered(this.#pingedAt, receivedAt)
      ? this.#pingedAt + this.#settings.silenceMs
      : receivedAt + this.#intervalMs;
  }

  /** What to do at `now`: send a PING with `token`, give the transport up, or nothing. */
  tick(receivedAt: number, now: number): "ping" | "silent" | undefined {
    if (now < this.wakeAt(receivedAt)) return undefined;
    if (this.#intervalMs === undefined || isUnanswered(this.#pingedAt, receivedAt)) return "silent";
    this.#pingedAt = now;
    this.token++;
    return "ping";
  }
}

/**
 * Whether nothing has come since the latest PING. That went out an interval after something had come: what has the same time, to the
 * millisecond, is its answer.
 */
function isUnanswered(pingedAt: number, receivedAt: number): boolean {
  return pingedAt > receivedAt;
}
