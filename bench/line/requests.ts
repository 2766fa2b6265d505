// `line.requests`: what messages cost on the ways that are made of requests, beside WebSocket: requests and bytes per message,
// at several rates, counted on the TCP connections.

import { setTimeout } from "node:timers/promises";
import type { Measure, Sample } from "../measure.ts";
import type { Path, PathCounts } from "../path.ts";
import { type StartProgram, withPrograms } from "../programs.ts";
import type { Talk } from "./talk.ts";

const BYTES = 20;
const RATES = [1, 10, 100] as const;
const CARRIERS = ["stream", "longpoll", "poll"] as const;
const LEAST_SECONDS = 20;
/** The first requests choose, open and confirm. */
const SETTLE_MS = 3_000;

type Direction = "up" | "down";

interface Cost {
  readonly bytes: number;
  readonly requests: number;
}

interface Server {
  readonly port: number;
  readonly pid: number;
}

/** Per message. */
async function measureCost(
  start: StartProgram,
  server: Server,
  carrier: Talk["carrier"],
  rate: number,
  direction: Direction,
  seconds: number,
): Promise<Cost> {
  const path = start("path", { targetPort: server.port, delayMs: 0 } satisfies Path, "load");
  const port = await path.next<number>();
  const route = direction === "up" ? "/sink" : `/ticks/${String(rate)}/${String(BYTES)}`;
  const talk = {
    port,
    carrier,
    path: route,
    connections: 1,
    bytes: BYTES,
    depth: 0,
    quietMs: 0,
    serverPid: server.pid,
  };
  const perSecond = direction === "up" ? rate : 0;
  // It goes on until it is stopped: the time that counts is ours.
  start("talk", { ...talk, perSecond, seconds: 3_600 } satisfies Talk, "load");
  await setTimeout(SETTLE_MS);
  const before = await path.ask<PathCounts>("counts");
  await setTimeout(seconds * 1000);
  const after = await path.ask<PathCounts>("counts");
  const messages = rate * seconds;
  return {
    bytes: (after.bytesUp + after.bytesDown - before.bytesUp - before.bytesDown) / messages,
    requests: (after.requests - before.requests) / messages,
  };
}

async function samplesOf(
  start: StartProgram,
  server: Server,
  rate: number,
  direction: Direction,
  seconds: number,
): Promise<readonly Sample[]> {
  const measure = (carrier: Talk["carrier"]): Promise<Cost> =>
    measureCost(start, server, carrier, rate, direction, seconds);
  const [webSocket, ...others] = await Promise.all([measure("websocket"), ...CARRIERS.map(measure)]);
  const way = direction === "up" ? "to the server" : "to the client";
  return others.flatMap(({ bytes, requests }, index): readonly Sample[] => {
    const row = `${CARRIERS[index] ?? ""}, ${String(rate)} a second ${way}`;
    return [
      { row: `${row}: bytes`, own: bytes, beside: webSocket.bytes, figure: bytes / webSocket.bytes },
      { row: `${row}: requests`, own: requests, beside: webSocket.requests, figure: requests - webSocket.requests },
    ];
  });
}

export const requestsMeasure: Measure = {
  name: "line.requests",
  title:
    `Per message of ${String(BYTES)} B: bytes on all TCP connections, both ways together, and requests. Bytes are compared as a ` +
    "ratio, requests by how many more.",
  own: "by requests",
  beside: "by WebSocket",
  figure: "÷ or −",
  takeRound({ seconds: asked }) {
    return withPrograms(async (start) => {
      const server = start("longwire-server", {}, "server");
      const target = { port: await server.next<number>(), pid: server.pid };
      const seconds = Math.max(LEAST_SECONDS, asked);
      const cases = RATES.flatMap((rate) => (["down", "up"] as const).map((direction) => ({ rate, direction })));
      const taken = cases.map(({ rate, direction }) => samplesOf(start, target, rate, direction, seconds));
      return (await Promise.all(taken)).flat();
    });
  },
};
