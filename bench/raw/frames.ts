// RFC 6455 as the loads need it, by hand over node:net: no library's code takes part on their side.

import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";

const TEXT = 0x81;
export const BINARY = 0x82;
export const CLOSE = 0x88;

/** The head of an unmasked frame. */
function headOf(bytes: number, first: number): Buffer {
  if (bytes < 126) return Buffer.from([first, bytes]);
  if (bytes < 65536) return Buffer.from([first, 126, bytes >> 8, bytes & 0xff]);
  const head = Buffer.alloc(10);
  head[0] = first;
  head[1] = 127;
  head.writeBigUInt64BE(BigInt(bytes), 2);
  return head;
}

/** A frame as a client sends it: with a real key, so that the server has to unmask. */
export function clientFrame(payload: Uint8Array, first: number): Buffer {
  const key = randomBytes(4);
  const masked = payload.map((byte, index) => byte ^ (key[index & 3] ?? 0));
  const head = headOf(payload.length, first);
  head[1] = (head[1] ?? 0) | 0x80;
  return Buffer.concat([head, key, masked]);
}

/** `frame` none, once, twice … up to `most` times, to be written at once. */
export function burstsOf(frame: Buffer, most: number): readonly Buffer[] {
  return Array.from({ length: most + 1 }, (_, count) => Buffer.concat(Array<Buffer>(count).fill(frame)));
}

/** Connects and upgrades. What comes after the 101 is put back to be read. */
export async function upgrade(port: number, path: string, protocol?: string): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.setNoDelay(true);
  const offer = protocol === undefined ? "" : `Sec-WebSocket-Protocol: ${protocol}\r\n`;
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${String(port)}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\nSec-WebSocket-Version: 13\r\n${offer}\r\n`,
  );
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const receive = (chunk: Buffer): void => {
      received = Buffer.concat([received, chunk]);
      const end = received.indexOf("\r\n\r\n");
      if (end < 0) return;
      socket.off("data", receive);
      socket.pause();
      if (received.length > end + 4) socket.unshift(received.subarray(end + 4));
      if (received.toString("latin1").startsWith("HTTP/1.1 101")) resolve(socket);
      else reject(new Error(received.toString("latin1")));
    };
    socket.on("data", receive);
    socket.once("error", reject);
  });
}

/** One connection of a load. */
export interface Talker {
  /** How many answers have come. */
  readonly answers: number;
  /** Sends so many messages, and another one for each answer. */
  begin(depth: number): void;
  end(): void;
}

/** One whose messages are frames. */
export class PlainTalker implements Talker {
  readonly #socket: Socket;
  readonly #frame: Buffer;
  readonly #answerBytes: number;
  #bursts: readonly Buffer[] = [];
  #received = 0;
  answers = 0;

  private constructor(socket: Socket, message: Uint8Array, isBinary: boolean) {
    const first = isBinary ? BINARY : TEXT;
    this.#socket = socket;
    this.#frame = clientFrame(message, first);
    this.#answerBytes = headOf(message.length, first).length + message.length;
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.resume();
  }

  static async open(port: number, path: string, message: Uint8Array, isBinary: boolean): Promise<PlainTalker> {
    return new PlainTalker(await upgrade(port, path), message, isBinary);
  }

  begin(depth: number): void {
    this.#bursts = burstsOf(this.#frame, depth);
    this.#socket.write(this.#bursts[depth] ?? this.#frame);
  }

  end(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#received += chunk.length;
    const answers = Math.floor(this.#received / this.#answerBytes);
    if (answers === 0) return;
    this.#received -= answers * this.#answerBytes;
    this.answers += answers;
    this.#socket.write(this.#bursts[Math.min(answers, this.#bursts.length - 1)] ?? this.#frame);
  }
}
