// What a client's application may send at once or while the network is away, and what its handler may answer, against a whole
// server in virtual time: as much as with a browser's WebSocket, within a bound that is its own.
import { describe, expect, onTestFinished, test } from "vitest";
import type { LineSocket } from "../../src/client/line-socket.ts";
import { SeededRandom } from "../../src/testing/seeded-random.ts";
import { FaultyTalk } from "../support/faulty-talk.ts";
import { type SimulatedLine, simulateLine } from "../support/simulated-line.ts";

const KiB = 1024;

const kinds = ["websocket", "stream", "longpoll", "poll"] as const;

interface Talk {
  readonly site: SimulatedLine;
  readonly sockets: readonly LineSocket[];
  /** The first four bytes of what the server's handler heard, and of what the client's did, as numbers. */
  readonly up: number[];
  readonly down: number[];
  readonly closes: number[];
  /** How often each end still answers. */
  rounds: number;
  /** Time goes on until `isDone`, for ten minutes at most. */
  until(isDone: () => boolean): Promise<void>;
}

/** Sockets over one transport whose both ends answer what they hear, as long as there are rounds. */
async function begin(kind: (typeof kinds)[number], count = 1, maxQueuedBytes?: number): Promise<Talk> {
  const site = simulateLine();
  site.network.conditions = { latencyMs: 5 };
  const talk = { rounds: 0, up: [] as number[], down: [] as number[], closes: [] as number[] };
  const hear = (data: string | Uint8Array | ArrayBuffer | Blob, heard: number[]): Uint8Array | undefined => {
    const bytes = new Uint8Array(data as ArrayBuffer);
    heard.push(new DataView(bytes.buffer).getUint32(0));
    return talk.rounds-- > 0 ? bytes : undefined;
  };
  site.server.route("/", {
    message(socket, data) {
      const answer = hear(data, talk.up);
      if (answer !== undefined) socket.send(answer);
    },
  });
  const line = site.connect([kind], { maxQueuedBytes });
  const sockets = Array.from({ length: count }, () => line.open("/"));
  let open = 0;
  for (const socket of sockets) {
    socket.binaryType = "arraybuffer";
    socket.onopen = () => open++;
    socket.onclose = ({ code }) => talk.closes.push(code);
    socket.onmessage = ({ data }) => {
      const answer = hear(data, talk.down);
      if (answer !== undefined) socket.send(answer);
    };
  }
  const until = async (isDone: () => boolean): Promise<void> => {
    for (let turn = 0; turn < 2_400 && !isDone(); turn++) await site.clock.advanceAsync(250);
  };
  await until(() => open === count);
  onTestFinished(async () => {
    line.close();
    await site.clock.advanceAsync(2_000);
    await site.stop();
  });
  return Object.assign(talk, { site, sockets, until });
}

function numbered(number: number, bytes: number): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(bytes);
  new DataView(message.buffer).setUint32(0, number);
  return message;
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

test.each(kinds)("P-96 12 MiB that are sent in one turn over %s arrive", async (kind) => {
  const talk = await begin(kind);
  const [socket] = talk.sockets;
  for (let number = 0; number < 192; number++) socket?.send(numbered(number, 64 * KiB));
  expect(socket?.bufferedAmount).toBeGreaterThan(11 * 1024 * KiB);
  await talk.until(() => talk.up.length === 192);
  expect([talk.up, talk.closes]).toEqual([upTo(192), []]);
});

test("F-24 12 MiB that are sent while the network is away arrive when it is back", async () => {
  const talk = await begin("websocket");
  talk.site.network.conditions = { blackhole: true };
  talk.site.network.cut();
  for (let number = 0; number < 192; number++) talk.sockets[0]?.send(numbered(number, 64 * KiB));
  await talk.site.clock.advanceAsync(20_000);
  expect(talk.up).toEqual([]);
  talk.site.network.conditions = { latencyMs: 5 };
  await talk.until(() => talk.up.length === 192);
  expect([talk.up, talk.closes]).toEqual([upTo(192), []]);
});

test("F-24 beyond maxQueuedBytes the socket that has more than its part is closed, and no other", async () => {
  const talk = await begin("websocket", 2, 256 * KiB);
  const [loud, quiet] = talk.sockets;
  for (let number = 0; number < 100; number++) loud?.send(numbered(number, 16 * KiB));
  quiet?.send(numbered(1_000, 16 * KiB));
  await talk.until(() => talk.up.includes(1_000));
  expect([talk.closes, quiet?.readyState]).toEqual([[1013], 1]);
});

describe("I-13 P-95 two ends that answer each other with more than either sends ahead never both wait", () => {
  test.each(kinds)("over %s", async (kind) => {
    const talk = await begin(kind, 2);
    talk.rounds = 600;
    for (const socket of talk.sockets) for (let number = 0; number < 40; number++) socket.send(numbered(0, 40 * KiB));
    const random = new SeededRandom(7);
    for (let fault = 0; fault < 20; fault++) {
      await talk.site.clock.advanceAsync(random.fraction() * 150);
      if (fault % 2 === 0) talk.site.network.cut();
      else talk.site.network.conditions = { latencyMs: random.fraction() * 60 };
    }
    await talk.until(() => talk.up.length + talk.down.length === 680);
    expect([talk.up.length + talk.down.length, talk.closes]).toEqual([680, []]);
  });
});

test.each(["longpoll", "poll"] as const)("what comes together over %s is answered together", async (kind) => {
  const talk = await FaultyTalk.begin([kind]);
  await talk.pass(10_000);
  talk.socket.addEventListener("message", () => talk.say());
  talk.site.network.conditions = { latencyMs: 300 };
  for (let count = 0; count < 5; count++) talk.tell();
  for (let turn = 0; turn < 3_000 && talk.up.length === 0; turn++) await talk.pass(10);
  // Another request would begin when the first one is over.
  expect([talk.down.length, talk.up.length]).toEqual([5, 5]);
});
