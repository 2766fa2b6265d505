// Exactly once at the handler: numbered messages both ways while connections break at bytes nobody chose. The counters are
// this file's own. RELIABILITY I-02, I-03, I-04, I-20, F-18, F-19.
import { afterEach, describe, expect, test } from "vitest";
import { Line } from "../../src/client/node.ts";
import { createServer } from "../../src/server/index.ts";
import type { TransportKind } from "../../src/session/way.ts";
import { type CuttingProxy, startCuttingProxy } from "../support/cutting-proxy.ts";
import { freshSeed, SeededRandom } from "../support/seeded-random.ts";

const isFull = process.env["LONGWIRE_FULL"] === "1";

interface Sender {
  send(data: string): string;
  drained(): Promise<void>;
}

/** As an application should: waits when it is told that the peer reads slowly. */
async function count(socket: Sender, to: number): Promise<void> {
  for (let number = 0; number < to; number++) {
    if (socket.send(String(number)) === "queued") await socket.drained();
    if (number % 100 === 99) await new Promise((resolve) => setImmediate(resolve));
  }
}

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function talk(
  transports: readonly TransportKind[],
  messages: number,
  seed: number,
  [least, most]: readonly [number, number],
): Promise<{
  readonly up: readonly number[];
  readonly down: readonly number[];
  readonly closes: readonly string[];
  readonly carried: ReadonlySet<TransportKind>;
  readonly proxy: CuttingProxy;
}> {
  const server = createServer();
  stops.push(() => server.close());
  const [up, down]: [number[], number[]] = [[], []];
  const closes: string[] = [];
  const carried = new Set<TransportKind>();
  let received = (): void => {};
  server.route("/numbers", {
    open: (socket) => {
      void count(socket, messages);
    },
    message: (_socket, data) => {
      up.push(Number(data));
      received();
    },
  });
  const { port } = await server.listen(0);
  const proxy = await startCuttingProxy(port, new SeededRandom(seed), least, most);
  stops.push(() => proxy.stop());
  const line = new Line(`http://127.0.0.1:${String(proxy.port)}`, { transports });
  stops.push(() => line.close());
  line.addEventListener("transport", () => {
    if (line.transport !== undefined) carried.add(line.transport);
  });
  const socket = line.open("/numbers");
  socket.onclose = (event) => closes.push(`${String(event.code)} ${event.reason} ${socket.cause?.message ?? ""}`);
  await new Promise<void>((resolve) => {
    received = () => {
      if (closes.length > 0 || (up.length >= messages && down.length >= messages)) resolve();
    };
    socket.onmessage = (event) => {
      down.push(Number(event.data));
      received();
    };
    socket.addEventListener("close", () => resolve());
    socket.onopen = () => void count(socket, messages);
  });
  socket.onclose = null;
  return { up, down, closes, carried, proxy };
}

const messages = isFull ? 100_000 : 10_000;
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, number) => number);
const seed = freshSeed;

describe("I-02 I-03 I-04 numbered messages each way, each once and in order, no close", () => {
  test.each<[TransportKind, number, number, number]>([
    ["websocket", messages, 5_000, 30_000],
    ["stream", messages, 5_000, 30_000],
    ["longpoll", messages, 3_000, 14_000],
    // Which asks once a second, so that each break costs one.
    ["poll", isFull ? 10_000 : 2_000, 1_000, 6_000],
  ])(
    "F-18 F-19 over %s, %i messages, connections that break after %i to %i bytes",
    async (kind, count, least, most) => {
      const { up, down, closes, carried, proxy } = await talk([kind], count, seed, [least, most]);
      expect(closes).toEqual([]);
      expect(up).toEqual(numbers(count));
      expect(down).toEqual(numbers(count));
      expect([...carried]).toEqual([kind]);
      expect(proxy.cuts, `cuts with seed ${String(seed)}`).toBeGreaterThan(kind.endsWith("poll") ? 0 : 2);
    },
    300_000,
  );

  test("I-20 on whatever works while all of them break and the session changes over", async () => {
    const { up, down, closes, proxy } = await talk(
      ["websocket", "stream", "longpoll", "poll"],
      messages,
      seed,
      [2_000, 30_000],
    );
    expect(closes).toEqual([]);
    expect(up).toEqual(numbers(messages));
    expect(down).toEqual(numbers(messages));
    expect(proxy.cuts).toBeGreaterThan(0);
  }, 300_000);
});
