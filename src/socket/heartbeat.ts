// Keep-alive of one connection: when to ping, and when to give a silent peer up. RELIABILITY P-72, F-22, F-30. Any received
// byte is a sign of life; sending is none. A ping is also due when only the peer talks: some balancers time each
// direction by itself. Pure; the driver sends the pings.

export class Heartbeat {
  readonly #intervalMs: number;
  readonly #timeoutMs: number;
  #receivedAt: number;
  #sentAt: number;
  #deadline = Infinity;

  /**
   * `fraction` in [0, 1) spreads the interval over ± 10 %, less what wakeups may be late: 20 and 15 s mean 37 s at most.
   * An interval of 0 never pings and never judges.
   */
  constructor(intervalMs: number, timeoutMs: number, fraction: number, now: number) {
    this.#intervalMs = intervalMs === 0 ? Infinity : intervalMs * (0.9 + 0.19 * fraction);
    this.#timeoutMs = timeoutMs;
    this.#receivedAt = now;
    this.#sentAt = now;
  }

  /** Bytes came. */
  receive(now: number): void {
    this.#receivedAt = now;
    this.#deadline = Infinity;
  }

  /** Bytes went. */
  send(now: number): void {
    this.#sentAt = now;
  }

  /** When tick() is due. */
  get wakeAt(): number {
    return this.#deadline === Infinity ? Math.min(this.#receivedAt, this.#sentAt) + this.#intervalMs : this.#deadline;
  }

  /** What to do now: nothing, send a ping, or drop the transport because nothing came since the last one. */
  tick(now: number): "wait" | "ping" | "lost" {
    if (now < this.wakeAt) return "wait";
    if (this.#deadline !== Infinity) return "lost";
    this.#deadline = now + this.#timeoutMs;
    this.#sentAt = now;
    return "ping";
  }
}
