// What a session numbers next (wire/channels-v1 §5.3): control envelopes first, then the channels that can send take turns, a
// slice each. So a message waits for at most one slice of every other busy channel. Knows nothing of credit: a channel that
// has to wait gives nothing, and comes back when it can go on.

/** A channel, or whoever else has envelopes to send. */
export interface Sender {
  /** The next envelope that must not wait behind messages, if there is one. */
  takeControl(): Uint8Array | undefined;
  /** The next slice, or what comes after the last, in parts; undefined when nothing may be sent. */
  takeSlice(): readonly Uint8Array[] | undefined;
}

export class Scheduler {
  readonly #urgent = new Set<Sender>();
  readonly #busy = new Set<Sender>();

  /** `sender` has a control envelope. */
  urge(sender: Sender): void {
    this.#urgent.add(sender);
  }

  /** `sender` has a slice that it may send. Whoever waits already keeps its place. */
  queue(sender: Sender): void {
    this.#busy.add(sender);
  }

  remove(sender: Sender): void {
    this.#urgent.delete(sender);
    this.#busy.delete(sender);
  }

  /** The next envelope, in parts. */
  next(): readonly Uint8Array[] | undefined {
    for (const sender of this.#urgent) {
      const envelope = sender.takeControl();
      if (envelope !== undefined) return [envelope];
      this.#urgent.delete(sender);
    }
    for (const sender of this.#busy) {
      this.#busy.delete(sender);
      const parts = sender.takeSlice();
      if (parts === undefined) continue;
      this.#busy.add(sender);
      return parts;
    }
    return undefined;
  }
}
