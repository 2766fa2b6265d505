// Opens and ends connections in each of the ways, in a process of its own with gc(), and prints what is left of them.
// Run by server-resets.test.ts.
import { createServer, type ServerSocket } from "../../../src/server/index.ts";
import { connectRaw, rawClose, rawFrame, type RawClient } from "../../support/raw-client.ts";

const perWay = 1_000;
const atOnce = 50;

const topic = "everybody";
const server = createServer({
  limits: { closeTimeoutMs: 50 },
  authenticate: (request) => Promise.resolve(request.path),
  log: { debug() {}, error() {} },
});
let seen: WeakRef<ServerSocket<unknown, unknown>>[] = [];
server.route("/:how", {
  open(socket) {
    seen.push(new WeakRef(socket));
    socket.subscribe(topic);
    socket.subscribe(`${topic}:${socket.params.how}`);
  },
  message(socket, data) {
    const how = String(data);
    if (how === "server-close") socket.close(3_000, "enough");
    else if (how === "server-terminate") socket.terminate();
    else if (how === "handler-throws") throw new Error("on purpose");
    else if (how === "async-handler") return Promise.resolve().then(() => void socket.send("done"));
    else socket.send("echo");
    return undefined;
  },
});
const { port } = await server.listen({ host: "127.0.0.1" });

/** How each way goes on after the handshake; every one ends with the connection gone on both sides. */
const ways: Readonly<Record<string, (client: RawClient, how: string) => Promise<void>>> = {
  async "client-close"(client, how) {
    client.write(Buffer.concat([rawFrame({ payload: how }), rawClose(1_000)]));
    await client.ended();
    client.end();
  },
  async "server-close"(client, how) {
    client.writeFrame({ payload: how });
    await client.nextFrame();
    client.write(rawClose(3_000));
  },
  async "server-terminate"(client, how) {
    client.writeFrame({ payload: how });
    await client.ended();
  },
  async "handler-throws"(client, how) {
    client.writeFrame({ payload: how });
    await client.nextFrame();
    client.write(rawClose(1_011));
  },
  async "async-handler"(client, how) {
    client.writeFrame({ payload: how });
    await client.nextFrame();
    client.destroy();
  },
  async fin(client, how) {
    client.writeFrame({ payload: how });
    await client.nextFrame();
    client.end();
  },
  async reset(client, how) {
    client.writeFrame({ payload: how });
    await client.nextFrame();
    client.reset();
  },
  async "protocol-error"(client, how) {
    client.write(Buffer.concat([rawFrame({ payload: how }), rawFrame({ opcode: 3 })]));
    await client.ended();
  },
  async "silent-after-close"(client) {
    client.writeFrame({ payload: "server-close" });
    await client.closed();
  },
};

async function once(how: string, end: (client: RawClient, how: string) => Promise<void>): Promise<void> {
  const client = await connectRaw(port);
  const { status } = await client.upgrade(`/${how}`);
  if (status !== 101) throw new Error(`${how}: ${status}`);
  await end(client, how);
  client.socket.end();
  await client.closed();
}

async function round(how: string, count: number): Promise<void> {
  const end = ways[how];
  if (end === undefined) throw new Error(how);
  for (let done = 0; done < count; done += atOnce) {
    await Promise.all(Array.from({ length: atOnce }, () => once(how, end)));
  }
  while (server.sockets.size > 0) await turn();
}

const turn = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 5));
const resources = (kind: string): number => process.getActiveResourcesInfo().filter((name) => name === kind).length;
const countListeners = (): number => process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
const gauge = (name: string): number =>
  Number(new RegExp(`^longwire_${name} (\\d+)$`, "m").exec(server.metrics())?.[1]);

async function collect(): Promise<void> {
  for (let count = 0; count < 6; count++) {
    await turn();
    globalThis.gc?.();
  }
}

/** Retries for as long as the runtime still lets go of things. */
async function counts(): Promise<Record<string, number>> {
  await collect();
  return {
    sockets: server.sockets.size,
    pending: gauge("pending_handshakes"),
    topics: gauge("topics"),
    transports: resources("TCPSocketWrap"),
    timers: resources("Timeout"),
    listeners: countListeners(),
    budget: gauge("budget_used_bytes"),
    alive: seen.filter((reference) => reference.deref() !== undefined).length,
  };
}

const report: { how: string; left: Record<string, number> }[] = [];
for (const how of Object.keys(ways)) {
  // The first round pays for what is made once: compiled code, shared timers.
  await round(how, atOnce);
  seen = [];
  const before = await counts();
  await round(how, perWay);
  let left: Record<string, number> = {};
  for (let attempt = 0; attempt < 20; attempt++) {
    const after = await counts();
    left = Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)]));
    if (Object.values(left).every((value) => value <= 0)) break;
  }
  report.push({
    how,
    left: Object.fromEntries(Object.entries(left).map(([name, value]) => [name, Math.max(0, value)])),
  });
}
await server.close();
process.stdout.write(JSON.stringify(report));
