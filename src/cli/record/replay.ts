// `longwire replay`: says again what the client of a recording said, with the same timing, and tells what the server answers
// otherwise. The recording is read whole before anything is sent.

import { createReadStream } from "node:fs";
import { WebSocket } from "../../socket/index.ts";
import type { HeaderPair } from "../arguments.ts";
import { escapeLine } from "../escape.ts";
import { CommandFailure, describeFileError, errorMessage, exitCode, UsageFailure } from "../failure.ts";
import { redactMessage } from "../redaction.ts";
import { watchStopSignals } from "../stop-signals.ts";
import { painter, type Terminal, writeJson, writeLine } from "../terminal.ts";
import { type Difference, findDifferences } from "./differences.ts";
import { dataOf, parseRecording, type RecordedMessage, type Recording } from "./recording.ts";

export interface ReplayOptions {
  readonly file: string;
  readonly url: string;
  /** 2: twice as fast. */
  readonly speed: number;
  /** Seconds to wait for answers after the last thing that the recording has. */
  readonly wait: number;
  readonly protocol: readonly string[];
  readonly header: readonly HeaderPair[];
  readonly insecure?: boolean;
  /** What matches is left out before messages are compared. */
  readonly ignore?: RegExp;
  readonly json?: boolean;
}

interface Arrived {
  readonly t: number;
  readonly data: string | Uint8Array;
}

interface Outcome {
  readonly arrived: readonly Arrived[];
  readonly sent: number;
  readonly fault: string | undefined;
  readonly code: number;
}

const mostFileBytes = 256 * 1024 * 1024;
const mostArrivedBytes = 256 * 1024 * 1024;
/** A message costs more than its bytes, and may have none. */
const messageCost = 64;
/** What a timer can wait; a recording may have longer silences. */
const longestWaitMs = 2 ** 31 - 1;
const shownCharacters = 120;
const mostShown = 50;

export async function replay(options: ReplayOptions, terminal: Terminal): Promise<number> {
  const recording = await readRecording(options.file);
  const client = recording.messages.filter(({ from }) => from === "client");
  const hidden = client.filter(({ redacted }) => redacted === true).length;
  if (hidden > 0) {
    writeLine(
      terminal.stderr,
      `${hidden} of ${client.length} messages were recorded without their secrets, and are sent without them.`,
    );
  }
  const outcome = await play(recording, client, options);
  if (outcome === undefined) throw new CommandFailure("The replay was ended before it was over.");
  if (outcome.fault !== undefined && outcome.sent === 0 && outcome.arrived.length === 0) {
    throw new CommandFailure(`No conversation came about: ${escapeLine(outcome.fault)}`);
  }
  return report(recording, outcome, options, terminal);
}

async function readRecording(file: string): Promise<Recording> {
  try {
    const recording = parseRecording(await readText(file));
    if (typeof recording === "string") throw new CommandFailure(recording);
    return recording;
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    const why = describeFileError(error);
    throw new CommandFailure(`Cannot read ${escapeLine(file)}: ${escapeLine(why)}.`);
  }
}

/** A pipe or a device does not say beforehand how long it is. */
async function readText(file: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of createReadStream(file) as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > mostFileBytes)
      throw new CommandFailure(`The recording is too large: at most ${mostFileBytes / 1024 / 1024} MiB are read.`);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Undefined: somebody pressed Ctrl-C. */
function play(
  recording: Recording,
  client: readonly RecordedMessage[],
  options: ReplayOptions,
): Promise<Outcome | undefined> {
  const { url, header: headers, insecure = false, speed } = options;
  const protocols = options.protocol.length > 0 ? options.protocol : recording.head.protocols;
  const arrived: Arrived[] = [];
  let arrivedBytes = 0;
  let sent = 0;
  let socket: WebSocket;
  try {
    socket = new WebSocket(url, { protocols, headers, ...(insecure ? { tls: { rejectUnauthorized: false } } : {}) });
  } catch (error) {
    throw new UsageFailure(errorMessage(error));
  }
  socket.binaryType = "arraybuffer";
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    isStopped = true;
    socket.close(1000);
  };
  const unwatch = watchStopSignals({ stop, force: () => socket.terminate() });
  const { openedAt, messages, close } = recording;
  const lastAt = Math.max(close?.t ?? 0, messages.at(-1)?.t ?? 0);
  const answers = messages.filter(({ from }) => from === "server").length;
  socket.addEventListener("open", () => {
    const startedAt = performance.now();
    socket.addEventListener("message", ({ data }) => {
      const kept = typeof data === "string" ? data : new Uint8Array(data as ArrayBuffer);
      arrivedBytes += kept.length + messageCost;
      if (arrivedBytes > mostArrivedBytes) socket.close(1000);
      else arrived.push({ t: (performance.now() - startedAt) * speed, data: kept });
      // Nothing more is expected, and nothing more is to be said: what comes now would only make the wait longer.
      if (arrived.length >= answers && sent === client.length && options.wait === 0) socket.close(1000);
    });
    const next = (): void => {
      const message = client[sent];
      const dueAt = message === undefined ? lastAt - openedAt + options.wait * 1000 * speed : message.t - openedAt;
      const leftMs = dueAt / speed - (performance.now() - startedAt);
      timer = setTimeout(
        () => {
          if (leftMs > longestWaitMs) {
            next();
            return;
          }
          if (message === undefined) {
            socket.close(1000);
            return;
          }
          socket.send(dataOf(message));
          sent++;
          next();
        },
        Math.min(Math.max(0, leftMs), longestWaitMs),
      );
    };
    next();
  });
  return new Promise((resolve) => {
    socket.addEventListener("close", ({ code }) => {
      clearTimeout(timer);
      unwatch();
      resolve(isStopped ? undefined : { arrived, sent, fault: socket.cause?.message, code });
    });
  });
}

