// Drivers over Node's own streams: a socket in the kernel, and a stream whose other side is the test.
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { afterEach, describe, expect, test } from "vitest";
import { resolveLimits, type Limits } from "../../../src/base/limits.ts";
import type { CarrierOwner, CloseOutcome } from "../../../src/base/carrier.ts";
import { Driver } from "../../../src/socket/driver.ts";
import { SocketPipe } from "../../../src/socket/pipe.ts";
import { createRuntime, type SocketRuntime } from "../../../src/socket/runtime.ts";
import { bytes, concat } from "../../support/byte-builder.ts";
import { FakeClock, settled } from "../../support/fake-clock.ts";
import { SeededRandom } from "../../support/seeded-random.ts";
import { frameTo, readStream } from "../../support/naive-frame-codec.ts";

/** Tells when the connection is closed; what else it is told it forgets. */
class Closing implements CarrierOwner {
  readonly outcome: Promise<CloseOutcome>;
  readonly messages: (string | Uint8Array)[] = [];
  #resolve: (outcome: CloseOutcome) => void = () => {};

  constructor() {
    this.outcome = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  receiveMessage(data: string | Uint8Array): undefined {
    this.messages.push(data);
  }

  receivePing(): void {}
  receivePong(): void {}
  receiveClosing(): void {}

  receiveClosed(outcome: CloseOutcome): void {
    this.#resolve(outcome);
  }
}

function drive(
  stream: Duplex,
  limits: Partial<Limits> = {},
  runtime: SocketRuntime = createRuntime(),
): { driver: Driver; owner: Closing } {
  const driver = new Driver({
    pipe: new SocketPipe(stream),
    side: "server",
    limits: resolveLimits(limits),
    runtime,
    protocol: "",
    extensions: "",
  });
  const owner = new Closing();
  driver.start(owner);
  return { driver, owner };
}

describe("over a socket", () => {
  const servers: Server[] = [];
  const sockets: Socket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const server of servers.splice(0)) server.close();
  });

  /** A driver's socket, half open as an HTTP server makes them, and the peer's. */
  async function connectPair(): Promise<[near: Socket, far: Socket]> {
    const server = createServer({ allowHalfOpen: true });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const accepted = new Promise<Socket>((resolve) => server.once("connection", resolve));
    const far = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", allowHalfOpen: true });
    far.on("error", () => {});
    const near = await accepted;
    sockets.push(near, far);
    return [near, far];
  }

  test("P-63 P-20 a FIN without a Close is 1006 at once, and the socket is freed though it was half open", async () => {
    const [near, far] = await connectPair();
    const { owner } = drive(near);
    far.write(frameTo("server", 1, "last words"));
    far.end();
    expect(await owner.outcome).toMatchObject({ code: 1006, reason: "", wasClean: false });
    expect(owner.messages).toEqual(["last words"]);
    expect(near.destroyed).toBe(true);
  });

  test("P-43 a FIN inside a frame is 1006, and the part is not delivered", async () => {
    const [near, far] = await connectPair();
    const { owner } = drive(near);
    far.end(frameTo("server", 1, "half a message").subarray(0, 12));
    expect(await owner.outcome).toMatchObject({ code: 1006, wasClean: false });
    expect(owner.messages).toEqual([]);
    expect(near.destroyed).toBe(true);
  });

  test("P-67 after both Closes the server ends the socket first", async () => {
    const [near, far] = await connectPair();
    const { owner } = drive(near);
    const received: Buffer[] = [];
    far.on("data", (chunk) => received.push(chunk));
    const ended = new Promise((resolve) => far.once("end", resolve));
    far.write(frameTo("server", 8, bytes(3, 0xe8, "bye")));
    await ended;
    far.end();
    expect(await owner.outcome).toEqual({ code: 1000, reason: "bye", wasClean: true, cause: undefined });
    expect(readStream(Buffer.concat(received), { role: "client", maxMessageBytes: 100, maxFragments: 1 })).toEqual([
      'close 1000 "bye"',
    ]);
  });

  test("V-32 a reset is 1006 with its cause, and nothing is thrown", async () => {
    const [near, far] = await connectPair();
    const { driver, owner } = drive(near);
    driver.send("x");
    far.resetAndDestroy();
    const outcome = await owner.outcome;
    expect(outcome).toMatchObject({ code: 1006, wasClean: false });
    expect(outcome.cause?.code).toBe("LW_SOCKET_LOST");
    expect(driver.send("late")).toBe("dropped");
  });
});

