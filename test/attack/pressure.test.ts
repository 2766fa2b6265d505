// Peers that do not read what they are sent, or send more than handlers take: RELIABILITY V-22, V-23.
import { expect } from "vitest";
import { rawFrame, type RawClient } from "../support/raw-client.ts";
import { attack, type Scene } from "./support/attack.ts";
import { pour } from "./support/flood.ts";

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

/** Publishes, `atOnce` at a time, until `enough`; how many were published. */
async function publishUntil(publisher: RawClient, payload: string, atOnce: number, enough: () => Promise<boolean>) {
  const one = rawFrame({ payload, mask: new Uint8Array(4) });
  const burst = Buffer.alloc(one.length * atOnce, one);
  let published = 0;
  do {
    await pour(publisher, burst);
    for (let count = 0; count < atOnce; count++) await publisher.nextFrame();
    published += atOnce;
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
      const before = await target.facts("collect");
      const limit = 'limit_total{limit="slowConsumerTimeoutMs"}';
      let peak = 0;
      let held = 0;
      const published = await publishUntil(publisher, "x".repeat(size), atOnce, async () => {
        const facts = await target.facts();
        peak = Math.max(peak, facts.accountedPeakBytes);
        // Held memory counts only if it cannot be collected.
        if (facts.accountedBytes > MiB / 2) held = Math.max(held, (await target.facts("collect")).heldBytes);
        return (facts.metrics[limit] ?? 0) > 0;
      });
      await control.beat();
      process.stderr.write(`published ${published} peak ${peak} held ${held - before.heldBytes}\n`);
      note(`${String(Math.round(peak / KiB))} KiB accounted, ${String(Math.round((held - before.heldBytes) / KiB))} held`);
      expect(peak).toBeGreaterThan(MiB / 2);
      expect(peak).toBeLessThanOrEqual(MiB + size + 128 * KiB);
      expect(held - before.heldBytes).toBeLessThanOrEqual(2 * MiB + size);
      await expect.poll(() => heard.count, { timeout: 20_000 }).toBe(published);

      process.stderr.write(`heard\n`);
      // What it has not got by now is gone; the reason is not.
      slow.socket.resume();
      expect(await closeCodeOf(slow)).toBe(1013);
      process.stderr.write(`closed\n`);
      slow.end();
      const after = await factsOnce(({ counts }) => counts.close === 1);
      expect(after.metrics[limit]).toBe(1);
      expect(after.accountedBytes).toBe(0);
    },
  );
}

attack(
  "V-22 a hundred peers that ask and never read are made to wait, and none costs more than its bounds",
  { limits: { slowConsumerTimeoutMs: 120_000 } },
  async ({ target, control, note }) => {
    const count = 100;
    const clients = await target.openMany(count, "/");
    const before = await target.facts("collect");
    const question = rawFrame({ opcode: 2, payload: Buffer.alloc(8 * KiB) });
    const block = Buffer.alloc(question.length * 16, question);
    let stuck = 0;
    let handedOver = 0;
    await Promise.all(
      clients.map(async (client) => {
        client.socket.pause();
        // Until the kernel takes no more: the server has stopped reading.
        for (;;) {
          const taken = await Promise.race([pour(client, block), control.beat().then(() => control.beat())]);
          if (taken !== true) break;
          handedOver += block.length;
        }
        stuck++;
      }),
    );
    const after = await target.facts("collect");
    const each = (bytes: number): number => Math.round(bytes / count / KiB);
    note(`${String(each(after.heldBytes - before.heldBytes))} KiB held, ${String(each(after.accountedBytes))} accounted`);
    note(`${String(each(handedOver))} KiB sent each`);
    expect(stuck).toBe(count);
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
    const messages = Array.from({ length: total }, (_, index) => rawFrame({ payload: `${String(index)} `.padEnd(100) }));
    const sent = pour(client, Buffer.concat(messages));
    await expect.poll(async () => (await target.facts()).counts.message, { timeout: 20_000 }).toBe(1);
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
