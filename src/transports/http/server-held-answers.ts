// The server's end of a way whose answers are complete: long polling and polling (wire/session-v1 §4.3). Keeps the one request
// that waits for something to say, and answers it with what its session has by then.

import type { Timer, Clock } from "../../base/clock.ts";
import type { Courier, CourierReceiver } from "../../base/link.ts";
import type { Answer } from "./server-answer.ts";
import { joinPackets } from "./body.ts";
import { MAX_BODY_BYTES, MAX_BODY_PACKETS, statusOfCode } from "./headers.ts";

const room = { maxBytes: MAX_BODY_BYTES, maxPackets: MAX_BODY_PACKETS };

export class HeldAnswers implements Courier {
  readonly #clock: Clock;
  #receiver: CourierReceiver | undefined;
  #waiting: { readonly answer: Answer; readonly timer: Timer | undefined } | undefined;
  /** The one that was answered last. */
  #answered: Answer | undefined;
  #closedWith: number | undefined;
  /** What was said at the end, for a client that asks again because it has not heard it. */
  #lastWord: Uint8Array | undefined;
  #isWoken = false;
  #isTaking = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  open(receiver: CourierReceiver): void {
    this.#receiver = receiver;
  }

  /** The close code, once the way has ended. */
  get closedWith(): number | undefined {
    return this.#closedWith;
  }

  /** Answers when there is something to say, and with nothing after `waitMs`. A request that waits already is superseded. */
  hold(answer: Answer, waitMs: number): void {
    // Who has read an answer asks again; who asks again without reading it would have us keep one for each request.
    this.#answered?.abandon();
    this.#settle(204);
    const timer =
      waitMs === Infinity || waitMs === 0 ? undefined : this.#clock.schedule(waitMs, () => this.#release(answer));
    this.#waiting = { answer, timer };
    answer.onGone(() => {
      if (this.#waiting?.answer === answer) this.#forget();
    });
    this.#answer();
    if (waitMs === 0) this.#release(answer);
  }

  wake(): void {
    if (this.#isWoken || this.#waiting === undefined) return;
    // What else is said in this turn goes into the same answer.
    this.#isWoken = true;
    setImmediate(() => {
      this.#isWoken = false;
      this.#answer();
    });
  }

  close(code: number): void {
    this.#closedWith ??= code;
    this.#answer();
  }

  /** Nothing came in time. */
  #release(answer: Answer): void {
    if (this.#waiting?.answer === answer) this.#settle(204);
  }

  #answer(): void {
    if (this.#waiting === undefined || this.#receiver === undefined || this.#isTaking) return;
    // What is taken last may close the way, and is answered all the same.
    this.#isTaking = true;
    const packets = this.#receiver.take(room);
    this.#isTaking = false;
    if (packets.length > 0) {
      const body = joinPackets(packets);
      if (this.#closedWith !== undefined) this.#lastWord = body;
      this.#settle(200, body);
    } else if (this.#lastWord !== undefined) this.#settle(200, this.#lastWord);
    else if (this.#closedWith !== undefined) this.#settle(statusOfCode(this.#closedWith));
  }

  #settle(status: number, body?: Uint8Array): void {
    const { answer } = this.#waiting ?? {};
    this.#forget();
    answer?.end(status, body);
    if (answer !== undefined) this.#answered = answer;
  }

  #forget(): void {
    this.#waiting?.timer?.cancel();
    this.#waiting = undefined;
  }
}
