// The examples whose point is what outlives a connection: chat, game loop, media, tokens, orders. A fault proxy stands between
// client and server where the network has to go away.
import { readFileSync, writeFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket as WsClient, WebSocketServer } from "ws";
import { createFaultProxy, type FaultProxy } from "../../src/testing/index.ts";
import { type ExampleServer, runExample, runProgram, startExample, stopExamples } from "../support/example-process.ts";
import { afterThisTest } from "../support/test-server.ts";
import { pythonWebsockets } from "../support/tools.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "examples-"));
});
afterEach(() => {
  stopExamples();
  rmSync(folder, { recursive: true, force: true });
});

const soon = { timeout: 15_000, interval: 20 };

async function proxyOf(server: ExampleServer): Promise<FaultProxy> {
  const proxy = await createFaultProxy({ target: { port: Number(new URL(server.origin).port) } });
  afterThisTest(() => proxy.close());
  return proxy;
}

describe("chat", () => {
  it("who comes later hears what was said, and both hear what is said and who is here", async () => {
    const server = await startExample("chat-server.ts");
    const ada = runExample("chat-client.ts", `${server.origin}/rooms/tea`, "Ada");
    ada.child.stdin.write("hello\n");
    await expect.poll(() => ada.out(), soon).toBe("(here: Ada)\nAda: hello\n");
    const bob = runExample("chat-client.ts", `${server.origin}/rooms/tea`, "Bob");
    await expect.poll(() => bob.out(), soon).toBe("Ada: hello\n(here: Ada, Bob)\n");
    bob.child.stdin.write("hello, Ada\n");
    await expect.poll(() => ada.out(), soon).toMatch(/\(here: Ada, Bob\)\nBob: hello, Ada\n$/);
    bob.child.stdin.end();
    expect(await bob.ended).toBe(0);
    await expect.poll(() => ada.out(), soon).toMatch(/\(here: Ada\)\n$/);
  });

  it("what is said without a network is heard when it is back, in order and once", async () => {
    const server = await startExample("chat-server.ts");
    const proxy = await proxyOf(server);
    const bob = runExample("chat-client.ts", `${server.origin}/rooms/tea`, "Bob");
    await expect.poll(() => bob.out(), soon).toContain("(here: Bob)");
    const ada = runExample("chat-client.ts", `ws://127.0.0.1:${proxy.port}/rooms/tea`, "Ada");
    await expect.poll(() => ada.out(), soon).toContain("(here: Bob, Ada)");
    // Whatever connects from now on breaks at its first byte.
    proxy.faults = { cutAfterBytes: 1 };
    proxy.cut();
    await expect.poll(() => ada.out(), soon).toContain("(no network; what you say waits)");
    ada.child.stdin.write("one\ntwo\n");
    bob.child.stdin.write("three\n");
    await expect.poll(() => bob.out(), soon).toContain("Bob: three");
    expect(bob.out()).not.toContain("one");
    proxy.faults = {};
    await expect.poll(() => ada.out(), soon).toMatch(/\(back\)\nBob: three\nAda: one\nAda: two\n$/);
    await expect.poll(() => bob.out(), soon).toMatch(/Bob: three\nAda: one\nAda: two\n$/);
  });

  it("a refusal says why", async () => {
    const server = await startExample("chat-server.ts");
    const nobody = runExample("chat-client.ts", `${server.origin}/rooms/tea`, "");
    expect(await nobody.ended).toBe(1);
    expect(nobody.out()).toContain("401");
  });
});

describe("game loop", () => {
  it("players see themselves and one another move, by their own inputs", async () => {
    const server = await startExample("game-server.ts");
    const players = [1, 2].map(() => runExample("game-client.ts", `${server.origin}/game`, "40"));
    for (const player of players) expect(await player.ended).toBe(0);
    const [first = ""] = players.map(({ out }) => out());
    const places = [...first.matchAll(/(\d+) at ([\d.]+) 0\.50 input 1/g)];
    expect(new Set(places.map(([, id]) => id)).size).toBe(2);
    const own = places.filter(([, id]) => id === places[0]?.[1]).map(([, , x]) => Number(x));
    expect(own.at(-1)).toBeGreaterThan(own[0] ?? 1);
    expect(own.toSorted((a, b) => a - b)).toEqual(own);
  });

  it("who sends something else than inputs is shown out", async () => {
    const server = await startExample("game-server.ts");
    const socket = new WsClient(`${server.origin}/game`);
    await once(socket, "open");
    socket.send("north");
    expect((await once(socket, "close"))[0]).toBe(4000);
  });
});

