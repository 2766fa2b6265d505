// One life of a connection in virtual time: a real Longwire server and a page with a plain WebSocket or a Longwire session, a network with
// a NAT between them, news now and then, and one trouble. The engine, the server and the client are those of the package; the network and
// the time are simulated. Gives the story of what happened; draws nothing.
import { createServer as createHttpServer, type Server } from "node:http";
import type { Duplex } from "node:stream";
import { createServer, type LongwireServer, type ServerSocket } from "../../../server/index.ts";
import { SeededRandom, SimulatedNetwork, type VirtualClock } from "../../../testing/index.ts";
import { PageSocket } from "./page-socket.ts";
import { Path } from "./path.ts";
import { type LifeSettings, type Story, type StoryLine, type StoryMessage, troubleShare } from "./wire.ts";

/** What a page hears on the socket it has opened. */
export interface NewsEar {
  hear(data: unknown): void;
  ended(): void;
}

export interface LifeSurroundings {
  readonly clock: VirtualClock;
  /** Opens `path` in a session of Longwire's client, which dials with `dial` and knows no other time than `clock`. */
  openInSession(options: {
    readonly url: string;
    readonly path: string;
    readonly dial: (url: string, protocols: readonly string[]) => PageSocket;
    readonly ear: NewsEar;
  }): void;
}

const url = "ws://lab.example";
const path = "/news";
const latencyMs = 25;
/** What a page waits before it dials again, as most do that have no library. */
const redialMs = 1_000;
/** Where no heartbeat is wanted, it is so long that no story lasts. */
const neverMs = 12 * 3_600_000;
/** The other server is there a minute after the first one has died. */
const restartMs = 60_000;
/** Time goes on in such steps, so that whoever waits for the story is not kept from everything else. */
const strideMs = 60_000;

type Draft<T> = { -readonly [Name in keyof T]: T[Name] };

export class World {
  readonly #settings: LifeSettings;
  readonly #surroundings: LifeSurroundings;
  readonly #kind: Story["kind"];
  readonly #hasHeartbeat: boolean;
  readonly #clock: VirtualClock;
  readonly #network: SimulatedNetwork;
  readonly #random = new SeededRandom(7);
  readonly #servers: { readonly http: Server; readonly longwire: LongwireServer }[] = [];
  readonly #listeners = new Set<ServerSocket>();
  readonly #paths = new Set<Path>();
  readonly #lines: Draft<StoryLine>[] = [];
  readonly #messages: Draft<StoryMessage>[] = [];
  readonly #beats: number[] = [];
  readonly #startedAt: number;
  #beatBytes = 0;
  #isServerThere = true;
  #isPageThere = true;
  #isOver = false;

  constructor(kind: Story["kind"], hasHeartbeat: boolean, settings: LifeSettings, surroundings: LifeSurroundings) {
    this.#kind = kind;
    this.#hasHeartbeat = hasHeartbeat;
    this.#settings = settings;
    this.#surroundings = surroundings;
    this.#clock = surroundings.clock;
    this.#startedAt = this.#clock.now();
    this.#network = new SimulatedNetwork({ clock: this.#clock, latencyMs, seed: 7 });
  }

