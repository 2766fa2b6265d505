// The CLOSE of one channel: what it says, whether it has been sent, and until when its answer may take. While the session has
// no way to the peer no time passes for it. Decides nothing.

import { EnvelopeKind, encodeEnvelope } from "./envelope.ts";

export class Closing {
  readonly #timeoutMs: number;
  #code = 0;
  #reason = "";
  #isSent = false;
  /** When the answer is overdue. */
  by: number = Infinity;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  get isSent(): boolean {
    return this.#isSent;
  }

  /** What is to be said; code 0 for none. */
  prepare(code: number, reason: string): void {
    this.#code = code;
    this.#reason = reason;
  }

  /** The envelope, on its way now. */
  take(channel: number, now: number): Uint8Array {
    this.#isSent = true;
    this.wait(now);
    const { close: kind } = EnvelopeKind;
    return encodeEnvelope({ kind, channel, code: this.#code, reason: this.#reason, continuation: undefined });
  }

  /** From now on the answer may take all of its time, if one is expected. */
  wait(now: number): void {
    if (this.#isSent) this.by = now + this.#timeoutMs;
  }
}
