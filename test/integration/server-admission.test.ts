// Who is let in and who is not: origins, hosts, capacity, authenticate; and what happens while a hook decides.
import type { Duplex } from "node:stream";
import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, vi } from "vitest";
import { createServer } from "../../src/server/index.ts";
import { deferred } from "../support/deferred.ts";
import { connectRaw, rawFrame, rawUpgradeHead, type RawHeaders } from "../support/raw-client.ts";
import { FakeClock, settled } from "../support/fake-clock.ts";
import { afterThisTest, echoRoute, serve } from "../support/test-server.ts";

async function statusOf(served: Awaited<ReturnType<typeof serve>>, path: string, headers: RawHeaders): Promise<number> {
  return (await served.ask(rawUpgradeHead(path, headers))).response.status;
}

describe("V-40 which pages may connect", () => {
  const host = "app.example:8101";
  const hosts = ["app.example"];

  it.each([
    ["the same host", { Origin: "http://app.example:8101" }, 101],
    ["the same host over TLS that ends at a proxy", { Origin: "https://app.example:8101" }, 101],
    ["the same host in capitals", { Origin: "HTTP://APP.EXAMPLE:8101" }, 101],
    ["another host", { Origin: "http://evil.example:8101" }, 403],
    ["another port", { Origin: "http://app.example:8102" }, 403],
    ["no port", { Origin: "http://app.example" }, 403],
    ["a sibling", { Origin: "http://other.app.example:8101" }, 403],
    ["a longer name", { Origin: "https://app.example.evil.com" }, 403],
    ["a fragment", { Origin: "https://evil.com#app.example:8101" }, 403],
    ["a path", { Origin: "http://app.example:8101/x" }, 403],
    ["credentials", { Origin: "http://app.example:8101@evil.com" }, 403],
    ["a trailing dot", { Origin: "http://app.example.:8101" }, 403],
    ["null", { Origin: "null" }, 403],
    ["an empty one", { Origin: "" }, 403],
    ["no Origin", {}, 101],
    ["Sec-Fetch-Site: same-origin", { Origin: "https://app.example", "Sec-Fetch-Site": "same-origin" }, 101],
    ["Sec-Fetch-Site: cross-site", { Origin: "http://app.example:8101", "Sec-Fetch-Site": "cross-site" }, 403],
    ["Sec-Fetch-Site: same-site", { Origin: "http://app.example:8101", "Sec-Fetch-Site": "same-site" }, 403],
    ["a browser without Origin", { "Sec-Fetch-Site": "cross-site" }, 403],
    ["a listed page", { Origin: "https://friend.example" }, 101],
    ["a listed page on its default port", { Origin: "https://friend.example:443" }, 101],
    ["a listed page over http", { Origin: "http://friend.example" }, 403],
    ["a listed page in punycode", { Origin: "https://xn--bcher-kva.example" }, 101],
    ["null from a listed page's frame", { Origin: "null", "Sec-Fetch-Site": "cross-site" }, 403],
  ])("V-40 %s", async (_what, headers, status) => {
    const served = await serve({ hosts, origins: ["https://friend.example", "https://bücher.example"] });
    expect(await statusOf(served, "/", { Host: host, ...headers })).toBe(status);
  });

  it("V-40 two Origin headers are refused", async () => {
    const served = await serve();
    const { response } = await served.ask(rawUpgradeHead("/", { Origin: ["http://localhost", "http://localhost"] }));
    expect([400, 403]).toContain(response.status);
  });

  it.each([
    ["[::1]:8101", "http://[::1]:8101", 101],
    ["[::1]:8101", "http://[0:0:0:0:0:0:0:1]:8101", 101],
    ["[::1]:8101", "http://[::2]:8101", 403],
    ["localhost", "http://localhost", 101],
    ["localhost:80", "http://localhost", 101],
    ["localhost:443", "https://localhost", 101],
    ["localhost", "http://localhost:8101", 403],
  ])("V-40 Host %s and Origin %s: %i", async (name, origin, status) => {
    expect(await statusOf(await serve(), "/", { Host: name, Origin: origin })).toBe(status);
  });

  it("V-40 behind a trusted proxy its host and scheme count, and nobody else's", async () => {
    const forwarded = {
      "X-Forwarded-Host": "app.example",
      "X-Forwarded-Proto": "https",
      Origin: "https://app.example",
    };
    expect(await statusOf(await serve({ trustProxy: true }), "/", forwarded)).toBe(101);
    expect(await statusOf(await serve(), "/", forwarded)).toBe(403);
    const plain = { ...forwarded, Origin: "http://app.example" };
    expect(await statusOf(await serve({ trustProxy: true }), "/", plain)).toBe(403);
  });

  it("V-40 a cookie that may identify somebody needs an Origin", async () => {
    const served = await serve({ authenticate: () => "somebody" });
    expect(await statusOf(served, "/", { Cookie: "session=1" })).toBe(403);
    expect(await statusOf(served, "/", { Cookie: "session=1", Origin: "http://localhost" })).toBe(101);
    expect(await statusOf(served, "/", { Authorization: "Bearer x" })).toBe(101);
    expect(await statusOf(await serve(), "/", { Cookie: "theme=dark" })).toBe(101);
  });

  it("V-40 origins: any lets every page in", async () => {
    const served = await serve({ origins: "any" });
    for (const Origin of ["http://evil.example", "null"]) expect(await statusOf(served, "/", { Origin })).toBe(101);
  });

  it("V-41 each route and each server keeps its own list, however the requests interleave", async () => {
    const routed = await serve({ origins: ["https://a.example"] }, (server) => {
      server.route("/a", { open() {} });
      server.route("/b", { origins: ["https://b.example"], open() {} });
    });
    const other = await serve({ origins: ["https://c.example"] }, (server) => server.route("/a", { open() {} }));
    const asked = await Promise.all(
      Array.from({ length: 3 }).flatMap(() =>
        ["https://a.example", "https://b.example", "https://c.example"].flatMap((Origin) => [
          statusOf(routed, "/a", { Origin }),
          statusOf(routed, "/b", { Origin }),
          statusOf(other, "/a", { Origin }),
        ]),
      ),
    );
    const expected = [101, 403, 403, 403, 101, 403, 403, 403, 101];
    expect(asked).toEqual([...expected, ...expected, ...expected]);
  });
});

