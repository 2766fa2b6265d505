// `line.transfer`: what 50 MB on one channel do to the answers on another one of the same session, on loopback, and over a path
// that lets 10 MB a second through. `line.transfer-plain`: and what they do beside two plain sockets, on loopback.

import { type Measure, median, quantile, type Sample } from "../measure.ts";
import type { Path } from "../path.ts";
import { withPrograms } from "../programs.ts";
import { type Transfer, type TransferResult } from "./transfer-client.ts";

const TOTAL_BYTES = 50_000_000;
const SLICE_BYTES = 16 * 1024;

type Network = Omit<Path, "targetPort"> & { readonly name: string };

const networks: readonly (Network | undefined)[] = [
  undefined,
  { name: "10 MB a second, 20 ms there and back", delayMs: 10, bytesPerSecond: 10_000_000 },
];

type Terms = Omit<Transfer, "port"> & { readonly network: Network | undefined };

function measure({ network, ...terms }: Terms): Promise<TransferResult> {
  return withPrograms(async (start) => {
    const server = start("longwire-server", {}, "server");
    const targetPort = await server.next<number>();
    const path = network && start("path", { ...network, targetPort }, "load");
    const port = (await path?.next<number>()) ?? targetPort;
    return start("transfer-client", { port, ...terms } satisfies Transfer, "load").next();
  });
}

const wayOf = (direction: Transfer["direction"]): string => (direction === "up" ? "to the server" : "to the client");

const p99 = (latencies: readonly number[]): number =>
  quantile(
    [...latencies].sort((a, b) => a - b),
    0.99,
  );

/** Milliseconds. What is wanted of the latency meanwhile: twice the idle one, and the time that one slice takes. */
function sampleOf(row: string, { idle, busy, seconds }: TransferResult): Sample {
  const sliceMs = (SLICE_BYTES * seconds * 1000) / TOTAL_BYTES;
  const bound = 2 * p99(idle) + sliceMs;
  return { row, own: p99(busy), beside: bound, figure: p99(busy) / bound, wanted: { most: 1 } };
}

export const transferMeasure: Measure = {
  name: "line.transfer",
  title:
    "50 MB on one channel, in messages of 1 MB: the p99 of the time, in ms, that answers on another channel of the session take " +
    "meanwhile, beside twice the idle p99 and the time of one slice of 16 KiB at the rate of the transfer.",
  own: "p99 meanwhile",
  beside: "2 × idle p99 + slice",
  figure: "÷",
  async takeRound({ seconds }) {
    const samples: Sample[] = [];
    for (const network of networks) {
      for (const direction of ["up", "down"] as const) {
        const result = await measure({ network, carrier: "session", direction, seconds });
        samples.push(sampleOf(`${network?.name ?? "loopback"}, ${wayOf(direction)}`, result));
      }
    }
    return samples;
  },
};

export const transferPlainMeasure: Measure = {
  name: "line.transfer-plain",
  title:
    "The same on loopback beside two plain sockets, each with a connection of its own: the time that answers take while 50 MB go " +
    "through the other socket, and how fast those do.",
  own: "session",
  beside: "plain",
  figure: "session ÷ plain",
  async takeRound({ seconds }) {
    const samples: Sample[] = [];
    for (const direction of ["up", "down"] as const) {
      const terms = { network: undefined, direction, seconds };
      const session = await measure({ ...terms, carrier: "session" });
      const plain = await measure({ ...terms, carrier: "plain" });
      const sample = (name: string, of: (result: TransferResult) => number): void => {
        const [own, beside] = [of(session), of(plain)];
        samples.push({ row: `${wayOf(direction)}: ${name}`, own, beside, figure: own / beside });
      };
      sample("median of the answers, ms", ({ busy }) => median(busy));
      sample("p99 of the answers, ms", ({ busy }) => p99(busy));
      sample("the transfer, MB a second", (result) => TOTAL_BYTES / 1e6 / result.seconds);
    }
    return samples;
  },
};
