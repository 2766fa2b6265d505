// `line.depth1`, `line.depth16`: what a session over WebSocket costs beside the plain socket, messages that are answered with
// themselves. Once with a load made by hand, so that the server's part is seen, and once with the library's own clients.

import type { Load, LoadResult } from "../load.ts";
import { inTurns, type Measure, type Sample } from "../measure.ts";
import { withPrograms } from "../programs.ts";
import type { Talk, TalkResult } from "./talk.ts";

const CONNECTIONS = 64;
const BYTES = 20;

function rawLoad(carrier: Load["carrier"], depth: number, seconds: number): Promise<LoadResult> {
  return withPrograms(async (start) => {
    const server = start("longwire-server", {}, "server");
    const port = await server.next<number>();
    const load = { port, carrier, connections: CONNECTIONS, depth, bytes: BYTES, isBinary: false, seconds };
    return start("load", { ...load, serverPid: server.pid } satisfies Load, "load").next();
  });
}

function ownLoad(carrier: Talk["carrier"], depth: number, seconds: number): Promise<TalkResult> {
  return withPrograms(async (start) => {
    const server = start("longwire-server", {}, "server");
    const port = await server.next<number>();
    const talk = { port, carrier, path: "/echo", connections: CONNECTIONS, bytes: BYTES, depth, seconds };
    const rest = { perSecond: 0, quietMs: 0, serverPid: server.pid };
    const talker = start("talk", { ...talk, ...rest } satisfies Talk, "load");
    await talker.next();
    return talker.next();
  });
}

function depthMeasure(depth: number, least: number): Measure {
  const sample = (row: string, own: number, beside: number): Sample => ({
    row,
    own,
    beside,
    figure: own / beside,
    wanted: { least },
  });
  return {
    name: `line.depth${String(depth)}`,
    title:
      `A session over WebSocket beside the plain socket: text of ${String(BYTES)} B, answered with itself, ` +
      `${String(CONNECTIONS)} connections, ${String(depth)} in flight on each.`,
    own: "session",
    beside: "plain",
    figure: "session ÷ plain",
    async takeRound({ round, seconds }) {
      const [session, plain] = await inTurns(
        round,
        () => rawLoad("channel", depth, seconds),
        () => rawLoad("plain", depth, seconds),
      );
      const [ownSession, ownPlain] = await inTurns(
        round,
        () => ownLoad("websocket", depth, seconds),
        () => ownLoad("plain", depth, seconds),
      );
      const rate = ({ messages, seconds: taken }: LoadResult): number => messages / taken;
      const ownRate = ({ received, seconds: taken }: TalkResult): number => received / taken;
      const cost = ({ messages, serverCpu }: LoadResult): number => messages / serverCpu;
      const ownCost = ({ received, serverCpu, loadCpu }: TalkResult): number => received / (serverCpu + loadCpu);
      return [
        sample("load by hand: messages per second", rate(session), rate(plain)),
        sample("load by hand: messages per second of the server's CPU", cost(session), cost(plain)),
        sample("own clients: messages per second", ownRate(ownSession), ownRate(ownPlain)),
        sample("own clients: messages per second of CPU, both ends", ownCost(ownSession), ownCost(ownPlain)),
      ];
    },
  };
}

export const depthMeasures: readonly Measure[] = [depthMeasure(1, 0.9), depthMeasure(16, 0.8)];
