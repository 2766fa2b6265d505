// Node's own UTF-8, SHA-1, HMAC, memory, ticks and event classes, put into base/platform, base/digests and base/events once.
// Imported for its effect by every entry of the floors that run on Node.

import { Buffer, isUtf8 } from "node:buffer";
import * as crypto from "node:crypto";
import process from "node:process";
import { replaceDigests } from "../base/digests.ts";
import { replaceEventClasses } from "../base/events.ts";
import { CloseEvent, ErrorEvent } from "../base/own-events.ts";
import { platform, replacePlatform } from "../base/platform.ts";

const encoder = new TextEncoder();

// Buffer's decoders need a Buffer over the bytes. Nearly all text is decoded in the engine's one arena, so the last one is kept,
// unless it is so large that it may be a message, which must not be kept alive. It is known again by the array itself: to ask an
// array for its buffer costs more than to decode a short text.
const KEPT_VIEW_BYTES = 128 * 1024;
let viewed: Uint8Array | undefined;
let view: Buffer = Buffer.alloc(0);

/** The same bytes as a Buffer. */
function viewOf(bytes: Uint8Array): Buffer {
  if (bytes === viewed) return view;
  const fresh = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.buffer.byteLength <= KEPT_VIEW_BYTES) [viewed, view] = [bytes, fresh];
  return fresh;
}

/** So many bytes are looked at sooner than the platform is called. */
const SHORT_TEXT_BYTES = 64;

function isShortAscii(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > SHORT_TEXT_BYTES) return false;
  for (let at = start; at < end; at++) if ((bytes[at] as number) >= 0x80) return false;
  return true;
}

replaceEventClasses({ CloseEvent, ErrorEvent });

/** Cheaper than queueMicrotask, which makes a resource of every call. */
const settled = Promise.resolve();

replaceDigests({
  sha1: (bytes) => crypto.createHash("sha1").update(bytes).digest(),
  hmacSha256: (key, bytes) => crypto.createHmac("sha256", key).update(bytes).digest(),
});

replacePlatform({
  isUtf8: (bytes) => isShortAscii(bytes, 0, bytes.length) || isUtf8(bytes),
  decodeLatin1: (bytes, start, end) => viewOf(bytes).toString("latin1", start, end),
  decodeUtf8: (bytes, start, end) => viewOf(bytes).toString("utf8", start, end),
  decodeText(bytes, start, end) {
    if (isShortAscii(bytes, start, end)) return platform.decodeLatin1(bytes, start, end);
    return isUtf8(bytes.subarray(start, end)) ? platform.decodeUtf8(bytes, start, end) : undefined;
  },
  utf8Length: (text) => Buffer.byteLength(text, "utf8"),
  encodeUtf8Into: (text, target, at) =>
    Buffer.isBuffer(target) ? target.write(text, at, "utf8") : encoder.encodeInto(text, target.subarray(at)).written,
  allocate(bytes) {
    const memory = Buffer.allocUnsafeSlow(bytes);
    return new Uint8Array(memory.buffer, memory.byteOffset, bytes);
  },
  allocateShared: (bytes) => Buffer.allocUnsafe(bytes),
  // A tick asked for from a microtask runs when all microtasks are done.
  afterMicrotasks: (run) => void settled.then(() => process.nextTick(run)),
});
