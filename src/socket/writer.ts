// Bytes that wait to leave one connection. Frames are written straight into a slab that all connections share, so what is
// sent in one turn leaves in one write; what the peer does not take yet moves into memory of the connection's own, joined
// into few pieces. Hands the pipe more only while it holds less than its bound, so that what waits here can still be
// dropped, and nothing small while it holds anything: each piece in a pipe costs more than its bytes. Does not know frames.

import { Buffer } from "node:buffer";
import { OBJECT_COST } from "../base/limits.ts";
import type { Output } from "../protocol/frame-encoder.ts";
import type { Pipe } from "./pipe.ts";

const SLAB_BYTES = 64 * 1024;
/** What is larger gets memory of its own: it would fill the slab for nothing. A slice of a session's channel, with its heads, is not. */
const LARGE_BYTES = 16 * 1024 + 128;
/** What is smaller is copied behind what waits: kept by reference it would cost more than its bytes. */
const SMALL_BYTES = 1024;

/** Memory that several connections write into, one after the other, until it is full. */
class Slab {
  readonly bytes: Buffer = Buffer.allocUnsafeSlow(SLAB_BYTES);
  used = 0;
  /** Runs of bytes in it that have not left. */
  runs = 0;
  /** A pipe may still read from it: nobody may write again to what was written. */
  isLent = false;

  /** One of its runs is gone from it. Without any it is empty again. */
  leave(): void {
    this.runs--;
    if (this.runs === 0 && !this.isLent) this.used = 0;
  }
}

let current = new Slab();
const nothing = Buffer.alloc(0);

export class Writer implements Output {
  readonly #pipe: Pipe;
  readonly #boundBytes: number;
  // Set between reserve and commit only: an idle connection must not keep a slab alive.
  slab: Uint8Array = nothing;
  at = 0;

  // The bytes most recently written to the shared slab, still contiguous.
  #run: Slab | undefined;
  #runStart = 0;
  #runEnd = 0;
  // Older bytes, in order, in memory that is this connection's or nobody's.
  #parts: Uint8Array[] = [];
  #queuedBytes = 0;
  #payloadBytes = 0;
  // Room at the end of the last part, while the peer is slow.
  #tail: Buffer | undefined;
  #tailUsed = 0;
  #reserved: "slab" | "tail" | "own" = "slab";

  /** `boundBytes`: limits.socketBufferBytes. */
  constructor(pipe: Pipe, boundBytes: number) {
    this.#pipe = pipe;
    this.#boundBytes = boundBytes;
  }

  /** Bytes that wait here, not yet handed to the pipe. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Bytes that wait here or in the pipe. */
  get pendingBytes(): number {
    return this.#queuedBytes + this.#pipe.pendingBytes;
  }