describe("V-42 which Host headers a server on a loopback address serves", () => {
  it.each([
    ["localhost", 101],
    ["LOCALHOST:8101", 101],
    ["127.0.0.1:8101", 101],
    ["127.8.9.1", 101],
    ["[::1]:8101", 101],
    ["dev.example", 101],
    ["attacker.example:8101", 421],
    ["0.0.0.0", 421],
    ["[::ffff:127.0.0.1]", 421],
    ["localhost.attacker.example", 421],
    ["127.0.0.1.attacker.example", 421],
    ["dev.example.evil", 421],
    [undefined, 400],
  ])("V-42 Host %s: %i, for upgrades and for plain requests", async (name, status) => {
    const served = await serve({ hosts: ["dev.example"], http: (_message, response) => void response.end("page") });
    expect(await statusOf(served, "/", { Host: name })).toBe(status);
    const { response } = await served.ask(`GET /page HTTP/1.1\r\n${name === undefined ? "" : `Host: ${name}\r\n`}\r\n`);
    expect(response.status).toBe(status === 101 ? 200 : status);
  });

  it("V-42 bound to every address, any Host is served", async () => {
    const served = await serve({}, echoRoute, { host: "0.0.0.0" });
    expect(await statusOf(served, "/", { Host: "app.example" })).toBe(101);
  });

  it("V-42 holds on somebody else's HTTP server as well, and for a raw upgrade", async () => {
    const http = createHttpServer();
    await new Promise<void>((resolve) => void http.listen(0, "127.0.0.1", resolve));
    afterThisTest(() => http.close());
    const server = createServer();
    echoRoute(server);
    server.attach(http, { path: "/attached" });
    http.on("upgrade", (message, socket, head) => {
      if (message.url === "/") server.handleUpgrade(message, socket, head);
    });
    for (const path of ["/", "/attached"]) {
      const client = await connectRaw((http.address() as AddressInfo).port);
      afterThisTest(() => client.destroy());
      expect((await client.upgrade(path, { Host: "attacker.example" })).status).toBe(421);
    }
  });
});

