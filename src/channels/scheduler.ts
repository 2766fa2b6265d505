// What a session numbers next (wire/channels-v1 §5.3): control envelopes first, then the channels that can send take turns, a
// slice each. So a message waits for at most one slice of every other busy channel. Knows nothing of credit: a channel that
// has to wait gives nothing, and comes back when it can go on. Asked for every message: while channels take turns it makes nothing.

import type { Pulled } from "../base/session.ts";

/** A channel, or whoever else has envelopes to send, each behind the room that a session needs (base/session.ts). */
export interface Sender {
  /** Whether it waits with a control envelope, and with a slice; owned by Scheduler. Begin with false. */
  isUrgent: boolean;
  isBusy: boolean;
  /** The next envelope that must not wait behind messages, if there is one. */
  takeControl(): Uint8Array | undefined;
  /** The next slice, in `target` from `at` on if it is short, or what comes after the last; undefined: nothing may be sent. */
  takeSlice(target: Uint8Array, at: number): Pulled;
}

export class Scheduler {
  // Never empty, so that it is known at a glance whether anybody waits. Made with the first: an array that grows from nothing gets
  // room for seventeen at once.
  #urgent: Sender[] | undefined;
  #busy: Sender[] | undefined;

  /** `sender` has a control envelope. */
  urge(sender: Sender): void {
    if (sender.isUrgent) return;
    sender.isUrgent = true;
    if (this.#urgent === undefined) this.#urgent = [sender];
    else this.#urgent.push(sender);
  }

  /** `sender` has a slice that it may send. Whoever waits already keeps its place. */
  queue(sender: Sender): void {
    if (sender.isBusy) return;
    sender.isBusy = true;
    if (this.#busy === undefined) this.#busy = [sender];
    else this.#busy.push(sender);
  }

  /** Whether nobody waits. */
  get isIdle(): boolean {
    return this.#urgent === undefined && this.#busy === undefined;
  }

  remove(sender: Sender): void {
    if (sender.isUrgent) this.#urgent = without(sender, this.#urgent);
    if (sender.isBusy) this.#busy = without(sender, this.#busy);
    sender.isUrgent = false;
    sender.isBusy = false;
  }

  /** The next envelope, in `target` from `at` on if it is short. */
  next(target: Uint8Array, at: number): Pulled {
    return this.#nextControl() ?? this.#nextSlice(target, at);
  }

  #nextControl(): Uint8Array | undefined {
    for (let sender = this.#urgent?.[0]; sender !== undefined; sender = this.#urgent?.[0]) {
      const envelope = sender.takeControl();
      if (envelope !== undefined) return envelope;
      if (!sender.isUrgent) continue;
      sender.isUrgent = false;
      this.#urgent = without(sender, this.#urgent);
    }
    return undefined;
  }

  #nextSlice(target: Uint8Array, at: number): Pulled {
    for (let sender = this.#busy?.[0]; sender !== undefined; sender = this.#busy?.[0]) {
      const envelope = sender.takeSlice(target, at);
      const busy = this.#busy;
      // Its last word may have removed it.
      if (busy !== undefined && busy[0] === sender && (envelope === undefined || busy.length > 1)) {
        busy.shift();
        if (envelope !== undefined) busy.push(sender);
        else sender.isBusy = false;
        if (busy.length === 0) this.#busy = undefined;
      }
      if (envelope !== undefined) return envelope;
    }
    return undefined;
  }
}

function without(sender: Sender, senders: Sender[] | undefined): Sender[] | undefined {
  const others = senders?.filter((other) => other !== sender);
  return others?.length === 0 ? undefined : others;
}
