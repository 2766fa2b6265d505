// What a Close frame carries: nothing, or a code and a reason (RFC 6455 §5.5.1, §7.4). Decode and encode side by side.

import { isWireCloseCode } from "../base/close-codes.ts";
import type { Violation } from "../base/errors.ts";
import { platform } from "../base/platform.ts";
import { violations } from "./frame-check.ts";

/** The code a Close frame without one stands for; never sent. */
export const NO_STATUS = 1005;

/** What a Close frame says; 1005 and an empty reason when it says nothing. */
export interface ClosePayload {
  readonly code: number;
  readonly reason: string;
}

/** The payload's meaning, or the rule it breaks. */
export function decodeClosePayload(payload: Uint8Array): ClosePayload | Violation {
  if (payload.length === 0) return { code: NO_STATUS, reason: "" };
  // RFC 6455 §5.5.1: "the first two bytes of the body MUST be a 2-byte unsigned integer"
  if (payload.length === 1) return violations.closeTooShort;
  const code = ((payload[0] as number) << 8) | (payload[1] as number);
  if (!isWireCloseCode(code)) return violations.closeCodeInvalid;
  if (!platform.isUtf8(payload.subarray(2))) return violations.invalidUtf8;
  return { code, reason: platform.decodeUtf8(payload, 2, payload.length) };
}

/**
 * The payload for `code` and `reason`; empty for NO_STATUS. A reason that would pass 123 bytes is cut at a character, so
 * that a Close always fits its frame.
 */
export function encodeClosePayload(code: number, reason: string): Uint8Array {
  if (code === NO_STATUS) return new Uint8Array(0);
  const text = new TextEncoder().encode(reason);
  let length = Math.min(text.length, 123);
  while (length < text.length && ((text[length] as number) & 0xc0) === 0x80) length--;
  const payload = new Uint8Array(2 + length);
  payload[0] = code >> 8;
  payload[1] = code & 0xff;
  payload.set(text.subarray(0, length), 2);
  return payload;
}
