// Sec-WebSocket-Key and Sec-WebSocket-Accept: proof that the answer was made for this request by something that speaks
// WebSocket. RFC 6455 §1.3, §4.1, §4.2.2. It authenticates nobody.

import { utf8Of } from "../../base/bytes.ts";
import { digests } from "../../base/digests.ts";
import type { Random } from "../../base/random.ts";

// RFC 6455 §1.3: unlikely to be used by anything that does not know the protocol, which is all it is for.
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

const KEY_BYTES = 16;
const KEY_LENGTH = 24;

/** The Sec-WebSocket-Accept that answers `key`. */
export function acceptKey(key: string): string {
  return encodeBase64(digests.sha1(utf8Of(key + GUID)));
}

/** Whether `key` is 16 bytes in base64: 22 characters of its alphabet and `==`. */
export function isHandshakeKey(key: string): boolean {
  if (key.length !== KEY_LENGTH || !key.endsWith("==")) return false;
  for (let at = 0; at < KEY_LENGTH - 2; at++) {
    if (!isBase64Code(key.charCodeAt(at))) return false;
  }
  return true;
}

/** A new key for one request. */
export function createHandshakeKey(random: Random): string {
  // RFC 6455 §4.1: "The nonce MUST be selected randomly for each connection."
  const bytes = new Uint8Array(KEY_BYTES);
  random.fill(bytes);
  return encodeBase64(bytes);
}

function encodeBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function isBase64Code(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x2b ||
    code === 0x2f
  );
}
