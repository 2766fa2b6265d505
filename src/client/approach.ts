// A line's WebSocket before it carries anything (wire/session-v1 §4.6): one at a time is dialled, greeted, and, beside a session that
// something else carries, proven. Knows how long the way takes. When to dial, and what to ask on it, is the connector's.

import type { Timer } from "../base/clock.ts";
import type { WebSocketClient } from "../transports/websocket/client.ts";
import type { ConnectorOptions } from "./connecting.ts";
import { Dial } from "./dial.ts";
import { headStartMs } from "./ladder.ts";

export const PROOF_MS = 3_000;

export interface ApproachOwner {
  receiveGreeted(): void;
  /** It gets through both ways. */
  receiveProven(): void;
  /** It is open, and its GREET is late: it may still come. */
  receiveQuiet(): void;
  /** There is none; `isForeign`: there is, but of somebody else's. */
  receiveUndialled(isForeign: boolean): void;
}

export class Approach {
  readonly #options: Pick<ConnectorOptions, "surroundings" | "socketUrl">;
  readonly #owner: ApproachOwner;
  #dial: Dial | undefined;
  #roundTripMs: number | undefined;
  #proof: Timer | undefined;

  constructor(options: Pick<ConnectorOptions, "surroundings" | "socketUrl">, owner: ApproachOwner) {
    this.#options = options;
    this.#owner = owner;
  }

  get headStartMs(): number {
    return headStartMs(this.#roundTripMs);
  }

  get isDialling(): boolean {
    return this.#dial !== undefined;
  }

  get isGreeted(): boolean {
    return this.#dial?.isGreeted === true;
  }

  /** One that was dialled, and greeted, by somebody else. */
  adopt(dial: Dial): void {
    this.#dial = dial;
  }

  /** Dials, unless it does already. */
  dial(): void {
    const { surroundings, socketUrl } = this.#options;
    const { dial, clock } = surroundings;
    if (dial === undefined || this.#dial !== undefined) return;
    const dialledAt = clock.now();
    const made = new Dial(
      { dial, clock, url: socketUrl, protocols: [] },
      {
        receiveGreeted: () => {
          // Connecting took two round trips or more.
          this.#roundTripMs = (clock.now() - dialledAt) / 2;
          this.#owner.receiveGreeted();
        },
        receiveQuiet: () => this.#owner.receiveQuiet(),
        receiveProven: () => {
          this.#proof?.cancel();
          this.#owner.receiveProven();
        },
        receiveForeign: (socket) => {
          socket.close();
          this.#fail(true);
        },
        receiveFailed: () => this.#fail(false),
      },
    );
    this.#dial = made;
  }

  #fail(isForeign: boolean): void {
    this.#dial = undefined;
    this.#owner.receiveUndialled(isForeign);
  }

  /** Asks whether anything gets through both ways: a path that is mute must not interrupt the session. */
  prove(): void {
    this.rest();
    this.#proof = this.#options.surroundings.clock.schedule(PROOF_MS, () => this.leave());
    this.#dial?.probe();
  }

  /** Nothing is proven any more. */
  rest(): void {
    this.#proof?.cancel();
  }

  /** What it has become; undefined when it is none. */
  take(): WebSocketClient | undefined {
    const link = this.#dial?.take();
    if (link !== undefined) this.#dial = undefined;
    this.rest();
    return link;
  }

  leave(): void {
    this.rest();
    this.#dial?.close();
    this.#dial = undefined;
  }
}
