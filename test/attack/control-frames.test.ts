// Floods of pings, pongs and closes, from peers that read and peers that do not: RELIABILITY V-13 to V-15.
import { expect } from "vitest";
import { rawClose, rawFrame } from "../support/raw-client.ts";
import { attack, isFull, patient } from "./support/attack.ts";
import { caughtUp, countFrames, frames, pour } from "./support/flood.ts";

const KiB = 1024;
const MiB = 1024 * KiB;

attack(
  "V-13 42 MB of pings from a peer that never reads: one pong waits, for the newest, and nothing grows",
  { limits: { slowConsumerTimeoutMs: 120_000 } },
  async ({ target, control, note }) => {
    const client = await target.open("/sink");
    const before = await target.facts("collect");
    client.socket.pause();
    const block = frames(1_000, { opcode: 9, payload: "p".repeat(125) });
    const blocks = Math.ceil(42_000_000 / block.length);
    expect(await pour(client, block, blocks)).toBe(true);
    const newest = "the newest of all".padEnd(125, ".");
    await pour(client, rawFrame({ opcode: 9, payload: newest }));
    await pour(client, rawFrame({ payload: "and a message" }));
    await expect.poll(async () => (await target.facts()).counts.message, patient).toBe(1);
    await control.beat();
    const after = await target.facts("collect");
    const pings = blocks * 1_000 + 1;
    expect(after.counts.ping).toBe(pings);
    // What the socket may hold, and one pong of 125 bytes.
    expect(after.accountedBytes).toBeGreaterThanOrEqual(64 * KiB);
    expect(after.accountedBytes).toBeLessThanOrEqual(64 * KiB + 64 * KiB + 127 + 125 + 2 * 128);
    expect(after.heldBytes - before.heldBytes).toBeLessThanOrEqual(MiB);

    client.socket.resume();
    const { counts } = await countFrames(client, (opcode, payload) => opcode === 10 && payload.toString() === newest);
    const pongs = counts.get(10) ?? 0;
    note(`${pongs.toLocaleString("en")} pongs for ${pings.toLocaleString("en")} pings`);
    expect(pongs).toBeLessThan(pings);
    // From now on it reads, and every ping has its pong again.
    await caughtUp(client);
  },
);

attack("V-13 a peer that reads gets a pong for every ping", {}, async ({ target }) => {
  const client = await target.open("/sink");
  const total = 20_000;
  await pour(client, frames(total - 1, { opcode: 9, payload: "p" }));
  client.writeFrame({ opcode: 9, payload: "last" });
  const { counts } = await countFrames(client, (_opcode, payload) => payload.toString() === "last");
  expect(counts).toEqual(new Map([[10, total]]));
});

attack(
  "V-14 a million pongs that nobody asked for keep nothing",
  {},
  async ({ target, control, note }) => {
    const client = await target.open("/sink");
    const before = await target.facts("collect");
    const block = frames(10_000, { opcode: 10 });
    const blocks = isFull ? 1_000 : 100;
    for (let done = 0; done < blocks; done += 20) {
      await pour(client, block, 20);
      await control.beat();
    }
    await caughtUp(client);
    const after = await target.facts("collect");
    note(`${(blocks * 10_000).toLocaleString("en")} pongs`);
    expect(after.counts.pong).toBe(blocks * 10_000);
    expect(after.accountedBytes).toBe(0);
    expect(after.heldBytes - before.heldBytes).toBeLessThanOrEqual(MiB);
  },
  240_000,
);

attack(
  "V-14 the public preset closes a flood of control frames with 1008",
  { limits: "public" },
  async ({ target, closeCodeOf, factsOnce }) => {
    for (const opcode of [9, 10]) {
      const client = await target.open("/sink");
      await pour(client, frames(10_000, { opcode }));
      expect(await closeCodeOf(client)).toBe(1008);
      client.end();
    }
    const { counts, metrics } = await factsOnce(({ counts: { close } }) => close === 2);
    expect(metrics['limit_total{limit="controlFramesPerSecond"}']).toBe(2);
    expect(counts.ping).toBeLessThan(1_500);
    expect(counts.pong).toBeLessThan(1_500);
  },
);

attack("V-15 ten thousand closes get one close", {}, async ({ target, factsOnce }) => {
  const client = await target.open("/sink");
  const close = rawClose(1000, "bye");
  await pour(client, Buffer.alloc(close.length * 10_000, close));
  const answers = await client.allFrames();
  expect(answers.map(({ opcode, closeCode }) => [opcode, closeCode])).toEqual([[8, 1000]]);
  client.end();
  const { counts } = await factsOnce(({ counts: { close: closes } }) => closes === 1);
  expect(counts.error).toBe(0);
});

attack(
  "V-15 whoever talks on after its close is read for 1 MiB and then dropped",
  { limits: { closeTimeoutMs: 60_000 } },
  async ({ target, control, factsOnce, note }) => {
    const client = await target.open("/sink");
    // Does not end because the server does.
    client.socket.allowHalfOpen = true;
    await pour(client, rawClose(1000));
    const before = await factsOnce(({ accountedBytes }) => accountedBytes === 0);
    const refused = await pour(client, frames(1_000, { opcode: 2, payload: Buffer.alloc(16 * KiB) }), 8);
    expect(refused).toBe(false);
    await control.beat();
    const { metrics, counts } = await factsOnce(({ counts: { close } }) => close === 1);
    const read = (metrics['bytes_total{direction="in"}'] ?? 0) - (before.metrics['bytes_total{direction="in"}'] ?? 0);
    note(`${String(Math.round(read / KiB))} KiB read`);
    expect(counts.message).toBe(0);
    // The last read that crosses it, and what the control connection said meanwhile.
    expect(read).toBeLessThanOrEqual(MiB + 128 * KiB);
  },
);

attack(
  "V-15 whoever falls silent after the closes is dropped at closeTimeoutMs",
  { limits: { closeTimeoutMs: 250 } },
  async ({ target, closeCodeOf, factsOnce }) => {
    const clients = await target.openMany(20, "/sink");
    for (const client of clients) {
      client.socket.allowHalfOpen = true;
      client.write(rawClose(1000));
    }
    expect(new Set(await Promise.all(clients.map((client) => closeCodeOf(client))))).toEqual(new Set([1000]));
    const { accountedBytes } = await factsOnce(({ counts }) => counts.close === clients.length);
    expect(accountedBytes).toBe(0);
  },
);
