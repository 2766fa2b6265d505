// SHA-1 and HMAC-SHA-256 as a port: portable by default, replaced once by socket/ with Node's. Apart from platform.ts because a
// browser's client needs neither, and a bundle leaves out what nobody asks for. Holds no state besides the members.

import { sha1 } from "./sha1.ts";
import { hmacSha256 } from "./sha256.ts";

export interface Digests {
  /** SHA-1 of `bytes`, 20 bytes (RFC 6455 §4.2.2 asks for it; it protects nothing). */
  sha1(bytes: Uint8Array): Uint8Array;
  /** HMAC-SHA-256 of `bytes` under `key`, 32 bytes. */
  hmacSha256(key: Uint8Array, bytes: Uint8Array): Uint8Array;
}

/** The members in force. Read them at the call, never at import. */
export const digests: Digests = { sha1, hmacSha256 };

/** Puts a runtime's own members in. Called once, by the floor that knows the runtime. */
export function replaceDigests(members: Digests): void {
  Object.assign(digests, members);
}
