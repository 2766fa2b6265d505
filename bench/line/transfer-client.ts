// A client with two sockets, on one line or each with a connection of its own, a process: on one it is asked how long an answer
// takes, on the other 50 MB go through, up or down. Tells the latencies before and meanwhile, and how long the transfer took.

import { setTimeout } from "node:timers/promises";
import { Line } from "../../src/client/node.ts";
import { WebSocket } from "../../src/socket/websocket.ts";
import { endWithStarter, programArgument, tell } from "../program.ts";

export interface Transfer {
  readonly port: number;
  readonly carrier: "session" | "plain";
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

type Socket = Pick<WebSocket, "binaryType" | "send" | "drained" | "addEventListener" | "close">;

const { port, carrier, direction, seconds } = programArgument<Transfer>();
const origin = `ws://127.0.0.1:${String(port)}`;

/** A socket whose answers are timed, and who opens others beside it. */
class Talk {
  readonly #line = carrier === "session" ? new Line(origin, { transports: ["websocket"] }) : undefined;
  readonly #sockets: Socket[] = [];
  #latencies: number[] = [];

  async begin(): Promise<void> {
    const echo = await this.open("/echo");
    let askedAt = 0;
    // As somebody who waits for each answer: the next question leaves when the last one is answered, and the loop has turned.
    const ask = (): void => {
      askedAt = performance.now();
      echo.send("how long does it take?");
    };
    echo.addEventListener("message", () => {
      this.#latencies.push(performance.now() - askedAt);
      setImmediate(ask);
    });
    ask();
  }

  async open(path: string): Promise<Socket> {
    const socket = this.#line?.open(path) ?? new WebSocket(`${origin}${path}`);
    this.#sockets.push(socket);
    socket.binaryType = "arraybuffer";
    await new Promise((resolve) => socket.addEventListener("open", resolve));
    return socket;
  }

  /** Those since it was asked last. */
  takeLatencies(): readonly number[] {
    const taken = this.#latencies;
    this.#latencies = [];
    return taken;
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
    this.#line?.close();
  }
}

/** Sends all of it, and waits until the server has had all of it. */
async function upload(socket: Socket): Promise<void> {
  const answered = new Promise((resolve) => socket.addEventListener("message", resolve));
  const bytes = new Uint8Array(MESSAGE_BYTES);
  for (let message = 0; message < MESSAGES; message++) {
    if (socket.send(bytes) === "queued") await socket.drained();
  }
  socket.send("Is that all?");
  await answered;
}

async function download(socket: Socket): Promise<void> {
  let left = MESSAGES;
  await new Promise<void>((resolve) => {
    socket.addEventListener("message", () => {
      if (--left === 0) resolve();
    });
    socket.send(JSON.stringify({ messages: MESSAGES, bytes: MESSAGE_BYTES }));
  });
}

async function transfer(talk: Talk): Promise<void> {
  await (direction === "up" ? upload(await talk.open("/swallow")) : download(await talk.open("/source")));
}

endWithStarter();
// Both processes have done it once before anything is timed: a server that has run for a while is what is looked at.
const rehearsal = new Talk();
await rehearsal.begin();
await transfer(rehearsal);
rehearsal.close();

const talk = new Talk();
await talk.begin();
await setTimeout(1_000);
talk.takeLatencies();
await setTimeout(seconds * 1000);
const idle = talk.takeLatencies();
const begin = performance.now();
await transfer(talk);
tell({ idle, busy: talk.takeLatencies(), seconds: (performance.now() - begin) / 1000 } satisfies TransferResult);
