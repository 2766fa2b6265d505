// RFC 6455 frames read and written in the plainest way there is: the whole stream at once, one rule after another, in the
// order in which the bytes allow to judge them. The oracle for the real machine, so it shares no code with src/ and cares
// for nothing but being right. RELIABILITY §2.3 to §2.5 decide where the RFC leaves a choice.

import { isUtf8 } from "node:buffer";

import { bigEndian, bytes, concat, utf8 } from "./byte-builder.ts";
import { badUtf8At } from "./naive-utf8.ts";

export type Role = "server" | "client";

export interface NaiveRules {
  /** Who reads: a server expects masked frames, a client unmasked ones. */
  readonly role: Role;
  readonly maxMessageBytes: number;
  readonly maxFragments: number;
  readonly lenientLength?: boolean;
  readonly dialect?: Dialect;
}

/** Ways in which other implementations are known to differ; ours has none of them. */
export interface Dialect {
  /** A broken text is noticed when its message ends, not when its byte comes. */
  readonly waitsForText?: boolean;
  /** A control frame may announce its few bytes in 16 or 64 bits. */
  readonly longControl?: boolean;
  /** A control frame between fragments counts against the limit of their message. */
  readonly countsControl?: boolean;
  /** A continuation of nothing is noticed when its payload is complete. */
  readonly waitsForContinuation?: boolean;
  /** Close codes that may travel and are refused all the same. */
  readonly refusesCodes?: readonly number[];
  /** The codes with which some violations are answered instead of ours. */
  readonly wrongMask?: number;
  readonly negativeLength?: number;
  readonly brokenReason?: number;
}

/**
 * What a stream means, one line per event: `text "…"`, `binary 00ff`, `ping 00`, `pong`, `close 1000 "…"`, `fail 1002`.
 * Nothing follows a close or a fail.
 */
export type NaiveEvents = readonly string[];

interface Header {
  readonly fin: boolean;
  readonly opcode: number;
  readonly length: number;
  readonly key: Uint8Array | undefined;
  /** Where the payload begins. */
  readonly payloadAt: number;
}

interface Message {
  readonly opcode: number;
  frames: number;
  bytes: Uint8Array;
}

/** The events of a whole stream. A frame that is cut off is judged as far as its bytes go. */
export function readStream(stream: Uint8Array, rules: NaiveRules): NaiveEvents {
  const events: string[] = [];
  let message: Message | undefined;
  let at = 0;
  for (;;) {
    const header = readHeader(stream, at, message, rules);
    if (header === "more") return events;
    if (typeof header === "number") return [...events, `fail ${header}`];
    const end = header.payloadAt + header.length;
    const isWhole = end <= stream.length;
    const payload = unmask(stream.slice(header.payloadAt, Math.min(end, stream.length)), header.key);

    if (header.opcode >= 8) {
      if (!isWhole) return events;
      if (header.opcode === 8) return [...events, readClose(payload, rules.dialect)];
      events.push(showBytes(header.opcode === 9 ? "ping" : "pong", payload));
    } else {
      if (header.opcode === 0 && message === undefined) return isWhole ? [...events, "fail 1002"] : events;
      if (message === undefined) message = { opcode: header.opcode, frames: 0, bytes: new Uint8Array() };
      message.frames++;
      message.bytes = concat([message.bytes, payload]);
      const isText = message.opcode === 1;
      // RELIABILITY P-50: 1007 as soon as the byte is there, though the frame or the message is not complete.
      const isBroken = isText && !isUtf8(message.bytes) && badUtf8At(message.bytes) !== undefined;
      if (isBroken && rules.dialect?.waitsForText !== true) return [...events, "fail 1007"];
      if (!isWhole) return events;
      if (header.fin) {
        if (isText && !isUtf8(message.bytes)) return [...events, "fail 1007"];
        events.push(isText ? showText(message.bytes) : showBytes("binary", message.bytes));
        message = undefined;
      }
    }
    at = end;
  }
}

/**
 * A header, the close code that refuses it, or "more" when the bytes end inside it. What the first two bytes tell is judged
 * first, then what the length tells, and neither waits for the masking key.
 */
