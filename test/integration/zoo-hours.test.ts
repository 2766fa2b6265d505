// What proxies do after half a minute or a minute, for ten minutes, over each transport: in virtual time, with whole HTTP and whole
// frames on the simulated network. RELIABILITY F-30, F-31.
import { describe, expect, onTestFinished, test } from "vitest";
import type { TransportKind } from "../../src/session/way.ts";
import type { Conditions, SimulatedNetwork } from "../../src/testing/index.ts";
import { simulateLine } from "../support/simulated-line.ts";
import { Tally } from "../zoo/conversation.ts";

const minutes = 10;

interface Seen {
  readonly up: Tally;
  readonly down: Tally;
  readonly sent: number;
  readonly events: readonly string[];
  readonly connections: number;
}

/** A number each way every `everyMs`, in ten minutes of `conditions`, over `kind`; `strike` is called once a minute. */
async function live(
  kind: TransportKind,
  conditions: Conditions,
  everyMs: number,
  strike: (network: SimulatedNetwork) => void = () => {},
): Promise<Seen> {
  const line = simulateLine();
  onTestFinished(() => line.stop());
  const { clock, network, server, dialled } = line;
  const [up, down] = [new Tally(), new Tally()];
  const events: string[] = [];
  let tell = (_text: string): void => {};
  server.route("/talk", {
    open(socket) {
      tell = (text) => void socket.send(text);
    },
    message: (_socket, data) => up.receive(String(data)),
  });
  network.conditions = { latencyMs: 20, ...conditions };
  const client = line.connect([kind]);
  const socket = client.open("/talk");
  socket.onmessage = ({ data }) => down.receive(String(data));
  for (const type of ["open", "suspend", "resume", "close"]) socket.addEventListener(type, () => events.push(type));
  for (let waited = 0; socket.readyState === 0 && waited < 60; waited++) await clock.advanceAsync(1_000);
  let sent = 0;
  for (let passed = 0; passed < minutes * 60_000; passed += everyMs) {
    const text = String(sent++);
    socket.send(text);
    tell(text);
    await clock.advanceAsync(everyMs);
    if (Math.floor((passed + everyMs) / 60_000) > Math.floor(passed / 60_000)) strike(network);
  }
  // What was said last may be under way over something that has just been cut.
  network.conditions = { latencyMs: 20 };
  await clock.advanceAsync(60_000);
  const seen = { up, down, sent, events: [...events], connections: dialled.length };
  client.close();
  return seen;
}

const kinds: readonly TransportKind[] = ["websocket", "stream", "longpoll", "poll"];

describe("F-30 a proxy cuts what is idle for 60 s, and the two say something every three minutes", () => {
  test.each(kinds)("over %s neither notices anything", async (kind) => {
    const { up, down, sent, events } = await live(kind, { cutIdleMs: 60_000 }, 180_000);
    expect([up, down].map(({ distinct, doubled, late }) => [distinct, doubled, late])).toEqual([
      [sent, 0, 0],
      [sent, 0, 0],
    ]);
    expect(events).toEqual(["open"]);
  });

  test("F-30 over a websocket it is the heartbeat: without what comes every 20 s the connection would be gone", async () => {
    const { connections } = await live("websocket", { cutIdleMs: 60_000 }, 180_000);
    expect(connections).toBe(1);
    const { connections: more } = await live("websocket", { cutIdleMs: 15_000 }, 180_000);
    expect(more).toBeGreaterThan(10);
  });
});

describe("F-31 a proxy cuts every connection after 30 s, for ten minutes", () => {
  test.each(kinds)("over %s nothing is lost, nothing doubled, no close is seen", async (kind) => {
    const { up, down, sent, events } = await live(kind, { cutAfterMs: 30_000 }, 4_300);
    expect([up, down].map(({ distinct, doubled, late }) => [distinct, doubled, late])).toEqual([
      [sent, 0, 0],
      [sent, 0, 0],
    ]);
    expect(events[0]).toBe("open");
    expect(events).not.toContain("close");
    const resumes = events.filter((event) => event === "resume").length;
    // Requests are shorter than 30 s, so that only what stays open is cut.
    if (kind === "websocket" || kind === "stream") expect(resumes).toBeGreaterThanOrEqual(19);
    else expect(resumes).toBe(0);
  });
});

describe("F-18 F-22 once a minute every connection goes deaf without a word, and only new ones work", () => {
  test.each(kinds)("over %s nothing is lost, nothing doubled, no close is seen", async (kind) => {
    const deafen = (network: SimulatedNetwork): void => {
      for (const connection of network.connections) connection.blackhole();
    };
    const { up, down, sent, events, connections } = await live(kind, {}, 4_300, deafen);
    expect([up, down].map(({ distinct, doubled, late }) => [distinct, doubled, late])).toEqual([
      [sent, 0, 0],
      [sent, 0, 0],
    ]);
    expect(events).not.toContain("close");
    expect(connections).toBeGreaterThanOrEqual(minutes);
  });
});
