// Where the token of a line comes from: a text, or a function that fetches one and may fail. A text is kept until the server
// refuses it; then it is asked for again, once. A function that takes too long has failed. Knows no sessions.

import type { Clock } from "../base/clock.ts";

/** A token, or what gives one; no token is "". */
export type TokenProvider = string | (() => string | PromiseLike<string>);

const encoder = new TextEncoder();

export class TokenSource {
  /** Whether a refused token can be replaced by another one. */
  readonly isRenewable: boolean;
  readonly #clock: Clock;
  readonly #provide: () => string | PromiseLike<string>;
  readonly #timeoutMs: number;
  #kept: Uint8Array | undefined;

  constructor(clock: Clock, provider: TokenProvider = "", timeoutMs: number = 30_000) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.isRenewable = typeof provider === "function";
    this.#provide = typeof provider === "function" ? provider : () => provider;
    if (typeof provider === "string") this.#kept = encoder.encode(provider);
  }

  /** Calls `receive` once, at once when the token is known; with an error when there is none now. */
  take(receive: (token: Uint8Array) => void, fail: (error: unknown) => void): void {
    if (this.#kept !== undefined) {
      receive(this.#kept);
      return;
    }
    let isOver = false;
    const once = (settle: () => void): void => {
      if (isOver) return;
      isOver = true;
      timer.cancel();
      settle();
    };
    const timer = this.#clock.schedule(this.#timeoutMs, () =>
      once(() => fail(new Error("The token did not come in time."))),
    );
    void (async () => this.#provide())().then(
      (text) =>
        once(() => {
          this.#kept = encoder.encode(text);
          receive(this.#kept);
        }),
      (error: unknown) => once(() => fail(error)),
    );
  }

  /** The server does not take it, or it is about to lapse: the next one is fetched. */
  drop(): void {
    if (this.isRenewable) this.#kept = undefined;
  }
}
