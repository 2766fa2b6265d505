// The inspector's token: 128 random bits, made anew with each inspector, compared in constant time (RELIABILITY V-42). It stands
// behind the # of the page's address, which browsers send to nobody, and goes out as the first message of the page's WebSocket.

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

const TOKEN_BYTES = 16;

export function createToken(): string {
  return randomBytes(TOKEN_BYTES).toString("base64url");
}

export function isSameToken(token: string, given: unknown): boolean {
  if (typeof given !== "string") return false;
  // Of digests, because equal lengths are what the comparison asks for.
  return timingSafeEqual(digest(token), digest(given));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
