// `line.bytes`: what a small message costs on the wire in a session over WebSocket, beside the plain socket. Counted on the TCP
// connection, acknowledgements and credit included, from silence to silence.

import { type Measure, type Sample } from "../measure.ts";
import type { Path, PathCounts } from "../path.ts";
import { type StartProgram, withPrograms } from "../programs.ts";
import type { SpanResult, Talk } from "./talk.ts";

const BYTES = 20;
/** Longer than the longest delay of an acknowledgement. */
const QUIET_MS = 1_500;
/** Slow conversations need time to say enough. */
const LEAST_SECONDS = 10;

interface Pace {
  readonly name: string;
  readonly depth: number;
  readonly perSecond: number;
  /** A message that is alone with its acknowledgement is no steady flow: shown, not judged. */
  readonly isSteady: boolean;
}

const paces: readonly Pace[] = [
  { name: "16 in flight", depth: 16, perSecond: 0, isSteady: true },
  { name: "1 in flight", depth: 1, perSecond: 0, isSteady: true },
  { name: "10 a second", depth: 0, perSecond: 10, isSteady: true },
  { name: "1 a second", depth: 0, perSecond: 1, isSteady: false },
];

interface Counted {
  readonly up: number;
  readonly down: number;
}

/** Bytes per message, each way. */
async function count(
  start: StartProgram,
  server: { readonly port: number; readonly pid: number },
  carrier: Talk["carrier"],
  { depth, perSecond }: Pace,
  seconds: number,
): Promise<Counted> {
  const path = start("path", { targetPort: server.port, delayMs: 0 } satisfies Path, "load");
  const port = await path.next<number>();
  const talk = { port, carrier, path: "/echo", connections: 1, bytes: BYTES, depth, perSecond, serverPid: server.pid };
  const talker = start("talk", { ...talk, span: { seconds, quietMs: QUIET_MS } } satisfies Talk, "load");
  await talker.next();
  const before = await path.ask<PathCounts>("counts");
  const { sent, received } = await talker.ask<SpanResult>("begin");
  const after = await path.ask<PathCounts>("counts");
  return { up: (after.bytesUp - before.bytesUp) / sent, down: (after.bytesDown - before.bytesDown) / received };
}

export const bytesMeasure: Measure = {
  name: "line.bytes",
  title:
    `Bytes on the TCP connection per message, acknowledgements and credit included: text of ${String(BYTES)} B, answered with ` +
    "itself, one connection.",
  own: "session",
  beside: "plain",
  figure: "bytes more",
  takeRound({ seconds: asked }) {
    return withPrograms(async (start) => {
      const seconds = Math.max(LEAST_SECONDS, asked);
      const server = start("longwire-server", {}, "server");
      const target = { port: await server.next<number>(), pid: server.pid };
      const counted = paces.map(async (pace): Promise<readonly Sample[]> => {
        const [session, plain] = await Promise.all([
          count(start, target, "websocket", pace, seconds),
          count(start, target, "plain", pace, seconds),
        ]);
        return (["up", "down"] as const).map((way) => ({
          row: `${pace.name}, ${way === "up" ? "to the server" : "to the client"}`,
          own: session[way],
          beside: plain[way],
          figure: session[way] - plain[way],
          ...(pace.isSteady ? { wanted: { most: 6 } } : {}),
        }));
      });
      return (await Promise.all(counted)).flat();
    });
  },
};
