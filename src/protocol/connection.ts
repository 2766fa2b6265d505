// One WebSocket connection after its opening handshake, as a pure machine (RFC 6455 §5–§8). Bytes go in through receive(),
// what they mean comes out through the sink, frames go out through the output, and wakeAt says when tick() is due. Does
// not know sockets, timers, keep-alive or extensions; its driver does. Every fault of the peer ends in #fail().

import type { Borrower } from "../base/carrier.ts";
import type { Violation } from "../base/errors.ts";
import { type Limits, OBJECT_COST } from "../base/limits.ts";
import { TokenBucket } from "../base/token-bucket.ts";
import { ARENA_BYTES, giveRoomBack, takeRoom } from "./arena.ts";
import { Backlog } from "./backlog.ts";
import { decodeClosePayload, encodeClosePayload } from "./close-payload.ts";
import type { ConnectionOptions, ConnectionSink } from "./connection-sink.ts";
import { accepts, type ConnectionState, isReading } from "./connection-state.ts";
import { checkFrame, violations } from "./frame-check.ts";
import { FrameDecoder } from "./frame-decoder.ts";
import { FrameEncoder, type Output } from "./frame-encoder.ts";
import { ControlPayload } from "./control-payload.ts";
import { isControl, Opcode } from "./frame.ts";
import { applyMask, type Room, turnKey } from "./mask.ts";
import { decodeMessage, MessageAssembler } from "./message-assembler.ts";
import { MessageProgress } from "./message-progress.ts";

// A header is read and used before anything else can run, so one decoder serves all connections.
const header = new FrameDecoder();

/** One connection after its handshake: bytes in, messages out, and the rules of RFC 6455 in between. */
export class Connection {
  readonly #limits: Limits;
  readonly #sink: ConnectionSink;
  readonly #output: Output;
  readonly #encoder: FrameEncoder;
  readonly #controlRate: TokenBucket | undefined;

  #state: ConnectionState = "open";
  #now = 0;
  #held = false;
  #parsing = false;
  /** Bytes came in while a handler ran inside this very connection's parsing. */
  #nested = false;
  #turnFrames = 0;
  #closeDeadline = Infinity;
  #messageDeadline = Infinity;
  #discarded = 0;

  readonly #backlog: Backlog = new Backlog();
  // The frame whose payload is arriving.
  #inFrame = false;
  #opcode: number = Opcode.continuation;
  #fin = false;
  #key = 0;
  #left = 0;

  // The message and the control frame that are arriving.
  #message: MessageAssembler | undefined;
  readonly #progress: MessageProgress;
  #control: ControlPayload | undefined;
  #pendingPong: Uint8Array | undefined;
  /** Who is given a binary message that lies whole in what was read, instead of the sink. */
  borrower: Borrower | undefined;

  constructor(options: ConnectionOptions) {
    this.#progress = new MessageProgress(options.side, options.limits, options.lenientLength ?? false);
    this.#limits = options.limits;
    this.#sink = options.sink;
    this.#output = options.output;
    this.#encoder = new FrameEncoder(options.output, options.side === "client" ? options.random : undefined);
    const { controlFramesPerSecond, controlFrameBurst } = options.limits;
    if (controlFramesPerSecond > 0) this.#controlRate = new TokenBucket(controlFramesPerSecond, controlFrameBurst, 0);
  }

  /** Who has acted so far. */
  get state(): ConnectionState {
    return this.#state;
  }

  /** What the connection keeps of its input, charged as bytes and objects. 0 when idle at a frame's end. */
  get retainedBytes(): number {
    const pongCost = this.#pendingPong === undefined ? 0 : this.#pendingPong.length + OBJECT_COST;
    return this.#backlog.cost + (this.#message?.cost ?? 0) + (this.#control?.cost ?? 0) + pongCost;
  }

  // --- inward ---

