// Attacks on what all connections share: descriptors and memory. RELIABILITY F-36, F-37, I-12.
import { expect, test } from "vitest";
import { rawFrame, type RawClient } from "../support/raw-client.ts";
import { attack, isFull, patient, type Scene } from "./support/attack.ts";
import { frames, pour } from "./support/flood.ts";

const KiB = 1024;
const MiB = 1024 * KiB;
const budgetLimit = 'limit_total{limit="memoryBudgetBytes"}';

if (process.platform === "linux") {
  attack(
    "F-36 out of descriptors it turns newcomers away, serves those it has, and goes on once some are free",
    { descriptors: 256 },
    async ({ target, control, note, factsOnce }) => {
      const before = await target.facts();
      for (let beat = 0; beat < 50; beat++) await control.beat();
      const idle = await target.facts();
      const knock = async (): Promise<boolean> => {
        const client = await target.connect().catch(() => undefined);
        const response = await client?.upgrade("/").catch(() => undefined);
        return response?.status === 101;
      };
      let letIn = 0;
      let refused = 0;
      for (let round = 0; round < 30; round++) {
        const answers = await Promise.all(Array.from({ length: 10 }, knock));
        letIn += answers.filter(Boolean).length;
        refused += answers.filter((answer) => !answer).length;
      }
      expect(letIn).toBeGreaterThan(150);
      expect(refused).toBeGreaterThan(30);
      const full = await target.facts();
      for (let beat = 0; beat < 50; beat++) await control.beat();
      const busy = await target.facts();
      note(`${String(letIn)} let in, ${String(refused)} not`);
      const ms = (from: number, to: number): string => `${String(Math.round(to - from))} ms`;
      note(`50 echoes: ${ms(full.cpuMs, busy.cpuMs)} of CPU, idle ${ms(before.cpuMs, idle.cpuMs)}`);

      target.hangUp();
      await factsOnce(({ metrics }) => metrics["connections"] === 1);
      await expect.poll(knock, patient).toBe(true);
    },
  );
} else {
  test("F-36 SKIPPED: how many descriptors a process may hold is set with ulimit, and counted, on Linux", ({ skip }) =>
    skip());
}

/** Attackers that come again when they are thrown out, until `isOver`. */
class Crowd {
  readonly #scene: Scene;
  readonly #isOver: () => boolean;
  readonly counts = { shed: 0, refused: 0, came: 0 };

  constructor(scene: Scene, isOver: () => boolean) {
    this.#scene = scene;
    this.#isOver = isOver;
  }

  /** `assault` goes on until its connection is gone. */
  async attack(path: string, assault: (client: RawClient) => Promise<unknown>): Promise<void> {
    while (!this.#isOver()) {
      const client = await this.#scene.target.connect();
      const response = await client.upgrade(path).catch(() => undefined);
      if (response?.status !== 101) {
        this.counts.refused++;
        client.destroy();
        // Somebody who is told to come later comes as soon as the server has answered somebody else.
        await this.#scene.control.beat();
        continue;
      }
      this.counts.came++;
      await assault(client);
      this.counts.shed++;
      client.destroy();
    }
  }
}

async function forever(client: RawClient, bytes: Uint8Array): Promise<void> {
  while (await pour(client, bytes));
}

const seconds = isFull ? 600 : 8;

