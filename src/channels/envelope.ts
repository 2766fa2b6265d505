// The envelopes of wire/channels-v1 §5, from bytes and to bytes: head byte (kind and flags), channel, fields. A decoder that
// always answers: an envelope, what is wrong with it, or that it may be skipped. Whether an envelope may come at all is the
// channel's affair. Bytes behind the last known field and flags that are not known are ignored, so both may be added later.

import { Cursor, varintBytes, writeSized, writeVarint } from "../base/cursor.ts";
import type { Violation } from "../base/errors.ts";
import { isWireCloseCode } from "../base/close-codes.ts";
import { platform } from "../base/platform.ts";
import * as EnvelopeKind from "./envelope-kind.ts";
import * as violations from "./violations.ts";

export { EnvelopeKind };

export const MAX_SLICE_BYTES: number = 16 * 1024;
export const MAX_PATH_BYTES: number = 2 * 1024;
export const MAX_PARAMETER_BYTES: number = 2 * 1024;
export const MAX_PROTOCOLS = 16;
export const MAX_PROTOCOL_BYTES = 128;
export const MAX_REASON_BYTES = 123;

export const FIN = 0x10;
export const TEXT = 0x20;
/** What stands before the bytes of a slice whose channel's id is one byte. */
export const SHORT_HEAD_BYTES = 2;
const CONTINUES = 0x10;
const TOPIC = 0x20;
const MOVABLE = 0x10;
const MOVED = 0x10;

/** Up to 16 KiB of one message. */
export interface SliceEnvelope {
  readonly kind: typeof EnvelopeKind.slice;
  readonly channel: number;
  /** The last slice of its message. */
  readonly isFinal: boolean;
  readonly isText: boolean;
  /** A view of the envelope's bytes. */
  readonly bytes: Uint8Array;
}

export interface CreditEnvelope {
  readonly kind: typeof EnvelopeKind.credit;
  readonly channel: number;
  readonly credit: number;
}

export interface OpenEnvelope {
  readonly kind: typeof EnvelopeKind.open;
  readonly channel: number;
  readonly credit: number;
  readonly path: string;
  readonly protocols: readonly string[];
  readonly parameters: Uint8Array;
  /** The channel goes on from another session: `parameters` is its continuation. */
  readonly continues: boolean;
  readonly isTopic: boolean;
}

export interface AcceptEnvelope {
  readonly kind: typeof EnvelopeKind.accept;
  readonly channel: number;
  readonly credit: number;
  readonly protocol: string;
  readonly parameters: Uint8Array;
  readonly isMovable: boolean;
}

export interface RejectEnvelope {
  readonly kind: typeof EnvelopeKind.reject;
  readonly channel: number;
  /** 400 to 599, as of HTTP. */
  readonly status: number;
  readonly reason: string;
}

export interface CloseEnvelope {
  readonly kind: typeof EnvelopeKind.close;
  readonly channel: number;
  /** 0: none. */
  readonly code: number;
  readonly reason: string;
  /** Present when the channel moves to another session. */
  readonly continuation: Uint8Array | undefined;
}

export interface ResetEnvelope {
  readonly kind: typeof EnvelopeKind.reset;
  readonly channel: number;
  readonly code: number;
  readonly reason: string;
}

/** Of a channel with a durable outbox: the server's handler is done with its messages up to this one (§5.7). */
export interface HandledEnvelope {
  readonly kind: typeof EnvelopeKind.handled;
  readonly channel: number;
  readonly number: number;
}

/** Every envelope but SLICE, whose bytes are written where they are to stand. */
export type ControlEnvelope =
  | CreditEnvelope
  | OpenEnvelope
  | AcceptEnvelope
  | RejectEnvelope
  | CloseEnvelope
  | ResetEnvelope
  | HandledEnvelope;
export type Envelope = SliceEnvelope | ControlEnvelope;

/** What was no envelope. `channel` is the one it names, if it came that far. */
export interface MalformedEnvelope {
  readonly kind: "malformed";
  readonly channel: number | undefined;
  readonly violation: Violation;
}

// --- inward ---