  /** Takes the next bytes of the transport. They may be cut anywhere; the chunk is not kept and not changed. */
  receive(chunk: Uint8Array, now: number): void {
    this.#now = now;
    if (!isReading(this.#state)) {
      this.#discard(chunk.length);
      return;
    }
    if (this.#held || this.#parsing) {
      this.#backlog.append(chunk);
      this.#nested = this.#parsing;
      return;
    }
    const room = takeRoom();
    this.#parsing = true;
    this.#nested = false;
    this.#turnFrames = 0;
    try {
      for (let taken = 0; taken < chunk.length;) {
        const prefix = this.#backlog.moveInto(room);
        const count = Math.min(chunk.length - taken, ARENA_BYTES);
        room.bytes.set(count === chunk.length ? chunk : chunk.subarray(taken, taken + count), prefix);
        taken += count;
        const end = prefix + count;
        const at = this.#parse(room, 0, end);
        if (!isReading(this.#state)) break;
        const stops = this.#held || this.#nested;
        // What came inside a handler waits already; it is younger than the rest of this chunk.
        if (stops && taken < chunk.length) this.#backlog.prepend(chunk.subarray(taken));
        if (at < end) this.#backlog.prepend(room.bytes.subarray(at, end));
        if (stops) break;
      }
    } finally {
      this.#parsing = false;
      giveRoomBack(room);
    }
    this.#settle();
    if (this.#nested && !this.#held) this.release(now);
  }

  /** The transport ended: no more bytes will come or go. */
  receiveEnd(): void {
    if (accepts(this.#state, "end")) this.#enter("ended");
  }

  /** Stops before the next frame; bytes that come meanwhile are kept. */
  hold(): void {
    this.#held = true;
  }

  /** Whether hold() stopped it, until release(). */
  get held(): boolean {
    return this.#held;
  }

  /** Goes on where hold() stopped. */
  release(now: number): void {
    this.#now = now;
    this.#held = false;
    if (this.#parsing || !isReading(this.#state)) return;
    // The time a message spent waiting for us is not the peer's.
    if (this.#messageDeadline !== Infinity) this.#messageDeadline = now + this.#limits.messageTimeoutMs;
    if (!this.#backlog.isEmpty) {
      this.#parsing = true;
      try {
        do {
          this.#nested = false;
          this.#backlog.parse(
            (room, at, end) => this.#parse(room, at, end),
            () => (!isReading(this.#state) ? "nothing" : this.#held ? "in-place" : "apart"),
          );
        } while (this.#nested && !this.#held && isReading(this.#state));
      } finally {
        this.#parsing = false;
      }
    }
    this.#settle();
  }

  /** Answers the newest ping that came while the output was congested. */
  receiveDrain(): void {
    const payload = this.#pendingPong;
    if (payload === undefined || this.#output.congested) return;
    this.#pendingPong = undefined;
    if (accepts(this.#state, "send")) this.#encoder.encode(Opcode.pong, payload);
  }

  #parse(room: Room, start: number, end: number): number {
    let at = start;
    while (!this.#held && isReading(this.#state)) {
      if (!this.#inFrame) {
        const took = header.read(room.bytes, at, end);
        if (took > 0 || header.judgeable) {
          const violation = checkFrame(header, this.#progress);
          if (violation !== undefined) {
            this.#fail(violation);
            return end;
          }
        }
        if (took === 0) return at;
        // Counted across holds: a handler that lets go within the same turn must not win it for itself.
        if (this.#turnFrames++ >= this.#limits.framesPerTurn) {
          this.#turnFrames = 0;
          this.#held = true;
          this.#sink.yieldTurn();
          return at;
        }
        at += took;
        this.#beginFrame();
        if (!isReading(this.#state)) return end;
      }
      const count = Math.min(this.#left, end - at);
      at = isControl(this.#opcode) ? this.#readControl(room, at, count) : this.#readData(room, at, count);
      if (this.#inFrame) return at;
    }
    return at;
  }

  #beginFrame(): void {
    this.#inFrame = true;
    this.#opcode = header.opcode;
    this.#fin = header.fin;
    this.#key = header.maskKey;
    this.#left = header.length;
    if (isControl(header.opcode)) {
      if (this.#controlRate !== undefined && !this.#controlRate.take(this.#now)) this.#fail(violations.controlFlood);
      return;
    }
    this.#progress.addFrame(header.length);
  }

  #readData(room: Room, at: number, count: number): number {
    const end = at + count;
    const last = count === this.#left;
    // WHATWG: once closing, messages are read past, not delivered.
    if (this.#state !== "open") {
      this.#discard(count);
      this.#left -= count;
      if (last) this.#endFrame();
      return end;
    }
    const ascii = applyMask(room, at, end, this.#key);
    if (last && this.#fin && this.#opcode !== Opcode.continuation && this.#message === undefined) {
      this.#endFrame();
      const isText = this.#opcode === Opcode.text;
      if (this.borrower !== undefined && !isText) this.borrower.receiveLent(room.bytes, at, end, this.#now);
      else this.#receiveData(decodeMessage(isText, room.bytes, at, end, ascii));
      return end;
    }
    this.#message ??= new MessageAssembler(this.#opcode === Opcode.text);
    // RFC 6455 §8.1: an endpoint "MUST _Fail the WebSocket Connection_" when a byte stream is not valid UTF-8
    if (!this.#message.append(room.bytes, at, end, ascii, this.#left)) {
      this.#fail(violations.invalidUtf8);
      return end;
    }
    this.#key = turnKey(this.#key, count);
    this.#left -= count;
    if (!last) return end;
    const message = this.#message;
    this.#endFrame();
    if (!this.#fin) return end;
    this.#message = undefined;
    this.#receiveData(message.finish());
    return end;
  }

  #receiveData(data: string | Uint8Array | undefined): void {
    if (data === undefined) this.#fail(violations.invalidUtf8);
    else this.#sink.receiveMessage(data);
  }

  #endFrame(): void {
    this.#inFrame = false;
    if (isControl(this.#opcode)) {
      if (!this.#progress.inMessage) this.#messageDeadline = Infinity;
    } else if (this.#fin) {
      this.#progress.finish();
      this.#messageDeadline = Infinity;
    }
  }

  #readControl(room: Room, at: number, count: number): number {
    const end = at + count;
    applyMask(room, at, end, this.#key);
    if (count === this.#left && this.#control === undefined) {
      this.#endFrame();
      this.#receiveControl(room.bytes.slice(at, end));
      return end;
    }
    this.#control ??= new ControlPayload(this.#left);
    this.#key = turnKey(this.#key, count);
    this.#left -= count;
    if (!this.#control.append(room.bytes, at, end)) return end;
    const payload = this.#control.bytes;
    this.#control = undefined;
    this.#endFrame();
    this.#receiveControl(payload);
    return end;
  }

  #receiveControl(payload: Uint8Array): void {
    if (this.#opcode === Opcode.close) {
      this.#receiveClose(payload);
      return;
    }
    if (this.#state !== "open") return;
    if (this.#opcode === Opcode.pong) {
      this.#sink.receivePong(payload);
      return;
    }
    // RFC 6455 §5.5.3: "the endpoint MAY elect to send a Pong frame for only the most recently processed Ping frame."
    if (this.#output.congested) this.#pendingPong = payload;
    else this.#encoder.encode(Opcode.pong, payload);
    this.#sink.receivePing(payload);
  }

  #receiveClose(payload: Uint8Array): void {
    const close = decodeClosePayload(payload);
    if ("closeCode" in close) {
      this.#fail(close);
      return;
    }
    // RFC 6455 §5.5.1: "If an endpoint receives a Close frame and did not previously send a Close frame, the endpoint MUST
    // send a Close frame in response."
    if (this.#state === "open") this.#encoder.encode(Opcode.close, payload);
    this.#enter("both-closed");
    this.#sink.receiveClose(close.code, close.reason);
  }

  /** The one way in which a fault of the peer ends the connection (RFC 6455 §7.1.7). */
  #fail(violation: Violation): void {
    if (!accepts(this.#state, "fail")) return;
    if (this.#state === "open") {
      this.#encoder.encode(Opcode.close, encodeClosePayload(violation.closeCode, violation.message));
    }
    this.#enter("failed");
    this.#sink.fail(violation);
  }

  #enter(state: ConnectionState): void {
    this.#state = state;
    this.#messageDeadline = Infinity;
    this.#message = undefined;
    this.#pendingPong = undefined;
    if (state === "ended") this.#closeDeadline = Infinity;
    else if (this.#closeDeadline === Infinity) this.#closeDeadline = this.#now + this.#limits.closeTimeoutMs;
    if (isReading(state)) return;
    this.#backlog.clear();
    this.#control = undefined;
    this.#held = false;
  }

  #discard(bytes: number): void {
    this.#discarded += bytes;
    if (this.#discarded > this.#limits.discardBytes && this.#state !== "ended") this.#sink.drop();
  }

  /** After input: an unfinished message has a deadline from its first byte on. */
  #settle(): void {
    if (this.#state !== "open") return;
    const unfinished = this.#inFrame || this.#progress.inMessage || (!this.#backlog.isEmpty && !this.#held);
    if (!unfinished) this.#messageDeadline = Infinity;
    else if (this.#messageDeadline === Infinity) this.#messageDeadline = this.#now + this.#limits.messageTimeoutMs;
  }

  // --- outward ---

  /** Sends one message; the bytes are copied. Returns its payload bytes, or -1 when the connection no longer sends. */
  sendMessage(data: string | Uint8Array): number {
    if (!accepts(this.#state, "send")) return -1;
    return this.#encoder.encode(typeof data === "string" ? Opcode.text : Opcode.binary, data);
  }

  /** The same for a binary message that stands in `bytes` from `start` to `end`. */
  sendBytes(bytes: Uint8Array, start: number, end: number): number {
    return accepts(this.#state, "send") ? this.#encoder.encodeBytes(Opcode.binary, bytes, start, end) : -1;
  }

  /** Sends a frame made by encodeMessageFrame, by reference; servers only. False when the connection no longer sends. */
  sendFrame(frame: Uint8Array): boolean {
    if (!accepts(this.#state, "send")) return false;
    this.#output.pass(frame);
    return true;
  }

  /** Sends a ping with up to 125 bytes. False when the connection no longer sends. */
  sendPing(payload: Uint8Array): boolean {
    if (!accepts(this.#state, "send")) return false;
    this.#encoder.encode(Opcode.ping, payload);
    return true;
  }

  /** Starts the closing handshake; 1005 sends a Close without a code. False when it has begun already. */
  sendClose(code: number, reason: string, now: number): boolean {
    if (!accepts(this.#state, "send-close")) return false;
    this.#now = now;
    this.#encoder.encode(Opcode.close, encodeClosePayload(code, reason));
    this.#enter("we-closed");
    return true;
  }

  // --- time ---

  /** When tick() is due next, in the clock's milliseconds; Infinity when nothing is waited for. */
  get wakeAt(): number {
    return Math.min(this.#closeDeadline, this.#held ? Infinity : this.#messageDeadline);
  }

  /** Judges the deadlines. Call after pending input was received, or a stall of this process would look like the peer's. */
  tick(now: number): void {
    this.#now = now;
    if (now >= this.#closeDeadline) this.#sink.drop();
    else if (now >= this.#messageDeadline && !this.#held) this.#fail(violations.messageTimeout);
  }
}
