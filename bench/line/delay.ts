// `line.delay`: how many messages arrive, without loss, over a path of 100 ms there and back. Beside Socket.IO, whose client
// with `retries` waits for the acknowledgement of each before it sends the next.

import { setTimeout } from "node:timers/promises";
import { inTurns, type Measure, type Sample } from "../measure.ts";
import type { Path } from "../path.ts";
import { withPrograms } from "../programs.ts";
import type { Flood } from "./flood.ts";

const ROUND_TRIP_MS = 100;
const SIZES = [20, 1_024, 16_384] as const;
/** Windows have grown by then, TCP's and ours. */
const WARM_UP_MS = 3_000;
/** At ten messages a second less than this says nothing. */
const LEAST_SECONDS = 5;

/** Messages per second. */
function measureArrivals(client: Flood["client"], bytes: number, seconds: number): Promise<number> {
  return withPrograms(async (start) => {
    const server = start(client === "longwire" ? "longwire-server" : "socket-io-server", {}, "server");
    const targetPort = await server.next<number>();
    const path = start("path", { targetPort, delayMs: ROUND_TRIP_MS / 2 } satisfies Path, "server");
    const port = await path.next<number>();
    await start("flood", { port, client, bytes } satisfies Flood, "load").next();
    await setTimeout(WARM_UP_MS);
    const [before, begin] = [await server.ask<number>("arrived"), performance.now()];
    await setTimeout(seconds * 1000);
    const [after, end] = [await server.ask<number>("arrived"), performance.now()];
    return ((after - before) * 1000) / (end - begin);
  });
}

export const delayMeasure: Measure = {
  name: "line.delay",
  title: `Messages per second that arrive without loss over ${String(ROUND_TRIP_MS)} ms there and back, one socket, one way.`,
  own: "session",
  beside: "Socket.IO, retries",
  figure: "session ÷ Socket.IO",
  async takeRound({ round, seconds: asked }) {
    const seconds = Math.max(LEAST_SECONDS, asked);
    const samples: Sample[] = [];
    for (const bytes of SIZES) {
      const [own, beside] = await inTurns(
        round,
        () => measureArrivals("longwire", bytes, seconds),
        () => measureArrivals("socket.io", bytes, seconds),
      );
      // What is wanted is said of small messages; large ones show what the windows let through.
      const wanted = bytes === SIZES[0] ? { wanted: { least: 50 } } : {};
      samples.push({ row: `${bytes.toLocaleString("en")} B`, own, beside, figure: own / beside, ...wanted });
    }
    return samples;
  },
};
