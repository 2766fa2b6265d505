// What a driver does when its own replies pile up before a peer that reads slowly: RELIABILITY §5.2 maxQueuedBytes, V-22, V-23.

import { expect, test } from "vitest";
import { resolveLimits } from "../../../src/base/limits.ts";
import { systemRandom } from "../../../src/base/random.ts";
import { encodeHeader } from "../../../src/protocol/frame-encoder.ts";
import { Opcode } from "../../../src/protocol/frame.ts";
import type { CloseOutcome, Delivery } from "../../../src/base/carrier.ts";
import { Driver } from "../../../src/socket/driver.ts";
import { createRuntime } from "../../../src/socket/runtime.ts";
import { concat } from "../../support/byte-builder.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { createPipePair, RecordingReceiver } from "../../support/pipe-pair.ts";

const KiB = 1024;
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A masked one-byte text frame, key 0. */
const question = Uint8Array.of(0x81, 0x81, 0, 0, 0, 0, 0x78);

interface Server {
  readonly driver: Driver;
  readonly handled: number[];
  readonly outcomes: CloseOutcome[];
}

function startServer(reply: (driver: Driver, index: number) => Delivery, windowBytes: number) {
  const [near, far] = createPipePair({ windowBytes });
  const peer = new RecordingReceiver();
  far.open(peer);
  const limits = resolveLimits({ maxQueuedBytes: 1024 * KiB });
  const runtime = createRuntime({ clock: new FakeClock(), random: systemRandom });
  const driver = new Driver({ pipe: near, side: "server", limits, runtime, protocol: "", extensions: "" });
  const server: Server = { driver, handled: [], outcomes: [] };
  driver.start({
    receiveMessage() {
      const index = server.handled.push(server.handled.length);
      return reply(driver, index);
    },
    receivePing() {},
    receivePong() {},
    receiveClosing() {},
    receiveClosed: (outcome) => server.outcomes.push(outcome),
  });
  return { ...server, near, far, peer };
}

function countAnswers(bytes: Uint8Array, answerBytes: number): number {
  const head = new Uint8Array(10);
  const headBytes = encodeHeader(head, 0, Opcode.binary, answerBytes, false);
  return bytes.length / (headBytes + answerBytes);
}

test("V-23 an asynchronous handler is given no next message while what it answered waits for a slow peer", async () => {
  const answerBytes = 128 * KiB;
  const { driver, near, far, peer, handled, outcomes } = startServer(async (carrier) => {
    await settle();
    carrier.send(new Uint8Array(answerBytes));
  }, 64 * KiB);

  far.write([concat(Array<Uint8Array>(10).fill(question))]);
  near.deliver();
  for (let turn = 0; turn < 20; turn++) await settle();
  // One answer is on its way and does not fit: the second question has to wait for it.
  expect(handled).toHaveLength(1);
  expect(driver.bufferedBytes).toBeLessThanOrEqual(answerBytes);

  while (countAnswers(peer.bytes, answerBytes) < 10) {
    far.deliver();
    await settle();
    near.deliver();
  }
  expect(handled).toHaveLength(10);
  expect(outcomes).toEqual([]);
});

test("V-22 a handler whose promise never settles does not let the queue of its peer grow without end", async () => {
  const { driver, near, far } = startServer(() => new Promise(() => {}), 64 * KiB);
  far.write([question]);
  near.deliver();
  let dropped = 0;
  for (let count = 0; count < 200; count++) {
    if (driver.send(new Uint8Array(64 * KiB)) === "dropped") dropped++;
    await settle();
  }
  expect(dropped).toBeGreaterThan(100);
  expect(driver.bufferedBytes).toBeLessThanOrEqual(4 * 1024 * KiB + 64 * KiB);
});

test("V-22 a client and a server that answer each other never both wait for the other to read", async () => {
  const [serverEnd, clientEnd] = createPipePair({ windowBytes: 64 * KiB });
  const runtime = createRuntime({ clock: new FakeClock(), random: systemRandom });
  const limits = resolveLimits({});
  const heard = { server: 0, client: 0 };
  const start = (side: "server" | "client", pipe: typeof serverEnd): Driver => {
    const driver = new Driver({ pipe, side, limits, runtime, protocol: "", extensions: "" });
    driver.start({
      receiveMessage(data) {
        heard[side]++;
        driver.send(data);
        return undefined;
      },
      receivePing() {},
      receivePong() {},
      receiveClosing() {},
      receiveClosed() {},
    });
    return driver;
  };
  start("server", serverEnd);
  const client = start("client", clientEnd);
  // More than both queues that reading waits for and both windows hold together.
  for (let count = 0; count < 40; count++) client.send(new Uint8Array(16 * KiB));
  for (let round = 0; round < 500; round++) {
    serverEnd.deliver();
    clientEnd.deliver();
    await settle();
  }
  expect(heard.server).toBeGreaterThan(200);
  expect(heard.client).toBeGreaterThan(200);
});