/**
 * Whether `bytes` hold from `start` to `end` what nearly every envelope is: a lawful slice, for a channel whose id is one byte. Then
 * nothing need be made for it: its head byte has FIN and TEXT, the next one is the channel, and the rest is the slice.
 */
export function isShortSlice(bytes: Uint8Array, start: number, end: number): boolean {
  const size = end - start - SHORT_HEAD_BYTES;
  if (size < 0) return false;
  const head = bytes[start] as number;
  if ((head & 0x0f) !== EnvelopeKind.slice || (bytes[start + 1] as number) >= 0x80) return false;
  return size <= MAX_SLICE_BYTES && (size > 0 || (head & FIN) !== 0);
}

/** What `bytes` say from `start` on; "unknown" for the kinds 9 to 15, which are skipped. Views, nothing is copied. */
export function decodeEnvelope(bytes: Uint8Array, start = 0): Envelope | MalformedEnvelope | "unknown" {
  const head = bytes[start];
  if (head === undefined) return malformed(undefined);
  const kind = head & 0x0f;
  if (kind > EnvelopeKind.handled) return "unknown";
  const cursor = new Cursor(bytes, start + 1);
  const channel = cursor.varint();
  if (cursor.fault) return malformed(undefined);
  const envelope = decodeFields(kind, head & 0xf0, channel, cursor);
  if (envelope === undefined) return malformed(channel, violations.envelopeUnknown);
  return cursor.fault || !isInRange(envelope) ? malformed(channel) : envelope;
}

function malformed(channel: number | undefined, violation = violations.envelopeMalformed): MalformedEnvelope {
  return { kind: "malformed", channel, violation };
}

function decodeFields(kind: number, flags: number, channel: number, cursor: Cursor): Envelope | undefined {
  switch (kind) {
    case EnvelopeKind.slice:
      return {
        kind,
        channel,
        isFinal: (flags & FIN) !== 0,
        isText: (flags & TEXT) !== 0,
        bytes: cursor.rest(),
      };
    case EnvelopeKind.credit:
      return { kind, channel, credit: cursor.varint() };
    case EnvelopeKind.open:
      return {
        kind,
        channel,
        credit: cursor.varint(),
        path: cursor.text(MAX_PATH_BYTES),
        protocols: decodeProtocols(cursor),
        parameters: cursor.bytes(MAX_PARAMETER_BYTES),
        continues: (flags & CONTINUES) !== 0,
        isTopic: (flags & TOPIC) !== 0,
      };
    case EnvelopeKind.accept:
      return {
        kind,
        channel,
        credit: cursor.varint(),
        protocol: cursor.text(MAX_PROTOCOL_BYTES),
        parameters: cursor.bytes(MAX_PARAMETER_BYTES),
        isMovable: (flags & MOVABLE) !== 0,
      };
    case EnvelopeKind.reject:
      return { kind, channel, status: cursor.varint(), reason: cursor.text(MAX_REASON_BYTES) };
    case EnvelopeKind.close:
      return {
        kind,
        channel,
        code: cursor.varint(),
        reason: cursor.text(MAX_REASON_BYTES),
        continuation: (flags & MOVED) === 0 ? undefined : cursor.bytes(MAX_PARAMETER_BYTES),
      };
    case EnvelopeKind.reset:
      return { kind, channel, code: cursor.varint(), reason: cursor.text(MAX_REASON_BYTES) };
    case EnvelopeKind.handled:
      return { kind, channel, number: cursor.varint() };
    default:
      return undefined;
  }
}

/** As many as the count says. A count beyond the limit reads none and leaves the rest to fail. */
function decodeProtocols(cursor: Cursor): readonly string[] {
  const count = cursor.varint();
  if (count > MAX_PROTOCOLS) cursor.take(Infinity);
  const protocols: string[] = [];
  while (!cursor.fault && protocols.length < count) protocols.push(cursor.text(MAX_PROTOCOL_BYTES));
  return protocols;
}

