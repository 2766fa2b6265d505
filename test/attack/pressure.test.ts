// Peers that do not read what they are sent, or send more than handlers take: RELIABILITY V-22, V-23.
import { expect } from "vitest";
import { rawFrame, type RawClient } from "../support/raw-client.ts";
import { attack, patient, type Scene } from "./support/attack.ts";
import { frames, pour } from "./support/flood.ts";

const KiB = 1024;
const MiB = 1024 * KiB;

/** A subscriber that counts publications, and one that reads nothing. */
async function subscribe({ target }: Scene) {
  const slow = await target.open("/feed");
  slow.socket.pause();
  const quick = await target.open("/feed");
  const heard = { count: 0 };
  void (async () => {
    for (;;) {
      const frame = await quick.nextFrame().catch(() => undefined);
      if (frame === undefined) return;
      if (frame.opcode !== 9) heard.count++;
    }
  })();
  return { slow, heard };
}

/** Publishes, `atOnce` at a time, until `enough`; how many were published. Throws when it never is. */
async function publishUntil(publisher: RawClient, payload: string, atOnce: number, enough: () => Promise<boolean>) {
  const one = rawFrame({ payload, mask: new Uint8Array(4) });
  const burst = Buffer.alloc(one.length * atOnce, one);
  let published = 0;
  do {
    await pour(publisher, burst);
    for (let count = 0; count < atOnce; count++) await publisher.nextFrame();
    published += atOnce;
    if (published * one.length > 64 * MiB) throw new Error(`${String(published)} publications were not enough.`);
  } while (!(await enough()));
  return published;
}

const sizes = [
  ["1 KiB", KiB, 100],
  ["64 KiB", 64 * KiB, 10],
  // Many small ones would cost their objects rather than their bytes.
  ["8 bytes", 8, 20_000],
] as const;

for (const [what, size, atOnce] of sizes) {
  attack(
    `V-22 a subscriber stops reading publications of ${what}: it costs 1 MiB and one message, then 1013; others hear all`,
    { limits: { closeTimeoutMs: 120_000, slowConsumerTimeoutMs: 120_000 } },
    async (scene) => {
      const { target, control, note, closeCodeOf, factsOnce } = scene;
      const { slow, heard } = await subscribe(scene);
      const publisher = await target.open("/publish");
      // Until the kernel is full and the first of them wait in the server.
      const filled = await publishUntil(publisher, "x".repeat(16 * KiB), 4, async () => {
        return (await target.facts()).accountedBytes > 0;
      });
      const before = await target.facts("collect");
      let peak = 0;
      let held = 0;
      const published = await publishUntil(publisher, "x".repeat(size), atOnce, async () => {
        const facts = await target.facts("collect");
        peak = Math.max(peak, facts.accountedPeakBytes);
        held = Math.max(held, facts.heldBytes - before.heldBytes);
        return facts.closingCount > 0;
      });
      await control.beat();
      note(`${String(Math.round(peak / KiB))} KiB accounted, ${String(Math.round(held / KiB))} KiB held`);
      expect(peak).toBeGreaterThan(MiB / 2);
      expect(peak).toBeLessThanOrEqual(MiB + size + 128 * KiB);
      expect(held).toBeLessThanOrEqual(2 * MiB + size);
      await expect.poll(() => heard.count, patient).toBe(filled + published);

      // What it has not got by now is gone; the reason is not.
      slow.socket.resume();
      expect(await closeCodeOf(slow)).toBe(1013);
      slow.end();
      const after = await factsOnce(({ counts }) => counts.close === 1);
      expect(after.metrics['limit_total{limit="slowConsumerTimeoutMs"}']).toBe(1);
      expect(after.accountedBytes).toBe(0);
    },
  );
}

attack(
  "V-22 peers that ask and never read are made to wait, and none costs more than its bounds",
  { limits: { slowConsumerTimeoutMs: 120_000 } },
  async ({ target, control, note }) => {
    const count = 20;
    const clients = await target.openMany(count, "/");
    const before = await target.facts("collect");
    const block = frames(16, { opcode: 2, payload: Buffer.alloc(8 * KiB) });
    let handedOver = 0;
    for (const client of clients) {
      client.socket.pause();
      void (async () => {
        while (await pour(client, block)) handedOver += block.length;
      })();
    }
    // Until the kernel takes no more, because the server does not read.
    for (let seen = -1, quiet = 0; quiet < 20; quiet = seen === handedOver ? quiet + 1 : 0) {
      seen = handedOver;
      await control.beat();
    }
    const after = await target.facts("collect");
    const each = (bytes: number): string => `${String(Math.round(bytes / count / KiB))} KiB`;
    note(`${each(after.heldBytes - before.heldBytes)} held, ${each(after.accountedBytes)} accounted per connection`);
    // Reading stops, with one read at hand, when the replies that wait pass the socket's bound.
    expect(after.accountedBytes).toBeLessThanOrEqual(count * (64 + 64 + 64 + 8 + 1) * KiB);
    expect(after.heldBytes - before.heldBytes).toBeLessThanOrEqual(count * 4 * 64 * KiB);
  },
);

attack(
  "V-23 ten thousand messages for a handler that does not finish: 16 wait, the peer waits, and all arrive in order",
  {},
  async ({ target, control, note }) => {
    const total = 10_000;
    const client = await target.open("/slow");
    await target.facts("collect");
    const messages = Array.from({ length: total }, (_, index) =>
      rawFrame({ payload: `${String(index)} `.padEnd(100) }),
    );
    const sent = pour(client, Buffer.concat(messages));
    await expect.poll(async () => (await target.facts()).counts.message, patient).toBe(1);
    for (let count = 0; count < 20; count++) await control.beat();
    const { counts, accountedPeakBytes } = await target.facts();
    expect(counts.message).toBe(1);
    note(`${String(Math.round(accountedPeakBytes / KiB))} KiB accounted`);
    // Sixteen messages, and the rest of what was read with them.
    expect(accountedPeakBytes).toBeLessThanOrEqual(16 * (200 + 128) + 2 * 64 * KiB + 256);
    await target.facts("release");
    for (let index = 0; index < total; index++) {
      expect((await client.nextFrame()).text.trimEnd()).toBe(String(index));
    }
    expect(await sent).toBe(true);
  },
);

attack(
  "V-22 small replies, one by one, to a peer that never reads cost their bytes, not the memory they were written in",
  { limits: { slowConsumerTimeoutMs: 120_000 } },
  async ({ target, control, note }) => {
    const client = await target.open("/");
    client.socket.pause();
    // Until the kernel is full and the first replies wait in the server.
    const large = rawFrame({ opcode: 2, payload: Buffer.alloc(16 * KiB) });
    for (let waiting = 0; waiting === 0; waiting = (await target.facts()).accountedBytes) await pour(client, large);
    const before = await target.facts("collect");
    for (let count = 0; count < 2_000; count++) {
      client.writeFrame({ payload: "tiny" });
      await control.beat();
    }
    const after = await target.facts("collect");
    const held = after.heldBytes - before.heldBytes;
    note(`${String(Math.round(held / KiB))} KiB held, ${String(Math.round(after.accountedBytes / KiB))} KiB accounted`);
    expect(after.counts.message).toBeGreaterThan(2_000);
    expect(held).toBeLessThanOrEqual(512 * KiB);
  },
);
