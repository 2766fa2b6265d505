// Messages cut so finely, or so slowly, that the pieces would cost more than the bytes: RELIABILITY V-01 to V-04, V-10.
import { expect } from "vitest";
import { rawFrame } from "../support/raw-client.ts";
import { attack } from "./support/attack.ts";
import { caughtUp, frames, pour } from "./support/flood.ts";

const KiB = 1024;
const MiB = 1024 * KiB;
const begin = (payload = "a", opcode = 1): Buffer => rawFrame({ fin: false, opcode, payload });

attack(
  "V-01 fifty messages of 131,000 one-byte fragments that never end cost twice their bytes",
  { limits: { maxFragments: 200_000 } },
  async ({ target, control, note }) => {
    const connections = 50;
    const fragments = 131_000;
    const clients = await target.openMany(connections, "/sink");
    const before = await target.facts("collect");
    const flood = frames(fragments, { fin: false, opcode: 0, payload: "a" });
    await Promise.all(
      clients.map(async (client) => {
        client.write(begin());
        await pour(client, flood);
        await caughtUp(client);
      }),
    );
    await control.beat();
    const after = await target.facts("collect");
    const growth = after.heldBytes - before.heldBytes;
    note(`${String(Math.round(growth / connections / KiB))} KiB per connection`);
    expect(growth).toBeLessThanOrEqual(connections * (2 * fragments + 64 * KiB));
    expect(after.accountedBytes).toBeGreaterThanOrEqual(connections * fragments);
    expect(after.accountedBytes).toBeLessThanOrEqual(connections * (2 * fragments + 64 * KiB));
    expect(after.counts.message).toBe(0);
  },
);

attack("V-01 one fragment more than maxFragments ends with 1008", {}, async ({ target, closeCodeOf, factsOnce }) => {
  const client = await target.open("/sink");
  client.write(begin());
  await pour(client, frames(65_537, { fin: false, opcode: 0, payload: "a" }));
  expect(await closeCodeOf(client)).toBe(1008);
  client.end();
  const { accountedBytes, lines } = await factsOnce(({ counts }) => counts.close === 1);
  expect(accountedBytes).toBe(0);
  expect(lines.filter((line) => line.includes("LW_PROTOCOL_TOO_MANY_FRAGMENTS"))).toHaveLength(1);
});

attack(
  "V-02 twenty thousand empty fragments keep nothing, and the message still ends",
  {},
  async ({ target, control }) => {
    const clients = await target.openMany(20, "/");
    const before = await target.facts("collect");
    await Promise.all(
      clients.map(async (client) => {
        client.write(begin(""));
        await pour(client, frames(20_000, { fin: false, opcode: 0 }));
        await caughtUp(client);
      }),
    );
    await control.beat();
    const after = await target.facts("collect");
    // An unfinished message without a byte is one object.
    expect(after.accountedBytes).toBe(20 * 128);
    expect(after.heldBytes - before.heldBytes).toBeLessThanOrEqual(20 * 64 * KiB);
    for (const client of clients) {
      client.write(rawFrame({ opcode: 0, payload: "end" }));
      expect((await client.nextFrame()).text).toBe("end");
    }
  },
);

attack("V-02 empty fragments without end are counted: 1008", {}, async ({ target, closeCodeOf }) => {
  const client = await target.open("/sink");
  client.write(begin(""));
  await pour(client, frames(70_000, { fin: false, opcode: 0 }));
  expect(await closeCodeOf(client)).toBe(1008);
});

attack(
  "V-03 a frame of 1 MiB in one-byte writes costs at most twice its bytes and 64 KiB",
  {},
  async ({ target, control, note }) => {
    const client = await target.open("/sink");
    await target.facts("collect");
    const bytes = rawFrame({ opcode: 2, payload: Buffer.alloc(MiB, "x") });
    // Every few thousand a pause for the kernel; it may still join what the server has not read yet.
    for (let at = 0; at < bytes.length; at += 4096) {
      const end = Math.min(at + 4096, bytes.length);
      for (let byte = at; byte < end - 1; byte++) client.write(bytes.subarray(byte, byte + 1));
      await pour(client, bytes.subarray(end - 1, end));
    }
    await caughtUp(client);
    await control.beat();
    const { counts, accountedPeakBytes, accountedBytes } = await target.facts();
    note(`${String(Math.round(accountedPeakBytes / KiB))} KiB at most`);
    expect(counts.message).toBe(1);
    expect(accountedPeakBytes).toBeGreaterThan(MiB);
    expect(accountedPeakBytes).toBeLessThanOrEqual(2 * MiB + 64 * KiB);
    expect(accountedBytes).toBe(0);
  },
);

