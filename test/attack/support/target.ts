// The attacked server as its attackers and the test hold it: a port to connect to, and facts that the process tells of
// itself. Every process is ended by the test that started it, by its handle.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connectRaw, type RawClient, type RawHeaders } from "../../support/raw-client.ts";
import { program } from "./programs.ts";
import type { Facts, Order, TargetOptions } from "./target-program.ts";

export type { Facts } from "./target-program.ts";

export interface LaunchOptions extends TargetOptions {
  /** Megabytes of JavaScript heap. */
  readonly heapMb?: number;
  /** How many descriptors the process may hold. */
  readonly descriptors?: number;
}

export class Target {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #clients: RawClient[] = [];
  readonly #replies = new Map<number, (facts: Facts) => void>();
  #lastId = 0;
  /** The most that was accounted, as far as facts were asked for. */
  accountedMost = 0;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
    child.on("message", ({ id, reply }: { id: number; reply: Facts }) => {
      this.#replies.get(id)?.(reply);
      this.#replies.delete(id);
    });
  }

  static async launch({ heapMb, descriptors, ...options }: LaunchOptions): Promise<Target> {
    const file = await program("target-program");
    const args = ["--expose-gc", ...(heapMb === undefined ? [] : [`--max-old-space-size=${String(heapMb)}`])];
    const command = [process.execPath, ...args, file, JSON.stringify(options)];
    const limited = ["/bin/sh", "-c", `ulimit -n ${String(descriptors)} && exec "$@"`, "sh", ...command];
    const [program_, ...rest] = descriptors === undefined ? command : limited;
    const child = spawn(program_ as string, rest, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    const [{ reply }] = (await Promise.race([
      once(child, "message"),
      once(child, "exit").then(([code]: unknown[]) => {
        throw new Error(`The target ended with ${String(code)} before it listened.`);
      }),
    ])) as [{ reply: number }];
    return new Target(child, reply);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  facts(order: Order = "facts"): Promise<Facts> {
    if (!this.isAlive) return Promise.reject(new Error("The target is dead."));
    const id = ++this.#lastId;
    this.#child.send({ id, order });
    return new Promise((resolve, reject) => {
      this.#child.once("exit", reject);
      this.#replies.set(id, (facts) => {
        this.#child.off("exit", reject);
        this.accountedMost = Math.max(this.accountedMost, facts.accountedPeakBytes);
        resolve(facts);
      });
    });
  }

  /** Connects; closed with the target. */
  async connect(): Promise<RawClient> {
    const client = await connectRaw(this.port);
    this.#clients.push(client);
    return client;
  }

  /** Connects and upgrades. Throws unless the answer is 101. */
  async open(path: string, headers: RawHeaders = {}): Promise<RawClient> {
    const client = await this.connect();
    const { status, body } = await client.upgrade(path, headers);
    if (status !== 101) throw new Error(`Expected 101 at ${path}, got ${String(status)}: ${body}`);
    return client;
  }

  openMany(count: number, path: string): Promise<RawClient[]> {
    return Promise.all(Array.from({ length: count }, () => this.open(path)));
  }

  /** Lets go of every connection made through this. */
  hangUp(): void {
    for (const client of this.#clients.splice(0)) client.destroy();
  }

  async stop(): Promise<void> {
    this.hangUp();
    if (!this.isAlive) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }
}
