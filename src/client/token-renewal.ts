// A session that goes on shows a new token before the old one lapses (wire/session-v1 §3.3, "AUTH in place"): at 80 % of its
// time. A provider that fails is asked again; the session has a grace for that.

import type { Clock, Timer } from "../base/clock.ts";
import type { Jitter } from "../base/random.ts";
import type { ClientSession } from "../session/client-session.ts";
import { Backoff } from "./backoff.ts";
import type { TokenSource } from "./token-source.ts";

const SHARE = 0.8;
/** AUTH counts as unanswered after this: where answers are made of requests, one may have been lost on its way. */
const ANSWER_MS = 15_000;

export class TokenRenewal {
  readonly #session: Pick<ClientSession, "expiresAt" | "authenticate">;
  readonly #token: TokenSource;
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  #timer: Timer | undefined;
  /** Counts plannings, so that a token that comes late does not set going again what was stopped. */
  #round = 0;

  constructor(
    session: Pick<ClientSession, "expiresAt" | "authenticate">,
    token: TokenSource,
    clock: Clock,
    random: Jitter,
  ) {
    this.#session = session;
    this.#token = token;
    this.#clock = clock;
    this.#backoff = new Backoff(random);
  }

  /** The session is attached: renews the token in time, if it lapses at all. */
  plan(): void {
    this.stop();
    const { expiresAt } = this.#session;
    if (expiresAt === Infinity || !this.#token.isRenewable) return;
    const dueMs = SHARE * (expiresAt - this.#clock.now());
    this.#timer = this.#clock.schedule(Math.max(0, dueMs), () => this.#renew());
  }

  stop(): void {
    this.#round++;
    this.#timer?.cancel();
  }

  /** AUTH was answered: 0, or why not. */
  receiveAuthed(status: number): void {
    if (status === 0) {
      this.#backoff.reset();
      this.plan();
    } else {
      this.#retry();
    }
  }

  #renew(): void {
    const round = this.#round;
    this.#token.drop();
    this.#token.take(
      (token) => {
        if (round !== this.#round) return;
        this.#session.authenticate(token);
        this.#timer = this.#clock.schedule(ANSWER_MS, () => this.#renew());
      },
      () => {
        if (round === this.#round) this.#retry();
      },
    );
  }

  #retry(): void {
    this.stop();
    this.#timer = this.#clock.schedule(this.#backoff.next(undefined), () => this.#renew());
  }
}
