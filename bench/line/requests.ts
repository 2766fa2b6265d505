// `line.requests`: what messages cost on the ways that are made of requests, beside WebSocket: requests and bytes per message,
// at several rates, counted on the TCP connections.

import { setTimeout } from "node:timers/promises";
import type { Measure, Sample } from "../measure.ts";
import type { Path, PathCounts } from "../path.ts";
import { type StartProgram, withPrograms } from "../programs.ts";
import type { Talk, TalkState } from "./talk.ts";

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
  const talk = { port, carrier, path: route, connections: 1, bytes: BYTES, depth: 0, serverPid: server.pid };
  const perSecond = direction === "up" ? rate : 0;
  const talker = start("talk", { ...talk, perSecond } satisfies Talk, "load");
  await talker.next();
  await setTimeout(SETTLE_MS);
  const [before, begin] = [await path.ask<PathCounts>("counts"), await talker.ask<TalkState>("state")];
  await setTimeout(seconds * 1000);
  const [after, end] = [await path.ask<PathCounts>("counts"), await talker.ask<TalkState>("state")];
  const messages = direction === "up" ? end.sent - begin.sent : end.messages - begin.messages;
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
  figure: "ratio, or requests more",
  takeRound({ seconds: asked }) {
    return withPrograms(async (start) => {
      const server = start("longwire-server", {}, "server");
      const target = { port: await server.next<number>(), pid: server.pid };
      const seconds = Math.max(LEAST_SECONDS, asked);
      const samples: Sample[] = [];
      // Not all at once: so many processes would be busy with each other.
      for (const rate of RATES) {
        const ways = (["down", "up"] as const).map((way) => samplesOf(start, target, rate, way, seconds));
        samples.push(...(await Promise.all(ways)).flat());
      }
      return samples;
    });
  },
};
