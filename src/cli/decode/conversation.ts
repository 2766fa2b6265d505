// What was said, in the order in which it was: HTTP messages, frames, and the packets of a session in either. Out of one run of
// bytes, where both sides may lie one behind the other, or out of the two directions of a connection with their times.

import { Opcode } from "../../protocol/index.ts";
import { CONTENT_TYPE, LINE_PROTOCOL } from "../../wire/index.ts";
import { type Frame, Inflation, looksLikeFrame, readFrames, type Side } from "./frames.ts";
import { headerOf, type HttpMessage, looksLikeHttp, readHttpMessage } from "./http-messages.ts";
import { describeBody, describeMessage, isGreeting } from "./session-words.ts";
import { type Direction, mostDirectionBytes, type TcpStream } from "./tcp-streams.ts";

interface Place {
  /** Seconds since 1970; undefined where nothing tells. */
  readonly at: number | undefined;
  readonly from: Side | undefined;
  readonly offset: number;
}

export type Entry =
  | (Place & { readonly kind: "http"; readonly message: HttpMessage; readonly packets: readonly string[] })
  | (Place & { readonly kind: "frame"; readonly frame: Frame; readonly packets: readonly string[] })
  | (Place & { readonly kind: "note"; readonly text: string });

/** More are not told: nobody reads them. */
export const mostFrames = 100_000;
export const mostHttpMessages = 100_000;
const tlsNote =
  "TLS: what is inside cannot be read here. Capture behind whatever ends TLS, between a proxy and its server, or decrypt it " +
  "with the keys of --tls-keylog (Node) or SSLKEYLOGFILE (browsers) first.";

/** One run of bytes: what opens the connection, if it is there, and then frames of either side. */
export function explainBytes(bytes: Uint8Array): Entry[] {
  const heads = readHeads(bytes, undefined);
  const entries = [...heads.entries];
  if (heads.end < bytes.length && !heads.isStopped) {
    const isDeflated = heads.extensions.includes("permessage-deflate") || isCompressedStart(bytes, heads.end);
    const reading = readFrames(bytes, heads.end, { from: undefined, isDeflated, mostFrames });
    const isSession = heads.protocol === LINE_PROTOCOL || reading.frames.some(isGreetingFrame);
    entries.push(...reading.frames.map((frame) => frameEntry(frame, undefined, isSession)));
    if (reading.fault !== undefined) entries.push(note(reading.fault, bytes.length));
  }
  return entries;
}

/**
 * Both sides of a connection. The times are those at which the last byte of each came. `inflation` is shared by all connections that
 * are explained in one go.
 */
export function explainStream(stream: TcpStream, inflation: Inflation = new Inflation()): Entry[] {
  const { client, server } = sidesOf(stream);
  const answer = readHeads(server.bytes, "server");
  const request = readHeads(client.bytes, "client");
  const isUpgraded = answer.isUpgraded || (request.isUpgraded && answer.entries.length === 0);
  const isDeflated = answer.extensions.includes("permessage-deflate");
  const how = { isDeflated, isUpgraded, inflation };
  const serverFrames = framesBehind(server, answer, how);
  const clientFrames = framesBehind(client, request, how);
  const isSession =
    answer.protocol === LINE_PROTOCOL || serverFrames.frames.slice(0, 1).some((frame) => isGreetingFrame(frame));
  const entries: Entry[] = [];
  for (const [side, heads, reading] of [
    [client, request, clientFrames],
    [server, answer, serverFrames],
  ] as const) {
    const from = side.from;
    for (const entry of heads.entries) {
      entries.push({ ...entry, at: side.timeAt(entry.kind === "http" ? entry.message.end : entry.offset) });
    }
    for (const frame of reading.frames) {
      entries.push(frameEntry(frame, side.timeAt(frame.offset + frame.presentBytes), isSession));
    }
    const end = side.bytes.length;
    if (reading.fault !== undefined)
      entries.push({ kind: "note", at: side.timeAt(end), from, offset: end, text: reading.fault });
    for (const text of side.notes) entries.push({ kind: "note", at: side.timeAt(end), from, offset: end, text });
  }
  return entries.toSorted((one, other) => (one.at ?? 0) - (other.at ?? 0));
}

/** Whether a connection has anything in it that can be explained here. */
export function isReadable(stream: TcpStream): boolean {
  return [stream.opener, stream.other].some(({ pieces }) => {
    const start = Buffer.concat(pieces.slice(0, 4).map(({ bytes }) => bytes));
    return looksLikeHttp(start, 0) || (start.length > 1 && !isTls(start) && looksLikeFrame(start, 0));
  });
}

export function isEncrypted(stream: TcpStream): boolean {
  return [stream.opener, stream.other].some(({ pieces }) => pieces[0] !== undefined && isTls(pieces[0].bytes));
}

interface Heads {
  readonly entries: readonly Entry[];
  readonly end: number;
  readonly isUpgraded: boolean;
  /** What follows is nothing that can be read. */
  readonly isStopped: boolean;
  readonly protocol: string;
  readonly extensions: string;
}

