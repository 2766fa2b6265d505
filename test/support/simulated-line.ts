// A whole server and a whole client in one process, joined by the simulated network, in virtual time: real HTTP, real frames, a
// WebSocket of somebody else's library, and not a single real socket.
import { createServer as createHttpServer, request } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocket as ForeignWebSocket } from "ws";
import { Line, type LineOptions } from "../../src/client/line.ts";
import type { PageOwner, Surroundings } from "../../src/client/surroundings.ts";
import { createServer } from "../../src/server/index.ts";
import type { ServerOptions } from "../../src/server/options.ts";
import type { TransportKind } from "../../src/session/way.ts";
import type { Conditions } from "../../src/testing/conditions.ts";
import { SeededRandom } from "../../src/testing/seeded-random.ts";
import { type SimulatedConnection, SimulatedNetwork } from "../../src/testing/simulated-network.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import type { Fetch } from "../../src/transports/http/request.ts";
import type { SocketLike } from "../../src/transports/websocket/client.ts";

export interface SimulatedLineOptions {
  readonly network?: Conditions | undefined;
  readonly seed?: number | undefined;
  readonly server?: ServerOptions<unknown> | undefined;
  /** One of the client's own, so that it can stand still. Default: the server's. */
  readonly clientClock?: VirtualClock | undefined;
}

export interface SimulatedLine {
  /** What a client finds around it. */
  readonly surroundings: Surroundings;
  readonly clock: VirtualClock;
  readonly clientClock: VirtualClock;
  /** What the wall says to the client. */
  wallMs: number;
  /** Something on the way lets no WebSocket through. */
  blocksUpgrades: boolean;
  /** Whom the browser would tell of the page and the network. */
  readonly pages: readonly PageOwner[];
  readonly network: SimulatedNetwork;
  readonly server: ReturnType<typeof createServer>;
  /** Every connection that was made, in order. */
  readonly dialled: readonly SimulatedConnection[];
  connect(transports: readonly TransportKind[], options?: LineOptions): Line;
  stop(): Promise<void>;
}

export function simulateLine(options: SimulatedLineOptions = {}): SimulatedLine {
  const clock = new VirtualClock();
  const network = new SimulatedNetwork({ clock, seed: options.seed, ...options.network });
  const runtime = { clock, random: new SeededRandom(1) };
  const server = createServer({ hosts: ["a.example"], ...options.server, runtime });
  const http = createHttpServer();
  server.attach(http);
  const dialled: SimulatedConnection[] = [];
  const dial = (): Duplex => {
    const connection = network.connect();
    dialled.push(connection);
    http.emit("connection", connection.far);
    return connection.near;
  };
  const pages: PageOwner[] = [];
  const clientClock = options.clientClock ?? clock;
  const surroundings: Surroundings = {
    clock: clientClock,
    random: new SeededRandom(2),
    idleMs: 5_000,
    wallNow: () => line.wallMs,
    dial: (url, protocols) => {
      const createConnection = (): Duplex => {
        const end = dial();
        if (line.blocksUpgrades) setImmediate(() => end.destroy(new Error("The proxy knows no such header.")));
        return end;
      };
      return new ForeignWebSocket(url, protocols, {
        createConnection: createConnection as never,
      }) as unknown as SocketLike;
    },
    fetch: fetchOver(dial),
    readsStreams: true,
    memory: { recall: () => undefined, remember: () => {}, forget: () => {} },
    baseUrl: undefined,
    watch: (owner) => {
      pages.push(owner);
      return { isHidden: false, isOnline: true, isAway: false, close: () => {} };
    },
    takeSeat: (_origin, receive) => {
      receive(true);
      return { leave: () => {} };
    },
  };
  const line: SimulatedLine = {
    surroundings,
    clock,
    clientClock,
    wallMs: 1e12,
    blocksUpgrades: false,
    pages,
    network,
    server,
    dialled,
    connect: (transports, options) => new Line("http://a.example", { ...options, transports }, surroundings),
    async stop() {
      network.cut();
      const closed = server.close();
      await clock.advanceAsync(20_000);
      await closed;
      http.close();
    },
  };
  return line;
}

/** `fetch` with one connection per request. */
function fetchOver(dial: () => Duplex): Fetch {
  return (url, { method, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const { pathname, host } = new URL(url);
      const all = { ...headers, host, ...(body === undefined ? {} : { "content-length": String(body.length) }) };
      const asked = request({ createConnection: () => dial(), method, path: pathname, headers: all });
      signal.addEventListener("abort", () => asked.destroy());
      asked.on("error", reject);
      asked.on("response", (message) => {
        message.on("error", () => {});
        // Nobody reads what is empty.
        if (message.statusCode !== 200) message.resume();
        const chunks = message[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
        resolve({
          status: message.statusCode ?? 0,
          headers: { get: (name) => String(message.headers[name] ?? "") },
          arrayBuffer: () => Promise.reject(new Error("It is read as it comes.")),
          body: {
            getReader: () => ({
              async read() {
                const { done, value } = await chunks.next();
                return done === true ? { done: true } : { done: false, value };
              },
              cancel: () => {
                message.destroy();
                return Promise.resolve();
              },
            }),
          },
        });
      });
      asked.end(body);
    });
}
