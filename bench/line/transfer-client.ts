// A client with two sockets on one line, a process: on one it is asked how long an answer takes, on the other 50 MB go through,
// up or down. Tells the latencies before and meanwhile, and how long the transfer took.

import { setTimeout } from "node:timers/promises";
import { Line, type LineSocket } from "../../src/client/node.ts";
import { endWithStarter, programArgument, tell } from "../program.ts";

export interface Transfer {
  readonly port: number;
  readonly direction: "up" | "down";
  /** How long answers are timed before. */
  readonly seconds: number;
}

export interface TransferResult {
  /** Milliseconds, in the order in which they came. */
  readonly idle: readonly number[];
  readonly busy: readonly number[];
  readonly seconds: number;
}

const MESSAGE_BYTES = 1_000_000;
const MESSAGES = 50;

const { port, direction, seconds } = programArgument<Transfer>();
const line = new Line(`http://127.0.0.1:${String(port)}`, { transports: ["websocket"] });

async function open(path: string): Promise<LineSocket> {
  const socket = line.open(path);
  socket.binaryType = "arraybuffer";
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  return socket;
}

const echo = await open("/echo");
let latencies: number[] = [];
let askedAt = performance.now();
/** As somebody who waits for each answer: the next question leaves when the last one is answered, and the loop has turned. */
function ask(): void {
  askedAt = performance.now();
  echo.send("how long does it take?");
}
echo.addEventListener("message", () => {
  latencies.push(performance.now() - askedAt);
  setImmediate(ask);
});

/** Sends all of it, and waits until the server has had all of it. */
async function upload(): Promise<void> {
  const socket = await open("/swallow");
  const answered = new Promise((resolve) => socket.addEventListener("message", resolve));
  const bytes = new Uint8Array(MESSAGE_BYTES);
  for (let message = 0; message < MESSAGES; message++) {
    if (socket.send(bytes) === "queued") await socket.drained();
  }
  socket.send("Is that all?");
  await answered;
}

async function download(): Promise<void> {
  const socket = await open("/source");
  let left = MESSAGES;
  await new Promise<void>((resolve) => {
    socket.addEventListener("message", () => {
      if (--left === 0) resolve();
    });
    socket.send(JSON.stringify({ messages: MESSAGES, bytes: MESSAGE_BYTES }));
  });
}

endWithStarter();
ask();
await setTimeout(1_000);
latencies = [];
await setTimeout(seconds * 1000);
const idle = latencies;
latencies = [];
const begin = performance.now();
await (direction === "up" ? upload() : download());
tell({ idle, busy: latencies, seconds: (performance.now() - begin) / 1000 } satisfies TransferResult);
