// A scripted session is cut at each byte that goes over the network, in either direction: received = sent. In virtual time;
// every byte with LONGWIRE_FULL=1, every few of them otherwise, others in each run. RELIABILITY I-02, I-03, I-04, F-18, F-34.
import { describe, expect, test } from "vitest";
import type { TransportKind } from "../../src/session/way.ts";
import { freshSeed, isFullRun } from "../support/seeded-random.ts";
import { type SimulatedLine, simulateLine } from "../support/simulated-line.ts";

const texts = ["one", "two", "three", "four"];

interface Script {
  readonly up: string[];
  readonly down: string[];
  readonly closes: string[];
  /** The most that went over one connection. */
  readonly bytes: number;
  /** Whether one ended behind just this byte. */
  readonly isCut: boolean;
}

/** Four texts each way; what breaks breaks after `cutAfterBytes`, and then nothing breaks any more. */
async function play(line: SimulatedLine, kind: TransportKind, name: string, cutAfterBytes: number): Promise<Script> {
  const { clock, network } = line;
  const [up, down, closes]: [string[], string[], string[]] = [[], [], []];
  const heard = `heard ${name}`;
  ups.set(name, up);
  network.conditions = { cutAfterBytes, latencyMs: 1 };
  const before = line.dialled.length;
  const client = line.connect([kind]);
  const socket = client.open(`/talk/${encodeURIComponent(name)}`);
  let bytes = 0;
  socket.onopen = () => {
    for (const text of texts) socket.send(text);
  };
  socket.onmessage = ({ data }) => down.push(String(data));
  socket.onclose = ({ code }) => closes.push(`${heard} close ${String(code)}`);
  for (let turn = 0; turn < 400 && (up.length < texts.length || down.length < texts.length); turn++) {
    await clock.advanceAsync(turn < 40 ? 5 : 200);
    bytes = Math.max(...line.dialled.slice(before).map((connection) => connection.bytes), 0);
    // As soon as one has broken, the network is whole.
    if (bytes >= cutAfterBytes) network.conditions = { latencyMs: 1 };
  }
  const isCut = line.dialled.slice(before).some((connection) => connection.bytes === cutAfterBytes);
  // What comes twice would come now.
  await clock.advanceAsync(3_000);
  socket.onclose = null;
  client.close();
  await clock.advanceAsync(100);
  network.cut();
  await clock.advanceAsync(100);
  return { up, down, closes, bytes, isCut };
}

const ups = new Map<string, string[]>();

function serve(): SimulatedLine {
  const line = simulateLine();
  line.server.route("/talk/:name", {
    open: (socket) => {
      for (const text of texts) socket.send(text);
    },
    message: (socket, data) => {
      ups.get(socket.params.name)?.push(String(data));
    },
  });
  return line;
}

const step: Readonly<Record<string, number>> = isFullRun
  ? { websocket: 1, stream: 1, longpoll: 1, poll: 1 }
  : { websocket: 7, stream: 17, longpoll: 11, poll: 13 };

describe("I-02 I-03 I-04 F-34 cut at each byte, received = sent", () => {
  test.each<TransportKind>(["websocket", "stream", "longpoll", "poll"])(
    "F-18 over %s",
    async (kind) => {
      const line = serve();
      const whole = await play(line, kind, "whole", Infinity);
      expect(whole).toMatchObject({ up: texts, down: texts, closes: [] });
      expect(whole.bytes).toBeGreaterThan(300);
      const every = step[kind] ?? 1;
      for (let cut = 1 + (freshSeed % every); cut < whole.bytes; cut += every) {
        const script = await play(line, kind, `cut ${String(cut)}`, cut);
        const expected = { up: texts, down: texts, closes: [], isCut: true };
        expect(script, `cut after ${String(cut)} bytes`).toMatchObject(expected);
      }
      await line.stop();
    },
    isFullRun ? 600_000 : 60_000,
  );
});
