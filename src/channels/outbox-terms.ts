// What client and server agree on when a channel carries the messages of a durable outbox (wire/channels-v1 §5.7): the client's
// claim in the parameters of OPEN, the server's answer in those of ACCEPT. Bytes only; who keeps what is client/outbox/ and
// server/dedupe-window.

import { Cursor, varintBytes, writeVarint } from "../base/cursor.ts";

/** The first byte of parameters that are a claim, or an answer to one; the second has the flags. */
const OUTBOX = 1;
const RESEND = 1;
const KNOWN = 1;
export const OUTBOX_ID_BYTES = 16;
export const WINDOW_BYTES = 8;
/** Numbers stay far below what a varint may say, so that counting on from one never leaves it. */
export const MAX_MESSAGE_NUMBER: number = 2 ** 48;

/** Which outbox it is, and where its messages go on. */
export interface OutboxClaim {
  readonly id: Uint8Array;
  /** Whose numbers those are: the name of the server's memory that the client has stored last; zeros for none. */
  readonly window: Uint8Array;
  /** The oldest message that may have been sent and that the client still keeps. */
  readonly first: number;
  /** The one behind everything that may have been sent. */
  readonly next: number;
  /** Where it goes on at a server that does not know what became of them: at `first`, or at `next`. */
  readonly resends: boolean;
}

export interface OutboxAnswer {
  /** Names the memory in which the numbers are kept from now on. The client stores it before it sends anything. */
  readonly window: Uint8Array;
  /** Whether the server knows what became of `first` and everything behind it. */
  readonly isKnown: boolean;
  /** The handler is done with everything up to here. */
  readonly settled: number;
  /** It was called with everything up to here: the channel's first message is the next one. */
  readonly called: number;
}

export function encodeClaim({ id, window, first, next, resends }: OutboxClaim): Uint8Array {
  return withNumbers(Uint8Array.of(OUTBOX, resends ? RESEND : 0, ...id, ...window), [first, next]);
}

/** The claim in the parameters of an OPEN; undefined when they are none. */
export function decodeClaim(bytes: Uint8Array): OutboxClaim | "malformed" | undefined {
  if (bytes[0] !== OUTBOX) return undefined;
  const cursor = new Cursor(bytes, 2);
  // Copies: of some views slice() makes another view.
  const id = new Uint8Array(cursor.take(OUTBOX_ID_BYTES));
  const window = new Uint8Array(cursor.take(WINDOW_BYTES));
  const [first, next] = [cursor.varint(), cursor.varint()];
  const isLawful = !cursor.fault && first >= 1 && next >= first && next <= MAX_MESSAGE_NUMBER;
  return isLawful ? { id, window, first, next, resends: ((bytes[1] as number) & RESEND) !== 0 } : "malformed";
}

export function encodeAnswer({ window, isKnown, settled, called }: OutboxAnswer): Uint8Array {
  return withNumbers(Uint8Array.of(OUTBOX, isKnown ? KNOWN : 0, ...window), [settled, called]);
}

/** The answer in the parameters of an ACCEPT; undefined when the server has not given one. */
export function decodeAnswer(bytes: Uint8Array): OutboxAnswer | undefined {
  if (bytes[0] !== OUTBOX) return undefined;
  const cursor = new Cursor(bytes, 2);
  const window = new Uint8Array(cursor.take(WINDOW_BYTES));
  const [settled, called] = [cursor.varint(), cursor.varint()];
  if (cursor.fault || settled > called) return undefined;
  return { window, isKnown: ((bytes[1] as number) & KNOWN) !== 0, settled, called };
}

function withNumbers(head: Uint8Array, numbers: readonly number[]): Uint8Array {
  const size = numbers.reduce((sum, number) => sum + varintBytes(number), head.length);
  const bytes = new Uint8Array(size);
  bytes.set(head);
  let at = head.length;
  for (const number of numbers) at = writeVarint(bytes, at, number);
  return bytes;
}
