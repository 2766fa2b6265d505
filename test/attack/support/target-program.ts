// The server that is attacked, a process of its own: public routes and hooks of longwire/server, and beside them a channel to
// its parent over which it tells what it holds and counts. Nothing here decides anything for the server.
import { getHeapStatistics } from "node:v8";
import { createServer, type Limits, type ServerOptions, type ServerSocket } from "../../../src/server/index.ts";
import { Budget } from "../../../src/socket/budget.ts";

export interface TargetOptions {
  readonly limits?: "public" | Partial<Limits>;
}

/** What the process says of itself. */
export interface Facts {
  /** JavaScript heap and what hangs on it outside: buffers, handles. After "collect" only what is reachable. */
  readonly heldBytes: number;
  readonly rssBytes: number;
  /** The most it had since it started. */
  readonly rssPeakBytes: number;
  /** What V8 may use: a quarter of it bounds the budget. */
  readonly heapLimitBytes: number;
  readonly accountedBytes: number;
  /** The most since the last "collect". */
  readonly accountedPeakBytes: number;
  /** Every sample of the Prometheus page, by name and labels without "longwire_". */
  readonly metrics: Readonly<Record<string, number>>;
  /** Exceptions and rejections that nobody caught. */
  readonly faults: readonly string[];
  /** What the routes saw. */
  readonly counts: Readonly<Record<Count, number>>;
  /** The most messages that /sink saw within one turn of the event loop. */
  readonly mostPerTurn: number;
  /** What /trace saw, in order. */
  readonly trace: readonly string[];
  /** Log lines, the newest last, 200 at most. */
  readonly lines: readonly string[];
  /** Sockets, timers and the like that keep the process alive, by kind. */
  readonly resources: Readonly<Record<string, number>>;
  /** Sockets in the closing handshake. */
  readonly closingCount: number;
  /** Server-side objects of connections that have not been collected. */
  readonly aliveCount: number;
  readonly cpuMs: number;
}

/** collect: as facts, after garbage was collected, and the accounted peak begins anew. release: /slow goes on. */
export type Order = "facts" | "collect" | "release";
type Count = "open" | "message" | "ping" | "pong" | "close" | "error" | "page";

const { limits = {} } = JSON.parse(process.argv[2] ?? "{}") as TargetOptions;
const faults: string[] = [];
const lines: string[] = [];
const trace: string[] = [];
const seen = new Set<WeakRef<object>>();
const counts: Record<Count, number> = { open: 0, message: 0, ping: 0, pong: 0, close: 0, error: 0, page: 0 };
const slow: { gate: Promise<void>; release: () => void } = { gate: Promise.resolve(), release() {} };
slow.gate = new Promise((resolve) => {
  slow.release = resolve;
});
let mostPerTurn = 0;
let thisTurn = 0;
let accountedPeak = 0;

process.on("uncaughtException", (error) => void faults.push(String(error.stack)));
process.on("unhandledRejection", (reason) => void faults.push(String(reason)));
// The parent is gone or has had enough.
process.on("disconnect", () => process.exit());

// The peak itself, not samples of it.
const update: Budget["update"] = Reflect.get(Budget.prototype, "update");
Budget.prototype.update = function watched(this: Budget, holder, cost) {
  update.call(this, holder, cost);
  accountedPeak = Math.max(accountedPeak, this.used);
};

const keep = (line: string): void => {
  lines.push(line);
  if (lines.length > 200) lines.shift();
};
const options: ServerOptions<undefined> = {
  limits,
  origins: "any",
  http: (_message, response) => {
    counts.page++;
    response.end("page");
  },
  log: { debug: keep, error: (line: string, error: unknown) => keep(`${line}: ${String(error)}`) },
};
const server = createServer(options);

const tally = {
  open(socket: ServerSocket) {
    counts.open++;
    seen.add(new WeakRef(socket));
  },
  ping: () => void counts.ping++,
  pong: () => void counts.pong++,
  close: () => void counts.close++,
  error: () => void counts.error++,
};
const echo = (socket: ServerSocket, data: string | Uint8Array): void => {
  counts.message++;
  socket.send(data);
};

