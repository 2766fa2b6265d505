// `line.transfer`: what 50 MB on one channel do to the answers on another one of the same session, on loopback, and over a path
// that lets 10 MB a second through.

import { type Measure, quantile, type Sample } from "../measure.ts";
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

function measure(
  network: Network | undefined,
  direction: Transfer["direction"],
  seconds: number,
): Promise<TransferResult> {
  return withPrograms(async (start) => {
    const server = start("longwire-server", {}, "server");
    const targetPort = await server.next<number>();
    const path = network && start("path", { ...network, targetPort }, "load");
    const port = (await path?.next<number>()) ?? targetPort;
    return start("transfer-client", { port, direction, seconds } satisfies Transfer, "load").next();
  });
}

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
        const way = direction === "up" ? "to the server" : "to the client";
        const result = await measure(network, direction, seconds);
        samples.push(sampleOf(`${network?.name ?? "loopback"}, ${way}`, result));
      }
    }
    return samples;
  },
};
