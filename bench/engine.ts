// The engine's measures: Longwire's echo server beside `ws`, plain sockets, a load made by hand. Figures are messages per
// second of the server's own CPU time, which depends less on the rest of the machine than messages per second do.

import type { Load } from "./load.ts";
import { inTurns, type Measure, type Sample } from "./measure.ts";
import { type ProgramName, type StartProgram, withPrograms } from "./programs.ts";
import { inSlices, type LoadState, type Pair, startPair } from "./slices.ts";

interface Workload {
  readonly name: string;
  readonly connections: number;
  readonly depth: number;
  readonly bytes: number;
  readonly isBinary: boolean;
}

const KiB = 1024;
const MAX_MESSAGE_BYTES = 64 * KiB * KiB;
const IDLE_CONNECTIONS = 5000;

const workloads: readonly Workload[] = [
  { name: "depth1", connections: 64, depth: 1, bytes: 20, isBinary: false },
  { name: "depth16", connections: 64, depth: 16, bytes: 20, isBinary: false },
  { name: "1k", connections: 64, depth: 1, bytes: KiB, isBinary: true },
  { name: "16k", connections: 64, depth: 1, bytes: 16 * KiB, isBinary: true },
  { name: "1m", connections: 8, depth: 1, bytes: KiB * KiB, isBinary: true },
];

const columns = { own: "longwire", beside: "ws", figure: "longwire ÷ ws" };

function startEcho(start: StartProgram, program: ProgramName, workload: Workload): Promise<Pair> {
  const { connections, depth, bytes, isBinary } = workload;
  const terms: Omit<Load, "port" | "serverPid"> = { carrier: "plain", connections, depth, bytes, isBinary };
  return startPair(start, [program, { maxMessageBytes: MAX_MESSAGE_BYTES }], ["load", terms]);
}

/** Bytes of resident memory per idle connection. */
function measureIdle(program: ProgramName): Promise<number> {
  return withPrograms(async (start) => {
    const server = start(program, {}, "server");
    const port = await server.next<number>();
    const few = {
      port,
      carrier: "plain",
      connections: 200,
      bytes: 20,
      isBinary: false,
      serverPid: server.pid,
    } as const;
    const rehearsal = start("load", { ...few, depth: 1 } satisfies Load, "load");
    await rehearsal.next();
    await rehearsal.ask("end");
    await rehearsal.stop();
    const before = await server.ask<NodeJS.MemoryUsage>("memory");
    const many: Load = { ...few, connections: IDLE_CONNECTIONS, depth: 0 };
    await start("load", many, "load").next();
    const after = await server.ask<NodeJS.MemoryUsage>("memory");
    return (after.rss - before.rss) / IDLE_CONNECTIONS;
  });
}

function costOf({ messages, serverCpu }: LoadState): number {
  return messages / serverCpu;
}

function sample(row: string, own: number, beside: number): Sample {
  return { row, own, beside, figure: own / beside };
}

export const engineMeasures: readonly Measure[] = [
  ...workloads.map((workload): Measure => {
    const { name, connections, depth, bytes, isBinary } = workload;
    return {
      ...columns,
      name: `engine.${name}`,
      title:
        `Plain sockets beside ws: ${isBinary ? "binary" : "text"} of ${bytes.toLocaleString("en")} B, answered with itself, ` +
        `${String(connections)} connections, ${String(depth)} in flight on each.`,
      takeRound({ round, seconds }) {
        return withPrograms(async (start) => {
          const [own, beside] = await inSlices(
            round,
            seconds,
            () => startEcho(start, "longwire-server", workload),
            () => startEcho(start, "ws-server", workload),
          );
          return [sample("messages per second of the server's CPU", costOf(own), costOf(beside))];
        });
      },
    };
  }),
  {
    ...columns,
    name: "engine.idle",
    title: `An idle plain socket beside ws's, ${IDLE_CONNECTIONS.toLocaleString("en")} of them; less is better.`,
    async takeRound({ round }) {
      const [own, beside] = await inTurns(
        round,
        () => measureIdle("longwire-server"),
        () => measureIdle("ws-server"),
      );
      return [sample("bytes of resident memory", own, beside)];
    },
  },
];
