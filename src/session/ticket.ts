// The ticket a client shows to go on with its session (wire/session-v1 §6): node hint, name, generation, tag. Opaque to the
// client. The server keeps one key per session and no list of tickets; nothing in a ticket is believed before its tag is.

import { Cursor, varintBytes, writeVarint } from "../base/cursor.ts";
import { digests } from "../base/digests.ts";
import { equalBytes } from "../base/equal-bytes.ts";
import { platform } from "../base/platform.ts";
import { NAME_BYTES } from "./packet.ts";

const TAG_BYTES = 16;
/** Bytes of a session's key. */
export const KEY_BYTES = 32;
const MAX_HINT_BYTES = 16;

/** What a ticket claims. */
export interface TicketClaims {
  /** Which node it came from: a hint, never trusted. */
  readonly hint: Uint8Array;
  readonly name: Uint8Array;
  readonly generation: number;
  readonly tag: Uint8Array;
}

/** A ticket for `generation` of the session `name`, signed with its key. */
export function encodeTicket(hint: Uint8Array, name: Uint8Array, key: Uint8Array, generation: number): Uint8Array {
  const ticket = new Uint8Array(1 + hint.length + NAME_BYTES + varintBytes(generation) + TAG_BYTES);
  let at = writeVarint(ticket, 0, hint.length);
  ticket.set(hint, at);
  at += hint.length;
  ticket.set(name, at);
  at = writeVarint(ticket, at + NAME_BYTES, generation);
  ticket.set(tagOf(name, key, generation), at);
  return ticket;
}

/** What `ticket` claims, or undefined when it is none. Proves nothing: see `isGenuine`. */
export function decodeTicket(ticket: Uint8Array): TicketClaims | undefined {
  const cursor = new Cursor(ticket);
  const claims = {
    hint: cursor.bytes(MAX_HINT_BYTES),
    name: cursor.take(NAME_BYTES),
    generation: cursor.varint(),
    tag: cursor.take(TAG_BYTES),
  };
  return cursor.fault || !cursor.isAtEnd ? undefined : claims;
}

/** Whether the claims were signed with `key`. Takes the same time whatever differs. */
export function isGenuine(claims: TicketClaims, key: Uint8Array): boolean {
  return equalBytes(claims.tag, tagOf(claims.name, key, claims.generation));
}

/** What a session is found by in a Map. */
export function nameKey(name: Uint8Array): string {
  return platform.decodeLatin1(name, 0, name.length);
}

function tagOf(name: Uint8Array, key: Uint8Array, generation: number): Uint8Array {
  const signed = new Uint8Array(NAME_BYTES + varintBytes(generation));
  signed.set(name);
  writeVarint(signed, NAME_BYTES, generation);
  return digests.hmacSha256(key, signed).subarray(0, TAG_BYTES);
}
