// The control connection as a test holds it. What it does is control-program.ts.
import { Worker } from "node:worker_threads";
import type { ControlOrder, ControlReport } from "./control-program.ts";
import { program } from "./programs.ts";

export type { ControlReport } from "./control-program.ts";

export class Control {
  readonly #worker: Worker;
  readonly #replies = new Map<number, { resolve: (reply: unknown) => void; reject: (error: Error) => void }>();
  #lastId = 0;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on("message", ({ id, reply }: { id: number; reply: unknown }) => {
      this.#replies.get(id)?.resolve(reply);
      this.#replies.delete(id);
    });
    worker.on("error", (error: Error) => {
      for (const { reject } of this.#replies.values()) reject(error);
      this.#replies.clear();
    });
  }

  /** Connects to a target that nobody attacks yet and measures it idle; from then on it talks by itself. */
  static async begin(port: number): Promise<Control> {
    const control = new Control(new Worker(await program("control-program"), { workerData: port }));
    await control.#ask("begin");
    return control;
  }

  /** One more message, now: resolves when the server has answered it. */
  async beat(): Promise<void> {
    await this.#ask("beat");
  }

  /** Says the last word, waits for the answer and closes. */
  async finish(): Promise<ControlReport> {
    return (await this.#ask("finish")) as ControlReport;
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #ask(order: ControlOrder): Promise<unknown> {
    const id = ++this.#lastId;
    this.#worker.postMessage({ id, order });
    return new Promise((resolve, reject) => {
      this.#replies.set(id, { resolve, reject });
    });
  }
}
