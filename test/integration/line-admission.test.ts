// One admission for every way in (RELIABILITY V-57): the same rules, each asked once, whichever transport brings a HELLO or a
// RESUME, and the same for a plain upgrade.
import { describe, expect, it, vi } from "vitest";
import { PacketType } from "../../src/session/packet.ts";
import type { UpgradeRequest } from "../../src/server/index.ts";
import type { ServerOptions } from "../../src/server/options.ts";
import { closeData, dialLine, hello, LineClient, openData, readPacket, resume } from "../support/line-client.ts";
import { at, bodyOf, LineRequests, LineStream } from "../support/line-requests.ts";
import { rawUpgradeHead, type RawHeaders } from "../support/raw-client.ts";
import { serve, type TestServer } from "../support/test-server.ts";

type Headers = Readonly<Record<string, string>>;

interface Attempt {
  /** As HTTP has it; of a close code what stands for it in wire/session-v1 §4.5. */
  readonly status: number;
  readonly ticket?: Uint8Array;
  readonly retryAfter?: string | undefined;
}

interface Way {
  readonly name: string;
  /** Asks to be let in, with HELLO, or with RESUME for `ticket`. */
  ask(server: TestServer<unknown>, headers?: Headers, token?: string, ticket?: Uint8Array): Promise<Attempt>;
}

const statusOf = (closeCode: number): number => (closeCode < 1014 ? 503 : closeCode - 4000);

const opening = (token: string, ticket: Uint8Array | undefined) =>
  ticket === undefined ? hello(token) : resume(ticket, 9, 0, token);

const websocket: Way = {
  name: "websocket",
  async ask(server, headers = {}, token = "", ticket) {
    const raw = await server.connect();
    const response = await raw.upgrade("/", { "Sec-WebSocket-Protocol": "longwire.1", ...headers });
    if (response.status !== 101) return { status: response.status, retryAfter: response.header("retry-after") };
    const client = new LineClient(raw);
    await client.expect(PacketType.greet);
    client.send(opening(token, ticket));
    const frame = await raw.nextFrame();
    if (frame.closeCode !== undefined) return { status: statusOf(frame.closeCode) };
    const packet = readPacket(frame.payload);
    return "ticket" in packet ? { status: 101, ticket: packet.ticket } : { status: 200 };
  },
};

const requests = (name: "open" | "stream"): Way => ({
  name,
  async ask(server, headers = {}, token = "", ticket) {
    const line = new LineRequests(server.port);
    const body = bodyOf(opening(token, ticket));
    const all = { "Content-Type": "application/longwire", ...headers };
    const message = await line.begin("POST", name, body, all);
    const { statusCode: status = 0 } = message;
    const retryAfter = message.headers["retry-after"];
    if (status !== 200) {
      message.resume();
      return { status, retryAfter };
    }
    const first = await new LineStream(message).next();
    if (first === undefined || !("ticket" in first)) return { status };
    return { status: 101, ticket: first.ticket };
  },
});

const plain: Way = {
  name: "plain upgrade",
  async ask(server, headers = {}, token = "") {
    const authorization: RawHeaders = token === "" ? {} : { Authorization: `Bearer ${token}` };
    const { response } = await server.ask(rawUpgradeHead("/", { ...authorization, ...headers }));
    return { status: response.status, retryAfter: response.header("retry-after") };
  },
};

const lines = [websocket, requests("open"), requests("stream")];
const ways = [plain, ...lines];

/** Nobody here answers a CLOSE. */
const impatient = { closeTimeoutMs: 50 };

/** A WebSocket that is closed after its handshake can name no time. */
const saysWhen = (name: string): boolean => name !== "websocket";

const start = (options: ServerOptions<unknown> = {}): Promise<TestServer<unknown>> =>
  serve<unknown>({ ...options, limits: { ...impatient, ...(options.limits as object) } });

