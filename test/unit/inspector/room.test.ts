import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, it, vi } from "vitest";
import type { ListenOptions, ServerOptions } from "../../../src/server/index.ts";
import { Room } from "../../../src/inspector/room.ts";
import { echoRoute, serve } from "../../support/test-server.ts";

const files = new Map([
  ["", { type: "text/html", body: Buffer.from("<page>") }],
  ["main.js", { type: "text/javascript", body: Buffer.from("code") }],
]);

const token = "t".repeat(22);

/** A server with a room at /look/. */
async function open(listen: ListenOptions = {}) {
  const options: ServerOptions<undefined> = {
    origins: ["https://attacker.example"],
    http: (request, response) => void (room.answer(request, response) || response.end("mine")),
  };
  const server = await serve(options, echoRoute, listen);
  const { inspection } = server.server;
  const room: Room = new Room({ inspection, path: "/look/", files, token, gate: { remote: false, hosts: [] } });
  room.addRoute(server.server);
  const get = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { redirect: "manual", ...init });
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  return { ...server, get, inspection };
}

describe("an inspector's addresses", () => {
  it("answers its own requests and leaves the others", async () => {
    const { get } = await open();
    expect(await get("/look/")).toMatchObject({ status: 200, text: "<page>" });
    expect(await get("/look/main.js")).toMatchObject({ status: 200, text: "code" });
    expect(await get("/look")).toMatchObject({ status: 308 });
    for (const path of ["/other", "/looking", "/lookup/main.js"])
      expect(await get(path)).toMatchObject({ text: "mine" });
    for (const path of ["/look/nothing", "/look/../look/..%2fmain.js"]) expect((await get(path)).status).toBe(404);
    expect((await get("/look/", { method: "POST", body: "x" })).status).toBe(405);
    expect(await get("/look/", { method: "HEAD" })).toMatchObject({ status: 200, text: "" });
  });

  it("V-42 V-56 every answer forbids what the page does not need, and lets no other origin read it", async () => {
    const { get } = await open();
    for (const path of ["/look", "/look/", "/look/main.js", "/look/nothing"]) {
      const { headers } = await get(path, { headers: { Origin: "https://attacker.example" } });
      expect(headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(headers.get("access-control-allow-origin")).toBeNull();
      expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
    }
  });

  it("V-42 a proxy's request is refused, page and WebSocket", async () => {
    const { get, open: upgrade } = await open();
    expect(await get("/look/", { headers: { Via: "1.1 proxy" } })).toMatchObject({ status: 403 });
    const client = await upgrade("/look/live", { Via: "1.1 proxy" });
    expect((await client.nextFrame()).closeCode).toBe(4403);
  });

  it("V-42 a name that was pointed at this machine is refused, page and WebSocket, also where every Host is served", async () => {
    const { ask, open: upgrade } = await open({ host: "0.0.0.0" });
    const { response } = await ask("GET /look/ HTTP/1.1\r\nHost: attacker.example\r\n\r\n");
    expect(response.status).toBe(421);
    const client = await upgrade("/look/live", { Host: "attacker.example", Origin: "http://attacker.example" });
    expect((await client.nextFrame()).closeCode).toBe(4403);
  });

  it("V-42 an address of another machine is refused, unless it shall not be", () => {
    const answers = [false, true].map((remote) => {
      const writeHead = vi.fn(() => ({ end: vi.fn() }));
      const response = { writeHead, end: vi.fn() } as unknown as ServerResponse;
      const socket = { remoteAddress: "192.0.2.7" };
      const request = { url: "/", method: "GET", headers: { host: "localhost" }, rawHeaders: [], socket };
      const inspection = {} as ConstructorParameters<typeof Room>[0]["inspection"];
      const room = new Room({ inspection, path: "/", files, token, gate: { remote, hosts: [] } });
      room.answer(request as unknown as IncomingMessage, response);
      return (writeHead.mock.calls as unknown[][])[0]?.[0];
    });
    expect(answers).toEqual([403, 200]);
  });

  it("V-42 a page of another origin does not get in, though the server lets it in elsewhere", async () => {
    const { ask } = await open();
    const { response } = await ask(
      "GET /look/live HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
        "Origin: https://attacker.example\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    expect(response.status).toBe(403);
  });

  it("so many look on and no more; who leaves makes room", async () => {
    const { open: upgrade } = await open();
    const clients = await Promise.all(Array.from({ length: 8 }, () => upgrade("/look/live")));
    const late = await upgrade("/look/live");
    expect((await late.nextFrame()).closeCode).toBe(4429);
    clients[0]?.writeFrame({ opcode: 8, payload: "" });
    await clients[0]?.ended();
    const next = await upgrade("/look/live");
    next.writeFrame({ payload: JSON.stringify({ type: "enter", token }) });
    expect((await next.nextFrame()).text).toBe('{"type":"welcome"}');
  });
});
