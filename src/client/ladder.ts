// Which transports may be tried, in which order, and how long each may take to answer (wire/session-v1 §4.6). Remembers what
// the network was found to let through, for ten minutes. Pure: who dials and asks is the connector.

import type { TransportKind } from "../session/way.ts";
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
  readonly #surroundings: Surroundings;
  /** What is remembered beyond the page stands there. */
  readonly #key: string;
  readonly #usable: readonly TransportKind[];
  /** The rung that worked last, and until when that counts. */
  #verdict: { readonly kind: TransportKind; readonly until: number } | undefined;
  /** Until when a rung is left alone: a WebSocket that dies young, waiting where whatever is between does not bear it. */
  readonly #avoidedUntil = new Map<TransportKind, number>();
  #youngDeaths = 0;
  #climbs = 0;
  #heldCuts = 0;

  constructor({ surroundings, origin, transports }: LadderOptions) {
    const { dial, fetch, readsStreams } = surroundings;
    this.#surroundings = surroundings;
    this.#key = `path ${origin}`;
    this.#usable = LADDER.filter(
      (kind) =>
        transports.includes(kind) &&
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
    const { kind: best = "websocket", until = 0 } = this.#verdict ?? {};
    const from = until > this.#now ? LADDER.indexOf(best) : 0;
    const chosen = this.#usable.filter((kind) => LADDER.indexOf(kind) >= from && !this.#avoids(kind));
    return chosen.length > 0 ? chosen : this.#usable;
  }

  /** Whether WebSocket may be tried while something else works. */
  get mayClimb(): boolean {
    return this.#usable.includes("websocket") && !this.#avoids("websocket");
  }

  /** What is made of requests, may be tried and is better than `kind`. */
  above(kind: TransportKind): readonly HttpKind[] {
    return this.#usable
      .slice(0, Math.max(0, this.#usable.indexOf(kind)))
      .filter((better): better is HttpKind => better !== "websocket" && !this.#avoids(better));
  }

  /** When to try something better than `kind`: ever later, and not all clients at once. Undefined: never. */
  climbPauseMs(kind: TransportKind): number | undefined {
    if (kind === "websocket") this.#climbs = 0;
    if (this.#usable.indexOf(kind) < 1) return undefined;
    const pauseMs = CLIMB_PAUSES_MS[Math.min(this.#climbs++, CLIMB_PAUSES_MS.length - 1)] as number;
    return pauseMs * (0.8 + 0.4 * this.#surroundings.random.fraction());
  }

  /** The session has gone to `kind`, and what was said on it was answered. */
  receiveWorking(kind: TransportKind): void {
    const { memory } = this.#surroundings;
    this.#believe(kind);
    if (kind === "websocket") memory.forget(this.#key);
    else {
      const until = Math.ceil(this.#surroundings.wallNow() + VERDICT_MS);
      memory.remember(this.#key, `${kind} ${until}`, until);
    }
  }

  /** A WebSocket was just seen not to get through: it is tried again beside what does, not before. */
  receiveBlocked(): void {
    const [kind] = this.order.filter((usable) => usable !== "websocket");
    if (kind !== undefined) this.#believe(kind);
  }

  /** A WebSocket has died `livedMs` after it was attached. */
  receiveDeath(livedMs: number): void {
    this.#youngDeaths = livedMs < YOUNG_MS ? this.#youngDeaths + 1 : 0;
    if (this.#youngDeaths < 2 || this.#usable.length < 2) return;
    this.#youngDeaths = 0;
    this.#avoidedUntil.set("websocket", this.#now + DEMOTED_MS);
  }

  /** Nothing of what was to be tried has worked: the verdict does not hold. */
  receiveFailure(): void {
    this.#verdict = undefined;
    this.#surroundings.memory.forget(this.#key);
  }

  /** A request that was held has ended; `isCut`: before its time. Twice in a row: whatever is between does not bear waiting. */
  receiveHeldEnd(isCut: boolean): void {
    this.#heldCuts = isCut ? this.#heldCuts + 1 : 0;
    if (this.#heldCuts < 2) return;
    this.#heldCuts = 0;
    this.#avoidedUntil.set("longpoll", this.#now + VERDICT_MS);
  }

  /** Another network: nothing that was learned holds. */
  reset(): void {
    this.receiveFailure();
    this.#avoidedUntil.clear();
    this.#youngDeaths = 0;
    this.#heldCuts = 0;
  }

  get #now(): number {
    return this.#surroundings.clock.now();
  }

  #avoids(kind: TransportKind): boolean {
    return (this.#avoidedUntil.get(kind) ?? 0) > this.#now;
  }

  #believe(kind: TransportKind, ms: number = VERDICT_MS): void {
    this.#verdict = { kind, until: this.#now + ms };
  }

  #recall(): void {
    const { memory } = this.#surroundings;
    const [kept = "", until = ""] = (memory.recall(this.#key) ?? "").split(" ");
    const kind = this.#usable.find((usable) => usable === kept);
    const leftMs = Math.min(VERDICT_MS, Number(until) - this.#surroundings.wallNow());
    if (kind !== undefined && leftMs > 0) this.#believe(kind, leftMs);
  }
}

/** How long a WebSocket has before another transport is asked: three round trips, when one was measured. */
export function headStartMs(roundTripMs: number | undefined): number {
  return roundTripMs === undefined ? 300 : Math.min(600, Math.max(150, 3 * roundTripMs));
}
