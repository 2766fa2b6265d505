// One end of a WebSocket made of nothing but a TCP socket: writes any frame, legal or not, and notes what the other end sends.
// RFC 6455 §5. Judges only the shape of incoming frames (masking, reserved bits, lengths); what they mean is for replay.ts.

import { once } from "node:events";
import type { Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";

export type Side = "client" | "server";

export interface Message {
  readonly kind: "text" | "binary" | "pong";
  readonly payload: Buffer;
}

interface Pending {
  readonly opcode: number;
  readonly fin: boolean;
  readonly mask: Buffer | undefined;
  readonly payload: Buffer;
  filled: number;
}

const MAX_HEAD = 14;
/** Nothing in the cases is longer than 16 MiB; a longer announcement is nonsense, not a reason to allocate. */
const MAX_PAYLOAD = 64 * 1024 * 1024;

export class RawPeer {
  /** Everything that came before a close frame, in order, messages put together again. */
  readonly messages: Message[] = [];
  /** What no implementation may ever send. */
  readonly faults: string[] = [];
  /** The code of their close frame, 1005 when it had none. */
  closeCode: number | undefined;
  /** Their side of the TCP connection is over. */
  ended = false;
  readonly #socket: Socket;
  readonly #side: Side;
  #head: Buffer = Buffer.alloc(0);
  #frame: Pending | undefined;
  #parts: Buffer[] = [];
  #kind: "text" | "binary" | undefined;
  #maskSeed = 0x2545f491;
  #open: { mask: Buffer | undefined; at: number } | undefined;
  #wake: () => void = () => {};

  constructor(socket: Socket, side: Side, rest: Buffer) {
    this.#socket = socket;
    this.#side = side;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    // A reset after the close frame is the business of whoever cut the line; the frame itself has been read by then.
    socket.on("error", () => {});
    const over = (): void => {
      this.ended = true;
      this.#wake();
    };
    socket.on("end", over);
    socket.on("close", over);
    if (rest.length > 0) this.#receive(rest);
  }

  get over(): boolean {
    return this.ended || this.closeCode !== undefined;
  }

  /** Resolves true once `condition` holds, false when `ms` have passed first. */
  async until(condition: () => boolean, ms: number): Promise<boolean> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#wake();
    }, ms);
    while (!condition() && !late) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    clearTimeout(timer);
    return condition();
  }

  // --- outward ---

  /** The bytes of a frame, masked when this end is the client. */
  encode(opcode: number, payload: Buffer, fin = true, rsv = 0): Buffer {
    const { head, mask } = this.#encodeHead(opcode, payload.length, fin, rsv);
    const bytes = Buffer.concat([head, payload]);
    if (mask) applyMask(bytes.subarray(head.length), mask, 0);
    return bytes;
  }

  /** The head of a frame whose payload follows through `encodeMore`. */
  encodeOpen(opcode: number, length: number, fin: boolean): Buffer {
    const { head, mask } = this.#encodeHead(opcode, length, fin, 0);
    this.#open = { mask, at: 0 };
    return head;
  }

  encodeMore(payload: Buffer): Buffer {
    const open = this.#open;
    if (!open) throw new Error("a payload without a frame head before it");
    const bytes = Buffer.from(payload);
    if (open.mask) applyMask(bytes, open.mask, open.at);
    open.at += bytes.length;
    return bytes;
  }

  /** Returns when the kernel has the bytes, or the connection is gone. */
  async write(bytes: Buffer): Promise<void> {
    if (this.#socket.destroyed || this.#socket.writableEnded) return;
    await new Promise<void>((resolve) => this.#socket.write(bytes, () => resolve()));
  }

  /** Pieces of `size` bytes, each a write of its own in a turn of its own; stops when they close. */
  async writeChopped(bytes: Buffer, size: number): Promise<void> {
    for (let at = 0; at < bytes.length && !this.over; at += size) {
      await this.write(bytes.subarray(at, at + size));
      await nextTurn();
    }
  }

  /** Ends our side, and waits for theirs. */
  async finish(ms: number): Promise<boolean> {
    this.#socket.end();
    return this.until(() => this.ended, ms);
  }

  async destroy(): Promise<void> {
    if (this.#socket.closed) return;
    const closed = once(this.#socket, "close");
    this.#socket.destroy();
    await closed;
  }

  #encodeHead(opcode: number, length: number, fin: boolean, rsv: number): { head: Buffer; mask: Buffer | undefined } {
    const extra = length < 126 ? 0 : length < 65_536 ? 2 : 8;
    const masked = this.#side === "client";
    const head = Buffer.alloc(2 + extra + (masked ? 4 : 0));
    head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
    head[1] = (masked ? 0x80 : 0) | (extra === 0 ? length : extra === 2 ? 126 : 127);
    if (extra === 2) head.writeUInt16BE(length, 2);
    if (extra === 8) head.writeBigUInt64BE(BigInt(length), 2);
    if (!masked) return { head, mask: undefined };
    // Keys from a fixed sequence: two runs of a case put the same bytes on the wire.
    this.#maskSeed = (Math.imul(this.#maskSeed, 1_664_525) + 1_013_904_223) >>> 0;
    head.writeUInt32BE(this.#maskSeed, 2 + extra);
    return { head, mask: head.subarray(2 + extra) };
  }

  // --- inward ---

  #receive(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0 && this.faults.length === 0) {
      if (!this.#frame) {
        const before = this.#head.length;
        this.#head = Buffer.concat([this.#head, rest.subarray(0, MAX_HEAD - before)]);
        const used = this.#beginFrame();
        if (used === undefined) break;
        rest = rest.subarray(used - before);
      }
      const frame = this.#frame;
      if (!frame) break;
      const copied = rest.copy(frame.payload, frame.filled);
      frame.filled += copied;
      rest = rest.subarray(copied);
      if (frame.filled < frame.payload.length) break;
      this.#frame = undefined;
      if (frame.mask) applyMask(frame.payload, frame.mask, 0);
      this.#finishFrame(frame);
    }
    this.#wake();
  }

  /** Reads a head from the collected bytes: how many it took, undefined while it is incomplete. */
  #beginFrame(): number | undefined {
    const head = this.#head;
    const [first, second] = head;
    if (first === undefined || second === undefined) return undefined;
    const masked = (second & 0x80) !== 0;
    const form = second & 0x7f;
    const extra = form === 126 ? 2 : form === 127 ? 8 : 0;
    const size = 2 + extra + (masked ? 4 : 0);
    if (head.length < size) return undefined;
    const length = extra === 2 ? head.readUInt16BE(2) : extra === 8 ? Number(head.readBigUInt64BE(2)) : form;
    const opcode = first & 0x0f;
    const fin = (first & 0x80) !== 0;
    if (this.closeCode !== undefined) this.faults.push(`a frame (opcode ${opcode}) after the close frame`);
    if (masked === (this.#side === "client"))
      this.faults.push(masked ? "a masked frame of a server" : "an unmasked frame of a client");
    if ((first & 0x70) !== 0) this.faults.push("a reserved bit is set");
    if ((extra === 2 && length < 126) || (extra === 8 && length < 65_536))
      this.faults.push(`${length} written in ${extra} bytes`);
    if (opcode >= 8 && (!fin || length > 125)) this.faults.push("a control frame in fragments or over 125 bytes");
    if (length > MAX_PAYLOAD) this.faults.push(`a frame of ${length} bytes`);
    if (this.faults.length > 0) return undefined;
    const mask = masked ? Buffer.from(head.subarray(size - 4, size)) : undefined;
    this.#frame = { opcode, fin, mask, payload: Buffer.allocUnsafe(length), filled: 0 };
    this.#head = Buffer.alloc(0);
    return size;
  }

  #finishFrame({ opcode, fin, payload }: Pending): void {
    switch (opcode) {
      case 0:
      case 1:
      case 2:
        if ((opcode === 0) !== (this.#kind !== undefined)) {
          this.faults.push(opcode === 0 ? "a continuation of nothing" : "a message inside a message");
          return;
        }
        if (opcode !== 0) this.#kind = opcode === 1 ? "text" : "binary";
        this.#parts.push(payload);
        if (fin && this.#kind) {
          this.messages.push({
            kind: this.#kind,
            payload: this.#parts.length === 1 ? payload : Buffer.concat(this.#parts),
          });
          this.#parts = [];
          this.#kind = undefined;
        }
        return;
      case 8:
        if (payload.length === 1) this.faults.push("a close frame of one byte");
        this.closeCode = payload.length < 2 ? 1005 : payload.readUInt16BE(0);
        return;
      case 9:
        // Allowed at any time, and none of the cases takes long enough to need an answer.
        return;
      case 10:
        this.messages.push({ kind: "pong", payload });
        return;
      default:
        this.faults.push(`a frame with opcode ${opcode}`);
    }
  }
}

function applyMask(bytes: Buffer, mask: Buffer, from: number): void {
  const key = [0, 1, 2, 3].map((offset) => mask[(from + offset) & 3] ?? 0);
  const [k0 = 0, k1 = 0, k2 = 0, k3 = 0] = key;
  const whole = bytes.length & ~3;
  for (let at = 0; at < whole; at += 4) {
    bytes[at] = (bytes[at] ?? 0) ^ k0;
    bytes[at + 1] = (bytes[at + 1] ?? 0) ^ k1;
    bytes[at + 2] = (bytes[at + 2] ?? 0) ^ k2;
    bytes[at + 3] = (bytes[at + 3] ?? 0) ^ k3;
  }
  for (let at = whole; at < bytes.length; at += 1) bytes[at] = (bytes[at] ?? 0) ^ (key[at & 3] ?? 0);
}