describe("while authenticate decides", () => {
  it("P-14 what the client sends is kept up to the bound, then the client has to wait, and nothing is lost", async () => {
    const gate = deferred<string>();
    const heard: number[] = [];
    const done = deferred();
    const limits = { handshakeBufferBytes: 4_096, maxMessageBytes: 8 * 1_048_576 };
    const { connect, server } = await serve({ limits, authenticate: () => gate.promise }, (it) =>
      it.route("/", {
        message(_socket, data) {
          heard.push(data.length);
          if (data.length === 1) done.resolve();
        },
      }),
    );
    const client = await connect();
    client.write(rawUpgradeHead("/"));
    const sizes = Array.from({ length: 64 }, () => 65_536);
    let flushed = 0;
    for (const size of sizes) {
      client.socket.write(rawFrame({ opcode: 2, payload: Buffer.alloc(size) }), () => void (flushed += 1));
    }
    client.writeFrame({ payload: "!" });
    await expect.poll(() => server.metrics()).toContain("longwire_pending_handshakes 1");
    await settled(50);
    // 4 MiB do not fit into what two kernels and 4 KiB hold.
    expect(flushed).toBeLessThan(64);
    expect(heard).toEqual([]);
    gate.resolve("somebody");
    expect((await client.nextResponse()).status).toBe(101);
    await done.promise;
    expect(heard).toEqual([...sizes, 1]);
  });

  it.each(["end", "reset", "destroy"] as const)(
    "P-15 a client that goes away (%s) is not let in, the signal aborts, and the place is free again",
    async (how) => {
      const gate = deferred<string>();
      const aborted = deferred<unknown>();
      const open = vi.fn();
      const { server, connect } = await serve(
        {
          limits: { maxConnections: 1 },
          authenticate(request) {
            request.signal.addEventListener("abort", () => aborted.resolve(request.signal.reason));
            return gate.promise;
          },
        },
        (it) => it.route("/", { open }),
      );
      const client = await connect();
      client.write(rawUpgradeHead("/"));
      await expect.poll(() => server.metrics()).toContain("longwire_pending_handshakes 1");
      client[how]();
      expect(await aborted.promise).toMatchObject({ code: "LW_SERVER_CLIENT_GONE" });
      gate.resolve("too late");
      await settled();
      expect(open).not.toHaveBeenCalled();
      const next = await connect();
      expect((await next.upgrade("/")).status).toBe(101);
      expect(open).toHaveBeenCalledTimes(1);
    },
  );

  it("refuses with a thrown Response: its status, headers and body", async () => {
    const thrown = (): Response =>
      new Response("log in first", {
        status: 401,
        headers: { "WWW-Authenticate": "Bearer", Connection: "keep-alive" },
      });
    for (const authenticate of [
      () => {
        throw thrown();
      },
      async () => Promise.reject(thrown()),
    ]) {
      const { ask, server } = await serve({ authenticate });
      const { client, response } = await ask(rawUpgradeHead("/"));
      expect([response.status, response.header("www-authenticate"), response.body]).toEqual([
        401,
        "Bearer",
        "log in first",
      ]);
      expect(response.header("connection")).toBe("close");
      await client.closed();
      expect(server.metrics()).toContain('longwire_handshakes_total{status="401"} 1');
    }
  });

  it("answers 500 and says why in the log when authenticate throws anything else", async () => {
    for (const authenticate of [
      () => {
        throw new Error("database is down");
      },
      async () => Promise.reject(new Error("database is down")),
    ]) {
      const { ask, lines } = await serve({ authenticate });
      const { response } = await ask(rawUpgradeHead("/"));
      expect(response.status).toBe(500);
      expect(response.body).not.toContain("database");
      expect(lines.error.join()).toMatch(/authenticate of route \/ threw: Error: database is down/);
    }
  });

  it("answers 503 when authenticate takes too long, and aborts its signal", async () => {
    const clock = new FakeClock();
    const signals: AbortSignal[] = [];
    const { connect, server } = await serve({
      runtime: { clock },
      limits: { authenticateTimeoutMs: 4_000 },
      authenticate: (request) => {
        signals.push(request.signal);
        return new Promise(() => {});
      },
    });
    const client = await connect();
    client.write(rawUpgradeHead("/"));
    await expect.poll(() => signals.length).toBe(1);
    await clock.advanceAsync(4_000);
    const response = await client.nextResponse();
    expect(response.status).toBe(503);
    expect(Number(response.header("retry-after"))).toBeGreaterThan(0);
    expect(signals[0]?.aborted).toBe(true);
    expect(server.metrics()).toContain('longwire_limit_total{limit="authenticateTimeoutMs"} 1');
  });

  it("runs authenticate once per handshake and hands its result to the socket", async () => {
    const authenticate = vi.fn(async () => Promise.resolve({ name: "Ada" }));
    const users: unknown[] = [];
    const { open } = await serve({ authenticate }, (server) =>
      server.route("/", { open: (socket, { user }) => void users.push(user, socket.user) }),
    );
    await open("/");
    expect(authenticate).toHaveBeenCalledTimes(1);
    expect(users).toEqual([{ name: "Ada" }, { name: "Ada" }]);
  });

  it("P-16 a drain that begins meanwhile refuses with 503", async () => {
    const { server, connect } = await serve({ authenticate: () => new Promise(() => {}) });
    const client = await connect();
    client.write(rawUpgradeHead("/"));
    await expect.poll(() => server.metrics()).toContain("longwire_pending_handshakes 1");
    void server.drain();
    const response = await client.nextResponse();
    expect(response.status).toBe(503);
    expect(response.header("retry-after")).toBeDefined();
  });
});