  /** Payload bytes of messages that wait here or in the pipe, without headers. */
  get payloadBytes(): number {
    return Math.min(this.#payloadBytes, this.pendingBytes);
  }

  /** Says how many of the bytes last written are a message's payload. */
  countPayload(bytes: number): void {
    this.#payloadBytes += bytes;
  }

  /** What waits here, charged as bytes and objects. */
  get cost(): number {
    return this.pendingBytes + this.#parts.length * OBJECT_COST;
  }

  get congested(): boolean {
    return this.pendingBytes >= this.#boundBytes;
  }

  /** Whether more can be handed over, or the writer stops being congested, once the pipe has written what it holds. */
  get waitsForPipe(): boolean {
    return this.#pipe.pendingBytes > 0 && (this.#queuedBytes > 0 || this.congested);
  }

  reserve(bytes: number): void {
    if (this.pendingBytes === 0) this.#payloadBytes = 0;
    if (this.#parts.length > 0 && bytes <= LARGE_BYTES) {
      this.#reserveTail(bytes);
    } else if (bytes > LARGE_BYTES) {
      this.#closeRun();
      this.#closeTail();
      this.slab = Buffer.allocUnsafeSlow(bytes);
      this.at = 0;
      this.#reserved = "own";
    } else {
      if (current.bytes.length - current.used < bytes) current = new Slab();
      this.slab = current.bytes;
      this.at = current.used;
      this.#reserved = "slab";
    }
  }

  commit(bytes: number): void {
    const { slab } = this;
    this.slab = nothing;
    this.#queuedBytes += bytes;
    if (this.#reserved === "own") {
      this.#parts.push(slab.subarray(0, bytes));
      return;
    }
    if (this.#reserved === "tail") {
      this.#tailUsed += bytes;
      return;
    }
    const start = this.at;
    current.used = start + bytes;
    if (this.#run === current && this.#runEnd === start) {
      this.#runEnd += bytes;
      return;
    }
    current.runs++;
    this.#closeRun();
    this.#run = current;
    this.#runStart = start;
    this.#runEnd = start + bytes;
  }

  pass(part: Uint8Array): void {
    if (this.#parts.length > 0 && part.length < SMALL_BYTES) {
      this.reserve(part.length);
      this.slab.set(part, this.at);
      this.commit(part.length);
      return;
    }
    if (this.pendingBytes === 0) this.#payloadBytes = 0;
    this.#closeRun();
    this.#closeTail();
    this.#parts.push(part);
    this.#queuedBytes += part.length;
  }

  /** Hands to the pipe what it may hold; call again when it has written that. */
  flush(): void {
    if (this.#queuedBytes === 0) return;
    const { pendingBytes } = this.#pipe;
    if (pendingBytes >= this.#boundBytes || (pendingBytes > 0 && this.#queuedBytes < LARGE_BYTES)) {
      this.#closeRun();
      return;
    }
    if (this.#parts.length === 0) {
      this.#flushRun();
      return;
    }
    this.#closeRun();
    this.#closeTail();
    while (this.#parts.length > 0 && this.#pipe.pendingBytes < this.#boundBytes) {
      this.#flushParts();
      // What a pipe delivers at once may be answered at once: the answer goes behind what waits.
      this.#closeRun();
      this.#closeTail();
    }
  }

  /** Forgets what was not handed to the pipe. It ends at a frame's end: parts are whole frames. */
  clear(): void {
    this.#closeRun();
    this.#parts = [];
    this.#tail = undefined;
    this.#queuedBytes = 0;
  }

  /** The common case: everything was written in this turn and lies in one piece. */
  #flushRun(): void {
    const slab = this.#run as Slab;
    const part = slab.bytes.subarray(this.#runStart, this.#runEnd);
    this.#run = undefined;
    this.#queuedBytes = 0;
    this.#pipe.write([part]);
    // The kernel, or whoever encrypts it, will read it later.
    if (!this.#pipe.reusable || this.#pipe.pendingBytes > 0) slab.isLent = true;
    slab.leave();
  }

  /** Hands over as many parts as fit the bound, in one gathered write. */
  #flushParts(): void {
    let bytes = this.#pipe.pendingBytes;
    let count = 0;
    while (count < this.#parts.length && bytes < this.#boundBytes) {
      bytes += (this.#parts[count] as Uint8Array).length;
      count++;
    }
    const batch = this.#parts;
    this.#parts = batch.splice(count);
    for (const part of batch) this.#queuedBytes -= part.length;
    this.#pipe.write(batch);
  }

  /** Moves the run out of the shared slab, so that a slow peer does not pin it. */
  #closeRun(): void {
    const slab = this.#run;
    if (slab === undefined) return;
    this.#run = undefined;
    // Buffer.from would cut it from Node's own pool, whose piece is as large as the slab in newer versions.
    const own = Buffer.allocUnsafeSlow(this.#runEnd - this.#runStart);
    slab.bytes.copy(own, 0, this.#runStart, this.#runEnd);
    this.#parts.push(own);
    slab.leave();
  }

  #reserveTail(bytes: number): void {
    this.#closeRun();
    if (this.#tail !== undefined && this.#tail.length - this.#tailUsed < bytes) this.#closeTail();
    if (this.#tail === undefined) {
      // The room follows the queue: a peer that is slow by one small frame must not pin a large piece.
      this.#tail = Buffer.allocUnsafeSlow(Math.min(LARGE_BYTES, Math.max(1024, bytes, this.#queuedBytes)));
      this.#tailUsed = 0;
    }
    this.slab = this.#tail;
    this.at = this.#tailUsed;
    this.#reserved = "tail";
  }

  #closeTail(): void {
    const tail = this.#tail;
    if (tail === undefined) return;
    this.#tail = undefined;
    if (this.#tailUsed > 0) this.#parts.push(tail.subarray(0, this.#tailUsed));
  }
}
