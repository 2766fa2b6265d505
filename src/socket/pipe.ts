// The bytes of one transport, seen from the driver: a handful of calls each way. SocketPipe puts a Node stream behind them;
// tests put an in-memory pair. Moves bytes and knows nothing of what they mean.

import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";

/** What a pipe tells its driver. After receiveDisconnect nothing more comes. */
export interface PipeReceiver {
  receiveChunk(chunk: Uint8Array): void;
  /** All that was handed over has been accepted, after a time in which more was pending than the pipe likes. */
  receiveDrain(): void;
  /** The peer will send no more; bytes may still be written. */
  receiveEnd(): void;
  /** The transport is gone. */
  receiveDisconnect(error: Error | undefined): void;
}

export interface Pipe {
  /** Bytes handed over and not yet accepted by the network. */
  readonly pendingBytes: number;
  /** Whether `pendingBytes` of 0 after a write means that its memory may be used again at once. */
  readonly reusable: boolean;
  /** Starts the flow of bytes to `receiver`. */
  open(receiver: PipeReceiver): void;
  /** Hands `parts` over in order; they must not be written to while they are pending. */
  write(parts: readonly Uint8Array[]): void;
  pause(): void;
  resume(): void;
  /** Sends the end after all that was written. */
  end(): void;
  /** Drops the transport now. */
  destroy(): void;
  /** Calls `run` once everything written before is accepted or the transport is gone. */
  whenWritten(run: () => void): void;
}

const RECEIVER = Symbol("longwire.receiver");
const FAULT = Symbol("longwire.fault");
const ENDED = Symbol("longwire.ended");

interface BridgedStream extends Duplex {
  [RECEIVER]?: PipeReceiver;
  [FAULT]?: Error;
  /** The peer's end came while the stream was paused. */
  [ENDED]?: boolean;
}

// Shared by all sockets: a closure per socket and event would cost more memory than the connection's own state.
function onData(this: BridgedStream, chunk: Uint8Array): void {
  this[RECEIVER]?.receiveChunk(chunk);
}
function onDrain(this: BridgedStream): void {
  this[RECEIVER]?.receiveDrain();
}
function onEnd(this: BridgedStream): void {
  // Node tells the end even of a paused socket; what the receiver has not worked through yet comes before it.
  if (this.isPaused()) this[ENDED] = true;
  else this[RECEIVER]?.receiveEnd();
}
function onError(this: BridgedStream, error: Error): void {
  this[FAULT] = error;
}
function onClose(this: BridgedStream): void {
  const receiver = this[RECEIVER];
  delete this[RECEIVER];
  receiver?.receiveDisconnect(this[FAULT]);
}

/** A Pipe over any Node duplex stream: TCP, TLS, an HTTP/2 stream. */
export class SocketPipe implements Pipe {
  readonly reusable: boolean;
  readonly #stream: BridgedStream;
  #paused = false;
  /** What was pending when the transport was dropped: Node forgets it. */
  #unsentBytes: number | undefined;

  constructor(stream: Duplex) {
    this.#stream = stream;
    // From the first moment on: an error that nobody listens to would end the process.
    stream.on("error", onError);
    // The peer's end must not end our side before what came was worked through; Node's TLS servers would have it so.
    stream.allowHalfOpen = true;
    // TLS encrypts later, so only a plain socket is done with the memory when its queue is empty.
    this.reusable = stream instanceof Socket && !(stream instanceof TLSSocket);
    if (stream instanceof Socket) {
      stream.setNoDelay(true);
      stream.setTimeout(0);
    }
  }

  get pendingBytes(): number {
    return this.#unsentBytes ?? this.#stream.writableLength;
  }

  open(receiver: PipeReceiver): void {
    const stream = this.#stream;
    stream[RECEIVER] = receiver;
    stream.on("close", onClose);
    stream.on("end", onEnd);
    stream.on("drain", onDrain);
    stream.on("data", onData);
    // Whoever had the stream before may have paused it: from here on only our own pauses count.
    if (!this.#paused) stream.resume();
    if (stream.destroyed) queueMicrotask(() => onClose.call(stream));
  }

  write(parts: readonly Uint8Array[]): void {
    const stream = this.#stream;
    if (stream.destroyed || stream.writableEnded) return;
    const single = parts.length === 1 ? parts[0] : undefined;
    if (single !== undefined) {
      stream.write(single);
      return;
    }
    stream.cork();
    for (const part of parts) stream.write(part);
    stream.uncork();
  }

  pause(): void {
    this.#paused = true;
    this.#stream.pause();
  }

  resume(): void {
    const stream = this.#stream;
    this.#paused = false;
    stream.resume();
    if (stream[ENDED] === undefined) return;
    delete stream[ENDED];
    process.nextTick(() => onEnd.call(stream));
  }

  end(): void {
    if (!this.#stream.writableEnded) this.#stream.end();
  }

  destroy(): void {
    this.#unsentBytes ??= this.#stream.writableLength;
    this.#stream.destroy();
  }

  whenWritten(run: () => void): void {
    const stream = this.#stream;
    // Who waits for a transport that is being dropped is told after its receiver.
    if (stream.destroyed || stream.writableEnded) whenOver(stream, run);
    else stream.write("", (error) => (error === null || error === undefined ? run() : whenOver(stream, run)));
  }
}

/**
 * Calls `run` when everything has left before the end, or the transport is gone. Sockets call themselves closed before the
 * system has closed them, and `run` may ask again: without a turn of the event loop in between neither would end.
 */
function whenOver(stream: BridgedStream, run: () => void): void {
  if (stream.closed || stream.writableFinished) {
    setImmediate(run);
    return;
  }
  const tell = (): void => {
    stream.off("finish", tell);
    stream.off("close", tell);
    run();
  };
  stream.on("finish", tell);
  stream.on("close", tell);
}