function report(recording: Recording, outcome: Outcome, options: ReplayOptions, terminal: Terminal): number {
  const recorded = recording.messages.filter(({ from }) => from === "server");
  const { arrived } = outcome;
  const wasRedacted = recorded.some(({ redacted }) => redacted === true);
  const plain = (data: string | Uint8Array): string => comparable(data, options.ignore, wasRedacted);
  const differences = findDifferences(
    recorded.map((message) => plain(dataOf(message))),
    arrived.map(({ data }) => plain(data)),
  );
  const unsent = recording.messages.filter(({ from }) => from === "client").length - outcome.sent;
  const same = recorded.length - differences.filter(({ kind }) => kind === "missing").length;
  const isSame = differences.length === 0 && unsent === 0;
  const told = differences.map((difference) => tell(difference, recorded, arrived, recording.openedAt));
  if (options.json === true) {
    const { sent, code, fault } = outcome;
    const more = fault === undefined ? {} : { fault };
    writeJson(terminal.stdout, {
      replay: 1,
      sent,
      unsent,
      recorded: recorded.length,
      arrived: arrived.length,
      same,
      differences: told,
      code,
      ...more,
    });
    return isSame ? exitCode.ok : exitCode.failed;
  }
  const paint = painter(terminal.stdout, terminal.env);
  for (const { kind, t, data } of told.slice(0, mostShown)) {
    const sign = kind === "missing" ? paint("red", "- recorded") : paint("green", "+ now     ");
    writeLine(terminal.stdout, `${sign} ${(t / 1000).toFixed(3).padStart(9)} s  ${escapeLine(data)}`);
  }
  if (told.length > mostShown)
    writeLine(terminal.stdout, `and ${told.length - mostShown} more differences; --json has all`);
  const summary = `Sent ${outcome.sent === 1 ? "1 message" : `${outcome.sent} messages`}; of ${recorded.length} answers ${same} came as recorded, ${recorded.length - same} did not, ${arrived.length - same} are new.`;
  writeLine(terminal.stdout, isSame ? paint("green", summary) : paint("yellow", summary));
  if (unsent > 0)
    writeLine(terminal.stdout, `The connection ended with ${outcome.code} before ${unsent} messages were sent.`);
  return isSame ? exitCode.ok : exitCode.failed;
}

/** What of a message is compared. */
function comparable(data: string | Uint8Array, ignore: RegExp | undefined, wasRedacted: boolean): string {
  if (typeof data !== "string") return `binary ${Buffer.from(data).toString("base64")}`;
  const open = wasRedacted ? redactMessage(data) : data;
  return `text ${ignore === undefined ? open : open.replaceAll(ignore, "")}`;
}

function tell(
  { kind, index }: Difference,
  recorded: readonly RecordedMessage[],
  arrived: readonly Arrived[],
  openedAt: number,
): { readonly kind: Difference["kind"]; readonly t: number; readonly data: string } {
  const message = recorded[index];
  const now = arrived[index];
  const t = kind === "missing" ? (message?.t ?? 0) - openedAt : (now?.t ?? 0);
  const data = kind === "missing" ? (message === undefined ? "" : dataOf(message)) : (now?.data ?? "");
  return { kind, t: Math.round(t * 10) / 10, data: shorten(data) };
}

function shorten(data: string | Uint8Array): string {
  const text = typeof data === "string" ? data : Buffer.from(data.subarray(0, shownCharacters / 2)).toString("hex");
  const size = typeof data === "string" ? "" : `${data.length} bytes `;
  return `${size}${text.slice(0, shownCharacters)}${text.length > shownCharacters ? "…" : ""}`;
}
