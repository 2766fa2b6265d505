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

/** A ticket for `generation` of the session `name`, signed with its key; both are bytes as text. */
export function encodeTicket(hint: Uint8Array, name: string, key: string, generation: number): Uint8Array {
  const named = bytesOf(name);
  const ticket = new Uint8Array(1 + hint.length + NAME_BYTES + varintBytes(generation) + TAG_BYTES);
  let at = writeVarint(ticket, 0, hint.length);
  ticket.set(hint, at);
  at += hint.length;
  ticket.set(named, at);
  at = writeVarint(ticket, at + NAME_BYTES, generation);
  ticket.set(tagOf(named, key, generation), at);
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
export function isGenuine(claims: TicketClaims, key: string): boolean {
  return equalBytes(claims.tag, tagOf(claims.name, key, claims.generation));
}

/** `bytes` as text, one character each: what a session is found by in a Map, and how its key is kept. */
export function textOf(bytes: Uint8Array): string {
  return platform.decodeLatin1(bytes, 0, bytes.length);
}

/** And back. */
export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function tagOf(name: Uint8Array, key: string, generation: number): Uint8Array {
  const signed = new Uint8Array(NAME_BYTES + varintBytes(generation));
  signed.set(name);
  writeVarint(signed, NAME_BYTES, generation);
  return digests.hmacSha256(bytesOf(key), signed).subarray(0, TAG_BYTES);
}
