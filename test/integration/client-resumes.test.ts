// Cut again and again: one socket of longwire/client through a front that breaks every connection there is. What the
// application sent is compared with what the other one heard, in order. RELIABILITY F-31, F-41, F-42, F-44.
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket, type LineSocket } from "../../src/client/node.ts";
import { createServer } from "../../src/server/index.ts";
import { startFront, type Front } from "../support/obstructed-front.ts";

interface Talk {
  readonly socket: LineSocket;
  readonly front: Front;
  /** What the server's handler heard. */
  readonly heard: string[];
  /** What the client's handler heard. */
  readonly received: string[];
  /** How often the server's `open` and `close` ran. */
  readonly counts: { opened: number; closed: number };
  tell(text: string): void;
}

async function talk(): Promise<Talk> {
  const server = createServer();
  const heard: string[] = [];
  const received: string[] = [];
  const counts = { opened: 0, closed: 0 };
  let tell: (text: string) => void = () => undefined;
  server.route("/talk", {
    open(socket) {
      counts.opened++;
      tell = (text) => void socket.send(text);
    },
    message: (_socket, data) => void heard.push(String(data)),
    close: () => void counts.closed++,
  });
  const { port } = await server.listen({ port: 0, host: "127.0.0.1" });
  const front = await startFront(port, {});
  const socket = new WebSocket(`${front.url.replace("http", "ws")}/talk`);
  socket.onmessage = ({ data }) => void received.push(String(data));
  onTestFinished(async () => {
    socket.terminate();
    await front.stop();
    await server.close();
  });
  await once(socket, "open");
  return { socket, front, heard, received, counts, tell: (text) => tell(text) };
}

const many = process.env["LONGWIRE_FULL"] === "1" ? 1_000 : 60;

test("F-42 a session is resumed before any message was received", async () => {
  const { socket, front, heard, received, counts, tell } = await talk();
  front.cut();
  await once(socket, "resume");
  socket.send("up");
  tell("down");
  await expect.poll(() => [...heard, ...received]).toEqual(["up", "down"]);
  expect(counts).toEqual({ opened: 1, closed: 0 });
});

test(`F-41 F-44 ${String(many)} cuts in a row, each as soon as the session is resumed: all recovered, nothing lost or doubled`, async () => {
  const { socket, front, heard, received, counts, tell } = await talk();
  const numbers = Array.from({ length: many }, (_, index) => String(index));
  for (const number of numbers) {
    socket.send(number);
    tell(number);
    const resumed = once(socket, "resume");
    front.cut();
    await resumed;
  }
  await expect.poll(() => heard.length, { timeout: 20_000 }).toBe(many);
  await expect.poll(() => received.length, { timeout: 20_000 }).toBe(many);
  expect(heard).toEqual(numbers);
  expect(received).toEqual(numbers);
  expect(counts).toEqual({ opened: 1, closed: 0 });
  expect(socket.readyState).toBe(1);
}, 600_000);

test("F-31 connections that a balancer cuts while much is on its way both ways: everything arrives once, in order", async () => {
  const { socket, front, heard, received, tell } = await talk();
  const texts = Array.from({ length: 400 }, (_, index) => `${String(index)} ${"x".repeat(2_000)}`);
  for (const [index, text] of texts.entries()) {
    socket.send(text);
    tell(text);
    if (index % 100 !== 99) continue;
    const resumed = once(socket, "resume");
    front.cut();
    await resumed;
  }
  await expect.poll(() => heard.length, { timeout: 20_000 }).toBe(texts.length);
  await expect.poll(() => received.length, { timeout: 20_000 }).toBe(texts.length);
  expect(heard).toEqual(texts);
  expect(received).toEqual(texts);
}, 60_000);
