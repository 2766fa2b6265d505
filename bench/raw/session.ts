// A session with one channel, by hand, as docs/wire has it: the least that a server lets go on. No library's code takes part
// on this side. Acknowledges every 32 packets, grants credit by half a window.

import type { Socket } from "node:net";
import { BINARY, CLOSE, clientFrame, type Talker, upgrade } from "./frames.ts";

const DATA = 0x00;
const ACK = 0x01;
const PING = 0x02;
const PONG = 0x03;
const GREET = 0x05;
const WELCOME = 0x07;
const BYE = 0x0e;
const PACK = 0x0f;

const SLICE = 0x00;
const CREDIT = 0x01;
const ACCEPT = 0x03;
const KIND = 0x0f;
const WHOLE = 0x10;
const WHOLE_TEXT = 0x30;

const CHANNEL = 1;
const ACK_EVERY = 32;
const WINDOW = 64 * 1024;
/** What a slice costs beyond its bytes (channels-v1 §5.2). */
const SLICE_COST = 128;

const HELLO = Uint8Array.of(0x06, 1, ...varint(1024 * 1024), ...varint(1024 * 1024), 0);

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(Math.floor(value / 0x80))];
}

function openEnvelope(path: string): number[] {
  return [0x02, CHANNEL, ...varint(WINDOW), ...varint(path.length), ...Buffer.from(path), 0, 0];
}

/** What it waits for: the server's first word, its answer, and the channel. */
type Stage = "greet" | "welcome" | "accept" | "open";

/** One whose messages are slices of a channel. */
export class SessionTalker implements Talker {
  readonly #socket: Socket;
  readonly #packet: Uint8Array;
  readonly #sliceBytes: number;
  readonly #path: string | undefined;
  readonly #ready: () => void;
  #stage: Stage = "greet";
  #bursts: readonly Buffer[] = [];
  #rest: Buffer = Buffer.alloc(0);
  /** What goes out with the next burst. */
  #owed: Buffer[] = [];
  #receivedPackets = 0;
  #acknowledged = 0;
  #unconsumed = 0;
  answers = 0;

  /** Without a path the session has no channel. */
  private constructor(
    socket: Socket,
    path: string | undefined,
    message: Uint8Array,
    isBinary: boolean,
    ready: () => void,
  ) {
    this.#socket = socket;
    this.#path = path;
    this.#packet = Uint8Array.of(DATA, isBinary ? WHOLE : WHOLE_TEXT, CHANNEL, ...message);
    this.#sliceBytes = message.length;
    this.#ready = ready;
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.resume();
  }

  static async open(
    port: number,
    path: string | undefined,
    message: Uint8Array,
    isBinary: boolean,
  ): Promise<SessionTalker> {
    const socket = await upgrade(port, "/longwire", "longwire.1");
    return new Promise((resolve, reject) => {
      const talker = new SessionTalker(socket, path, message, isBinary, () => resolve(talker));
      socket.once("close", () => reject(new Error(`The server has closed a session that was ${talker.#stage}.`)));
    });
  }

  /** `depth` messages cost less than half a window, so there is always credit: the server grants as half is used. */
  begin(depth: number): void {
    if (depth * (this.#sliceBytes + SLICE_COST) > WINDOW / 2) throw new Error("That needs more credit than there is.");
    this.#bursts = Array.from({ length: depth + 1 }, (_, count) => burstOf(this.#packet, count));
    this.#socket.write(this.#bursts[depth] ?? NOTHING);
  }

  end(): void {
    this.#socket.end(clientFrame(Uint8Array.of(BYE, ...varint(1000), 0), BINARY));
  }

  #receive(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const before = this.answers;
    let at = 0;
    for (;;) {
      const isLong = bytes[at + 1] === 126;
      const start = at + (isLong ? 4 : 2);
      if (start > bytes.length) break;
      const end = start + (isLong ? bytes.readUInt16BE(at + 2) : (bytes[at + 1] ?? 0));
      if (end > bytes.length) break;
      if (bytes[at] === BINARY) this.#receiveMessage(bytes, start, end);
      else if (bytes[at] !== CLOSE) throw new Error(`A frame that begins with ${String(bytes[at])} was not expected.`);
      at = end;
    }
    this.#rest = at === bytes.length ? NOTHING : bytes.subarray(at);
    const answers = this.answers - before;
    const burst = this.#bursts[answers];
    if (this.#owed.length === 0) {
      if (answers > 0 && burst !== undefined) this.#socket.write(burst);
      return;
    }
    this.#socket.write(Buffer.concat([...this.#owed, burst ?? NOTHING]));
    this.#owed = [];
  }

  #receiveMessage(bytes: Buffer, start: number, end: number): void {
    if (bytes[start] !== PACK) {
      this.#receivePacket(bytes, start, end);
      return;
    }
    for (let at = start + 1; at < end;) {
      const isLong = (bytes[at] ?? 0) >= 0x80;
      const length = isLong ? ((bytes[at] ?? 0) & 0x7f) | ((bytes[at + 1] ?? 0) << 7) : (bytes[at] ?? 0);
      const from = at + (isLong ? 2 : 1);
      this.#receivePacket(bytes, from, from + length);
      at = from + length;
    }
  }

  #receivePacket(bytes: Buffer, start: number, end: number): void {
    const type = bytes[start];
    if (type === DATA) {
      this.#receivedPackets++;
      if (this.#receivedPackets - this.#acknowledged >= ACK_EVERY) this.#acknowledge();
      this.#receiveEnvelope(bytes, start + 1, end);
    } else if (type === PING) {
      this.#owe([PONG, ...bytes.subarray(start + 1, end)]);
    } else if (type === GREET) {
      this.#stage = "welcome";
      this.#owe([...HELLO]);
    } else if (type === WELCOME) {
      this.#stage = "accept";
      this.#acknowledge();
      if (this.#path === undefined) this.#ready();
      else this.#owe([DATA, ...openEnvelope(this.#path)]);
    } else if (type !== ACK) {
      throw new Error(`A packet of type ${String(type)} was not expected.`);
    }
  }

  #receiveEnvelope(bytes: Buffer, start: number, end: number): void {
    const kind = (bytes[start] ?? 0) & KIND;
    if (kind === SLICE) {
      if (end - start - 2 !== this.#sliceBytes) throw new Error("The answer is not what was sent.");
      this.answers++;
      this.#unconsumed += this.#sliceBytes + SLICE_COST;
      if (this.#unconsumed < WINDOW / 2) return;
      this.#owe([DATA, CREDIT, CHANNEL, ...varint(this.#unconsumed)]);
      this.#unconsumed = 0;
    } else if (kind === ACCEPT) {
      this.#stage = "open";
      // One that stays idle would owe this after a second.
      this.#acknowledge();
      this.#ready();
    } else if (kind !== CREDIT) {
      throw new Error(`An envelope of kind ${String(kind)} was not expected.`);
    }
  }

  #acknowledge(): void {
    this.#acknowledged = this.#receivedPackets;
    this.#owe([ACK, ...varint(this.#receivedPackets)]);
  }

  #owe(packet: readonly number[]): void {
    this.#owed.push(clientFrame(Uint8Array.from(packet), BINARY));
  }
}

/** `count` times the same packet, as a session sends what goes together. */
function burstOf(packet: Uint8Array, count: number): Buffer {
  if (count === 0) return NOTHING;
  const packed = Array<number[]>(count)
    .fill([...varint(packet.length), ...packet])
    .flat();
  return clientFrame(count === 1 ? packet : Uint8Array.of(PACK, ...packed), BINARY);
}

const NOTHING: Buffer = Buffer.alloc(0);