function readHeads(bytes: Uint8Array, from: Side | undefined): Heads {
  const entries: Entry[] = [];
  let at = 0;
  let isUpgraded = false;
  let isStopped = false;
  let protocol = "";
  let extensions = "";
  if (isTls(bytes))
    return { entries: [note(tlsNote, 0, from)], end: 0, isUpgraded, isStopped: true, protocol, extensions };
  while (at < bytes.length && looksLikeHttp(bytes, at)) {
    if (entries.length >= mostHttpMessages) {
      entries.push(note(`More than ${mostHttpMessages} HTTP messages.`, at, from));
      isStopped = true;
      break;
    }
    const message = readHttpMessage(bytes, at);
    if (message === undefined) {
      entries.push(note(`The bytes end inside the HTTP head at ${at}, or it is malformed.`, at, from));
      isStopped = true;
      break;
    }
    const side = message.kind === "request" ? "client" : "server";
    const isOurs = headerOf(message.headers, "content-type").startsWith(CONTENT_TYPE);
    const packets = isOurs ? describeBody(message.body) : [];
    entries.push({ kind: "http", at: undefined, from: side, offset: at, message, packets });
    at = message.end;
    if (message.kind === "response" && message.isUpgrade) {
      protocol = headerOf(message.headers, "sec-websocket-protocol");
      extensions = headerOf(message.headers, "sec-websocket-extensions");
    }
    isUpgraded ||= message.isUpgrade;
  }
  return { entries, end: at, isUpgraded, isStopped, protocol, extensions };
}

interface OneSide {
  readonly from: Side;
  readonly bytes: Uint8Array;
  readonly notes: readonly string[];
  timeAt(end: number): number;
}

/** The side that opened the connection is the client, unless what it says begins like an answer. */
function sidesOf({ opener, other, startedAt }: TcpStream): { readonly client: OneSide; readonly server: OneSide } {
  const bytes = [opener, other].map(({ pieces }) => Buffer.concat(pieces.map((piece) => piece.bytes)));
  const [first = new Uint8Array(0), second = new Uint8Array(0)] = bytes;
  const isAnswer = Buffer.from(first.subarray(0, 7)).toString("latin1") === "HTTP/1.";
  // Without a handshake the side that masks is the client (RFC 6455 §5.1).
  const isMasked = (second[1] ?? 0) >= 0x80 && !looksLikeHttp(second, 0) && !looksLikeHttp(first, 0);
  const isTurned = isAnswer || (!opener.sawBegin && isMasked && (first[1] ?? 0) < 0x80);
  const one = (direction: Direction, from: Side, whole: Uint8Array): OneSide => ({
    from,
    bytes: whole,
    notes: notesOf(direction),
    timeAt: clockOf(direction, startedAt),
  });
  return isTurned
    ? { client: one(other, "client", second), server: one(opener, "server", first) }
    : { client: one(opener, "client", first), server: one(other, "server", second) };
}

function notesOf({ hole, leftOut, end, repeats, reorders }: Direction): string[] {
  const notes: string[] = [];
  if (leftOut > 0) {
    const most = mostDirectionBytes / 1024 / 1024;
    notes.push(`${leftOut} more bytes came this way and are left out: of one direction ${most} MiB are looked at.`);
  }
  if (hole !== undefined) notes.push(`The capture lacks ${hole} bytes here; what follows cannot be read.`);
  if (repeats > 0) notes.push(`${count(repeats)} again.`);
  if (reorders > 0) notes.push(`${count(reorders)} out of order.`);
  if (end === "reset") notes.push("TCP was reset.");
  if (end === "ended") notes.push("TCP ended.");
  return notes;
}

function count(segments: number): string {
  return segments === 1 ? "1 segment came" : `${segments} segments came`;
}

/** When the byte before `end` came. */
function clockOf({ pieces }: Direction, startedAt: number): (end: number) => number {
  const ends: number[] = [];
  let sum = 0;
  for (const { bytes } of pieces) ends.push((sum += bytes.length));
  return (end) => {
    let [low, high] = [0, ends.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? 0) < end) low = middle + 1;
      else high = middle;
    }
    return pieces[low]?.at ?? startedAt;
  };
}

function framesBehind(
  { bytes, from }: OneSide,
  heads: Heads,
  how: { readonly isDeflated: boolean; readonly isUpgraded: boolean; readonly inflation: Inflation },
) {
  const { isDeflated, isUpgraded, inflation } = how;
  const isNothing = heads.isStopped || heads.end >= bytes.length;
  // Without a handshake there has to be something that can be a frame.
  const isFrames = isUpgraded || (heads.entries.length === 0 && looksLikeFrame(bytes, 0));
  if (isNothing || !isFrames) {
    const fault = isNothing ? undefined : `${bytes.length - heads.end} bytes that are neither HTTP nor frames.`;
    return { frames: [], fault };
  }
  return readFrames(bytes, heads.end, {
    from,
    isDeflated: isDeflated || isCompressedStart(bytes, heads.end),
    mostFrames,
    inflation,
  });
}

/** Where no handshake tells: a first frame with RSV1 is compressed, or wrong. */
function isCompressedStart(bytes: Uint8Array, at: number): boolean {
  return at === 0 && ((bytes[0] ?? 0) & 0x70) === 0x40;
}

function isGreetingFrame({ from, message }: Frame): boolean {
  return from === "server" && message !== undefined && !message.isText && isGreeting(message.bytes);
}

function frameEntry(frame: Frame, at: number | undefined, isSession: boolean): Entry {
  const { message, from, offset, header } = frame;
  const isPacket = isSession && message !== undefined && !message.isText && header.opcode === Opcode.binary;
  const packets = isPacket ? describeMessage(message.bytes) : [];
  return { kind: "frame", at, from, offset, frame, packets };
}

function note(text: string, offset: number, from?: Side): Entry {
  return { kind: "note", at: undefined, from, offset, text };
}

function isTls(bytes: Uint8Array): boolean {
  const type = bytes[0] ?? 0;
  return bytes.length >= 3 && type >= 0x14 && type <= 0x17 && bytes[1] === 3 && (bytes[2] ?? 9) <= 4;
}
