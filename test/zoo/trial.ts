// One talk through one proxy: a server and a client, each a process of its own, started and ended here. Tells what both
// applications saw. Does not judge.
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Plan, Received } from "./conversation.ts";
import type { ClientNews, ClientOrder, ServerNews, ServerOrder } from "./news.ts";
import type { PeerName } from "./peers/peer.ts";

export interface First {
  readonly tookMs: number;
  readonly transport: string;
}

export interface Outcome {
  /** The client's first message; undefined when none came in time. */
  readonly first: First | undefined;
  readonly up: Received;
  readonly down: Received;
  /** Each end of its connection that the client's application was told of. */
  readonly ends: readonly string[];
  /** What carried it at the end. */
  readonly transport: string;
}

export interface TalkOptions {
  readonly name: string;
  /** The proxy's. */
  readonly port: number;
  readonly plan: Plan;
  /** The talk is over then, whatever is missing. Default: never. */
  readonly patienceMs?: number | undefined;
  /** Longest wait for the first message. Default: patienceMs. */
  readonly firstMs?: number | undefined;
  /** So long after everything has come what comes twice is still counted. Default 0. */
  readonly lingerMs?: number | undefined;
  receiveFirst?(first: First): void;
  /** Both ways together. */
  receiveProgress?(distinct: number): void;
}

export class Program<Order extends object, News extends { readonly kind: string }> {
  readonly #child: ChildProcess;
  readonly #listeners = new Set<(news: News) => void>();
  readonly #gone: Promise<never>;

  constructor(file: "server-program" | "client-program", peer: PeerName) {
    const path = fileURLToPath(new URL(`${file}.ts`, import.meta.url));
    this.#child = fork(path, [peer], { execArgv: ["--import", "tsx"] });
    this.#child.on("message", (news: News) => {
      for (const listener of this.#listeners) listener(news);
    });
    this.#gone = new Promise((_resolve, reject) => {
      this.#child.once("exit", (code) => reject(new Error(`The ${file} of ${peer} ended with ${String(code)}.`)));
    });
    this.#gone.catch(() => {});
  }

  tell(order: Order): void {
    this.#child.send(order);
  }

  hear(listener: (news: News) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The next news that `wanted` tells. */
  next<Wanted extends News>(wanted: (news: News) => news is Wanted): Promise<Wanted> {
    const told = new Promise<Wanted>((resolve) => {
      const leave = this.hear((news) => {
        if (!wanted(news)) return;
        leave();
        resolve(news);
      });
    });
    return Promise.race([told, this.#gone]);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill("SIGKILL");
    await this.#gone.catch(() => {});
  }
}

type OfKind<News extends { readonly kind: string }, Kind extends News["kind"]> = Extract<News, { readonly kind: Kind }>;

/** A server and a client of one library. */
export class Pair {
  readonly #server: Program<ServerOrder, ServerNews>;
  readonly #client: Program<ClientOrder, ClientNews>;
  readonly port: Promise<number>;
  /** Resolves when both programs run. */
  readonly ready: Promise<unknown>;

  constructor(peer: PeerName) {
    this.#server = new Program("server-program", peer);
    this.#client = new Program("client-program", peer);
    this.port = this.#server.next((news) => news.kind === "listening").then(({ port }) => port);
    this.ready = Promise.all([this.port, this.#client.next((news) => news.kind === "ready")]);
    this.ready.catch(() => {});
  }

  async stop(): Promise<void> {
    await Promise.all([this.#server.stop(), this.#client.stop()]);
  }

  async talk(options: TalkOptions): Promise<Outcome> {
    const { name, plan, port } = options;
    await this.ready;
    let first: First | undefined;
    let [up, down] = [0, 0];
    const leaves: (() => void)[] = [];
    await new Promise<void>((resolve) => {
      const look = (): void => {
        options.receiveProgress?.(up + down);
        if (up >= plan.messages && down >= plan.messages) setTimeout(resolve, options.lingerMs ?? 0);
      };
      const limit = (ms: number | undefined, isOver: () => boolean): void => {
        if (ms === undefined) return;
        const timer = setTimeout(() => {
          if (isOver()) resolve();
        }, ms);
        leaves.push(() => clearTimeout(timer));
      };
      limit(options.patienceMs, () => true);
      limit(options.firstMs, () => first === undefined);
      leaves.push(
        this.#server.hear((news) => {
          if (news.kind !== "received" || news.name !== name) return;
          up = news.distinct;
          look();
        }),
        this.#client.hear((news) => {
          if (news.kind === "report" || news.kind === "ready" || news.name !== name) return;
          if (news.kind === "first") {
            const { tookMs, transport } = news;
            first = { tookMs, transport };
            options.receiveFirst?.(first);
          } else {
            down = news.distinct;
          }
          look();
        }),
      );
      this.#server.tell({ kind: "plan", name, plan });
      this.#client.tell({ kind: "begin", name, port, plan });
    });
    for (const leave of leaves) leave();
    const client = this.#client.next(
      (news): news is OfKind<ClientNews, "report"> => news.kind === "report" && news.name === name,
    );
    this.#client.tell({ kind: "report", name });
    const { received, ends, transport } = await client;
    const server = this.#server.next(
      (news): news is OfKind<ServerNews, "report"> => news.kind === "report" && news.name === name,
    );
    this.#server.tell({ kind: "report", name });
    return { first, up: (await server).received, down: received, ends, transport };
  }
}
