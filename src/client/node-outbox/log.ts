// The file of an outbox as bytes: eight that say what it is, then one frame for each write, its length and checksums before
// it. A frame is there whole or not at all. What a crash has left of the last one is cut off; what is damaged
// before that is no crash's doing and is said. Touches no file.

import { Cursor, varintBytes, writeVarint } from "../../base/cursor.ts";
import { OUTBOX_ID_BYTES, WINDOW_BYTES } from "../../channels/outbox-terms.ts";
import type { OutboxState, StoreChanges, StoredMessage } from "../outbox/store.ts";

export const LOG_HEADER: Uint8Array = new TextEncoder().encode("LWOUTBX1");
/** The content's length, its CRC-32, and the CRC-32 of those two. */
const FRAME_HEAD_BYTES = 12;

/** What a frame is made of, by their first byte. */
const Op = { state: 1, append: 2, number: 3, remove: 4 } as const;

/** What a file says. */
export interface LogContent {
  readonly state: OutboxState | undefined;
  readonly messages: Map<number, StoredMessage>;
  /** Where the last whole frame ends. */
  readonly length: number;
}

// --- outward ---

/** `changes` as a frame. */
export function encodeFrame({ state, appended, renumbered, removedKeys }: StoreChanges): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(Op.state, ...state.id, ...state.window), numbers(state.next)];
  for (const { key, number, bytes, isText } of appended) {
    parts.push(Uint8Array.of(Op.append, isText ? 1 : 0), numbers(key, number, bytes.length), bytes);
  }
  for (const { key, number } of renumbered) parts.push(Uint8Array.of(Op.number), numbers(key, number));
  for (const key of removedKeys) parts.push(Uint8Array.of(Op.remove), numbers(key));
  const content = Buffer.concat(parts);
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUInt32LE(content.length, 0);
  head.writeUInt32LE(crc32(content), 4);
  head.writeUInt32LE(crc32(head.subarray(0, 8)), 8);
  return Buffer.concat([head, content]);
}

function numbers(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.reduce((sum, value) => sum + varintBytes(value), 0));
  let at = 0;
  for (const value of values) at = writeVarint(bytes, at, value);
  return bytes;
}

// --- inward ---

/** What the file's bytes say; "damaged" when that cannot be known. */
export function decodeLog(bytes: Buffer): LogContent | "damaged" {
  const known = Math.min(bytes.length, LOG_HEADER.length);
  if (!bytes.subarray(0, known).equals(LOG_HEADER.subarray(0, known))) return "damaged";
  const messages = new Map<number, StoredMessage>();
  let state: OutboxState | undefined;
  if (known < LOG_HEADER.length) return { state, messages, length: 0 };
  let at = known;
  while (at < bytes.length) {
    const content = frameAt(bytes, at);
    if (content === undefined) return isTorn(bytes, at) ? { state, messages, length: at } : "damaged";
    state = apply(content, messages);
    if (state === undefined) return "damaged";
    at += FRAME_HEAD_BYTES + content.length;
  }
  return { state, messages, length: at };
}

function frameAt(bytes: Buffer, at: number): Buffer | undefined {
  const end = frameEnd(bytes, at);
  if (end === undefined || end > bytes.length) return undefined;
  const content = bytes.subarray(at + FRAME_HEAD_BYTES, end);
  return content.length > 0 && crc32(content) === bytes.readUInt32LE(at + 4) ? content : undefined;
}

/** Whether what begins at `at` is the last thing that was written, and so may be there in part, or as the zeros of a hole. */
function isTorn(bytes: Buffer, at: number): boolean {
  const head = bytes.subarray(at, at + FRAME_HEAD_BYTES);
  if (head.length < FRAME_HEAD_BYTES || head.every((byte) => byte === 0)) return true;
  const end = frameEnd(bytes, at);
  return end !== undefined && end >= bytes.length;
}

/** Where the frame at `at` ends, if its head is there and can be believed. */
function frameEnd(bytes: Buffer, at: number): number | undefined {
  const head = bytes.subarray(at, at + FRAME_HEAD_BYTES);
  const isWhole = head.length === FRAME_HEAD_BYTES && crc32(head.subarray(0, 8)) === head.readUInt32LE(8);
  return isWhole ? at + FRAME_HEAD_BYTES + head.readUInt32LE(0) : undefined;
}

/** What one frame changes. Gives the state that it says; undefined when it makes no sense. */
function apply(content: Uint8Array, messages: Map<number, StoredMessage>): OutboxState | undefined {
  const cursor = new Cursor(content);
  let state: OutboxState | undefined;
  while (!cursor.isAtEnd && !cursor.fault) {
    const [op] = cursor.take(1);
    if (op === Op.state) {
      const [id, window] = [copy(cursor.take(OUTBOX_ID_BYTES)), copy(cursor.take(WINDOW_BYTES))];
      state = { id, window, next: cursor.varint() };
    } else if (op === Op.append) {
      const [flags] = cursor.take(1);
      const [key, number, length] = [cursor.varint(), cursor.varint(), cursor.varint()];
      messages.set(key, { key, number, bytes: copy(cursor.take(length)), isText: flags === 1 });
    } else if (op === Op.number) {
      const [key, number] = [cursor.varint(), cursor.varint()];
      const message = messages.get(key);
      if (message === undefined) return undefined;
      messages.set(key, { ...message, number });
    } else if (op === Op.remove) {
      messages.delete(cursor.varint());
    } else {
      return undefined;
    }
  }
  return cursor.fault ? undefined : state;
}

/** Of a Buffer slice() would make another view. */
function copy(view: Uint8Array): Uint8Array {
  return new Uint8Array(view);
}

const crcTable: Uint32Array = new Uint32Array(256).map((_zero, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = (rest & 1) === 0 ? rest >>> 1 : 0xedb88320 ^ (rest >>> 1);
  return rest;
});

/** CRC-32 as of zlib; not every runtime has it in its own. */
export function crc32(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (const byte of bytes) rest = (crcTable[(rest ^ byte) & 0xff] as number) ^ (rest >>> 8);
  return (rest ^ 0xffffffff) >>> 0;
}