describe("over a stream that tells of a drain only when 16 KiB were pending", () => {
  /** Accepts a write when it is told to. */
  class HeldStream extends Duplex {
    writes = 0;
    #accept: (() => void) | undefined;

    override _read(): void {}

    override _write(_chunk: Buffer, _encoding: string, done: () => void): void {
      this.writes++;
      this.#accept = done;
    }

    override _writev(_chunks: unknown, done: () => void): void {
      this.writes++;
      this.#accept = done;
    }

    async accept(): Promise<void> {
      const accept = this.#accept;
      this.#accept = undefined;
      accept?.();
      await settled(1);
    }
  }

  const small = { socketBufferBytes: 1_000 };

  test("V-22 what waits behind a smaller bound leaves once the stream has taken what it had", async () => {
    const stream = new HeldStream({ highWaterMark: 16_384 });
    const { driver } = drive(stream, small);
    for (let count = 0; count < 10; count++) driver.send(new Uint8Array(900));
    for (let count = 0; count < 30; count++) await stream.accept();
    expect(driver.bufferedBytes).toBe(0);
  });

  test("V-22 a stream that takes a moment for a few bytes is not given up later, when nothing waits any more", async () => {
    const stream = new HeldStream({ highWaterMark: 16_384 });
    const clock = new FakeClock();
    const { driver, owner } = drive(stream, {}, createRuntime({ clock, random: new SeededRandom(1) }));
    let outcome: CloseOutcome | undefined;
    void owner.outcome.then((closed) => (outcome = closed));
    driver.send(new Uint8Array(10));
    await settled();
    await clock.advanceAsync(100);
    await stream.accept();
    await clock.advanceAsync(12_000);
    expect([outcome, driver.bufferedBytes]).toEqual([undefined, 0]);
  });

  test("V-22 nor when other bytes happen to wait at the moment when it would have been", async () => {
    const stream = new HeldStream({ highWaterMark: 16_384 });
    const clock = new FakeClock();
    const { driver, owner } = drive(stream, {}, createRuntime({ clock, random: new SeededRandom(1) }));
    let outcome: CloseOutcome | undefined;
    void owner.outcome.then((closed) => (outcome = closed));
    driver.send(new Uint8Array(10));
    await settled();
    await clock.advanceAsync(100);
    await stream.accept();
    await clock.advanceAsync(4_850);
    driver.send(new Uint8Array(20));
    await settled();
    await clock.advanceAsync(200);
    await stream.accept();
    await clock.advanceAsync(12_000);
    expect([outcome, driver.bufferedBytes]).toEqual([undefined, 0]);
  });

  test("V-22 a connection that is not read because its replies wait is read again", async () => {
    const stream = new HeldStream({ highWaterMark: 16_384 });
    const { driver, owner } = drive(stream, small);
    owner.receiveMessage = (data) => {
      owner.messages.push(data);
      driver.send(new Uint8Array(2_000));
      return undefined;
    };
    for (const text of ["a", "b", "c"]) stream.push(frameTo("server", 1, text));
    await settled();
    expect(owner.messages).toEqual(["a"]);
    for (let count = 0; count < 20; count++) await stream.accept();
    expect(owner.messages).toEqual(["a", "b", "c"]);
  });

  test("V-22 the last reply made while the held back questions are worked through leaves as well", async () => {
    const stream = new HeldStream({ highWaterMark: 16_384 });
    const { driver, owner } = drive(stream, small);
    owner.receiveMessage = () => {
      driver.send(new Uint8Array(700));
      return undefined;
    };
    stream.push(concat(["a", "b", "c"].map((text) => frameTo("server", 1, text))));
    for (let count = 0; count < 20; count++) await stream.accept();
    expect(driver.bufferedBytes).toBe(0);
  });

  test("V-22 with much pending it can be dropped, and ended, as with nothing", async () => {
    const dropped = new HeldStream();
    const first = drive(dropped);
    first.driver.send(new Uint8Array(200_000));
    await settled();
    first.driver.terminate();
    expect(await first.owner.outcome).toMatchObject({ code: 1006 });
    const ended = new HeldStream();
    const second = drive(ended);
    second.driver.send(new Uint8Array(200_000));
    await settled();
    ended.push(frameTo("server", 8));
    ended.push(null);
    for (let count = 0; count < 5; count++) await ended.accept();
    expect(await second.owner.outcome).toMatchObject({ code: 1005, wasClean: true });
  });

  test("V-13 the pong that was kept leaves", async () => {
    const stream = new HeldStream({ highWaterMark: 16_384 });
    const { driver } = drive(stream, small);
    driver.send(new Uint8Array(2_000));
    await settled();
    stream.push(frameTo("server", 9, "?"));
    await settled();
    expect(stream.writes).toBe(1);
    for (let count = 0; count < 10; count++) await stream.accept();
    expect(stream.writes).toBeGreaterThan(2);
  });
});
