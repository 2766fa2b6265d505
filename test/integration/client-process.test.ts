// A process with a socket of longwire/client stays as long as the socket does, its network or not, and no longer.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test, vi } from "vitest";
import { createServer } from "../../src/server/index.ts";
import { startFront } from "../support/obstructed-front.ts";

const program = `
import { WebSocket } from "longwire/client";
const socket = new WebSocket(process.argv[1]);
for (const type of ["open", "suspend", "resume", "close"]) socket.addEventListener(type, () => console.log(type));
socket.onmessage = ({ data }) => (data === "go" ? socket.close() : console.log(data));
`;

/** Says what kept it after its last close: timers of its own that were set for long, and rang. */
const leaver = `
const { setTimeout: set } = globalThis;
const facts = { closes: 0, rang: [] };
globalThis.setTimeout = (run, ms, ...rest) => {
  const timer = set((...given) => {
    if (facts.closes === 2 && timer.hasRef()) facts.rang.push(ms);
    run(...given);
  }, ms, ...rest);
  return timer;
};
const { Line, WebSocket } = await import("longwire/client");
const [url, transport] = process.argv.slice(1);
const sockets = [new WebSocket(url.replace("http", "ws") + "/talk"), new Line(url, { transports: [transport] }).open("/talk")];
for (const socket of sockets) {
  socket.onmessage = () => socket.close(4001, "enough");
  socket.onclose = ({ code }) => {
    if (code === 4001) facts.closes++;
  };
}
process.on("exit", () => console.log(JSON.stringify(facts)));
`;

test.each(["websocket", "stream", "longpoll", "poll"])(
  "a process that closes its last socket, carried by %s, waits for nothing but the end of its connections",
  async (transport) => {
    // Whoever waits for the server to give up an idle connection waits in vain.
    const server = createServer();
    const closed: number[] = [];
    server.route("/talk", {
      open: (socket) => void socket.send("hello"),
      close: (_socket, code) => void closed.push(code),
    });
    const { port } = await server.listen({ port: 0, host: "127.0.0.1" });
    const url = `http://127.0.0.1:${String(port)}`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", leaver, url, transport], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(child, "exit");
    onTestFinished(async () => {
      child.kill("SIGKILL");
      await server.close();
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const facts = JSON.parse(String((await lines.next()).value)) as { closes: number; rang: readonly number[] };
    expect(await ended).toEqual([0, null]);
    expect(facts.closes).toBe(2);
    expect(facts.rang.filter((ms) => ms >= 500)).toEqual([]);
    // Its sessions were left in order.
    await vi.waitFor(() => expect(server.metrics()).toMatch(/^longwire_sessions 0$/m));
    expect(closed).toEqual([4001, 4001]);
  },
);

test("a process stays while its socket is suspended, hears what was said meanwhile, and ends after its close", async () => {
  const server = createServer();
  let send: (text: string) => void = () => undefined;
  server.route("/talk", {
    open(socket) {
      send = (text) => void socket.send(text);
    },
  });
  const { port } = await server.listen({ port: 0, host: "127.0.0.1" });
  const front = await startFront(port, {});
  const url = `${front.url.replace("http", "ws")}/talk`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program, url], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await front.stop();
    await server.close();
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => String((await lines.next()).value);
  expect(await nextLine()).toBe("open");
  Object.assign(front.obstacles, { websocket: "refuse", stream: "refuse" });
  front.cut();
  expect(await nextLine()).toBe("suspend");
  send("meanwhile");
  Object.assign(front.obstacles, { websocket: "pass", stream: "pass" });
  expect([await nextLine(), await nextLine()].toSorted((a, b) => a.localeCompare(b))).toEqual(["meanwhile", "resume"]);
  send("go");
  expect(await nextLine()).toBe("close");
  expect(await ended).toEqual([0, null]);
});
