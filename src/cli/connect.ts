// `longwire connect`: a conversation with any WebSocket server. Opens the socket, tells the transcript what happens, and
// takes messages from a person at a terminal or from the lines of a pipe. `--echo` is echo-back.ts.
import { createInterface } from "node:readline";
import { type Limits, WebSocket } from "../socket/index.ts";
import { answered } from "./answered.ts";
import { echoBack } from "./echo-back.ts";
import { errorMessage, exitCode, UsageFailure } from "./failure.ts";
import { openLineEditor } from "./line-editor.ts";
import { PingTimes } from "./ping-times.ts";
import type { ConnectOptions } from "./program.ts";
import { parseTypedLine, slashHelp } from "./slash-command.ts";
import { watchStopSignals } from "./stop-signals.ts";
import { painter, type Terminal, writeLine } from "./terminal.ts";
import { jsonTranscript, type Page, plainTranscript, terminalTranscript, type Transcript } from "./transcript.ts";

export async function connect(options: ConnectOptions, terminal: Terminal): Promise<number> {
  const socket = dial(options);
  const unwatch = watchStopSignals({
    stop: () => socket.close(1000),
    force: () => socket.terminate(),
  });
  try {
    return await (options.echo === true ? echoBack(socket, terminal) : converse(socket, options, terminal));
  } finally {
    unwatch();
  }
}

function dial(options: ConnectOptions): WebSocket {
  const limits: Partial<Limits> = options.maxMessage === undefined ? {} : { maxMessageBytes: options.maxMessage };
  try {
    const socket = new WebSocket(options.url, {
      protocols: options.protocol,
      headers: options.header,
      limits,
      ...(options.insecure === true ? { tls: { rejectUnauthorized: false } } : {}),
    });
    socket.binaryType = "arraybuffer";
    return socket;
  } catch (error) {
    throw new UsageFailure(errorMessage(error));
  }
}

/** Everything but `--echo`. Resolves with the exit code when the connection has ended. */
function converse(socket: WebSocket, options: ConnectOptions, terminal: Terminal): Promise<number> {
  const { stdin, stdout, stderr } = terminal;
  const isInteractive = stdin.isTTY === true && stdout.isTTY === true && options.json !== true;
  const pings = new PingTimes();
  const startedAt = performance.now();
  let stopInput = (): void => {};
  let pinging: NodeJS.Timeout | undefined;

  const page: Page = {
    data: (line) => writeLine(stdout, line),
    remark: (line) => writeLine(isInteractive ? stdout : stderr, line),
  };
  const transcript = makeTranscript(options, terminal, isInteractive, page);
  const ping = (text = ""): void => {
    const payload = text === "" ? pings.nextPayload() : text;
    if (socket.ping(payload)) pings.noteSent(payload, performance.now());
  };

  socket.addEventListener("message", (event) => {
    transcript.received(typeof event.data === "string" ? event.data : new Uint8Array(event.data as ArrayBuffer));
    // What reads our output more slowly than the peer sends makes the peer wait, instead of filling memory.
    if (stdout.writableNeedDrain && !socket.paused) {
      socket.pause();
      stdout.once("drain", () => socket.resume());
    }
  });
  socket.addEventListener("pong", (event) => {
    const elapsedMs = pings.takeAnswer(Buffer.from(event.data as ArrayBuffer).toString(), performance.now());
    if (elapsedMs !== undefined) transcript.ponged(elapsedMs);
  });

  let wasOpen = false;
  socket.addEventListener("open", () => {
    wasOpen = true;
    const { url, protocol, extensions } = socket;
    transcript.opened({ url, protocol, extensions, elapsedMs: performance.now() - startedAt });
    if (options.ping !== undefined) pinging = setInterval(ping, options.ping * 1000);
    stopInput = isInteractive
      ? takeTypedLines(socket, terminal, transcript, ping, page)
      : takePipedLines(socket, stdin);
  });

  return new Promise((resolve) => {
    socket.addEventListener("close", ({ code, reason, wasClean }) => {
      clearInterval(pinging);
      stopInput();
      const fault = socket.cause?.message;
      if (wasOpen) transcript.closed({ code, reason, wasClean, fault });
      else transcript.failed(fault ?? reason);
      resolve(wasOpen && wasClean && fault === undefined ? exitCode.ok : exitCode.failed);
    });
  });
}

function makeTranscript(options: ConnectOptions, terminal: Terminal, isInteractive: boolean, page: Page): Transcript {
  const now = (): Date => new Date();
  if (options.json === true) return jsonTranscript(page, now);
  return isInteractive ? terminalTranscript(page, painter(terminal.stdout, terminal.env), now) : plainTranscript(page);
}

/** Lines from a keyboard. From here on the page prints above the line being typed. Returns what stops it. */
function takeTypedLines(
  socket: WebSocket,
  terminal: Terminal,
  transcript: Transcript,
  ping: (text: string) => void,
  page: Page,
): () => void {
  const editor = openLineEditor(terminal, {
    line(text, expand) {
      const typed = parseTypedLine(text);
      switch (typed.kind) {
        case "message":
          // Enter on an empty line is rarely meant as a message; `/binary` and pipes can send empty ones.
          if (typed.data !== "") socket.send(typeof typed.data === "string" ? expand(typed.data) : typed.data);
          break;
        case "ping":
          ping(typed.payload);
          break;
        case "close":
          socket.close(typed.code, typed.reason);
          break;
        case "help":
          transcript.noted(slashHelp);
          break;
        case "fault":
          transcript.noted([typed.hint]);
      }
    },
    end: () => socket.close(1000),
  });
  page.data = editor.print;
  page.remark = editor.print;
  return editor.close;
}

/** Each line of a pipe is a message; its end closes the connection. Returns what stops it. */
function takePipedLines(socket: WebSocket, input: Terminal["stdin"]): () => void {
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY, terminal: false });
  const send = async (): Promise<void> => {
    for await (const line of lines) {
      if (socket.send(line) === "queued") await socket.drained();
    }
    await socket.drained();
    await answered(socket);
    socket.close(1000);
  };
  // Reading fails only when the input itself does, and that is its end.
  send().catch(() => socket.close(1000));
  return () => {
    lines.close();
    input.pause();
  };
}
