// `line.depth1`, `line.depth16`: what a session over WebSocket costs beside the plain socket, messages that are answered with
// themselves. Once with a load made by hand, so that the server's part is seen, and once with the library's own clients.

import type { Load } from "../load.ts";
import type { Measure, Sample } from "../measure.ts";
import { type StartProgram, withPrograms } from "../programs.ts";
import { inSlices, type LoadState, type Pair, startPair } from "../slices.ts";
import type { Talk } from "./talk.ts";

const CONNECTIONS = 64;
const BYTES = 20;

type Terms<Program> = Omit<Program, "port" | "serverPid">;

function startRaw(start: StartProgram, carrier: Load["carrier"], depth: number): Promise<Pair> {
  const terms: Terms<Load> = { carrier, connections: CONNECTIONS, depth, bytes: BYTES, isBinary: false };
  return startPair(start, ["longwire-server", {}], ["load", terms]);
}

function startOwn(start: StartProgram, carrier: Talk["carrier"], depth: number): Promise<Pair> {
  const terms: Terms<Talk> = { carrier, path: "/echo", connections: CONNECTIONS, bytes: BYTES, depth, perSecond: 0 };
  return startPair(start, ["longwire-server", {}], ["talk", terms]);
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
      const [session, plain] = await withPrograms((start) =>
        inSlices(
          round,
          seconds,
          () => startRaw(start, "channel", depth),
          () => startRaw(start, "plain", depth),
        ),
      );
      const [ownSession, ownPlain] = await withPrograms((start) =>
        inSlices(
          round,
          seconds,
          () => startOwn(start, "websocket", depth),
          () => startOwn(start, "plain", depth),
        ),
      );
      const rate = ({ messages, seconds: taken }: LoadState): number => messages / taken;
      const cost = ({ messages, serverCpu }: LoadState): number => messages / serverCpu;
      const costOfBoth = ({ messages, serverCpu, loadCpu }: LoadState): number => messages / (serverCpu + loadCpu);
      return [
        sample("load by hand: messages per second", rate(session), rate(plain)),
        sample("load by hand: messages per second of the server's CPU", cost(session), cost(plain)),
        sample("own clients: messages per second", rate(ownSession), rate(ownPlain)),
        sample("own clients: messages per second of CPU, both ends", costOfBoth(ownSession), costOfBoth(ownPlain)),
      ];
    },
  };
}

export const depthMeasures: readonly Measure[] = [depthMeasure(1, 0.9), depthMeasure(16, 0.8)];
