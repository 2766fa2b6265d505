// Asking a client to leave (wire/session-v1 §3.3, "GOAWAY"): a transport that goes is left once; a session that ends with its
// node is told on every transport until then, each time with what is left of the time.

import type { Attachment } from "./attachment.ts";
import { PacketType } from "./packet.ts";

/** A client whose requests are lost more often in a row takes its transport for cut, and is told on the next one. */
const MOST_REPEATS = 2;

export class Departure {
  #asked: { readonly endsSession: boolean; readonly deadlineAt: number; readonly spreadMs: number } | undefined;
  #repeats = 0;

  ask(endsSession: boolean, deadlineMs: number, spreadMs: number, now: number): void {
    this.#repeats = 0;
    this.#asked = { endsSession, deadlineAt: now + deadlineMs, spreadMs };
  }

  /** Another body is asked for: the one that told may never have arrived. A few times more it is told again. */
  repeat(current: Pick<Attachment, "send"> | undefined, now: number): void {
    if (this.#repeats < MOST_REPEATS) this.tell(current, now);
    this.#repeats++;
  }

  /** Tells the current transport at `now`, if there is one and anything to tell. */
  tell(current: Pick<Attachment, "send"> | undefined, now: number): void {
    const asked = this.#asked;
    if (asked === undefined) return;
    if (!asked.endsSession) this.#asked = undefined;
    const deadlineMs = Math.max(0, Math.ceil(asked.deadlineAt - now));
    const spreadMs = Math.min(asked.spreadMs, deadlineMs);
    current?.send({ type: PacketType.goAway, flags: asked.endsSession ? 1 : 0, deadlineMs, spreadMs });
  }
}
