// The simulation as one module, with a bug planted in it or without: bundled in memory, so that no file on disk changes and
// every bug has its own copy of everything.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { root } from "../support/source-scan.ts";
import { plant, type Planted, type Subject } from "./planted.ts";
import type { Outcome } from "./outcome.ts";

/** What a bundled simulation offers. */
export interface Simulation {
  runSeed(seed: number): Outcome;
}

const entries: Readonly<Record<Subject, string>> = {
  session: "scenario.ts",
  channels: "channel-scenario.ts",
  moves: "moving-scenario.ts",
};

/** Of the sessions, of the channels in them, or of those that move. */
export async function buildSimulation(bug?: Planted, about: Subject = bug?.about ?? "session"): Promise<Simulation> {
  const result = await build({
    entryPoints: [join(root, "test/simulation", entries[about])],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "silent",
    plugins: [
      {
        name: "plant",
        setup(builder) {
          builder.onLoad({ filter: /\/(?:src\/session|src\/channels|test\/simulation)\/[^/]+\.ts$/ }, ({ path }) => {
            const text = readFileSync(path, "utf8");
            return { loader: "ts", contents: bug === undefined ? text : plant(bug, path, text) };
          });
        },
      },
    ],
  });
  const [output] = result.outputFiles;
  if (output === undefined) throw new Error("The simulation was not built.");
  const encoded = Buffer.from(output.contents).toString("base64");
  return (await import(`data:text/javascript;base64,${encoded}`)) as Simulation;
}

/** The first seed from `from` on, of `count`, whose run fails. */
export function findFailure(
  simulation: Simulation,
  from: number,
  count: number,
  passed: (outcome: Outcome) => void = () => {},
): { readonly seed: number; readonly error: Error } | undefined {
  for (let seed = from; seed < from + count; seed++) {
    try {
      passed(simulation.runSeed(seed));
    } catch (error) {
      return { seed, error: error instanceof Error ? error : new Error(String(error)) };
    }
  }
  return undefined;
}
