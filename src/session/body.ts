// One body on its way in, on a way made of requests (wire/session-v1 §2, "Implicit numbers"): it has a count of its own, so that
// it means the same whenever and however often it comes. Who reads its packets is the transport's affair.

import type { BodyReceiver } from "../base/link.ts";
import { MAX_PACKET_BYTES } from "../base/session.ts";

/** An ACK, its type, its number and the length before it, at most. */
export const ACK_IN_BODY = 10;
/** The length before a packet in a body, at most. */
export const BODY_OVERHEAD = 3;
export const LARGEST_IN_BODY: number = MAX_PACKET_BYTES + BODY_OVERHEAD;

export class Body implements BodyReceiver {
  readonly #read: (bytes: Uint8Array, body: Body) => boolean;
  /** The number of the next DATA; Infinity while AT has not said it. */
  next: number = Infinity;

  constructor(read: (bytes: Uint8Array, body: Body) => boolean) {
    this.#read = read;
  }

  receive(packet: Uint8Array): boolean {
    return this.#read(packet, this);
  }
}
