// Looks on at a plain WebSocket: a second listener on its stream hears what arrives, a `write` of the stream's own what leaves. So
// the engine does not know of it, and a connection without a tap pays nothing. Begins, in both directions, at the first moment in
// which nothing is half read or half written: then, and only then, the next byte is the head of a frame.

import type { Duplex } from "node:stream";
import { decodeClosePayload } from "../../protocol/close-payload.ts";
import { isControl, nameOpcode, Opcode } from "../../protocol/frame.ts";
import { FrameReader, type SeenFrame } from "./frame-reader.ts";
import { PayloadViews } from "./payload-view.ts";
import { redactText } from "./secret-text.ts";
import type { Direction, FrameEntry, Tap, TapReceiver } from "./tap-entries.ts";

export interface SocketTapOptions {
  /** What the connection holds that is not done with: 0 between two messages. */
  readonly heldBytes: () => number;
  readonly payloadBytes: number;
  /** In ms since 1970. */
  readonly now: () => number;
}

export class SocketTap implements Tap {
  readonly #stream: Duplex;
  readonly #options: SocketTapOptions;
  readonly #receive: TapReceiver;
  readonly #writeBefore: Duplex["write"];
  readonly #write: Duplex["write"];
  readonly #in: FrameReader;
  readonly #out: FrameReader;
  #isAligned = false;
  #isStopped = false;

  constructor(stream: Duplex, options: SocketTapOptions, receive: TapReceiver) {
    this.#stream = stream;
    this.#options = options;
    this.#receive = receive;
    this.#in = this.#reader("in");
    this.#out = this.#reader("out");
    this.#writeBefore = Reflect.get(stream, "write");
    this.#write = ((...given: Parameters<Duplex["write"]>) => {
      const [chunk] = given as readonly unknown[];
      if (chunk instanceof Uint8Array && chunk.length > 0) this.#receiveWritten(chunk);
      return Reflect.apply(this.#writeBefore, stream, given);
    }) as Duplex["write"];
    stream.write = this.#write;
    // Before the engine's own listener: what it makes of the bytes comes after them.
    stream.prependListener("data", this.#receiveChunk);
    stream.once("close", this.#receiveClosed);
    // Not now: whoever asks for a tap may do so in the midst of a message.
    process.nextTick(this.#align);
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    const stream = this.#stream;
    // Somebody else's may lie above ours by now: then ours stays, and passes on.
    if (stream.write === this.#write) Reflect.deleteProperty(stream, "write");
    stream.off("data", this.#receiveChunk);
    stream.off("close", this.#receiveClosed);
  }

  readonly #align = (): void => {
    this.#isAligned ||= this.#options.heldBytes() === 0;
  };

  readonly #receiveChunk = (chunk: Uint8Array): void => {
    this.#align();
    if (this.#isAligned) this.#in.read(chunk);
  };

  #receiveWritten(chunk: Uint8Array): void {
    if (this.#isStopped) return;
    if (this.#isAligned) this.#out.read(chunk);
    else process.nextTick(this.#align);
  }

  readonly #receiveClosed = (): void => {
    this.stop();
    this.#receive({ kind: "end", at: this.#options.now() });
  };

  #reader(direction: Direction): FrameReader {
    const { payloadBytes, now } = this.#options;
    const views = new PayloadViews(payloadBytes);
    // Of a Close frame all is kept: what it says stands at its beginning.
    return new FrameReader(Math.max(payloadBytes, MOST_CONTROL_BYTES), (frame) => {
      this.#receive(frameEntry(direction, now(), frame, views, payloadBytes));
    });
  }
}

const MOST_CONTROL_BYTES = 125;

function frameEntry(
  direction: Direction,
  at: number,
  { header, payload }: SeenFrame,
  views: PayloadViews,
  payloadBytes: number,
): FrameEntry {
  const { opcode, fin, rsv, masked, headerBytes, length } = header;
  const isFirst = opcode !== Opcode.continuation;
  const close = opcode === Opcode.close ? closeOf(payload) : undefined;
  // What a Close says stands beside it, without secrets.
  const shown = close === undefined ? payload.subarray(0, payloadBytes) : nothing;
  return {
    kind: "frame",
    at,
    direction,
    bytes: headerBytes + length,
    name: nameOpcode(opcode),
    opcode,
    fin,
    rsv,
    masked,
    headerBytes,
    close,
    // A control frame may come between the pieces of a message and is none of them.
    payload: isControl(opcode)
      ? { text: undefined, bytes: shown, length, isCut: close === undefined && length > shown.length }
      : views.view(payload, length, opcode === Opcode.text, isFirst, fin),
  };
}

const nothing = new Uint8Array(0);

function closeOf(payload: Uint8Array): FrameEntry["close"] {
  const close = decodeClosePayload(payload);
  return "closeCode" in close ? undefined : { code: close.code, reason: redactText(close.reason).text };
}
