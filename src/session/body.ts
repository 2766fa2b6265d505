// One body on its way in, on a way made of requests (wire/session-v1 §2, "Implicit numbers"): it has a count of its own, so that
// it means the same whenever and however often it comes. Who reads its packets is the transport's affair.

import type { BodyReceiver } from "../base/link.ts";

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
