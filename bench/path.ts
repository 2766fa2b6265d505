// A path through a network, a process: a TCP proxy that takes time, lets so much through, and counts what goes through. Says
// its port; answers what was counted.

import { connect, createServer, type Socket } from "node:net";
import { answerQuestions, programArgument, tell } from "./program.ts";

export interface Path {
  readonly targetPort: number;
  /** Each way. 0: at once. */
  readonly delayMs: number;
  /** Each way. Absent: as much as comes. */
  readonly bytesPerSecond?: number;
}

export interface PathCounts {
  readonly connections: number;
  /** HTTP requests, upgrades among them. */
  readonly requests: number;
  /** Towards the server. */
  readonly bytesUp: number;
  readonly bytesDown: number;
}

/** How much is under way before it is not read any more: what is fast enough is never held up by this. */
const MOST_UNDER_WAY = 4 * 1024 * 1024;
/** And so much of it, in time, where only so much goes through: as the queues of routers do. */
const QUEUE_SECONDS = 0.1;
const PIECE_BYTES = 4 * 1024;
const REQUEST_LINE_END = Buffer.from(" HTTP/1.1\r\n");

const { targetPort, delayMs, bytesPerSecond = Infinity } = programArgument<Path>();
const counts = { connections: 0, requests: 0, bytesUp: 0, bytesDown: 0 };
const roomBytes = Math.min(MOST_UNDER_WAY, bytesPerSecond * (QUEUE_SECONDS + delayMs / 1000));

/** What was read and is not through yet, one way of one connection. */
class Way {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #pieces: { readonly bytes: Buffer; readonly dueAt: number }[] = [];
  #bytes = 0;
  #freeAt = 0;
  #isWaiting = false;

  constructor(from: Socket, to: Socket, count: (bytes: Buffer) => void) {
    this.#from = from;
    this.#to = to;
    from.on("data", (chunk: Buffer) => {
      count(chunk);
      this.#take(chunk);
    });
    to.on("drain", () => from.resume());
  }

  #take(chunk: Buffer): void {
    if (delayMs === 0 && bytesPerSecond === Infinity) {
      if (!this.#to.write(chunk)) this.#from.pause();
      return;
    }
    this.#freeAt = Math.max(this.#freeAt, performance.now());
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      const bytes = chunk.subarray(at, at + PIECE_BYTES);
      this.#freeAt += (bytes.length * 1000) / bytesPerSecond;
      this.#pieces.push({ bytes, dueAt: this.#freeAt + delayMs });
      this.#bytes += bytes.length;
    }
    if (this.#bytes > roomBytes) this.#from.pause();
    this.#wait();
  }

  #wait(): void {
    const [next] = this.#pieces;
    if (next === undefined || this.#isWaiting) return;
    this.#isWaiting = true;
    setTimeout(() => this.#pass(), Math.max(0, next.dueAt - performance.now()));
  }

  #pass(): void {
    this.#isWaiting = false;
    const now = performance.now();
    const count = this.#pieces.findIndex(({ dueAt }) => dueAt > now);
    const through = this.#pieces.splice(0, count < 0 ? this.#pieces.length : count).map(({ bytes }) => bytes);
    for (const bytes of through) this.#bytes -= bytes.length;
    if (through.length > 0 && !this.#to.destroyed) this.#to.write(Buffer.concat(through));
    if (this.#bytes <= roomBytes) this.#from.resume();
    this.#wait();
  }
}

/** Every request line ends in the same words, which no packet holds. */
function countRequests(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(REQUEST_LINE_END); at >= 0; at = bytes.indexOf(REQUEST_LINE_END, at + 1)) count++;
  return count;
}

const server = createServer((near) => {
  counts.connections++;
  const far = connect(targetPort, "127.0.0.1");
  for (const [socket, other] of [
    [near, far],
    [far, near],
  ] as const) {
    socket.setNoDelay(true);
    socket.on("error", () => other.destroy());
    socket.on("close", () => other.destroy());
  }
  new Way(near, far, (bytes) => {
    counts.bytesUp += bytes.length;
    counts.requests += countRequests(bytes);
  });
  new Way(far, near, (bytes) => {
    counts.bytesDown += bytes.length;
  });
});

answerQuestions({ counts: (): PathCounts => counts });
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("There is no port.");
  tell(address.port);
});
