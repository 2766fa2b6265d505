// How far the message that is arriving has come, in counts: what frame-check judges the next header by. The bytes
// themselves are message-assembler's.

import type { Limits } from "../base/limits.ts";
import type { FrameContext, Side } from "./frame-check.ts";

export class MessageProgress implements FrameContext {
  readonly side: Side;
  readonly lenientLength: boolean;
  readonly maxMessageBytes: number;
  readonly maxFragments: number;
  inMessage = false;
  messageBytes = 0;
  fragmentCount = 0;

  constructor(side: Side, limits: Limits, lenientLength: boolean) {
    this.side = side;
    this.lenientLength = lenientLength;
    this.maxMessageBytes = limits.maxMessageBytes;
    this.maxFragments = limits.maxFragments;
  }

  /** A data frame with `length` payload bytes begins. */
  addFrame(length: number): void {
    this.inMessage = true;
    this.fragmentCount++;
    this.messageBytes += length;
  }

  /** The message's last frame is complete. */
  finish(): void {
    this.inMessage = false;
    this.messageBytes = 0;
    this.fragmentCount = 0;
  }
}
