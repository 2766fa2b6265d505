// A Carrier that records what a surface asks of it and lets a test say what arrives. It has no rules of its own: a test
// that wants a closing handshake plays the peer's part itself.

import type { Borrower, CarrierOwner, LendingCarrier, Pressure } from "../../src/base/carrier.ts";
import type { LongwireError } from "../../src/base/errors.ts";

export class FakeCarrier implements LendingCarrier {
  protocol = "";
  extensions = "";
  bufferedBytes = 0;
  paused = false;
  borrower: Borrower | undefined;
  /** The answer to the next sends. */
  pressure: Pressure = "accepted";
  readonly sent: (string | Uint8Array)[] = [];
  readonly pings: (Uint8Array | undefined)[] = [];
  readonly closes: [code: number | undefined, reason: string | undefined][] = [];
  readonly terminations: (LongwireError | undefined)[] = [];
  owner: CarrierOwner | undefined;

  lend(borrower: Borrower): void {
    this.borrower = borrower;
  }

  send(data: string | Uint8Array): Pressure {
    if (this.pressure !== "dropped") this.sent.push(typeof data === "string" ? data : data.slice());
    return this.pressure;
  }

  sendBytes(bytes: Uint8Array, start: number, end: number): Pressure {
    return this.send(bytes.subarray(start, end));
  }

  sendFrame(frame: Uint8Array): Pressure {
    return this.send(frame);
  }

  ping(payload?: Uint8Array): boolean {
    this.pings.push(payload?.slice());
    return true;
  }

  close(code?: number, reason?: string): void {
    this.closes.push([code, reason]);
  }

  terminate(cause?: LongwireError): void {
    this.terminations.push(cause);
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  drained(): Promise<void> {
    return Promise.resolve();
  }

  /** What a driver does for a batch of messages: one after the other, waiting as the owner asks. */
  async deliver(...messages: (string | Uint8Array)[]): Promise<void> {
    for (const message of messages) {
      const delivery = this.owner?.receiveMessage(message);
      if (delivery === "checkpoint") await new Promise((resolve) => setImmediate(resolve));
      else await delivery;
    }
  }
}
