// `longwire record`: a conversation with a WebSocket server, kept in a file with its timing. What a person types or a pipe
// brings is the client's side. Bounded, and without secrets unless they are asked for.

import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { WebSocket } from "../../socket/index.ts";
import type { HeaderPair } from "../arguments.ts";
import { answered } from "../answered.ts";
import { escapeLine } from "../escape.ts";
import { CommandFailure, errorCode, errorMessage, exitCode, UsageFailure } from "../failure.ts";
import { makeScrubber, redactMessage, redactUrl } from "../redaction.ts";
import { watchStopSignals } from "../stop-signals.ts";
import { type Terminal, writeLine } from "../terminal.ts";
import type { RecordingLine } from "./recording.ts";

export interface RecordOptions {
  readonly url: string;
  readonly file: string;
  readonly protocol: readonly string[];
  readonly header: readonly HeaderPair[];
  readonly insecure?: boolean;
  /** Seconds from the opening on. */
  readonly for?: number;
  /** How large the file may become. */
  readonly maxBytes: number;
  readonly force?: boolean;
  readonly keepSecrets?: boolean;
}

export async function record(options: RecordOptions, terminal: Terminal): Promise<number> {
  const { url, protocol: protocols, header: headers, insecure = false } = options;
  const file = await openFile(options);
  const tape = new Tape(file, options);
  let socket: WebSocket;
  try {
    socket = new WebSocket(url, { protocols, headers, ...(insecure ? { tls: { rejectUnauthorized: false } } : {}) });
  } catch (error) {
    file.destroy();
    throw new UsageFailure(errorMessage(error));
  }
  socket.binaryType = "arraybuffer";
  tape.write({ record: 1, url: redactUrl(url), protocols, startedAt: new Date().toISOString() });
  const unwatch = watchStopSignals({ stop: () => socket.close(1000), force: () => socket.terminate() });
  try {
    return await converse(socket, tape, options, terminal);
  } finally {
    unwatch();
    file.end();
    await once(file, "close");
  }
}

async function converse(socket: WebSocket, tape: Tape, options: RecordOptions, terminal: Terminal): Promise<number> {
  const { stdin, stderr } = terminal;
  let stopInput = (): void => {};
  let timer: NodeJS.Timeout | undefined;
  let wasOpen = false;
  socket.addEventListener("open", () => {
    wasOpen = true;
    tape.write({ t: tape.elapsedMs, event: "open", protocol: socket.protocol });
    stopInput = takeLines(socket, tape, stdin, options.for !== undefined);
    if (options.for !== undefined) timer = setTimeout(() => socket.close(1000), options.for * 1000);
  });
  socket.addEventListener("message", ({ data }) => {
    tape.message("server", typeof data === "string" ? data : new Uint8Array(data as ArrayBuffer));
    if (tape.isFull) socket.close(1000);
    // A disk that is slower than the server makes the server wait.
    if (tape.isSlow && !socket.paused) {
      socket.pause();
      tape.onDrain(() => socket.resume());
    }
  });
  return new Promise((resolve) => {
    socket.addEventListener("close", ({ code, reason, wasClean }) => {
      clearTimeout(timer);
      stopInput();
      const fault = socket.cause?.message;
      const more = fault === undefined ? {} : { fault };
      tape.write({ t: tape.elapsedMs, event: wasOpen ? "close" : "failed", code, reason, wasClean, ...more });
      if (!wasOpen) writeLine(stderr, `longwire: no connection: ${escapeLine(fault ?? reason)}`);
      else if (tape.isFull)
        writeLine(stderr, "longwire: the recording is as large as it may be (--max-bytes), and ends there.");
      else
        writeLine(
          stderr,
          `Recorded ${countOf(tape.counts.client)} of the client and ${tape.counts.server} of the server.`,
        );
      resolve(wasOpen && wasClean && fault === undefined && !tape.isFull ? exitCode.ok : exitCode.failed);
    });
  });
}

/** Each line is a message. Returns what stops it. */
function takeLines(socket: WebSocket, tape: Tape, input: Terminal["stdin"], isTimed: boolean): () => void {
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY, terminal: false });
  const send = async (): Promise<void> => {
    for await (const line of lines) {
      if (tape.isFull) break;
      tape.message("client", line);
      if (socket.send(line) === "queued") await socket.drained();
    }
    if (isTimed) return;
    await socket.drained();
    await answered(socket);
    socket.close(1000);
  };
  send().catch(() => socket.close(1000));
  return () => {
    lines.close();
    input.pause();
  };
}

function countOf(messages: number): string {
  return messages === 1 ? "1 message" : `${messages} messages`;
}

/** The file, and what time it is in the recording. */
class Tape {
  readonly counts = { client: 0, server: 0 };
  readonly #file: WriteStream;
  readonly #startedAt = performance.now();
  readonly #mostBytes: number;
  readonly #redact: (text: string) => string;
  #bytes = 0;
  isFull = false;

  constructor(file: WriteStream, { url, header, maxBytes, keepSecrets }: RecordOptions) {
    this.#file = file;
    this.#mostBytes = maxBytes;
    const scrub = makeScrubber(url, header);
    this.#redact = keepSecrets === true ? (text) => text : (text) => scrub(redactMessage(text));
  }

  get elapsedMs(): number {
    return Math.round((performance.now() - this.#startedAt) * 10) / 10;
  }

  get isSlow(): boolean {
    return this.#file.writableNeedDrain;
  }

  onDrain(run: () => void): void {
    this.#file.once("drain", run);
  }

  message(from: "client" | "server", data: string | Uint8Array): void {
    const t = this.elapsedMs;
    this.counts[from]++;
    if (typeof data !== "string") {
      this.write({ t, from, type: "binary", data: Buffer.from(data).toString("base64") });
      return;
    }
    const open = this.#redact(data);
    this.write({ t, from, type: "text", data: open, ...(open === data ? {} : { redacted: true as const }) });
  }

  write(line: RecordingLine): void {
    const text = `${JSON.stringify(line)}\n`;
    const bytes = Buffer.byteLength(text);
    const isEnd = "event" in line;
    if (this.isFull && !isEnd) return;
    if (this.#bytes + bytes > this.#mostBytes && !isEnd) {
      this.isFull = true;
      this.#file.write(`${JSON.stringify({ t: this.elapsedMs, event: "full" })}\n`);
      return;
    }
    this.#bytes += bytes;
    this.#file.write(text);
  }
}

/** An existing file is somebody's. */
async function openFile({ file, force }: RecordOptions): Promise<WriteStream> {
  const stream = createWriteStream(file, { flags: force === true ? "w" : "wx", mode: 0o600 });
  try {
    await once(stream, "open");
    return stream;
  } catch (error) {
    const why =
      errorCode(error) === "EEXIST"
        ? "it exists; --force replaces it"
        : errorCode(error) === "ENOENT"
          ? "there is no such folder"
          : errorMessage(error);
    throw new CommandFailure(`Cannot write ${escapeLine(file)}: ${escapeLine(why)}.`);
  }
}
