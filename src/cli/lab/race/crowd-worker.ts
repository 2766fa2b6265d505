// The thread of one way's crowd: settings come in, reports go out. A program of its own, which crowd.ts starts.
import { parentPort, workerData } from "node:worker_threads";
import { CrowdHost } from "./crowd-host.ts";
import { yieldToOthers } from "./thread-time.ts";
import { type RaceSettings, ways } from "./wire.ts";

const way = ways.find((known) => known === workerData);
if (parentPort !== null && way !== undefined) {
  const port = parentPort;
  // The page that looks shall not be late because of the crowd.
  yieldToOthers();
  const host = new CrowdHost(way, (counts) => port.postMessage(counts));
  port.on("message", (settings: RaceSettings) => host.set(settings));
}
