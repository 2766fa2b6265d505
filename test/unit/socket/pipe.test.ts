// A Node stream behind a pipe: what is written, what waits, what is told. The ends of its life are in pipe.ending.
import { connect, createServer, Socket, type AddressInfo, type Server } from "node:net";
import { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { afterEach, describe, expect, test, vi } from "vitest";
import { SocketPipe, type PipeReceiver } from "../../../src/socket/pipe.ts";
import { utf8 } from "../../support/byte-builder.ts";
import { settled } from "../../support/fake-clock.ts";

class Recorder implements PipeReceiver {
  readonly lines: string[] = [];

  receiveChunk(chunk: Uint8Array): void {
    this.lines.push(`chunk ${Buffer.from(chunk).toString()}`);
  }

  receiveDrain(): void {
    this.lines.push("drain");
  }

  receiveEnd(): void {
    this.lines.push("end");
  }

  receiveDisconnect(error: Error | undefined): void {
    this.lines.push(`disconnect ${error?.message ?? "without error"}`);
  }
}

/** A stream whose other side is the test: it accepts a write when `accept` is called. */
class HeldStream extends Duplex {
  readonly written: string[] = [];
  readonly #waiting: ((error?: Error) => void)[] = [];

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.written.push(chunk.toString());
    this.#waiting.push(done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error) => void): void {
    this.written.push(chunks.map(({ chunk }) => chunk.toString()).join("|"));
    this.#waiting.push(done);
  }

  /** What was being written fails, as a socket's writes do. */
  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    for (const fail of this.#waiting.splice(0)) fail(new Error("canceled"));
    done(error);
  }

  accept(): void {
    this.#waiting.shift()?.();
  }
}

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
  vi.restoreAllMocks();
});

/** Two ends of a real connection. */
async function connectPair(): Promise<[near: Socket, far: Socket]> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const accepted = new Promise<Socket>((resolve) => server.once("connection", resolve));
  const near = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1" });
  const far = await accepted;
  far.on("error", () => {});
  sockets.push(near, far);
  return [near, far];
}

describe("writing", () => {
  test("one part leaves as it is, several in one gathered write, in order", async () => {
    const stream = new HeldStream();
    const pipe = new SocketPipe(stream);
    pipe.write([utf8("one")]);
    stream.accept();
    await settled();
    pipe.write([utf8("a"), utf8("b"), utf8("c")]);
    expect(stream.written).toEqual(["one", "a|b|c"]);
  });

  test("what is pending is what was handed over and not accepted yet", async () => {
    const stream = new HeldStream();
    const pipe = new SocketPipe(stream);
    expect(pipe.pendingBytes).toBe(0);
    pipe.write([utf8("12345")]);
    pipe.write([utf8("678"), utf8("9")]);
    expect(pipe.pendingBytes).toBe(9);
    stream.accept();
    await settled();
    expect(pipe.pendingBytes).toBe(4);
  });

  test("a drain is told when too much was pending and all of it has left", async () => {
    const stream = new HeldStream({ highWaterMark: 4 });
    const pipe = new SocketPipe(stream);
    const recorder = new Recorder();
    pipe.open(recorder);
    pipe.write([utf8("12345")]);
    await settled();
    expect(recorder.lines).toEqual([]);
    stream.accept();
    await settled();
    expect(recorder.lines).toEqual(["drain"]);
  });

  test("whoever waits is told once everything written before is accepted", async () => {
    const stream = new HeldStream();
    const pipe = new SocketPipe(stream);
    const order: string[] = [];
    pipe.write([utf8("x")]);
    pipe.whenWritten(() => order.push("written"));
    await settled();
    expect(order).toEqual([]);
    stream.accept();
    await settled();
    stream.accept();
    await settled();
    expect(order).toEqual(["written"]);
  });

  test("whoever waits is told also when the transport is gone before, or was gone already", async () => {
    const stream = new HeldStream();
    const pipe = new SocketPipe(stream);
    let told = 0;
    pipe.write([utf8("x")]);
    pipe.whenWritten(() => told++);
    pipe.destroy();
    await settled();
    expect(told).toBe(1);
    pipe.whenWritten(() => told++);
    await settled();
    expect(told).toBe(2);
  });

  test("P-68 whoever waits after the end is told when the last byte before it is accepted, not at once", async () => {
    const stream = new HeldStream();
    const pipe = new SocketPipe(stream);
    let told = 0;
    pipe.write([utf8("last")]);
    pipe.end();
    pipe.whenWritten(() => told++);
    await settled();
    expect(told).toBe(0);
    stream.accept();
    await settled();
    expect(told).toBe(1);
  });

  test("V-22 whoever waits for a transport that is being dropped is told after its receiver", async () => {
    const stream = new HeldStream();
    const pipe = new SocketPipe(stream);
    const recorder = new Recorder();
    pipe.open(recorder);
    pipe.write([utf8("never accepted")]);
    pipe.destroy();
    expect(pipe.pendingBytes).toBe(14);
    pipe.whenWritten(() => recorder.lines.push("told"));
    await settled();
    expect(recorder.lines).toEqual(["disconnect without error", "told"]);
  });

  test("V-22 whoever asks again and again meanwhile leaves the system its turn to drop it", async () => {
    // Sockets call themselves closed before the system has closed them; their 'close' comes later.
    const stream = new HeldStream({ emitClose: false });
    const pipe = new SocketPipe(stream);
    pipe.write([utf8("never accepted")]);
    pipe.destroy();
    await settled();
    let asked = 0;
    const ask = (): void => {
      if (++asked < 1_000) pipe.whenWritten(ask);
    };
    ask();
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toBeLessThan(10);
  });

  test("after the end or the drop of the transport nothing is written, and nothing is thrown", async () => {
    const ended = new HeldStream();
    const pipe = new SocketPipe(ended);
    pipe.end();
    pipe.end();
    pipe.write([utf8("late")]);
    let told = 0;
    pipe.whenWritten(() => told++);
    const destroyed = new HeldStream();
    const other = new SocketPipe(destroyed);
    other.destroy();
    other.write([utf8("late"), utf8("later")]);
    await settled();
    expect([ended.written, destroyed.written, told]).toEqual([[], [], 1]);
  });
});

