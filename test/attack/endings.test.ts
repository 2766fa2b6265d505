// What is left of connections that attackers ended, or that were ended because of them: RELIABILITY V-26. The ordinary ways
// to close are test/integration/server-resets.test.ts.
import { expect } from "vitest";
import { rawClose, rawFrame, rawUpgradeHead, type RawClient } from "../support/raw-client.ts";
import { attack, isFull, patient } from "./support/attack.ts";
import { frames, pour } from "./support/flood.ts";
import type { Facts, Target } from "./support/target.ts";

const KiB = 1024;
const atOnce = 25;
const rounds = isFull ? 40 : 2;
/** What is made once, and what the compiler makes of code that becomes hot, which goes on for thousands of connections. */
const firstRounds = isFull ? 40 : 1;

/** Each connects, does its worst, and returns when the connection is gone on the attacker's side. */
const ways: Readonly<Record<string, (target: Target) => Promise<RawClient>>> = {
  async "an unmasked frame: 1002"(target) {
    const client = await target.open("/feed");
    client.writeFrame({ mask: false, payload: "x" });
    return client;
  },
  async "half a character: 1007"(target) {
    const client = await target.open("/feed");
    client.writeFrame({ payload: Uint8Array.of(0xc3) });
    return client;
  },
  async "a message too big: 1009"(target) {
    const client = await target.open("/feed");
    client.write(rawFrame({ announce: 2 ** 40 }).subarray(0, 10));
    return client;
  },
  async "too many fragments: 1008"(target) {
    const client = await target.open("/feed");
    client.writeFrame({ fin: false, payload: "x" });
    await pour(client, frames(2_000, { fin: false, opcode: 0, payload: "x" }));
    return client;
  },
  async "a message that never ends: 1008"(target) {
    const client = await target.open("/feed");
    client.writeFrame({ fin: false, payload: "x".repeat(1_000) });
    return client;
  },
  async "a reset in the middle of a message"(target) {
    const client = await target.open("/feed");
    await pour(client, rawFrame({ fin: false, payload: "x".repeat(10 * KiB) }));
    client.reset();
    return client;
  },
  async "a reset while a handler is busy"(target) {
    const client = await target.open("/boom");
    await pour(client, Buffer.concat([rawFrame({ payload: "later boom" }), frames(40, { payload: "x" })]));
    client.reset();
    return client;
  },
  async "an end while authenticate decides"(target) {
    const client = await target.connect();
    await pour(client, Buffer.from(rawUpgradeHead("/asked-forever")));
    client.end();
    return client;
  },
  async "a handshake that is refused"(target) {
    const client = await target.connect();
    await pour(client, Buffer.from(rawUpgradeHead("/sink", { "Sec-WebSocket-Key": "x" })));
    return client;
  },
  async "a close, and then silence"(target) {
    const client = await target.open("/feed");
    client.socket.allowHalfOpen = true;
    client.write(rawClose(1000));
    return client;
  },
};

const counted = (facts: Facts): Record<string, number> => ({
  transports: facts.resources["TCPSocketWrap"] ?? 0,
  timers: facts.resources["Timeout"] ?? 0,
  sockets: facts.metrics["connections"] ?? NaN,
  pending: facts.metrics["pending_handshakes"] ?? NaN,
  topics: facts.metrics["topics"] ?? NaN,
  accounted: facts.accountedBytes,
  alive: facts.aliveCount,
});

attack(
  `V-26 after ${String(Object.keys(ways).length)} ways to be ended nothing is left: no transport, timer, entry or object`,
  { limits: { maxFragments: 1_000, messageTimeoutMs: 150, closeTimeoutMs: 150 } },
  async ({ target, control, note, factsOnce }) => {
    const round = async (): Promise<void> => {
      const attackers = Array.from({ length: atOnce }, () => Object.values(ways).map((way) => way(target))).flat();
      const clients = await Promise.all(attackers);
      await control.beat();
      await Promise.all(
        clients.map(async (client) => {
          if (client.socket.allowHalfOpen) return;
          await client.ended();
          client.socket.end();
          await client.closed();
        }),
      );
      await factsOnce(({ metrics }) => metrics["connections"] === 1 && metrics["pending_handshakes"] === 0);
      target.hangUp();
      await factsOnce(({ resources }) => resources["TCPSocketWrap"] === 1);
    };
    for (let count = 0; count < firstRounds; count++) await round();
    const before = await target.facts("collect");
    expect(before.aliveCount).toBe(0);
    for (let count = 0; count < rounds; count++) await round();
    let after = before;
    await expect.poll(async () => counted((after = await target.facts("collect"))), patient).toEqual(counted(before));
    const held = after.heldBytes - before.heldBytes;
    note(
      `${String(Math.round(held / KiB))} KiB more after ${String(rounds * atOnce * Object.keys(ways).length)} connections`,
    );
    expect(held).toBeLessThanOrEqual(2048 * KiB);
  },
  240_000,
);