function isInRange(envelope: Envelope): boolean {
  switch (envelope.kind) {
    case EnvelopeKind.slice:
      // A slice that neither brings bytes nor ends its message would be work for nothing, without end.
      return envelope.bytes.length <= MAX_SLICE_BYTES && (envelope.isFinal || envelope.bytes.length > 0);
    case EnvelopeKind.reject:
      return envelope.status >= 400 && envelope.status <= 599;
    case EnvelopeKind.close:
      return envelope.code === 0 ? envelope.reason === "" : isWireCloseCode(envelope.code);
    case EnvelopeKind.reset:
      return envelope.code >= 1000 && envelope.code <= 4999;
    case EnvelopeKind.credit:
    case EnvelopeKind.open:
    case EnvelopeKind.accept:
    case EnvelopeKind.handled:
      return true;
  }
}

// --- outward ---

/** How many bytes stand before those of a slice. */
export function sliceHeadBytes(channel: number): number {
  return 1 + varintBytes(channel);
}

/** Writes what makes a slice of the bytes behind it at `at`. Returns where it ends. */
export function writeSliceHead(
  target: Uint8Array,
  at: number,
  channel: number,
  isFinal: boolean,
  isText: boolean,
): number {
  target[at] = EnvelopeKind.slice | (isFinal ? FIN : 0) | (isText ? TEXT : 0);
  return writeVarint(target, at + 1, channel);
}

/** Whether an envelope that begins so is a slice. */
export function isSlice(head: number): boolean {
  return (head & 0x0f) === EnvelopeKind.slice;
}

type Field = number | string | Uint8Array;

/** The bytes of `envelope`, whose fields are within their limits, behind `room` bytes for whoever carries it. */
export function encodeEnvelope(envelope: ControlEnvelope, room = 0): Uint8Array {
  const fields = fieldsOf(envelope);
  let size = room + 1 + varintBytes(envelope.channel);
  for (const field of fields) size += fieldBytes(field);
  const bytes = new Uint8Array(size);
  bytes[room] = envelope.kind | flagsOf(envelope);
  let at = writeVarint(bytes, room + 1, envelope.channel);
  for (const field of fields) at = writeField(bytes, at, field);
  return bytes;
}

function fieldsOf(envelope: ControlEnvelope): readonly Field[] {
  switch (envelope.kind) {
    case EnvelopeKind.credit:
      return [envelope.credit];
    case EnvelopeKind.open: {
      const { credit, path, protocols, parameters } = envelope;
      return [credit, path, protocols.length, ...protocols, parameters];
    }
    case EnvelopeKind.accept:
      return [envelope.credit, envelope.protocol, envelope.parameters];
    case EnvelopeKind.reject:
      return [envelope.status, envelope.reason];
    case EnvelopeKind.close: {
      const { code, reason, continuation } = envelope;
      return continuation === undefined ? [code, reason] : [code, reason, continuation];
    }
    case EnvelopeKind.reset:
      return [envelope.code, envelope.reason];
    case EnvelopeKind.handled:
      return [envelope.number];
  }
}

function flagsOf(envelope: ControlEnvelope): number {
  switch (envelope.kind) {
    case EnvelopeKind.open:
      return (envelope.continues ? CONTINUES : 0) | (envelope.isTopic ? TOPIC : 0);
    case EnvelopeKind.accept:
      return envelope.isMovable ? MOVABLE : 0;
    case EnvelopeKind.close:
      return envelope.continuation === undefined ? 0 : MOVED;
    case EnvelopeKind.credit:
    case EnvelopeKind.reject:
    case EnvelopeKind.reset:
    case EnvelopeKind.handled:
      return 0;
  }
}

function fieldBytes(field: Field): number {
  if (typeof field === "number") return varintBytes(field);
  const length = typeof field === "string" ? platform.utf8Length(field) : field.length;
  return varintBytes(length) + length;
}

function writeField(target: Uint8Array, at: number, field: Field): number {
  if (typeof field === "number") return writeVarint(target, at, field);
  if (typeof field === "string") {
    const start = writeVarint(target, at, platform.utf8Length(field));
    return start + platform.encodeUtf8Into(field, target, start);
  }
  return writeSized(target, at, field);
}
