// Where pages' simulated hours are lived: threads, a few at a time, each for one setting, ended when nobody waits for it any more or when it
// takes too long. Knows nothing of what is lived.
import { Worker } from "node:worker_threads";
import type { LifeSettings, Story } from "./wire.ts";

export interface LodgeOwner {
  told(story: Story): void;
  lived(realMs: number): void;
  failed(): void;
}

/** Beside the command line, which is one file, as beside this one. */
const program = new URL("./life-worker.js", import.meta.url);

const mostLives = 2;
/** With those that are being ended: whoever asks again and again does not get a thread each time. */
const mostThreads = 4;
/** Eight hours with news every minute take a tenth of this. */
const mostRealMs = 60_000;
const heapMegabytes = 256;

export class Lodge {
  readonly #url: URL;
  readonly #workers = new Map<object, Worker>();
  /** All that have not ended. */
  readonly #threads = new Set<Worker>();

  constructor(url: URL = program) {
    this.#url = url;
  }

  /** Begins to live for `guest`, whose earlier life ends. False if there is no room. */
  live(guest: object, settings: LifeSettings, owner: LodgeOwner): boolean {
    this.end(guest);
    if (this.#workers.size >= mostLives || this.#threads.size >= mostThreads) return false;
    const startedAt = performance.now();
    const worker = new Worker(this.#url, {
      workerData: settings,
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
    });
    this.#workers.set(guest, worker);
    this.#threads.add(worker);
    const timer = setTimeout(() => void worker.terminate(), mostRealMs);
    // A command that is to end does not wait for a story.
    timer.unref();
    worker.unref();
    const isCurrent = (): boolean => this.#workers.get(guest) === worker;
    worker.on("message", (story: Story) => {
      if (isCurrent()) owner.told(story);
    });
    // The exit that follows says that it failed.
    worker.on("error", () => {});
    worker.on("exit", (code) => {
      clearTimeout(timer);
      this.#threads.delete(worker);
      if (!isCurrent()) return;
      this.#workers.delete(guest);
      if (code === 0) owner.lived(performance.now() - startedAt);
      else owner.failed();
    });
    return true;
  }

  /** Nobody waits for it any more. */
  end(guest: object): void {
    const worker = this.#workers.get(guest);
    this.#workers.delete(guest);
    void worker?.terminate();
  }

  async close(): Promise<void> {
    this.#workers.clear();
    await Promise.all([...this.#threads].map((worker) => worker.terminate()));
  }
}
