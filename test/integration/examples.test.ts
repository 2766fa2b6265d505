// The examples do what their head comments say. They import the built package by its name, as users do.
import { once } from "node:events";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket as WsClient } from "ws";
import { filesIn, root } from "../support/source-scan.ts";

const running = new Set<ChildProcessWithoutNullStreams>();
const opened: WsClient[] = [];
afterEach(() => {
  for (const socket of opened.splice(0)) socket.terminate();
  for (const child of running) child.kill("SIGKILL");
});

function runExample(name: string, ...args: string[]) {
  const child = spawn(process.execPath, ["--import", "tsx", join("examples", name), ...args], { cwd: root });
  running.add(child);
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  const ended = once(child, "close").then(([code]: unknown[]) => {
    running.delete(child);
    return code;
  });
  return { child, ended, out: () => out, err: () => err };
}

/** Starts a server on a free port and waits for the address it prints. */
async function startServer(name: string) {
  const example = runExample(name, "0");
  const exited = example.ended.then((code) => {
    throw new Error(`examples/${name} ended with ${String(code)}: ${example.err()}`);
  });
  while (!example.out().includes("\n")) await Promise.race([once(example.child.stdout, "data"), exited]);
  exited.catch(() => {});
  return { ...example, url: /ws:\/\/[\d.]+:\d+/.exec(example.out())?.[0] ?? "" };
}

async function openWs(url: string, heard: string[]): Promise<WsClient> {
  const socket = new WsClient(url);
  opened.push(socket);
  socket.on("message", (data: Buffer) => heard.push(data.toString()));
  await once(socket, "open");
  return socket;
}

const soon = { timeout: 15_000, interval: 20 };

describe("examples", () => {
  it("echo-server and client talk to each other, and the server stops when told to", async () => {
    const server = await startServer("echo-server.ts");
    const client = runExample("client.ts", `${server.url}/echo`, "one", "two");
    expect(await client.ended).toBe(0);
    expect(client.out()).toBe("got one\ngot two\nclosed: 1000 that was all\n");
    server.child.kill("SIGTERM");
    expect(await server.ended).toBe(0);
    expect(server.out()).toContain("127.0.0.1 came\nsomebody left with 1000\n");
  });

  it("client says why it has no connection", async () => {
    const server = await startServer("echo-server.ts");
    const client = runExample("client.ts", `${server.url}/elsewhere`, "one");
    expect(await client.ended).toBe(1);
    expect(client.err()).toContain("404");
    expect(client.out()).toContain("closed: 1006");
  });

  it("broadcast lets everybody in a room hear everybody, and nobody else", async () => {
    const server = await startServer("broadcast.ts");
    const heard: Record<"ada" | "bob" | "eve", string[]> = { ada: [], bob: [], eve: [] };
    const ada = await openWs(`${server.url}/rooms/tea?name=Ada`, heard.ada);
    const bob = await openWs(`${server.url}/rooms/tea?name=Bob`, heard.bob);
    await openWs(`${server.url}/rooms/coffee?name=Eve`, heard.eve);
    await expect.poll(() => heard.ada, soon).toEqual(["Bob is here"]);
    ada.send("hello");
    await expect.poll(() => heard.bob, soon).toEqual(["Ada: hello"]);
    bob.close(1000);
    await expect.poll(() => heard.ada, soon).toEqual(["Bob is here", "Ada: hello", "Bob has left"]);
    expect(heard.eve).toEqual([]);
    ada.send(Buffer.of(1));
    expect((await once(ada, "close"))[0]).toBe(4000);
    server.child.kill("SIGINT");
    expect(await server.ended).toBe(0);
  });

  it("broadcast refuses who does not say a name", async () => {
    const server = await startServer("broadcast.ts");
    const nobody = new WsClient(`${server.url}/rooms/tea`);
    const [error] = (await once(nobody, "error")) as [Error];
    expect(error.message).toContain("401");
  });

  it("are short, and import the package by its name only", () => {
    const files = filesIn("examples", [".ts"]);
    expect(files.length).toBeGreaterThanOrEqual(3);
    for (const file of files) {
      const text = readFileSync(join(root, file), "utf8");
      expect(text.split("\n").length, file).toBeLessThan(60);
      expect(text, file).not.toMatch(/from "\.\.?\//);
    }
  });
});