function readHeader(
  stream: Uint8Array,
  at: number,
  message: Message | undefined,
  rules: NaiveRules,
): Header | number | "more" {
  const first = stream[at];
  const second = stream[at + 1];
  if (first === undefined || second === undefined) return "more";
  const fin = (first & 0x80) !== 0;
  const opcode = first & 0x0f;
  const isMasked = (second & 0x80) !== 0;
  const shortLength = second & 0x7f;
  const isControl = opcode >= 8;
  if ((first & 0x70) !== 0) return 1002;
  if (![0, 1, 2, 8, 9, 10].includes(opcode)) return 1002;
  if (isMasked !== (rules.role === "server")) return rules.dialect?.wrongMask ?? 1002;
  if (isControl && !fin) return 1002;
  if (isControl && shortLength > 125 && rules.dialect?.longControl !== true) return 1002;
  if (opcode === 0 && message === undefined && rules.dialect?.waitsForContinuation !== true) return 1002;
  if ((opcode === 1 || opcode === 2) && message !== undefined) return 1002;
  if (!isControl && (message?.frames ?? 0) + 1 > rules.maxFragments) return 1008;

  const lengthBytes = shortLength === 126 ? 2 : shortLength === 127 ? 8 : 0;
  const keyAt = at + 2 + lengthBytes;
  if (stream.length < keyAt) return "more";
  let length = BigInt(shortLength);
  if (lengthBytes > 0) {
    length = 0n;
    for (const byte of stream.slice(at + 2, keyAt)) length = length * 256n + BigInt(byte);
    if (length >= 2n ** 63n) return (isControl ? undefined : rules.dialect?.negativeLength) ?? 1002;
    const isMinimal = lengthBytes === 2 ? length >= 126n : length >= 65536n;
    if (!isMinimal && rules.lenientLength !== true) return 1002;
  }
  if (isControl && length > 125n) return 1002;
  const counts = !isControl || rules.dialect?.countsControl === true;
  if (counts && BigInt(message?.bytes.length ?? 0) + length > BigInt(rules.maxMessageBytes)) return 1009;

  const payloadAt = isMasked ? keyAt + 4 : keyAt;
  if (stream.length < payloadAt) return "more";
  return { fin, opcode, length: Number(length), key: isMasked ? stream.slice(keyAt, payloadAt) : undefined, payloadAt };
}

function readClose(payload: Uint8Array, dialect: Dialect = {}): string {
  if (payload.length === 0) return `close 1005 ""`;
  if (payload.length === 1) return "fail 1002";
  const code = (payload[0] as number) * 256 + (payload[1] as number);
  const isDefined = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014].includes(code);
  if (!isDefined && !(code >= 3000 && code <= 4999)) return "fail 1002";
  if (dialect.refusesCodes?.includes(code) === true) return "fail 1002";
  const reason = payload.slice(2);
  if (!isUtf8(reason)) return `fail ${dialect.brokenReason ?? 1007}`;
  return `close ${code} ${JSON.stringify(decode(reason))}`;
}

function unmask(payload: Uint8Array, key: Uint8Array | undefined): Uint8Array {
  if (key === undefined) return payload;
  const plain = new Uint8Array(payload.length);
  for (let index = 0; index < payload.length; index++)
    plain[index] = (payload[index] as number) ^ (key[index % 4] as number);
  return plain;
}

// --- lines ---

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const decode = (text: Uint8Array): string => decoder.decode(text);

export function showText(text: string | Uint8Array): string {
  return `text ${JSON.stringify(typeof text === "string" ? text : decode(text))}`;
}

export function showBytes(kind: "binary" | "ping" | "pong", payload: Uint8Array): string {
  return payload.length === 0 ? kind : `${kind} ${Buffer.from(payload).toString("hex")}`;
}

// --- writing, with a knob for each way to be wrong ---

export interface NaiveFrame {
  readonly fin?: boolean;
  /** Bits as they stand in the first byte: 0x40 is RSV1. */
  readonly rsv?: number;
  readonly opcode: number;
  readonly key?: Uint8Array | undefined;
  readonly payload?: string | Uint8Array;
  /** How the length is written; by default in the fewest bytes. */
  readonly lengthForm?: 7 | 16 | 64;
  /** The length the header announces, when it is not the payload's. */
  readonly declaredLength?: number | bigint;
}

/** The frame's bytes, however wrong. */
export function writeFrame(frame: NaiveFrame): Uint8Array<ArrayBuffer> {
  const plain = typeof frame.payload === "string" ? utf8(frame.payload) : (frame.payload ?? new Uint8Array());
  const length = frame.declaredLength ?? plain.length;
  const form = frame.lengthForm ?? (length < 126 ? 7 : length < 65536 ? 16 : 64);
  const maskBit = frame.key === undefined ? 0 : 0x80;
  const header = bytes(
    (frame.fin === false ? 0 : 0x80) | (frame.rsv ?? 0) | frame.opcode,
    maskBit | (form === 7 ? Number(length) & 0x7f : form === 16 ? 126 : 127),
    form === 7 ? [] : bigEndian(length, form / 8),
  );
  return concat([header, frame.key ?? new Uint8Array(), unmask(plain, frame.key)]);
}

/** A frame as a peer of `role` must receive it: masked for a server (with a key that shows), plain for a client. */
export function frameTo(
  role: Role,
  opcode: number,
  payload: string | Uint8Array = "",
  fin = true,
): Uint8Array<ArrayBuffer> {
  return writeFrame({
    opcode,
    payload,
    fin,
    key: role === "server" ? Uint8Array.of(0x37, 0xfa, 0x21, 0x3d) : undefined,
  });
}
