// How to test an application: real server and client in one process, time that moves when it is told to, and a network that
// breaks when it is told to. Nothing sleeps. Run it with
//
//   node --import tsx --test examples/testing/auction.test.ts
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { Line } from "longwire/client";
import { createFaultProxy, VirtualClock } from "longwire/testing";
import { createAuction } from "./auction.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** An auction with a proxy in front of it, and a way to bid. */
async function begin() {
  const clock = new VirtualClock();
  const server = createAuction(clock);
  cleanups.push(() => server.close());
  const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
  const proxy = await createFaultProxy({ target: { port } });
  cleanups.push(() => proxy.close());
  const line = new Line(proxy.url);
  cleanups.push(() => line.close());
  return { clock, proxy, line, socket: line.open("/auction") };
}

test("who bids last has it, ten seconds later", async () => {
  const { clock, socket } = await begin();
  const heard = socket[Symbol.asyncIterator]();
  assert.equal((await heard.next()).value, "highest: 0");
  socket.send("5");
  assert.equal((await heard.next()).value, "highest: 5");
  clock.advance(9_999);
  socket.send("7");
  assert.equal((await heard.next()).value, "highest: 7");
  clock.advance(10_000);
  assert.equal((await heard.next()).value, "sold for 7");
  socket.send("9");
  assert.equal((await heard.next()).value, "no: it is over");
});

test("a bid made while the network is away counts, once", async () => {
  const { proxy, socket } = await begin();
  const heard = socket[Symbol.asyncIterator]();
  await heard.next();
  const suspended = new Promise((resolve) => socket.addEventListener("suspend", resolve, { once: true }));
  proxy.cut();
  await suspended;
  socket.send("5");
  assert.equal((await heard.next()).value, "highest: 5");
  socket.send("5");
  assert.equal((await heard.next()).value, "no: more than 5, please");
});

test("it works where WebSocket is blocked", async () => {
  const { proxy, line, socket } = await begin();
  proxy.faults = { http: { upgrade: "refuse" } };
  proxy.cut();
  const heard = socket[Symbol.asyncIterator]();
  assert.equal((await heard.next()).value, "highest: 0");
  socket.send("5");
  assert.equal((await heard.next()).value, "highest: 5");
  assert.notEqual(line.transport, "websocket");
});