describe("media", () => {
  const film = Buffer.alloc(300_000, "0123456789abcdefghijk");

  it("a film arrives as it is on the disk, and only films that there are", async () => {
    writeFileSync(join(folder, "secret"), "no");
    const films = join(folder, "films");
    mkdirSync(films);
    writeFileSync(join(films, "cat"), film);
    const server = await startExample("media-server.ts", films);
    const watcher = runExample("media-client.ts", "watch", `${server.origin}/films/cat`, join(folder, "copy"));
    expect(await watcher.ended).toBe(0);
    expect(film.equals(readFileSync(join(folder, "copy")))).toBe(true);
    const thief = runExample("media-client.ts", "watch", `${server.origin}/films/..%2Fsecret`, join(folder, "stolen"));
    expect(await thief.ended).toBe(1);
    expect(thief.out()).toContain("4004");
    expect(readFileSync(join(folder, "stolen")).length).toBe(0);
  });

  it("live: who was there has all of it, who comes later the head and the rest, and all hear the end", async () => {
    const server = await startExample("media-server.ts", folder);
    const source = new WsClient(`${server.origin}/live/cat/source`);
    await once(source, "open");
    const early = runExample("media-client.ts", "watch", `${server.origin}/live/cat`, join(folder, "early"));
    const second = new WsClient(`${server.origin}/live/cat/source`);
    expect((await once(second, "close"))[0]).toBe(4009);
    await expect.poll(() => metric(server, "longwire_topics"), soon).toBe(1);
    source.send(film.subarray(0, 1_000));
    source.send(film.subarray(1_000, 2_000));
    // Three sockets have come; the fourth hears nothing of the second piece.
    await expect.poll(() => metric(server, 'longwire_messages_total{direction="in"}'), soon).toBe(2);
    const late = runExample("media-client.ts", "watch", `${server.origin}/live/cat`, join(folder, "late"));
    await expect.poll(() => metric(server, "longwire_channels"), soon).toBe(2);
    source.send(film.subarray(2_000));
    source.close(1000);
    for (const watcher of [early, late]) expect([await watcher.ended, watcher.out()]).toEqual([0, expect.anything()]);
    expect(film.equals(readFileSync(join(folder, "early")))).toBe(true);
    const rest = Buffer.concat([film.subarray(0, 1_000), film.subarray(2_000)]);
    expect(rest.equals(readFileSync(join(folder, "late")))).toBe(true);
  });

  it("a program sends a file, and one watcher writes it again", async () => {
    writeFileSync(join(folder, "film"), film);
    const server = await startExample("media-server.ts", folder);
    const watcher = runExample("media-client.ts", "watch", `${server.origin}/live/cat`, join(folder, "none"));
    expect(await watcher.ended).toBe(1);
    expect(watcher.out()).toContain("4004");
    const source = runExample("media-client.ts", "send", `${server.origin}/live/cat/source`, join(folder, "film"));
    expect([await source.ended, source.out()]).toEqual([0, "closed: 1000 the end\n"]);
    expect(await metric(server, 'longwire_messages_total{direction="in"}')).toBe(Math.ceil(film.length / 16_384));
  });
});

async function metric(server: ExampleServer, name: string): Promise<number> {
  const text = await (await fetch(`${server.origin.replace("ws", "http")}/metrics`)).text();
  const line = text.split("\n").find((entry) => entry.startsWith(`${name} `));
  return Number(line?.slice(name.length));
}