// Counts nothing: the control connection is no attacker.
server.route("/control", { message: (socket, data) => void socket.send(data) });
server.route("/*", { ...tally, message: echo });
server.route("/sink", {
  ...tally,
  message() {
    counts.message++;
    if (thisTurn++ === 0) setImmediate(() => void (thisTurn = 0));
    mostPerTurn = Math.max(mostPerTurn, thisTurn);
  },
});
server.route("/slow", {
  ...tally,
  async message(socket, data) {
    counts.message++;
    await slow.gate;
    socket.send(data);
  },
});
server.route("/feed", {
  ...tally,
  open(socket) {
    tally.open(socket);
    socket.subscribe("feed");
  },
});
// Answers each publication, so that a publisher can keep pace.
server.route("/publish", {
  ...tally,
  message(socket, data) {
    counts.message++;
    socket.send(String(server.publish("feed", data)));
  },
});
server.route("/boom", {
  ...tally,
  message(socket, data) {
    counts.message++;
    if (data === "boom") throw new Error("boom");
    if (data === "later boom") return Promise.reject(new Error("later boom"));
    socket.send(data);
    return undefined;
  },
});
server.route("/asked", { ...tally, authenticate: () => "somebody", message: echo });
server.route("/asked-later", {
  ...tally,
  authenticate: () => new Promise((resolve) => void setTimeout(resolve, 5, "somebody")),
  message: echo,
});
server.route("/asked-forever", { ...tally, authenticate: () => new Promise(() => {}), message: echo });
server.route("/trace", {
  open: () => void trace.push("open"),
  message(socket, data) {
    trace.push(typeof data === "string" ? `text ${data}` : `binary ${Buffer.from(data).toString("hex")}`);
    socket.send(data);
  },
  ping: (_socket, payload) => void trace.push(`ping ${Buffer.from(payload).toString()}`),
  pong: (_socket, payload) => void trace.push(`pong ${Buffer.from(payload).toString()}`),
  close: (_socket, code, reason) => void trace.push(`close ${String(code)} ${reason}`),
});

async function collect(): Promise<void> {
  for (let count = 0; count < 4; count++) {
    await new Promise((resolve) => void setImmediate(resolve));
    globalThis.gc?.();
  }
}

function readMetrics(): Record<string, number> {
  const samples = server.metrics().matchAll(/^longwire_(\S+) (\S+)$/gm);
  return Object.fromEntries([...samples].map(([, name = "", value]) => [name, Number(value)]));
}

function countResources(): Record<string, number> {
  const kinds: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) kinds[kind] = (kinds[kind] ?? 0) + 1;
  return kinds;
}

/** 0 while the process has no descriptor left to read it with. */
function residentBytes(): number {
  try {
    return process.memoryUsage.rss();
  } catch {
    return 0;
  }
}

function countAlive(): number {
  for (const reference of seen) if (reference.deref() === undefined) seen.delete(reference);
  return seen.size;
}

function facts(): Facts {
  const heap = getHeapStatistics();
  const metrics = readMetrics();
  const { user, system } = process.cpuUsage();
  return {
    heldBytes: heap.used_heap_size + heap.external_memory,
    rssBytes: residentBytes(),
    rssPeakBytes: process.resourceUsage().maxRSS * 1024,
    heapLimitBytes: heap.heap_size_limit,
    accountedBytes: metrics["budget_used_bytes"] ?? NaN,
    accountedPeakBytes: accountedPeak,
    metrics,
    faults,
    counts,
    mostPerTurn,
    trace,
    lines,
    resources: countResources(),
    closingCount: [...server.sockets].filter(({ readyState, CLOSING }) => readyState === CLOSING).length,
    aliveCount: countAlive(),
    cpuMs: (user + system) / 1000,
  };
}

const orders: Readonly<Record<Order, () => Promise<Facts>>> = {
  facts: () => Promise.resolve(facts()),
  async collect() {
    await collect();
    const reply = facts();
    accountedPeak = reply.accountedBytes;
    return reply;
  },
  release() {
    slow.release();
    return Promise.resolve(facts());
  },
};
process.on("message", ({ id, order }: { id: number; order: Order }) => {
  void orders[order]().then((reply) => process.send?.({ id, reply }));
});

const { port } = await server.listen({ host: "127.0.0.1" });
process.send?.({ id: 0, reply: port });