describe("reading", () => {
  test("P-75 nothing is told while it is paused, and everything in order when it is resumed", async () => {
    const stream = new HeldStream();
    const pipe = new SocketPipe(stream);
    const recorder = new Recorder();
    pipe.open(recorder);
    pipe.pause();
    stream.push("a");
    stream.push("b");
    await settled();
    expect(recorder.lines).toEqual([]);
    pipe.resume();
    await settled();
    expect(recorder.lines.join()).toMatch(/^chunk a,?(chunk )?b$/);
  });

  test("P-14 a stream that somebody else paused flows once the pipe is open, unless the pipe was paused", async () => {
    for (const isPaused of [false, true]) {
      const stream = new HeldStream();
      stream.pause();
      stream.push("a");
      const pipe = new SocketPipe(stream);
      const recorder = new Recorder();
      if (isPaused) pipe.pause();
      pipe.open(recorder);
      await settled();
      expect(recorder.lines).toEqual(isPaused ? [] : ["chunk a"]);
    }
  });

  test("P-75 paused and destroyed: the end of the transport is told all the same", async () => {
    const stream = new HeldStream();
    const pipe = new SocketPipe(stream);
    const recorder = new Recorder();
    pipe.open(recorder);
    pipe.pause();
    stream.push("never read");
    pipe.destroy();
    await settled();
    expect(recorder.lines).toEqual(["disconnect without error"]);
  });
});

describe("the end", () => {
  test("P-74 an error is told with the end of the transport, once, and nothing after it", async () => {
    const stream = new HeldStream();
    const recorder = new Recorder();
    new SocketPipe(stream).open(recorder);
    stream.destroy(new Error("reset"));
    await settled();
    stream.emit("close");
    stream.emit("data", Buffer.from("x"));
    stream.emit("end");
    stream.emit("drain");
    expect(recorder.lines).toEqual(["disconnect reset"]);
  });

  test("V-32 an error before anybody listens ends no process and is told when somebody does", async () => {
    const stream = new HeldStream();
    const pipe = new SocketPipe(stream);
    stream.destroy(new Error("reset early"));
    await settled();
    const recorder = new Recorder();
    pipe.open(recorder);
    expect(recorder.lines).toEqual([]);
    await settled();
    expect(recorder.lines).toEqual(["disconnect reset early"]);
  });
});

describe("what kind of stream it is", () => {
  test("a plain socket is done with memory when nothing is pending; TLS and other streams are not", () => {
    const socket = new Socket();
    sockets.push(socket);
    expect(new SocketPipe(socket).reusable).toBe(true);
    expect(new SocketPipe(new HeldStream()).reusable).toBe(false);
    const tls = new TLSSocket(new Socket());
    sockets.push(tls);
    expect(new SocketPipe(tls).reusable).toBe(false);
  });

  test("a socket's small writes are not delayed, and its idle time-out is ours to judge", () => {
    const socket = new Socket();
    sockets.push(socket);
    socket.setTimeout(60_000);
    const noDelay = vi.spyOn(socket, "setNoDelay");
    new SocketPipe(socket);
    expect(noDelay).toHaveBeenCalledWith(true);
    expect(socket.timeout).toBe(0);
  });
});

test("over a real connection bytes arrive as they were sent, both ways, and a reset is told with its error", async () => {
  const [near, far] = await connectPair();
  const recorder = new Recorder();
  const pipe = new SocketPipe(near);
  pipe.open(recorder);
  const arrived = new Promise<Buffer>((resolve) => far.once("data", resolve));
  pipe.write([utf8("hello, "), utf8("far end")]);
  expect((await arrived).toString()).toBe("hello, far end");
  const answered = new Promise((resolve) => near.once("data", resolve));
  far.write("hello, near end");
  await answered;
  const gone = new Promise((resolve) => near.once("close", resolve));
  far.resetAndDestroy();
  await gone;
  expect(recorder.lines[0]).toBe("chunk hello, near end");
  expect(recorder.lines.at(-1)).toMatch(/^disconnect .*ECONNRESET/);
});
