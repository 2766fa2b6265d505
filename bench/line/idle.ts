// `line.idle`: what an idle session keeps in the server's memory, beside an idle plain connection. Collected before it is
// looked at.

import { setTimeout } from "node:timers/promises";
import type { Load } from "../load.ts";
import type { Measure, Sample } from "../measure.ts";
import { withPrograms } from "../programs.ts";

/** So many that what the process keeps for itself, 200 kB more in one run than in the next, says little. */
const CONNECTIONS = 8_000;
/** What the opening of a session needs, its deadlines among it, is let go of by then; nothing was sent on it yet to keep it. */
const SETTLE_MS = 16_000;
/** Sessions say BYE, connections close. */
const REHEARSAL_END_MS = 2_000;
const HEAP_WANTED = { most: 2_048 };

interface Kept {
  readonly heap: number;
  /** Beside the heap: buffers. */
  readonly buffers: number;
}

/** Bytes per connection. */
function measureKept(carrier: Load["carrier"]): Promise<Kept> {
  return withPrograms(async (start) => {
    const server = start("longwire-server", {}, "server", ["--expose-gc"]);
    const port = await server.next<number>();
    const few = { port, carrier, connections: 100, bytes: 20, isBinary: false, serverPid: server.pid };
    const many: Load = { ...few, connections: CONNECTIONS, depth: 0 };
    // Everything has run before anything is counted, and as often as it will be counted: code that becomes hot on the way is
    // no connection's.
    for (const load of [{ ...few, depth: carrier === "session" ? 0 : 1 }, many]) {
      const rehearsal = start("load", load, "load");
      await rehearsal.next();
      await rehearsal.ask("end");
      await setTimeout(REHEARSAL_END_MS);
      await rehearsal.stop();
    }
    const before = await server.ask<NodeJS.MemoryUsage>("memory");
    await start("load", many, "load").next();
    await setTimeout(SETTLE_MS);
    const after = await server.ask<NodeJS.MemoryUsage>("memory");
    return {
      heap: (after.heapUsed - before.heapUsed) / CONNECTIONS,
      buffers: (after.external - before.external) / CONNECTIONS,
    };
  });
}

export const idleMeasure: Measure = {
  name: "line.idle",
  title: `Memory of the server per idle connection, ${CONNECTIONS.toLocaleString("en")} of them, 16 s after they were opened, after garbage collection.`,
  own: "session",
  beside: "plain",
  figure: "bytes more",
  async takeRound() {
    const plain = await measureKept("plain");
    const samples: Sample[] = [];
    for (const [carrier, name] of [
      ["channel", "session with one channel"],
      ["session", "session without a channel"],
    ] as const) {
      const session = await measureKept(carrier);
      samples.push(
        {
          row: `${name}: heap`,
          own: session.heap,
          beside: plain.heap,
          figure: session.heap - plain.heap,
          wanted: HEAP_WANTED,
        },
        {
          row: `${name}: buffers beside the heap`,
          own: session.buffers,
          beside: plain.buffers,
          figure: session.buffers - plain.buffers,
        },
      );
    }
    return samples;
  },
};
