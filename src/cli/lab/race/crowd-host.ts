// The crowd of one way, in a thread of its own: the race's feed and desk, an HTTP server and, for WebSocket, a LongwireServer, as on the
// page's side, and so many clients in memory. Says once a second what it did and what processor time the thread had for it: the clients' work is in
// that, the operating system's work of moving bytes is not.
import { createServer as createHttpServer, type Server } from "node:http";
import { performance } from "node:perf_hooks";
import { createServer } from "../../../server/index.ts";
import { type ClientOwner, CrowdClient, type CrowdTally } from "./crowd-client.ts";
import { FeedDesk } from "./desk.ts";
import { Feed } from "./feed.ts";
import { threadCpuMs } from "./thread-time.ts";
import type { CrowdCounts, RaceSettings, Way } from "./wire.ts";

const tickMs = 10;
/** So many clients begin per tick: all at once would look like a load that is not there. */
const entrantsPerTick = 100;
const topic = "race:crowd";

interface Due {
  readonly client: CrowdClient;
  readonly at: number;
}

export class CrowdHost implements ClientOwner {
  readonly tally: CrowdTally = { requests: 0, messages: 0, bytes: 0 };
  readonly #way: Way;
  readonly #report: (counts: CrowdCounts) => void;
  readonly #feed = new Feed();
  readonly #desk = new FeedDesk(this.#feed);
  readonly #server: Server;
  readonly #clients = new Set<CrowdClient>();
  readonly #timers: readonly NodeJS.Timeout[];
  /** Who asks next, in the order of their time. */
  #due: Due[] = [];
  #wanted = 0;
  #pollMs = 1_000;
  #loop = performance.eventLoopUtilization();
  #cpuMs = threadCpuMs();
  #reportedAt = performance.now();

  constructor(way: Way, report: (counts: CrowdCounts) => void) {
    this.#way = way;
    this.#report = report;
    this.#server = createHttpServer((message, response) => {
      const found = /^\/lab\/api\/race\/(poll|longpoll|stream)\?(.*)/.exec(message.url ?? "");
      const after = Number(new URLSearchParams(found?.[2]).get("after"));
      if (found?.[1] === "stream") this.#desk.stream(response);
      else if (found?.[1] === "longpoll") this.#desk.longpoll(response, after);
      else this.#desk.poll(response, after);
    });
    if (way === "socket") this.#serveSockets();
    this.#timers = [setInterval(() => this.#tick(), tickMs), setInterval(() => this.#tell(), 1_000)];
  }

  set(settings: RaceSettings): void {
    this.#wanted = settings.clients;
    this.#pollMs = settings.pollMs;
    this.#feed.run(settings);
    for (const client of this.#clients) {
      if (this.#clients.size <= this.#wanted) break;
      this.#clients.delete(client);
      client.socket.destroy();
    }
  }

  /** In tests; a worker is just ended. */
  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#feed.stop();
    this.#desk.close();
    for (const { socket } of this.#clients) socket.destroy();
    this.#server.close();
  }

  answered(client: CrowdClient): void {
    // Whoever polls waits; whoever polls long asks again, once the server is through with this answer.
    const at = performance.now() + (this.#way === "poll" ? this.#pollMs : 0);
    this.#due.push({ client, at });
  }

  lost(client: CrowdClient): void {
    this.#clients.delete(client);
  }

  #serveSockets(): void {
    const longwire = createServer({ line: false });
    longwire.route("/lab/race/crowd/socket", { open: (socket) => void socket.subscribe(topic) });
    this.#server.on("upgrade", (message, socket, head) => void longwire.handleUpgrade(message, socket, head));
    this.#feed.listen((text) => void longwire.publish(topic, text));
  }

  #tick(): void {
    const now = performance.now();
    for (let entered = 0; entered < entrantsPerTick && this.#clients.size < this.#wanted; entered += 1) this.#enter();
    let count = 0;
    for (const { client, at } of this.#due) {
      if (at > now) break;
      count += 1;
      if (this.#clients.has(client)) client.ask();
    }
    if (count > 0) this.#due = this.#due.slice(count);
  }

  #enter(): void {
    const client = new CrowdClient(this.#way, this);
    this.#clients.add(client);
    this.#server.emit("connection", client.socket);
    client.ask();
  }

  #tell(): void {
    const now = performance.now();
    const seconds = (now - this.#reportedAt) / 1_000;
    const loop = performance.eventLoopUtilization();
    const cpuMs = threadCpuMs();
    const { tally } = this;
    this.#report({
      clients: this.#clients.size,
      cpu: cpuMs === undefined || this.#cpuMs === undefined ? undefined : (cpuMs - this.#cpuMs) / 1_000 / seconds,
      busy: performance.eventLoopUtilization(loop, this.#loop).utilization,
      requestsPerSecond: tally.requests / seconds,
      messagesPerSecond: tally.messages / seconds,
      bytesPerSecond: tally.bytes / seconds,
    });
    this.#loop = loop;
    this.#cpuMs = cpuMs;
    this.#reportedAt = now;
    tally.requests = 0;
    tally.messages = 0;
    tally.bytes = 0;
  }
}