describe.each(ways)("V-57 admission by $name", ({ name, ask }) => {
  it("asks authenticate once, with the token as a bearer and the rest as it came", async () => {
    const seen: string[] = [];
    const authenticate = (request: UpgradeRequest): string => {
      seen.push(`${request.headers.get("authorization")} ${request.headers.get("cookie")} ${request.origin}`);
      return "Ada";
    };
    const server = await start({ authenticate, origins: ["https://app.example"] });
    const headers = { Cookie: "a=1", Origin: "https://app.example" };
    expect((await ask(server, headers, "secret")).status).toBe(101);
    expect(seen).toEqual(["Bearer secret a=1 https://app.example"]);
  });

  it("V-40 V-43 a page of a foreign origin is refused before anybody is asked", async () => {
    const authenticate = vi.fn(() => "Ada");
    const server = await start({ authenticate, origins: ["https://app.example"] });
    expect((await ask(server, { Origin: "https://evil.example" })).status).toBe(403);
    expect((await ask(server, { Origin: "null" })).status).toBe(403);
    expect((await ask(server, { Cookie: "a=1" })).status).toBe(403);
    expect(authenticate).not.toHaveBeenCalled();
  });

  it("V-42 a host that a loopback server does not serve is refused", async () => {
    expect((await ask(await start(), { Host: "evil.example" })).status).toBe(421);
  });

  it.each([
    ["401", () => Promise.reject(new Response("", { status: 401 })), 401],
    ["403", () => Promise.reject(new Response("", { status: 403 })), 403],
    ["429", () => Promise.reject(new Response("", { status: 429 })), 429],
    ["503", () => Promise.reject(new Response("", { status: 503 })), 503],
    ["no answer in time", () => new Promise(() => {}), 503],
  ])("what authenticate refuses with %s stays out", async (_what, authenticate, status) => {
    const server = await start({ authenticate, limits: { authenticateTimeoutMs: 50 } });
    expect((await ask(server)).status).toBe(status);
    expect((await ask(server)).status).toBe(status);
    expect(server.server.sockets.size).toBe(0);
  });

  it("connections of an address are counted, and what was refused counts no more", async () => {
    const authenticate = (request: UpgradeRequest): string => {
      if (request.headers.get("authorization") === null) throw new Response("", { status: 401 });
      return "Ada";
    };
    const server = await start({ authenticate, limits: { maxConnectionsPerAddress: 2 } });
    for (let count = 0; count < 3; count++) expect((await ask(server)).status).toBe(401);
    for (let count = 0; count < 2; count++) expect((await ask(server, {}, "a")).status).toBe(101);
    const { status, retryAfter } = await ask(server, {}, "a");
    expect([status, Number(retryAfter) > 0]).toEqual([429, saysWhen(name)]);
  });

  it("the server's own bound holds", async () => {
    const server = await start({ limits: { maxConnections: 1 } });
    expect((await ask(server)).status).toBe(101);
    const { status, retryAfter } = await ask(server);
    expect([status, Number(retryAfter) > 0]).toEqual([503, saysWhen(name)]);
  });

  it("P-16 nobody new comes in while the server drains", async () => {
    const server = await start({ limits: { drainSpreadMs: 0, drainTimeoutMs: 100 } });
    const held = await dialLine(server);
    held.send(hello(), openData(1, "/"));
    await held.told(2);
    const drained = server.server.drain();
    expect((await ask(server)).status).toBe(503);
    held.raw.destroy();
    await drained;
  });
});

describe.each(lines)("V-52 resuming by $name", ({ ask }) => {
  const users: Readonly<Record<string, { readonly id: string }>> = { a: { id: "Ada" }, b: { id: "Bob" } };
  const authenticate = vi.fn((request: UpgradeRequest) => {
    const user = users[request.headers.get("authorization")?.slice(7) ?? ""];
    if (user === undefined) throw new Response("", { status: 401 });
    return user;
  });
  const options = { authenticate, origins: ["https://app.example", "https://other.example"] };

  it("asks again, and only whoever it belongs to goes on", async () => {
    const server = await start(options);
    const client = await dialLine(server);
    client.send(hello("a"), openData(1, "/"));
    const { ticket } = await client.expect(PacketType.welcome);
    await client.told(1);
    authenticate.mockClear();
    // 200: GONE forbidden or a closed WebSocket with it.
    expect((await ask(server, {}, "b", ticket)).ticket).toBeUndefined();
    expect((await ask(server, {}, "", ticket)).status).toBe(401);
    expect((await ask(server, { Origin: "https://app.example" }, "a", ticket)).ticket).toBeUndefined();
    // The rightful one never noticed.
    client.send(closeData(1, 1000));
    expect(await client.told(1)).toEqual(["data close 1 1000"]);
    expect((await ask(server, {}, "a", ticket)).ticket?.length).toBeGreaterThan(30);
    expect(authenticate).toHaveBeenCalledTimes(4);
  });

  it.each(["maxConnections", "maxConnectionsPerAddress"] as const)(
    "at a server that is full (%s) a session still comes back, and nobody new comes in",
    async (limit) => {
      const server = await start({ limits: { [limit]: 1 } });
      let { ticket } = await ask(server);
      const refused = limit === "maxConnections" ? 503 : 429;
      for (const attempt of [9, 10, 11]) {
        expect((await ask(server)).status).toBe(refused);
        const line = new LineRequests(server.port);
        const again = await line.open([resume(ticket as Uint8Array, attempt, 0)]);
        expect(again.status).toBe(200);
        ({ ticket } = again);
      }
      expect((await ask(server)).status).toBe(refused);
      expect(server.server.metrics()).toContain(`longwire_limit_total{limit="${limit}"} 4`);
    },
  );

  it("takes no second place, and the session keeps its own", async () => {
    const server = await start({ limits: { maxConnectionsPerAddress: 2 } });
    let { ticket } = await ask(server);
    for (const attempt of [9, 10, 11]) {
      const line = new LineRequests(server.port);
      const again = await line.open([resume(ticket as Uint8Array, attempt, 0)]);
      expect(again.status).toBe(200);
      ({ ticket } = again);
    }
    expect((await ask(server)).status).toBe(101);
    expect((await ask(server)).status).toBe(429);
  });
});

it("V-63 a token that no header can hold is refused", async () => {
  const authenticate = vi.fn(() => "Ada");
  const server = await start({ authenticate });
  const line = new LineRequests(server.port);
  for (const token of ["a\nb", "é", "\0"]) expect((await line.open([hello(token)])).status).toBe(401);
  expect(authenticate).not.toHaveBeenCalled();
});

it("V-50 what a session's request shows is the same on each transport, without the query of a socket", async () => {
  const seen: string[] = [];
  const server = await start({ authenticate: (request) => void seen.push(request.url.pathname + request.url.search) });
  const client = await dialLine(server, {}, "/?token=secret");
  client.send(hello());
  await client.told(1);
  await new LineRequests(server.port).open([hello(), at(1)]);
  expect(seen).toEqual(["/longwire", "/longwire"]);
});
