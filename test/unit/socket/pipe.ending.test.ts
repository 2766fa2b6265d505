// How the two ends of a pipe's life reach its receiver, over real sockets.
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SocketPipe, type PipeReceiver } from "../../../src/socket/pipe.ts";
import { settled } from "../../support/fake-clock.ts";

class Recorder implements PipeReceiver {
  readonly lines: string[] = [];
  readonly #waiting: (() => void)[] = [];

  #add(line: string): void {
    this.lines.push(line);
    this.#waiting.splice(0).forEach((wake) => wake());
  }

  receiveChunk(chunk: Uint8Array): void {
    this.#add(`chunk ${Buffer.from(chunk).toString()}`);
  }

  receiveDrain(): void {}

  receiveEnd(): void {
    this.#add("end");
  }

  receiveDisconnect(): void {
    this.#add("disconnect");
  }

  async until(line: string): Promise<void> {
    while (!this.lines.includes(line)) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

let server: Server;
let near: Socket;
let far: Socket;

beforeEach(async () => {
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const accepted = new Promise<Socket>((resolve) => server.once("connection", resolve));
  near = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", allowHalfOpen: true });
  far = await accepted;
  far.on("error", () => {});
});
afterEach(() => {
  near.destroy();
  far.destroy();
  server.close();
});

test("V-23 the peer's end waits while the pipe is paused, and comes after what was held back", async () => {
  const pipe = new SocketPipe(near);
  const recorder = new Recorder();
  pipe.open(recorder);
  far.write("last words");
  await recorder.until("chunk last words");
  pipe.pause();
  // The end is read in spite of the pause: Node tells it through its own event.
  const told = new Promise((resolve) => near.once("end", resolve));
  far.end();
  await told;
  await settled();
  expect(recorder.lines).toEqual(["chunk last words"]);
  pipe.resume();
  await recorder.until("end");
  pipe.pause();
  pipe.resume();
  await settled();
  expect(recorder.lines).toEqual(["chunk last words", "end"]);
});

test("P-63 the end of a pipe that flows is told at once", async () => {
  const recorder = new Recorder();
  new SocketPipe(near).open(recorder);
  far.end();
  await recorder.until("end");
});

test("P-63 the peer's end leaves our side open, also of streams that are made to end with it", async () => {
  near.allowHalfOpen = false;
  const pipe = new SocketPipe(near);
  const recorder = new Recorder();
  pipe.open(recorder);
  far.end();
  await recorder.until("end");
  await settled();
  expect([near.writable, recorder.lines]).toEqual([true, ["end"]]);
});

test("P-96 what was pending when the transport was dropped stays known", async () => {
  const pipe = new SocketPipe(near);
  const recorder = new Recorder();
  pipe.open(recorder);
  far.pause();
  pipe.write([new Uint8Array(8 << 20)]);
  await settled();
  const pending = pipe.pendingBytes;
  expect(pending).toBeGreaterThan(0);
  pipe.destroy();
  await recorder.until("disconnect");
  expect(pipe.pendingBytes).toBe(pending);
});
