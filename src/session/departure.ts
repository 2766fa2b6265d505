// Asking a client to leave (wire/session-v1 §3.3, "GOAWAY"): a transport that goes is left once; a session that ends with its
// node is told on every transport until then, each time with what is left of the time.

import type { Attachment } from "./attachment.ts";
import { PacketType } from "./packet.ts";

export class Departure {
  #asked: { readonly endsSession: boolean; readonly deadlineAt: number; readonly spreadMs: number } | undefined;

  ask(endsSession: boolean, deadlineMs: number, spreadMs: number, now: number): void {
    this.#asked = { endsSession, deadlineAt: now + deadlineMs, spreadMs };
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
