// Which transports may be tried, in which order, and how long each may take to answer (wire/session-v1 §4.6). Remembers what
// the network was found to let through, for ten minutes. Pure: who dials and asks is the connector.

import type { TransportKind } from "../session/attachment.ts";
import type { HttpKind } from "../transports/http/headers.ts";
import type { Surroundings } from "./surroundings.ts";

/** The best first. */
export const LADDER: readonly TransportKind[] = ["websocket", "stream", "longpoll", "poll"];

const VERDICT_MS = 10 * 60_000;
const DEMOTED_MS = 5 * 60_000;
const YOUNG_MS = 60_000;
const CLIMB_PAUSES_MS = [15_000, 30_000, 45_000] as const;

export interface LadderOptions {
  readonly surroundings: Surroundings;
  readonly origin: string;
  /** What the application allows. */
  readonly transports: readonly TransportKind[];
}

export class Ladder {
  readonly #options: LadderOptions;
  readonly #usable: readonly TransportKind[];
  /** The rung that worked last, and until when that counts. */
  #verdict: { readonly kind: TransportKind; readonly until: number } | undefined;
  #youngDeaths = 0;
  #demotedUntil = -Infinity;
  #climbs = 0;
  #heldCuts = 0;
  /** A held request was cut twice in a row: whatever is between does not bear waiting. For so long that is believed. */
  #restlessUntil = -Infinity;

  constructor(options: LadderOptions) {
    const { dial, fetch, readsStreams } = options.surroundings;
    this.#options = options;
    this.#usable = LADDER.filter(
      (kind) =>
        options.transports.includes(kind) &&
        (kind === "websocket" ? dial !== undefined : fetch !== undefined) &&
        (kind !== "stream" || readsStreams),
    );
    this.#recall();
  }

  /** Everything that can be used here at all. */
  get usable(): readonly TransportKind[] {
    return this.#usable;
  }

  /** What to try now, in this order. Below the first one WebSocket is tried beside the session, not before it. */
  get order(): readonly TransportKind[] {
    const now = this.#options.surroundings.clock.now();
    const from = this.#verdict !== undefined && this.#verdict.until > now ? LADDER.indexOf(this.#verdict.kind) : 0;
    const isDemoted = this.#demotedUntil > now;
    const chosen = this.#usable.filter(
      (kind) =>
        LADDER.indexOf(kind) >= from &&
        !(kind === "websocket" && isDemoted) &&
        !(kind === "longpoll" && this.#restlessUntil > now),
    );
    return chosen.length > 0 ? chosen : this.#usable;
  }

  /** Whether WebSocket may be tried while something else works. */
  get mayClimb(): boolean {
    return this.#usable.includes("websocket") && this.#demotedUntil <= this.#options.surroundings.clock.now();
  }

  /** What is made of requests, may be tried and is better than `kind`. */
  above(kind: TransportKind): readonly HttpKind[] {
    const isRestless = this.#restlessUntil > this.#options.surroundings.clock.now();
    return this.#usable
      .slice(0, Math.max(0, this.#usable.indexOf(kind)))
      .filter((better) => better !== "websocket" && !(better === "longpoll" && isRestless)) as HttpKind[];
  }

  /** When to try something better than `kind`: ever later, and not all clients at once. Undefined: never. */
  climbPauseMs(kind: TransportKind): number | undefined {
    if (kind === "websocket") this.#climbs = 0;
    if (this.#usable.indexOf(kind) < 1) return undefined;
    const pauseMs = CLIMB_PAUSES_MS[Math.min(this.#climbs++, CLIMB_PAUSES_MS.length - 1)] as number;
    return pauseMs * (0.8 + 0.4 * this.#options.surroundings.random.fraction());
  }

  /** The session has gone to `kind`, and what was said on it was answered. */
  receiveWorking(kind: TransportKind): void {
    const { origin, surroundings } = this.#options;
    const { clock, memory } = surroundings;
    this.#verdict = { kind, until: clock.now() + VERDICT_MS };
    if (kind === "websocket") memory.forget(`path ${origin}`);
    else {
      const until = Math.ceil(surroundings.wallNow() + VERDICT_MS);
      memory.remember(`path ${origin}`, `${kind} ${until}`, until);
    }
  }

  /** A WebSocket was just seen not to get through: it is tried again beside what does, not before. */
  receiveBlocked(): void {
    const [kind] = this.order.filter((usable) => usable !== "websocket");
    if (kind !== undefined) this.#verdict = { kind, until: this.#options.surroundings.clock.now() + VERDICT_MS };
  }

  /** A WebSocket has died `livedMs` after it was attached. */
  receiveDeath(livedMs: number): void {
    this.#youngDeaths = livedMs < YOUNG_MS ? this.#youngDeaths + 1 : 0;
    if (this.#youngDeaths < 2 || this.#usable.length < 2) return;
    this.#youngDeaths = 0;
    this.#demotedUntil = this.#options.surroundings.clock.now() + DEMOTED_MS;
  }

  /** Nothing of what was to be tried has worked: the verdict does not hold. */
  receiveFailure(): void {
    this.#verdict = undefined;
    this.#options.surroundings.memory.forget(`path ${this.#options.origin}`);
  }

  /** A request that was held has ended; `isCut`: before its time. */
  receiveHeldEnd(isCut: boolean): void {
    this.#heldCuts = isCut ? this.#heldCuts + 1 : 0;
    if (this.#heldCuts < 2) return;
    this.#heldCuts = 0;
    this.#restlessUntil = this.#options.surroundings.clock.now() + VERDICT_MS;
  }

  /** Another network: nothing that was learned holds. */
  reset(): void {
    this.#options.surroundings.memory.forget(`path ${this.#options.origin}`);
    this.#verdict = undefined;
    this.#demotedUntil = -Infinity;
    this.#youngDeaths = 0;
    this.#heldCuts = 0;
    this.#restlessUntil = -Infinity;
  }

  #recall(): void {
    const { origin, surroundings } = this.#options;
    const { clock, memory } = surroundings;
    const [kept = "", until = ""] = (memory.recall(`path ${origin}`) ?? "").split(" ");
    const kind = this.#usable.find((usable) => usable === kept);
    const leftMs = Math.min(VERDICT_MS, Number(until) - surroundings.wallNow());
    if (kind !== undefined && leftMs > 0) this.#verdict = { kind, until: clock.now() + leftMs };
  }
}

/** How long a WebSocket has before another transport is asked: three round trips, when one was measured. */
export function headStartMs(roundTripMs: number | undefined): number {
  return roundTripMs === undefined ? 300 : Math.min(600, Math.max(150, 3 * roundTripMs));
}
