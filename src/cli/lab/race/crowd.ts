// The simulated clients: a thread for each way, so that what each way costs can be told apart. See crowd-host.ts for what runs there.
import { Worker } from "node:worker_threads";
import { type CrowdCounts, type RaceReport, type RaceSettings, type Way, ways } from "./wire.ts";

const none: CrowdCounts = {
  clients: 0,
  cpu: undefined,
  busy: 0,
  requestsPerSecond: 0,
  messagesPerSecond: 0,
  bytesPerSecond: 0,
};

/** Beside the command line, which is one file, as beside this one. */
const program = new URL("./crowd-worker.js", import.meta.url);

/** What a thread may take of memory; ten thousand clients take a third of it. */
const heapMegabytes = 1_024;

export class Crowd {
  readonly #counts: Record<Way, CrowdCounts> = { poll: none, longpoll: none, stream: none, socket: none };
  readonly #workers: readonly Worker[];
  #hasFailed = false;

  constructor(url: URL = program) {
    this.#workers = ways.map((way) => {
      const worker = new Worker(url, {
        workerData: way,
        resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
      });
      worker.on("message", (counts: CrowdCounts) => {
        this.#counts[way] = counts;
      });
      worker.on("error", () => {
        this.#hasFailed = true;
        void this.close();
      });
      // A command that is to end does not wait for a crowd.
      worker.unref();
      return worker;
    });
  }

  set(settings: RaceSettings): void {
    for (const worker of this.#workers) worker.postMessage(settings);
  }

  report(): RaceReport["crowd"] {
    return this.#hasFailed ? "failed" : { ...this.#counts };
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
