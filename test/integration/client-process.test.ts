// A process with a socket of longwire/client stays as long as the socket does, its network or not, and no longer.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { createServer } from "../../src/server/index.ts";
import { startFront } from "../support/obstructed-front.ts";

const program = `
import { WebSocket } from "longwire/client";
const socket = new WebSocket(process.argv[1]);
for (const type of ["open", "suspend", "resume", "close"]) socket.addEventListener(type, () => console.log(type));
socket.onmessage = ({ data }) => (data === "go" ? socket.close() : console.log(data));
`;

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