describe("token-refresh", () => {
  it("the socket outlives two tokens, each fetched once", async () => {
    const program = runExample("token-refresh.ts", "2");
    expect([await program.ended, program.err()]).toEqual([0, ""]);
    const turns = [1, 2, 3].map((count) => `token ${count} fetched\nada showed a good token\n`);
    expect(program.out()).toBe(`${turns.join("")}still open\n`);
  });
});

describe.skipIf(pythonWebsockets === undefined)("native-session", () => {
  const program = join("examples", "native-session", "client.py");

  it("what is said is echoed, also what is larger than a window, and the end is an ordinary one", async () => {
    const server = await startExample("echo-server.ts");
    const client = runProgram(pythonWebsockets ?? "", [program, `${server.origin}/echo`]);
    const long = "zwölf 🧵 ".repeat(30_000);
    client.child.stdin.write(`one\n${long}\n\ntwo\n`);
    await expect.poll(() => client.out(), soon).toContain("two\n");
    client.child.stdin.end();
    expect([await client.ended, client.err()]).toEqual([0, ""]);
    expect(client.out() === `one\n${long}\n\ntwo\n(closed: 1000 bye)\n`).toBe(true);
    expect(server.out()).toContain("somebody left with 1000");
  });

  it("connections break ten times, and each message is heard once, in order, by one handler", async () => {
    const server = await startExample("echo-server.ts");
    const proxy = await proxyOf(server);
    const client = runProgram(pythonWebsockets ?? "", [program, `ws://127.0.0.1:${proxy.port}/echo`]);
    const expected: string[] = [];
    for (let turn = 0; turn < 10; turn++) {
      for (let count = 0; count < 20; count++) expected.push(`message ${expected.length}`);
      client.child.stdin.write(`${expected.slice(-20).join("\n")}\n`);
      // Somewhere among the twenty and their echoes, at another place each time.
      await expect.poll(() => client.out().split("\n").length, soon).toBeGreaterThan(turn * 20 + turn);
      proxy.cut();
    }
    await expect.poll(() => client.out().split("\n").length, soon).toBeGreaterThan(expected.length);
    client.child.stdin.end();
    expect(await client.ended).toBe(0);
    expect(client.out().split("\n")).toEqual([...expected, "(closed: 1000 bye)", ""]);
    expect(client.err()).toContain("(lost: ");
    expect(server.out().match(/ came\n/g)).toHaveLength(1);
  });

  it("a server that does not know the route, and one that has no sessions, are told apart from a network that is away", async () => {
    const server = await startExample("echo-server.ts");
    const nowhere = runProgram(pythonWebsockets ?? "", [program, `${server.origin}/nowhere`]);
    expect([await nowhere.ended, nowhere.out()]).toEqual([1, expect.stringContaining("404")]);
    const plain = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    afterThisTest(() => plain.close());
    await once(plain, "listening");
    plain.on("connection", (socket) => socket.send("hello"));
    const url = `ws://127.0.0.1:${(plain.address() as AddressInfo).port}/`;
    const alone = runProgram(pythonWebsockets ?? "", [program, url]);
    expect([await alone.ended, alone.out()]).toEqual([1, "(this server has no sessions)\n"]);
  });
});

describe("orders", () => {
  it("what a program could not send before it ended, the next run sends, in order and once", async () => {
    const path = join(folder, "orders.outbox");
    const first = await startExample("orders-server.ts");
    const { port } = new URL(first.origin);
    first.child.kill("SIGTERM");
    await first.ended;
    const url = `ws://127.0.0.1:${port}/orders`;
    const early = runExample("orders-client.ts", url, path, "tea", "coffee");
    expect(await early.ended).toBe(0);
    expect(early.out()).toMatch(/closed: 1006 .*; 2 wait in /);
    const server = runExample("orders-server.ts", port);
    await expect.poll(() => server.out(), soon).toContain("orders at");
    const late = runExample("orders-client.ts", url, path, "milk");
    expect(await late.ended).toBe(0);
    expect(late.out()).toBe(`took tea\ntook coffee\ntook milk\nclosed: 1000 all done; 0 wait in ${path}\n`);
    expect(server.out()).toMatch(/\norder: tea\norder: coffee\norder: milk\n$/);
  });
});
