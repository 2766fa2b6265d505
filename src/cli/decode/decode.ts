// `longwire decode`: what is in a hex dump or in a capture. Reads a file or standard input, bounded; finds out which of the two
// it is; prints what was said. Damage ends the explanation where it is, with a sentence; nothing in the input ends it otherwise.

import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { CommandFailure, describeFileError, exitCode } from "../failure.ts";
import { escapeLine } from "../escape.ts";
import { painter, type Terminal, writeJson, writeLine } from "../terminal.ts";
import { isCapture, readCapture } from "./capture-file.ts";
import { type Entry, explainBytes, explainStream, isEncrypted, isReadable } from "./conversation.ts";
import { entryToJson, explainEntry, type ExplanationOptions } from "./explanation.ts";
import { Inflation } from "./frames.ts";
import { parseHexText } from "./hex-text.ts";
import { knownLinkTypes, readSegment } from "./segments.ts";
import { StreamTable, type TcpStream } from "./tcp-streams.ts";

export interface DecodeOptions {
  /** Undefined or `-`: standard input. */
  readonly file?: string;
  /** Only connections with this port. */
  readonly port?: number;
  /** How much of a payload is shown. */
  readonly bytes: number;
  readonly json?: boolean;
}

const mostInputBytes = 256 * 1024 * 1024;
/** A dump is two to five times what it stands for, and nobody reads so much of one. */
const mostTextBytes = 32 * 1024 * 1024;

export async function decode(options: DecodeOptions, terminal: Terminal): Promise<number> {
  const input = await readInput(options, terminal);
  if (isCapture(input)) return explainCapture(input, options, terminal);
  if (input.length > mostTextBytes) throw tooLarge(mostTextBytes, "for a hex dump");
  const { bytes, fault, leftOut } = readHex(input);
  if (bytes.length === 0) {
    if (input.length === 0) throw new CommandFailure("There is nothing to decode: the input is empty.");
    const where = fault === undefined ? "" : ` (line ${fault.line}: ${escapeLine(fault.text)})`;
    throw new CommandFailure(
      `This is neither a capture nor hexadecimal${where}. Expected a pcap or pcapng file, or bytes as xxd, hexdump -C or plain digits write them.`,
    );
  }
  const entries = explainBytes(bytes);
  print(entries, undefined, options, terminal);
  if (leftOut !== undefined) {
    writeLine(terminal.stderr, `${leftOut} bytes that * stands for are left out; offsets behind them are too small.`);
  }
  if (fault !== undefined) {
    throw new CommandFailure(
      `Line ${fault.line} is no hexadecimal: ${escapeLine(fault.text)}. What stands before it is shown.`,
    );
  }
  return exitCode.ok;
}

function readHex(input: Uint8Array): ReturnType<typeof parseHexText> {
  // What has a zero byte is no text in any encoding that people paste.
  if (input.includes(0)) return { bytes: new Uint8Array(0) };
  return parseHexText(Buffer.from(input).toString("latin1"));
}

function explainCapture(input: Uint8Array, options: DecodeOptions, terminal: Terminal): number {
  const { packets, fault } = readCapture(input);
  const table = new StreamTable();
  const unknown = new Set<number>();
  let segments = 0;
  for (const packet of packets) {
    if (!knownLinkTypes.has(packet.linkType)) unknown.add(packet.linkType);
    const segment = readSegment(packet);
    if (segment === undefined || !isWanted(segment.from, segment.to, options.port)) continue;
    segments++;
    table.add(segment);
  }
  const streams = table.finish();
  const inflation = new Inflation();
  for (const stream of streams) explainOne(stream, inflation, options, terminal);
  if (table.isFull) writeLine(terminal.stderr, "There are more connections than are looked at.");
  if (segments === 0)
    throw new CommandFailure(fault ?? `${packets.length} packets, and no TCP in them${hintOf(unknown, options)}.`);
  if (fault !== undefined) throw new CommandFailure(`${fault} What came before it is shown.`);
  return exitCode.ok;
}

function isWanted(from: string, to: string, port: number | undefined): boolean {
  return port === undefined || [from, to].some((end) => end.endsWith(`:${port}`));
}

function hintOf(unknown: ReadonlySet<number>, { port }: DecodeOptions): string {
  if (unknown.size > 0) return `: link type ${[...unknown].join(", ")} is not known here`;
  return port === undefined ? "" : ` on port ${port}`;
}

function explainOne(stream: TcpStream, inflation: Inflation, options: DecodeOptions, terminal: Terminal): void {
  const { opener, other } = stream;
  const name = `${opener.from} <-> ${other.from}`;
  const bytes = `${opener.bytes} and ${other.bytes} bytes`;
  const isTold = isReadable(stream) || isEncrypted(stream);
  if (options.json === true) {
    writeJson(terminal.stdout, {
      kind: "connection",
      between: [opener.from, other.from],
      bytes: [opener.bytes, other.bytes],
    });
  } else {
    const paint = painter(terminal.stdout, terminal.env);
    const what = isTold ? "" : ": neither HTTP nor WebSocket";
    writeLine(terminal.stdout, paint("bold", `${name}, ${bytes}${what}`));
  }
  if (isTold) print(explainStream(stream, inflation), stream.startedAt, options, terminal);
}

function print(
  entries: readonly Entry[],
  startedAt: number | undefined,
  { bytes: mostBytes, json }: DecodeOptions,
  { stdout, env }: Terminal,
): void {
  if (json === true) {
    for (const entry of entries) writeJson(stdout, entryToJson(entry, mostBytes));
    return;
  }
  const options: ExplanationOptions = { paint: painter(stdout, env), mostBytes, startedAt };
  for (const entry of entries) for (const line of explainEntry(entry, options)) writeLine(stdout, line);
}

/** All of it, or one sentence about why not. */
async function readInput({ file }: DecodeOptions, { stdin, stderr }: Terminal): Promise<Uint8Array> {
  const isStandard = file === undefined || file === "-";
  if (isStandard && stdin.isTTY === true) writeLine(stderr, "Paste a hex dump, and end it with Ctrl-D.");
  const source: Readable = isStandard ? stdin : createReadStream(file);
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of source) {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Uint8Array);
      length += bytes.length;
      if (length > mostInputBytes) throw tooLarge(mostInputBytes, "");
      chunks.push(bytes);
      // A dump shows by its first bytes that it is none; there is no need to read all of a disk for that.
      if (length > mostTextBytes && !isCapture(Buffer.concat(chunks.slice(0, 2))))
        throw tooLarge(mostTextBytes, "for a hex dump");
    }
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    const why = describeFileError(error);
    throw new CommandFailure(`Cannot read ${escapeLine(file ?? "standard input")}: ${escapeLine(why)}.`);
  } finally {
    if (!isStandard) source.destroy();
  }
  return Buffer.concat(chunks);
}

function tooLarge(bytes: number, what: string): CommandFailure {
  const most = `${bytes / 1024 / 1024} MiB`;
  return new CommandFailure(
    `The input is too large${what === "" ? "" : ` ${what}`}: at most ${most} are read. Cut out the connection that matters first.`,
  );
}