attack(
  "V-04 a message that is begun and not ended is closed with 1008, wherever it stopped",
  { limits: { messageTimeoutMs: 250, closeTimeoutMs: 250 } },
  async ({ target, closeCodeOf, factsOnce }) => {
    const whole = rawFrame({ payload: "a".repeat(200) });
    const stops = [
      whole.subarray(0, 1),
      whole.subarray(0, 3),
      whole.subarray(0, 8),
      whole.subarray(0, 100),
      whole.subarray(0, whole.length - 1),
      begin(),
      begin(""),
      Buffer.concat([begin(), rawFrame({ opcode: 9, payload: "between" })]),
      Buffer.concat([rawFrame({ payload: "before" }), begin()]),
      rawFrame({ opcode: 9, payload: "half a ping" }).subarray(0, 9),
    ];
    const clients = await target.openMany(stops.length, "/sink");
    stops.forEach((bytes, index) => clients[index]?.write(bytes));
    expect(await Promise.all(clients.map((client) => closeCodeOf(client)))).toEqual(stops.map(() => 1008));
    // They neither answer nor hang up: the server does.
    const { metrics, accountedBytes } = await factsOnce(({ counts }) => counts.close === stops.length);
    expect(metrics['limit_total{limit="messageTimeoutMs"}']).toBe(stops.length);
    expect(accountedBytes).toBe(0);
  },
);

attack(
  "V-04 fragments that drip do not put the deadline off",
  { limits: { messageTimeoutMs: 300 } },
  async ({ target, control, closeCodeOf, note }) => {
    const client = await target.open("/sink");
    client.write(begin());
    const closed = closeCodeOf(client);
    let code: number | undefined;
    let over = false;
    void closed.then((value) => {
      code = value;
      over = true;
    });
    let drops = 0;
    for (; !over; drops++) {
      client.writeFrame({ fin: false, opcode: 0, payload: "a" });
      await control.beat();
    }
    note(`${String(drops)} fragments`);
    expect(code).toBe(1008);
  },
);

attack(
  "V-10 a sum of fragments past the limit ends with 1009 at the header that crosses it; the limit itself passes",
  { limits: { maxMessageBytes: 64 * KiB } },
  async ({ target, closeCodeOf }) => {
    const max = 64 * KiB;
    const part = (opcode: number, size: number, fin = false): Buffer =>
      rawFrame({ fin, opcode, payload: Buffer.alloc(size, "a") });
    // Announces one byte and sends none of it.
    const crossing = rawFrame({ fin: true, opcode: 0, announce: 1 }).subarray(0, 2);
    const splits = {
      "max, 1": Buffer.concat([part(2, max), crossing]),
      "0, max, 1": Buffer.concat([part(1, 0), part(0, max), crossing]),
      "1 × max, 1": Buffer.concat([part(1, 1), frames(max - 1, { fin: false, opcode: 0, payload: "a" }), crossing]),
      "max + 1": rawFrame({ opcode: 2, announce: max + 1 }).subarray(0, 10),
    };
    for (const [name, bytes] of Object.entries(splits)) {
      const client = await target.open("/sink");
      await pour(client, bytes);
      expect(await closeCodeOf(client), name).toBe(1009);
    }
    expect((await target.facts()).counts.message).toBe(0);
    const client = await target.open("/sink");
    await pour(client, Buffer.concat([part(2, max - 1), part(0, 0), part(0, 1, true)]));
    await caughtUp(client);
    expect((await target.facts()).counts.message).toBe(1);
  },
);
