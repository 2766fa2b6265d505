// `longwire echo` as test suites run it, in processes of its own.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { startCli, stopAll, urlIn } from "../support/cli-process.ts";
import { importsOf, root, scanSource } from "../support/source-scan.ts";
import { letGo, nextMessage, openWs } from "../support/ws-peer.ts";

afterEach(() => {
  letGo();
  stopAll();
});

describe("longwire echo", () => {
  const start = async (...args: string[]) => {
    const cli = startCli(["echo", "--port", "0", ...args]);
    return { ...cli, url: urlIn(await cli.firstLine) };
  };

  it("prints exactly one line and echoes each message in its type on any path", async () => {
    const { url, out } = await start();
    for (const path of ["", "/", "/any/path?x=1", "/%E2%98%83"]) {
      const socket = await openWs(`${url}${path}`);
      socket.send("tëxt");
      expect(await nextMessage(socket)).toBe("tëxt");
      socket.send(Buffer.of(0, 255));
      expect(await nextMessage(socket)).toEqual(Buffer.of(0, 255));
      socket.send("");
      expect(await nextMessage(socket)).toBe("");
    }
    expect(out()).toMatch(/^listening ws:\/\/127\.0\.0\.1:\d+\n$/);
  });

  it("sends a broadcast to everyone on the path, the sender included, and to nobody else", async () => {
    const { url } = await start();
    const members = [
      await openWs(`${url}/broadcast`),
      await openWs(`${url}/broadcast`),
      await openWs(`${url}/broadcast`),
    ];
    const outsider = await openWs(url);
    const heard = members.map(nextMessage);
    members[0]?.send("all");
    expect(await Promise.all(heard)).toEqual(["all", "all", "all"]);
    outsider.send("mine");
    expect(await nextMessage(outsider)).toBe("mine");
    const bytes = members.map(nextMessage);
    members[1]?.send(Buffer.of(7));
    expect(await Promise.all(bytes)).toEqual([Buffer.of(7), Buffer.of(7), Buffer.of(7)]);
  });

  it("swallows what is sent to /sink", async () => {
    const { url } = await start();
    const socket = await openWs(`${url}/sink`);
    const heard: unknown[] = [];
    socket.on("message", (data) => heard.push(data));
    socket.send("gone");
    // The pong comes behind anything that would have come back.
    socket.ping();
    await once(socket, "pong");
    expect(heard).toEqual([]);
  });

  it("takes messages up to --max-message and closes with 1009 beyond", async () => {
    const { url } = await start("--max-message", "2MiB");
    const socket = await openWs(url, { perMessageDeflate: false });
    socket.send(Buffer.alloc(2 * 1024 * 1024));
    expect(await nextMessage(socket)).toHaveLength(2 * 1024 * 1024);
    socket.send(Buffer.alloc(2 * 1024 * 1024 + 1));
    expect((await once(socket, "close"))[0]).toBe(1009);
  });

  it("lets pages of any origin in", async () => {
    const { url } = await start();
    const socket = await openWs(url, { origin: "https://elsewhere.example" });
    socket.send("hi");
    expect(await nextMessage(socket)).toBe("hi");
  });

  it.each(["SIGINT", "SIGTERM"] as const)("closes its connections at %s and exits with 0", async (signal) => {
    const { url, child, ended } = await start();
    const socket = await openWs(url);
    const closed = once(socket, "close");
    child.kill(signal);
    expect((await closed)[0]).toBe(1001);
    expect(await ended).toBe(0);
  });

  it("is a server with routes and public hooks and nothing else", () => {
    const source = scanSource("src/cli/echo.ts", readFileSync(`${root}/src/cli/echo.ts`, "utf8"));
    const plumbing = [
      "./address.ts",
      "./failure.ts",
      "./program.ts",
      "./stop-signals.ts",
      "./terminal.ts",
      "./tls-files.ts",
    ];
    const specifiers = importsOf(source).map(({ specifier }) => specifier);
    expect(specifiers.filter((specifier) => !plumbing.includes(specifier))).toEqual(["../server/index.ts"]);
  });
});
