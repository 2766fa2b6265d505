// The server's end of a way whose answer stays open: streaming (wire/session-v1 §4.2). A Link; what comes upward comes in
// requests of its own. Whatever ends the answer ends the way.

import type { Link, LinkReceiver } from "../../base/link.ts";
import type { Answer } from "./server-answer.ts";
import { joinPackets } from "./body.ts";
import { statusOfCode } from "./headers.ts";

export class OpenAnswer implements Link {
  readonly #answer: Answer;
  #receiver: LinkReceiver | undefined;
  #isClosed = false;
  #closedWith: number | undefined;

  constructor(answer: Answer) {
    this.#answer = answer;
    answer.onGone(() => {
      if (this.#isClosed) return;
      this.#isClosed = true;
      this.#receiver?.receiveClosed(1006, "The response has ended.");
    });
    answer.onDrain(() => this.#receiver?.receiveDrain());
  }

  open(receiver: LinkReceiver): void {
    this.#receiver = receiver;
  }

  /** The close code, once this side has ended the way. */
  get closedWith(): number | undefined {
    return this.#closedWith;
  }

  get pendingBytes(): number {
    return this.#answer.pendingBytes;
  }

  send(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    if (!this.#isClosed) this.#answer.write(joinPackets([bytes.subarray(start, end)]));
  }

  close(code: number): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#closedWith = code;
    this.#receiver = undefined;
    if (this.#answer.isBegun) this.#answer.end(200);
    else this.#answer.end(statusOfCode(code));
  }
}