  /** Lives it. Time passes on the clock and nowhere else. */
  async live(): Promise<Story> {
    this.#startServer();
    this.#connect();
    const { hours, newsMinutes, trouble } = this.#settings;
    const endMs = hours * 3_600_000;
    const newsMs = newsMinutes * 60_000;
    for (let at = newsMs; at < endMs; at += newsMs) this.#clock.schedule(at, () => this.#tellNews());
    if (trouble !== "none") this.#clock.schedule(endMs * troubleShare, () => this.#strike());
    for (let passed = 0; passed < endMs; passed += strideMs) await this.#clock.advanceAsync(strideMs);
    this.#isOver = true;
    const story: Story = {
      kind: this.#kind,
      hasHeartbeat: this.#hasHeartbeat,
      lines: this.#lines,
      messages: this.#messages,
      beats: this.#beats,
      beatBytes: this.#beatBytes,
    };
    this.#network.cut();
    const closed = this.#servers.map(({ longwire, http }) => {
      http.close();
      return longwire.close();
    });
    await this.#clock.advanceAsync(20_000);
    await Promise.all(closed);
    return story;
  }

  get #seconds(): number {
    return Math.round((this.#clock.now() - this.#startedAt) / 100) / 10;
  }

  #startServer(): void {
    const heartbeatMs = this.#settings.heartbeatSeconds * 1_000;
    const longwire = createServer({
      limits: { pingIntervalMs: this.#hasHeartbeat ? heartbeatMs : 0 },
      line: { heartbeatMs: this.#hasHeartbeat ? heartbeatMs : neverMs },
      metrics: false,
      runtime: { clock: this.#clock, random: this.#random },
    });
    longwire.route(path, {
      open: (socket) => void this.#listeners.add(socket as ServerSocket),
      close: (socket) => void this.#listeners.delete(socket as ServerSocket),
    });
    const http = createHttpServer();
    longwire.attach(http);
    this.#servers.push({ http, longwire });
  }

  /** Who hears it, hears it; a server does not know who would have liked to. */
  #tellNews(): void {
    const number = this.#messages.push({ sentAt: this.#seconds });
    if (!this.#isServerThere) return;
    for (const socket of this.#listeners) socket.send(`news ${number}`);
  }

  #hear(data: unknown): void {
    if (!this.#isPageThere || this.#isOver) return;
    const message = this.#messages[Number(String(data).slice("news ".length)) - 1];
    if (message !== undefined) message.arrivedAt ??= this.#seconds;
  }

  #strike(): void {
    const { trouble } = this.#settings;
    if (trouble === "page") this.#isPageThere = false;
    if (trouble === "server") {
      this.#isServerThere = false;
      this.#listeners.clear();
      this.#clock.schedule(restartMs, () => {
        this.#isServerThere = true;
        this.#startServer();
      });
    }
    for (const way of this.#paths) {
      way.die("trouble");
      if (trouble === "page" || trouble === "server") way.leave(trouble);
    }
  }

  #connect(): void {
    const ear: NewsEar = {
      hear: (data) => this.#hear(data),
      ended: () => {
        if (!this.#isOver) this.#clock.schedule(redialMs, () => this.#connect());
      },
    };
    if (this.#kind === "session") {
      this.#surroundings.openInSession({ url, path, dial: (...target) => this.#dial(...target), ear });
      return;
    }
    const socket = this.#dial(`${url}${path}`, []);
    socket.onmessage = ({ data }) => ear.hear(data);
    socket.onclose = () => ear.ended();
  }

  #dial(target: string, protocols: readonly string[]): PageSocket {
    const { stream, leave } = this.#openStream();
    return new PageSocket({ stream, leave, random: this.#random, url: target, protocols });
  }

  #openStream(): { readonly stream: Duplex; readonly leave: () => void } {
    const connection = this.#network.connect();
    const server = this.#servers.at(-1);
    if (!this.#isServerThere || !this.#isPageThere || this.#isOver || server === undefined) {
      // Nobody is there to say no.
      connection.blackhole();
      connection.far.on("error", () => {});
      return { stream: connection.near, leave: () => {} };
    }
    const line: Draft<StoryLine> = { from: this.#seconds };
    this.#lines.push(line);
    const way: Path = new Path(connection, this.#clock, this.#settings.natMinutes * 60_000, {
      passed: (bytes, holdsNews) => {
        if (holdsNews || this.#isOver) return;
        this.#beats.push(this.#seconds);
        this.#beatBytes += bytes;
      },
      died: (cause) => {
        line.deadAt = this.#seconds;
        line.killedBy = cause;
      },
      left: (end) => {
        if (this.#isOver) return;
        if (end === "page") line.pageLeftAt = this.#seconds;
        else line.serverLeftAt = this.#seconds;
        if (line.pageLeftAt !== undefined && line.serverLeftAt !== undefined) this.#paths.delete(way);
      },
    });
    this.#paths.add(way);
    server.http.emit("connection", way.server);
    return { stream: way.page, leave: () => way.leave("page") };
  }
}
