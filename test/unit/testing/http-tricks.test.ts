import { once } from "node:events";
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { createFaultProxy, type FaultProxy } from "../../../src/testing/fault-proxy.ts";
import { settled } from "../../../src/testing/virtual-clock.ts";
import type { HttpTricks } from "../../../src/testing/http-tricks.ts";

interface Bench {
  readonly proxy: FaultProxy;
  /** What the server was asked. */
  readonly asked: string[];
  /** Answers that are left open. */
  readonly open: ServerResponse[];
}

/** A server that answers at once, at /stream bit by bit when told, and greets whoever upgrades. */
async function begin(http: HttpTricks): Promise<Bench> {
  const asked: string[] = [];
  const open: ServerResponse[] = [];
  const server = createServer((message, response) => {
    asked.push(
      `${message.method ?? ""} ${message.url ?? ""} ${message.headers.host ?? ""} ${message.headers.upgrade ?? "-"}`,
    );
    message.resume();
    if (message.url === "/stream") open.push(response.on("error", () => {}));
    else response.end("plain");
  });
  server.on("upgrade", (message: IncomingMessage, socket: Socket) => {
    asked.push(`UPGRADE ${message.url ?? ""}`);
    socket.on("error", () => {});
    socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: test\r\nConnection: Upgrade\r\n\r\nhello");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy = await createFaultProxy({ target: { port: (server.address() as AddressInfo).port }, faults: { http } });
  onTestFinished(async () => {
    await proxy.close();
    server.closeAllConnections();
    server.close();
  });
  return { proxy, asked, open };
}

function ask(proxy: FaultProxy, path: string, method = "GET", headers = {}): Promise<IncomingMessage> {
  const made = request({ port: proxy.port, host: "127.0.0.1", path, method, headers, agent: false });
  made.on("error", () => {});
  made.end();
  return once(made, "response").then(([message]) => message as IncomingMessage);
}

const upgrade = { connection: "Upgrade", upgrade: "test" };

/** What comes back for an upgrade: a status, or what was said after the 101. */
function upgradeThrough(proxy: FaultProxy): Promise<string> {
  return new Promise((resolve) => {
    const made = request({ port: proxy.port, host: "127.0.0.1", path: "/ws", headers: upgrade, agent: false });
    made.on("response", (message) => resolve(String(message.statusCode)));
    made.on("upgrade", (_message, socket, head) => {
      onTestFinished(() => void socket.destroy());
      if (head.length > 0) resolve(`101 ${head.toString()}`);
      socket.once("data", (chunk: Buffer) => resolve(`101 ${chunk.toString()}`));
      // Long enough for what the server has said already to come through, if it does.
      void settled(50).then(() => resolve("101 and silence"));
    });
    made.on("error", () => resolve("error"));
    made.end();
  });
}

describe("upgrades", () => {
  test.each<[HttpTricks["upgrade"], string, string[]]>([
    [undefined, "101 hello", ["UPGRADE /ws"]],
    ["strip", "200", ["GET /ws"]],
    ["refuse", "403", []],
    ["silent", "101 and silence", ["UPGRADE /ws"]],
  ])("%s: %s", async (trick, seen, asked) => {
    const bench = await begin({ upgrade: trick });
    expect(await upgradeThrough(bench.proxy)).toBe(seen);
    expect(bench.asked.map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual(asked);
  });
});

describe("answers", () => {
  const collect = (message: IncomingMessage): string[] => {
    const pieces: string[] = [];
    message.on("data", (chunk: Buffer) => pieces.push(chunk.toString()));
    message.on("end", () => pieces.push("end"));
    return pieces;
  };

  test("without tricks they come as they are sent", async () => {
    const { proxy, open } = await begin({});
    const answered = ask(proxy, "/stream");
    await expect.poll(() => open.length).toBe(1);
    open[0]?.write("1");
    const pieces = collect(await answered);
    await expect.poll(() => pieces).toEqual(["1"]);
    open[0]?.end("2");
    await expect.poll(() => pieces).toEqual(["1", "2", "end"]);
    expect(proxy.counts.requests).toBe(1);
  });

  test("buffered: whole, and not before they end", async () => {
    const { proxy, open } = await begin({ buffer: true });
    const answered = ask(proxy, "/stream");
    let isAnswered = false;
    void answered.then(() => (isAnswered = true));
    await expect.poll(() => open.length).toBe(1);
    await new Promise((resolve) => open[0]?.write("1", resolve));
    expect(isAnswered).toBe(false);
    open[0]?.end("2");
    const pieces = collect(await answered);
    await expect.poll(() => pieces.join("")).toBe("12end");
  });

  test("the first piece waits for the second", async () => {
    const { proxy, open } = await begin({ holdFirst: true });
    const answered = ask(proxy, "/stream");
    await expect.poll(() => open.length).toBe(1);
    await new Promise((resolve) => open[0]?.write("1", resolve));
    open[0]?.write("2");
    const pieces = collect(await answered);
    await expect.poll(() => pieces.join("")).toBe("12");
    open[0]?.end();
  });

  test("each POST goes out twice; a GET once; Host is another", async () => {
    const { proxy, asked } = await begin({ repeatPosts: true, host: "inner.example" });
    for (const method of ["POST", "GET"]) {
      const pieces = collect(await ask(proxy, `/${method}`, method));
      await expect.poll(() => pieces).toEqual(["plain", "end"]);
    }
    expect(asked).toEqual(["POST /POST inner.example -", "POST /POST inner.example -", "GET /GET inner.example -"]);
  });
});
