// Node's own UTF-8, SHA-1, HMAC, memory, ticks and event classes, put into base/platform, base/digests and base/events once.
// Imported for its effect by every entry of the floors that run on Node.

import { isUtf8 } from "node:buffer";
import * as crypto from "node:crypto";
import { replaceDigests } from "../base/digests.ts";
import { replaceEventClasses } from "../base/events.ts";
import { CloseEvent, ErrorEvent } from "../base/own-events.ts";
import { replacePlatform } from "../base/platform.ts";

const encoder = new TextEncoder();

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

// Buffer's decoders need a Buffer over the bytes. Nearly all text is decoded in the engine's one arena, so the last view is
// kept, unless it is so large that it may be a message, which must not be kept alive.
const KEPT_VIEW_BYTES = 128 * 1024;
let viewed: Uint8Array | undefined;
let view: Buffer = Buffer.alloc(0);

function viewOf(bytes: Uint8Array): Buffer {
  if (bytes === viewed) return view;
  const fresh = asBuffer(bytes);
  if (bytes.byteLength <= KEPT_VIEW_BYTES) {
    viewed = bytes;
    view = fresh;
  }
  return fresh;
}

replaceEventClasses({ CloseEvent, ErrorEvent });

replaceDigests({
  sha1: (bytes) => crypto.createHash("sha1").update(bytes).digest(),
  hmacSha256: (key, bytes) => crypto.createHmac("sha256", key).update(bytes).digest(),
});

replacePlatform({
  isUtf8,
  decodeLatin1: (bytes, start, end) => viewOf(bytes).toString("latin1", start, end),
  decodeUtf8: (bytes, start, end) => viewOf(bytes).toString("utf8", start, end),
  utf8Length: (text) => Buffer.byteLength(text, "utf8"),
  encodeUtf8Into: (text, target, at) =>
    Buffer.isBuffer(target) ? target.write(text, at, "utf8") : encoder.encodeInto(text, target.subarray(at)).written,
  allocate(bytes) {
    const memory = Buffer.allocUnsafeSlow(bytes);
    return new Uint8Array(memory.buffer, memory.byteOffset, bytes);
  },
  // A tick asked for from a microtask runs when all microtasks are done.
  afterMicrotasks: (run) => queueMicrotask(() => process.nextTick(run)),
});
