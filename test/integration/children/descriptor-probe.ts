// A server in a process that may hold 256 descriptors, more clients than that, and then fewer. Prints what became of it.
// Run by server-resets.test.ts under `ulimit -n 256`; the clients live in a second process with a limit of its own.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createServer } from "../../../src/server/index.ts";
import { connectRaw, type RawClient } from "../../support/raw-client.ts";

type Order = "flood" | "leave" | "probe";

const turn = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

async function clientSide(port: number): Promise<void> {
  const control = await connectRaw(port);
  await control.upgrade("/");
  const clients: RawClient[] = [];
  const orders: Record<Order, () => Promise<unknown>> = {
    async flood() {
      // Connections that the kernel completes and the server cannot accept count as made here.
      await Promise.all(
        Array.from({ length: 240 }, async () => {
          const client = await connectRaw(port).catch(() => undefined);
          if (client !== undefined) clients.push(client);
          client?.write("GET / HTTP/1.1\r\n");
        }),
      );
      return clients.length;
    },
    async leave() {
      for (const client of clients) client.destroy();
      control.writeFrame({ payload: "hello" });
      return (await control.nextFrame()).text;
    },
    async probe() {
      const client = await connectRaw(port);
      return (await client.upgrade("/")).status;
    },
  };
  process.on("message", (order: Order) => void orders[order]().then((answer) => process.send?.(answer)));
  process.send?.("ready");
}

async function serverSide(): Promise<void> {
  let faults = 0;
  process.on("uncaughtException", () => void (faults += 1));
  const server = createServer({ log: { debug() {}, error() {} } });
  server.route("/", { message: (socket, data) => void socket.send(data as string) });
  const { port } = await server.listen({ host: "127.0.0.1" });
  const others = fork(fileURLToPath(import.meta.url), ["clients", String(port)], { execArgv: process.execArgv });
  const answers: unknown[] = [];
  others.on("message", (answer) => void answers.push(answer));
  const next = async (): Promise<unknown> => {
    while (answers.length === 0) await turn(5);
    return answers.shift();
  };
  await next();
  // Descriptors that the process spends elsewhere.
  const { openSync, closeSync } = await import("node:fs");
  const held: number[] = [];
  let exhausted = false;
  try {
    for (;;) held.push(openSync("/dev/null", "r"));
  } catch {
    exhausted = true;
  }
  // Room for a few, so that some come in and the rest do not.
  for (const descriptor of held.splice(0, 10)) closeSync(descriptor);
  others.send("flood");
  await turn(200);
  const before = process.cpuUsage();
  const startedAt = performance.now();
  await turn(1_000);
  const used = process.cpuUsage(before);
  const busyShare = (used.user + used.system) / 1_000 / (performance.now() - startedAt);
  for (const descriptor of held) closeSync(descriptor);
  await next();
  others.send("leave");
  const controlAnswered = (await next()) === "hello";
  others.send("probe");
  const acceptedAfterwards = (await next()) === 101;
  process.stdout.write(JSON.stringify({ exhausted, controlAnswered, acceptedAfterwards, faults, busyShare }));
  others.kill();
  await server.close();
}

if (process.argv[2] === "clients") await clientSide(Number(process.argv[3]));
else await serverSide();
