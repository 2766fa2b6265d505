// The CLOSE of one channel: what it says, a continuation among it (wire/channels-v1 §5.6), whether it has been sent, and until when its answer may take. While the session has
// no way to the peer no time passes for it. Decides nothing.

import { ENVELOPE_ROOM } from "../base/session.ts";
import { encodeEnvelope, MAX_PARAMETER_BYTES } from "./envelope.ts";
import * as EnvelopeKind from "./envelope-kind.ts";

export class Closing {
  readonly #timeoutMs: number;
  #code = 0;
  #reason = "";
  #continuation: (() => Uint8Array) | undefined;
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
    this.#continuation = undefined;
  }

  /** The channel moves. `continuation` is asked when the CLOSE leaves, so that nothing comes after what it says. */
  prepareMove(continuation: () => Uint8Array): void {
    this.#continuation = continuation;
  }

  get isMove(): boolean {
    return this.#continuation !== undefined;
  }

  get code(): number {
    return this.#code;
  }

  get reason(): string {
    return this.#reason;
  }

  /** The envelope, on its way now. */
  take(channel: number, now: number): Uint8Array {
    this.#isSent = true;
    this.wait(now);
    const continuation = this.#continue();
    const kind = EnvelopeKind.close;
    return encodeEnvelope({ kind, channel, code: this.#code, reason: this.#reason, continuation }, ENVELOPE_ROOM);
  }

  /** One that cannot be had, or sent, is the end of the channel: without it there would be a gap that nobody is told of. */
  #continue(): Uint8Array | undefined {
    if (this.#continuation === undefined) return undefined;
    try {
      const continuation = this.#continuation();
      if (continuation.length <= MAX_PARAMETER_BYTES) return continuation;
    } catch {}
    this.prepare(1011, "");
    return undefined;
  }

  /** From now on the answer may take all of its time, if one is expected. */
  wait(now: number): void {
    if (this.#isSent) this.by = now + this.#timeoutMs;
  }
}
