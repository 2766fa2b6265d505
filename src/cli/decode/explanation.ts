// Entries of a conversation as lines for people and as objects for programs. What comes out of the dump is escaped (RELIABILITY
// V-56), secrets in heads are taken out by name (V-50), and of a payload the beginning is shown.

import { decodeClosePayload, describeCloseCode, nameOpcode, Opcode } from "../../protocol/index.ts";
import { explainHeader } from "../doctor/header-lore.ts";
import { escapeLine } from "../escape.ts";
import { hexDump } from "../hex-dump.ts";
import { redactHeader, redactUrl } from "../redaction.ts";
import type { Paint } from "../terminal.ts";
import type { Entry } from "./conversation.ts";
import type { Frame } from "./frames.ts";
import type { HttpMessage } from "./http-messages.ts";

export interface ExplanationOptions {
  readonly paint: Paint;
  /** How much of a payload is shown. */
  readonly mostBytes: number;
  /** What times are counted from. */
  readonly startedAt: number | undefined;
}

const indent = "           ";

export function explainEntry(entry: Entry, options: ExplanationOptions): string[] {
  const { paint } = options;
  const when = formatTime(entry.at, options.startedAt);
  const who = entry.from === undefined ? "" : entry.from === "client" ? "client -> server " : "server -> client ";
  const place = paint("dim", `${when}${hexOffset(entry.offset)}`);
  const head = (text: string): string => `${place} ${paint("cyan", who)}${text}`;
  switch (entry.kind) {
    case "note":
      return [head(paint("yellow", escapeLine(entry.text)))];
    case "http":
      return [
        head(paint("bold", escapeLine(redactStart(entry.message)))),
        ...describeHead(entry.message),
        ...entry.packets.map((line) => `${indent}${paint("green", escapeLine(line))}`),
      ];
    case "frame": {
      const { frame, packets } = entry;
      return [
        head(paint("bold", describeBits(frame))),
        ...frame.faults.map((fault) => `${indent}${paint("red", fault)}`),
        ...describePayload(frame, packets.length > 0, options),
        ...packets.map((line) => `${indent}${paint("green", escapeLine(line))}`),
      ];
    }
  }
}

function describeHead(message: HttpMessage): string[] {
  const lines = message.headers.map(([name, value]) => {
    const line = escapeLine(`${name}: ${redactHeader(name, value)}`);
    const why = explainHeader(name);
    return `${indent}${why === undefined ? line : `${line.padEnd(52)} ${why}`}`;
  });
  if (message.body.length > 0 || !message.isComplete) {
    lines.push(`${indent}a body of ${message.body.length} bytes${message.isComplete ? "" : ", not all of it"}`);
  }
  return lines;
}

/** `text fin masked 5 bytes   81 85 37fa213d`: what the header says, and the bytes that say it. */
function describeBits({ header, headerHex }: Frame): string {
  const { fin, rsv, opcode, masked, length } = header;
  const flags = [fin ? "FIN" : "more follows", ...reserved(rsv), masked ? "masked" : "not masked"];
  const size = length === Infinity ? "2^53 bytes or more" : `${length} ${length === 1 ? "byte" : "bytes"}`;
  const pairs = headerHex.match(/../g) ?? [];
  return `${nameOpcode(opcode)}, ${flags.join(", ")}, ${size}   [${pairs.join(" ")}]`;
}

function reserved(rsv: number): string[] {
  return [
    [4, "RSV1"],
    [2, "RSV2"],
    [1, "RSV3"],
  ].flatMap(([bit = 0, name]) => ((rsv & Number(bit)) === 0 ? [] : [String(name)]));
}

function describePayload(frame: Frame, isExplained: boolean, { mostBytes }: ExplanationOptions): string[] {
  const { header, payload, message } = frame;
  const lines: string[] = [];
  if (header.opcode === Opcode.close) return [`${indent}${describeClose(payload)}`];
  if (message !== undefined && (message.frameCount > 1 || message.compressedBytes !== undefined)) {
    const parts = message.frameCount > 1 ? `, in ${message.frameCount} frames` : "";
    const inflated = message.compressedBytes === undefined ? "" : `, inflated from ${message.compressedBytes}`;
    lines.push(`${indent}a message of ${message.bytes.length} bytes${parts}${inflated}`);
    if (message.fault !== undefined) lines.push(`${indent}${message.fault}`);
  }
  const isText = message?.isText ?? header.opcode === Opcode.text;
  const bytes = message?.bytes ?? payload;
  const shown = bytes.subarray(0, mostBytes);
  if (shown.length > 0) {
    if (isText) lines.push(`${indent}"${escapeLine(textOf(shown))}"`);
    else if (!isExplained) lines.push(...hexDump(shown).map((line) => `${indent}${line}`));
  }
  if (bytes.length > shown.length && !isExplained) {
    lines.push(`${indent}and ${bytes.length - shown.length} more bytes; --bytes shows more`);
  }
  if (isText && message !== undefined && !isUtf8(message.bytes)) {
    lines.push(`${indent}This is not valid UTF-8 (an endpoint closes with 1007).`);
  }
  return lines;
}

function describeClose(payload: Uint8Array): string {
  if (payload.length === 0) return "without a code";
  const close = decodeClosePayload(payload);
  if ("closeCode" in close) return `${close.message} (an endpoint closes with ${close.closeCode})`;
  const { name, meaning } = describeCloseCode(close.code);
  const reason = close.reason === "" ? "" : `, reason "${escapeLine(close.reason)}"`;
  return `${close.code} ${name} (${meaning})${reason}`;
}

export function entryToJson(entry: Entry, mostBytes: number): Readonly<Record<string, unknown>> {
  const { kind, at, from, offset } = entry;
  const place = { kind, offset, ...(at === undefined ? {} : { at }), ...(from === undefined ? {} : { from }) };
  if (kind === "note") return { ...place, text: entry.text };
  const packets = entry.packets.length === 0 ? {} : { packets: entry.packets };
  if (kind === "http") {
    const headers = entry.message.headers.map(([name, value]) => [name, redactHeader(name, value)]);
    return { ...place, start: redactStart(entry.message), headers, bodyBytes: entry.message.body.length, ...packets };
  }
  const { header, payload, faults, message } = entry.frame;
  const { fin, rsv, opcode, masked, length } = header;
  const bytes = message?.bytes ?? payload;
  const isText = message?.isText ?? false;
  const shown = bytes.subarray(0, mostBytes);
  return {
    ...place,
    opcode: nameOpcode(opcode),
    fin,
    rsv,
    masked,
    length: length === Infinity ? null : length,
    ...(isText ? { text: textOf(shown) } : { hex: Buffer.from(shown).toString("hex") }),
    ...(bytes.length > shown.length ? { moreBytes: bytes.length - shown.length } : {}),
    ...(message === undefined ? {} : { messageBytes: message.bytes.length, frames: message.frameCount }),
    ...(faults.length === 0 ? {} : { faults }),
    ...packets,
  };
}

function redactStart({ kind, startLine }: HttpMessage): string {
  if (kind === "response") return startLine;
  const [method = "", target = "", version = ""] = startLine.split(" ");
  return `${method} ${redactUrl(target)} ${version}`;
}

/** A cut may go through a character; that one is left out. */
function textOf(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes, { stream: true });
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function formatTime(at: number | undefined, startedAt: number | undefined): string {
  return at === undefined || startedAt === undefined ? "" : `${(at - startedAt).toFixed(6).padStart(11)}s `;
}

function hexOffset(offset: number): string {
  return `@${offset.toString(16).padStart(6, "0")}`;
}