attack(
  `F-37 a heap of 256 MB and floods of V-01, V-13 and V-22 together for ${String(seconds)} s: it sheds and lives`,
  { heapMb: 256 },
  async (scene) => {
    const { target, note, factsOnce } = scene;
    const end = performance.now() + seconds * 1_000;
    let over = false;
    const crowd = new Crowd(scene, () => over);
    const fine = frames(10_000, { fin: false, opcode: 0, payload: "x" });
    const coarse = frames(60, { fin: false, opcode: 0, payload: Buffer.alloc(1_000, "x") });
    const pings = frames(500, { opcode: 9, payload: "p".repeat(125) });
    const publication = rawFrame({ payload: "x".repeat(16 * KiB) });
    const publisher = await target.open("/publish");
    void forever(publisher, publication);
    void (async () => {
      while (!over) await publisher.nextFrame();
    })().catch(() => {});
    const begin = rawFrame({ fin: false, payload: "x" });
    const floods = [
      ...Array.from({ length: 20 }, () =>
        crowd.attack("/sink", async (client) => {
          client.write(begin);
          await pour(client, fine, 6);
          await client.ended();
        }),
      ),
      // Just below what one message may have, and then they wait.
      ...Array.from({ length: 150 }, () =>
        crowd.attack("/sink", async (client) => {
          client.write(begin);
          await pour(client, coarse, 17);
          await client.ended();
        }),
      ),
      ...Array.from({ length: 10 }, () =>
        crowd.attack("/sink", (client) => {
          client.socket.pause();
          return forever(client, pings);
        }),
      ),
      ...Array.from({ length: 20 }, () =>
        crowd.attack("/feed", async (client) => {
          client.socket.pause();
          await new Promise((resolve) => {
            client.socket.once("close", resolve);
          });
        }),
      ),
    ];
    let during = await target.facts();
    // Longer on a machine that is too slow to fill the budget by then.
    while (performance.now() < end || during.metrics[budgetLimit] === undefined) {
      during = await target.facts();
      await scene.control.beat();
    }
    const peak = during.accountedPeakBytes;
    over = true;
    target.hangUp();
    await Promise.all(floods);
    target.hangUp();

    note(`budget ${String(Math.round(during.heapLimitBytes / 4 / MiB))} MiB, ${JSON.stringify(crowd.counts)}`);
    expect(during.metrics[budgetLimit]).toBeGreaterThan(0);
    expect(peak).toBeLessThanOrEqual(during.heapLimitBytes / 4);
    expect(peak).toBeGreaterThan(during.heapLimitBytes / 8);
    await factsOnce(({ metrics, accountedBytes }) => metrics["connections"] === 1 && accountedBytes === 0);
    const client = await target.open("/");
    client.writeFrame({ payload: "all is well" });
    expect((await client.nextFrame()).text).toBe("all is well");
  },
  // Four times what it takes on a machine of two cores that nobody else uses.
  seconds * 1_000 + 120_000,
);

attack(
  "I-12 the budget of all connections: at 80 % the largest are not read, at 95 % the largest goes with 1013 and nobody comes in",
  { limits: { memoryBudgetBytes: 16 * MiB, messageTimeoutMs: 600_000 } },
  async ({ target, control, note, closeCodeOf, factsOnce }) => {
    const clients = await target.openMany(40, "/sink");
    const begin = rawFrame({ fin: false, opcode: 2, payload: "x" });
    const block = frames(64, { fin: false, opcode: 0, payload: Buffer.alloc(KiB) });
    for (const client of clients) client.write(begin);
    // All grow at the same pace, up to 1 MiB each: two and a half times the budget.
    let statuses: (number | undefined)[] = [];
    for (let round = 0; round < 15; round++) {
      for (const client of clients) void pour(client, block);
      await control.beat();
      const { accountedBytes } = await target.facts();
      if (accountedBytes < 0.95 * 16 * MiB) continue;
      const late = await target.connect();
      statuses = [...statuses, (await late.upgrade("/sink").catch(() => undefined))?.status];
    }
    const { accountedPeakBytes, metrics } = await factsOnce(
      ({ metrics: { [budgetLimit]: limit } }) => (limit ?? 0) >= 10,
    );
    note(`${(accountedPeakBytes / MiB).toFixed(1)} MiB of 16, ${String(metrics[budgetLimit])} shed or refused`);
    expect(accountedPeakBytes).toBeLessThanOrEqual(16 * MiB);
    const gone = clients.filter(({ socket }) => socket.destroyed || socket.readableEnded);
    expect(gone.length).toBeGreaterThan(5);
    // A close in front of unread bytes may be lost to a reset.
    const codes = await Promise.all(gone.map((client) => closeCodeOf(client)));
    expect(codes.filter((code) => code !== undefined && code !== 1013)).toEqual([]);
    expect(statuses.filter((status) => status !== 503 && status !== 101)).toEqual([]);
  },
);