describe("capacity", () => {
  it("answers 503 beyond maxConnections, handshakes that wait included, and lets the next one in when one goes", async () => {
    const served = await serve({ limits: { maxConnections: 2 } });
    const first = await served.open("/");
    await served.open("/");
    const { response } = await served.ask(rawUpgradeHead("/"));
    expect(response.status).toBe(503);
    expect(response.header("retry-after")).toBeDefined();
    first.destroy();
    await expect.poll(() => served.server.sockets.size).toBe(1);
    await served.open("/");
    expect(served.server.metrics()).toContain('longwire_limit_total{limit="maxConnections"} 1');
  });

  it("answers 429 beyond maxConnectionsPerAddress, counting what the trusted proxy says", async () => {
    const served = await serve({ trustProxy: true, limits: { maxConnectionsPerAddress: 1 } });
    await served.open("/", { "X-Forwarded-For": "198.51.100.1" });
    await served.open("/", { "X-Forwarded-For": "198.51.100.2" });
    // The client's own entry is further left and not believed.
    expect(await statusOf(served, "/", { "X-Forwarded-For": "198.51.100.9, 198.51.100.1" })).toBe(429);
    await served.open("/", { "X-Forwarded-For": "2001:db8:0:1::1" });
    expect(await statusOf(served, "/", { "X-Forwarded-For": "2001:db8:0:1:ffff::2" })).toBe(429);
    await served.open("/", { "X-Forwarded-For": "2001:db8:0:2::1" });
  });

  it("answers 429 when connections of one address come too fast, refused ones counted", async () => {
    const clock = new FakeClock();
    const served = await serve({
      runtime: { clock },
      limits: { connectsPerSecondPerAddress: 1, connectBurstPerAddress: 2 },
    });
    await served.open("/");
    expect(await statusOf(served, "/nothing", {})).toBe(404);
    expect(await statusOf(served, "/", {})).toBe(429);
    clock.advance(1_000);
    expect(await statusOf(served, "/", {})).toBe(101);
  });

  it("answers 503 when the memory budget is all but used up", async () => {
    const limits = { memoryBudgetBytes: 0 };
    const { response } = await (await serve({ limits })).ask(rawUpgradeHead("/"));
    expect(response.status).toBe(503);
    expect(response.header("retry-after")).toBeDefined();
  });
});

describe("P-17 one socket is taken over once", () => {
  it("P-17 a second handleUpgrade throws, and the first connection keeps working", async () => {
    const http = createHttpServer();
    await new Promise<void>((resolve) => void http.listen(0, "127.0.0.1", resolve));
    afterThisTest(() => http.close());
    const server = createServer();
    afterThisTest(() => server.close());
    echoRoute(server);
    const outcomes: unknown[] = [];
    http.on("upgrade", (message, socket: Duplex, head) => {
      outcomes.push(server.handleUpgrade(message, socket, head));
      try {
        server.handleUpgrade(message, socket, head);
      } catch (error) {
        outcomes.push((error as { code?: string }).code);
      }
    });
    const client = await connectRaw((http.address() as AddressInfo).port);
    afterThisTest(() => client.destroy());
    expect((await client.upgrade("/")).status).toBe(101);
    client.writeFrame({ payload: "still here" });
    expect((await client.nextFrame()).text).toBe("still here");
    expect(outcomes).toEqual([true, "LW_SERVER_UPGRADED_TWICE"]);
  });
});
