// The thread that a runner's tests run in. vitest starts one for every run and ends it afterwards, which costs more than most of the
// guards' tests do; this one stays for some runs more. vitest loads every module anew for each test file, in a thread that stays as
// well. Whoever left something undone in it says so with `KeptThread.leave`, and the next run has a new one.

import {
  type PoolOptions,
  type PoolRunnerInitializer,
  type PoolWorker,
  ThreadsPoolWorker,
  type WorkerRequest,
} from "vitest/node";

type Listener = (argument: unknown) => void;

/** Every run leaves a listener behind in the thread; with more than these Node complains. */
const mostRuns = 8;

/** A thread that waits for its next run, and how many it has had. */
let kept: { readonly thread: ThreadsPoolWorker; readonly runs: number } | undefined;

/** Files that a kept thread knows as they were before. */
const changed = new Set<string>();

/** What vitest takes for a worker, for one test file of one run. */
export class KeptThread implements PoolWorker {
  static readonly pool: PoolRunnerInitializer = {
    name: "kept-thread",
    createPoolWorker: (options) => new KeptThread(options),
  };

  /** The next run reads `file` anew. */
  static forget(file: string): void {
    changed.add(file);
  }

  /** The next run has a new thread. */
  static async leave(): Promise<void> {
    const { thread } = kept ?? {};
    kept = undefined;
    await thread?.stop();
  }

  readonly name = "threads";
  readonly #options: PoolOptions;
  readonly #listeners = new Set<readonly [event: string, listener: Listener]>();
  #thread: ThreadsPoolWorker | undefined;
  #runs = 0;
  /** Whether it was told to run a file and has not said yet that it has. */
  #isRunning = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    // Whoever had the thread for the file before lets go of it in this turn.
    await new Promise((resolve) => setImmediate(resolve));
    this.#runs = (kept?.runs ?? 0) + 1;
    this.#thread = kept?.thread ?? new ThreadsPoolWorker(this.#options);
    if (kept === undefined) await this.#thread.start();
    kept = undefined;
    this.on("message", (message) => {
      if ((message as { type?: string }).type === "testfileFinished") this.#isRunning = false;
    });
  }

  on(event: string, listener: Listener): void {
    this.#listeners.add([event, listener]);
    this.#thread?.on(event, listener);
  }

  off(event: string, listener: Listener): void {
    this.#thread?.off(event, listener);
  }

  send(message: WorkerRequest): void {
    if (message.type === "stop") {
      this.#answerStop();
      return;
    }
    if (message.type === "run") {
      this.#isRunning = true;
      message.context.invalidates = [...(message.context.invalidates ?? []), ...changed];
      changed.clear();
    }
    this.#thread?.send(message);
  }

  async stop(): Promise<void> {
    for (const [event, listener] of this.#listeners) this.#thread?.off(event, listener);
    this.#listeners.clear();
    if (this.#thread === undefined) return;
    if (kept === undefined && !this.#isRunning && this.#runs < mostRuns) {
      kept = { thread: this.#thread, runs: this.#runs };
    } else {
      await this.#thread.stop();
    }
  }

  deserialize(data: unknown): unknown {
    return data;
  }

  /** In the thread's place, which is to go on. */
  #answerStop(): void {
    for (const [event, listener] of this.#listeners) {
      if (event === "message") listener({ type: "stopped", __vitest_worker_response__: true });
    }
  }
}
