// When a session that goes over requests tries WebSocket again (wire/session-v1 §4.6 point 5): after 15, 30, then every 45 s, not
// while nobody looks, and not before the new path has answered. Dials nothing itself.

import type { Clock, Timer } from "../base/clock.ts";
import type { Jitter } from "../base/random.ts";
import type { TransportKind } from "../session/attachment.ts";
import type { Dial } from "./dial.ts";
import type { Ladder } from "./ladder.ts";
import type { Page } from "./surroundings.ts";

const PAUSES_MS = [15_000, 30_000, 45_000] as const;
const PROOF_MS = 3_000;

export interface ClimberOptions {
  readonly clock: Clock;
  readonly random: Jitter;
  readonly page: Pick<Page, "isHidden" | "isOnline" | "isAway">;
  /** Absent where there is nothing to climb from. */
  readonly ladder: Pick<Ladder, "usable" | "mayClimb"> | undefined;
  /** It is time: a WebSocket is to be dialled beside the session. */
  dial(): void;
}

export class Climber {
  readonly #options: ClimberOptions;
  #timer: Timer | undefined;
  #count = 0;

  constructor(options: ClimberOptions) {
    this.#options = options;
  }

  /** The session goes over `kind`. `isNow`: something has changed, there is no need to wait. */
  plan(kind: TransportKind, isNow: boolean): void {
    const { clock, random, ladder } = this.#options;
    this.stop();
    if (kind === "websocket") this.#count = 0;
    if (kind === "websocket" || ladder?.usable.includes("websocket") !== true) return;
    const pauseMs = PAUSES_MS[Math.min(this.#count++, PAUSES_MS.length - 1)] as number;
    const spreadMs = pauseMs * (0.8 + 0.4 * random.fraction());
    this.#timer = clock.schedule(isNow ? 0 : spreadMs, () => {
      const { page } = this.#options;
      if (page.isHidden || !page.isOnline || page.isAway || !ladder.mayClimb) this.plan(kind, false);
      else this.#options.dial();
    });
  }

  /** Asks whether anything gets through both ways: a path that is mute must not interrupt the session. */
  prove(dial: Dial, failed: () => void): void {
    this.stop();
    this.#timer = this.#options.clock.schedule(PROOF_MS, () => {
      dial.close();
      failed();
    });
    dial.probe();
  }

  /** After a pause of `ms`, instead of climbing. */
  after(ms: number, run: () => void): void {
    this.stop();
    this.#timer = this.#options.clock.schedule(ms, run);
  }

  stop(): void {
    this.#timer?.cancel();
  }
}
