// From what an application hands to `send()` and `ping()` to text or exact bytes, as Web IDL converts a union of
// BufferSource, Blob and USVString; and from received bytes to what `binaryType` asks for. Nothing here reads a length that
// a foreign object merely claims: an object that is no buffer becomes text, as in browsers, or is refused.

import { utf8Of } from "./bytes.ts";
import { LocalError } from "./errors.ts";
import { platform } from "./platform.ts";

const MAX_CONTROL_BYTES = 125;

/** What binary messages arrive as. */
export type BinaryType = "blob" | "arraybuffer";
/** What send() takes; anything else is made a string of, as in browsers. */
export type Sendable = string | ArrayBuffer | ArrayBufferView | Blob;
export type Payload = string | Uint8Array | Blob;

// Reading the length through these throws for anything that is not such a buffer, whatever it claims to be.
const lengthOfArrayBuffer = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "byteLength");
const lengthOfSharedBuffer =
  typeof SharedArrayBuffer === "function"
    ? Object.getOwnPropertyDescriptor(SharedArrayBuffer.prototype, "byteLength")
    : undefined;

/**
 * The payload `data` stands for, bytes as a view (not a copy). Text for whatever is neither a buffer nor a Blob, like
 * browsers. Throws TypeError for shared memory, which another thread may change under our hands.
 */
export function payloadOf(data: unknown): Payload {
  if (typeof data === "string") return data;
  if (typeof data === "object" && data !== null) {
    const bytes = bytesOf(data);
    if (bytes !== undefined) return bytes;
    if (data instanceof Blob) return data;
  }
  return toText(data);
}

/** The bytes of a buffer or a view, not copied; undefined for anything else. Throws TypeError for shared memory. */
export function bytesOf(data: object): Uint8Array | undefined {
  if (ArrayBuffer.isView(data)) {
    if (!(data.buffer instanceof ArrayBuffer) && isBrand(lengthOfSharedBuffer, data.buffer)) throw sharedMemory();
    // A detached or out-of-bounds view holds no bytes, and a view over a detached buffer cannot be made.
    if (data.byteLength === 0) return new Uint8Array(0);
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
  // By brand rather than `instanceof`: buffers of another realm (vm contexts, test runners) are buffers as well.
  if (isBrand(lengthOfArrayBuffer, data)) {
    const buffer = data as ArrayBuffer;
    return buffer.byteLength === 0 ? new Uint8Array(0) : new Uint8Array(buffer);
  }
  if (isBrand(lengthOfSharedBuffer, data)) throw sharedMemory();
  return undefined;
}

/** The bytes of a ping. Throws TypeError for what is neither text nor a buffer, LocalError beyond 125 bytes. */
export function pingPayload(payload: unknown): Uint8Array {
  let bytes: Uint8Array | undefined;
  if (typeof payload === "string") {
    bytes = utf8Of(payload);
  } else if (typeof payload === "object" && payload !== null) {
    bytes = bytesOf(payload);
  }
  if (bytes === undefined) throw new TypeError("A ping takes a string, an ArrayBuffer or a view of one.");
  if (bytes.byteLength > MAX_CONTROL_BYTES) {
    throw new LocalError(
      "LW_SOCKET_PING_SIZE",
      `A ping of ${bytes.byteLength} bytes cannot be sent: the protocol allows ${MAX_CONTROL_BYTES}.`,
    );
  }
  return bytes;
}

/** Web IDL's conversion to a string: throws TypeError for symbols, and whatever an object's own `toString` throws. */
export function toText(value: unknown): string {
  return `${value as string}`;
}

/** How much `payload` counts in `bufferedAmount`. */
export function payloadBytes(payload: Payload): number {
  if (typeof payload === "string") return platform.utf8Length(payload);
  return payload instanceof Uint8Array ? payload.byteLength : payload.size;
}

/** Received bytes as an ArrayBuffer of exactly their size; the receiver owns it. */
export function ownedBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer } = bytes;
  if (bytes.byteLength === buffer.byteLength && buffer instanceof ArrayBuffer) return buffer;
  const copy = new Uint8Array(bytes.byteLength);
  copy.set(bytes);
  return copy.buffer;
}

function isBrand(length: PropertyDescriptor | undefined, value: unknown): boolean {
  if (length === undefined) return false;
  try {
    length.get?.call(value);
    return true;
  } catch {
    return false;
  }
}

function sharedMemory(): TypeError {
  return new TypeError("Shared memory cannot be sent: another thread may change it meanwhile. Send a copy of it.");
}
