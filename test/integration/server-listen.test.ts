// Our own listener: TLS, operator's pages, plain requests; and what watches it from outside.
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { makeCertificate } from "../support/certificate.ts";
import { connectRaw, rawClose, rawUpgradeHead } from "../support/raw-client.ts";
import { afterThisTest, echoRoute, serve } from "../support/test-server.ts";
import { openssl } from "../support/tools.ts";

function get(port: number, path: string, method = "GET"): Promise<{ status: number; body: string; type: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, path, method, host: "127.0.0.1", agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => void (body += text));
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, body, type: response.headers["content-type"] ?? "" });
      });
    });
    asked.on("error", reject);
    asked.end();
  });
}

describe("the operator's pages", () => {
  it("tell Prometheus what it wants to know, in its own form", async () => {
    const { open, port, ask } = await serve();
    const client = await open("/");
    client.writeFrame({ payload: "hello" });
    await client.nextFrame();
    client.write(rawClose(3_333));
    await client.ended();
    client.end();
    await ask(rawUpgradeHead("/nowhere"));
    const { status, type, body } = await get(port, "/metrics");
    expect([status, type]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
    for (const line of body.trimEnd().split("\n")) {
      expect(line).toMatch(/^(# (HELP|TYPE) longwire_\w+ .+|longwire_\w+(\{\w+="[^"]*"\})? [\d.e+-]+)$/);
    }
    for (const line of [
      'longwire_messages_total{direction="in"} 1',
      'longwire_messages_total{direction="out"} 1',
      'longwire_handshakes_total{status="101"} 1',
      'longwire_handshakes_total{status="404"} 1',
      "longwire_handshake_duration_seconds_count 1",
      'longwire_close_total{code="3000-3999"} 1',
    ]) {
      expect(body.split("\n")).toContain(line);
    }
    expect(body).toMatch(/longwire_bytes_total\{direction="in"\} [1-9]/);
  });

  it("can be moved or left out", async () => {
    const moved = await serve({ metrics: "/internal/metrics" });
    expect((await get(moved.port, "/internal/metrics")).status).toBe(200);
    expect((await get(moved.port, "/metrics")).status).toBe(404);
    expect((await get((await serve({ metrics: false })).port, "/metrics")).status).toBe(404);
  });

  it("say that the server is alive and ready", async () => {
    const { port } = await serve();
    expect(await get(port, "/healthz")).toMatchObject({ status: 200, body: "alive\n" });
    expect(await get(port, "/readyz")).toMatchObject({ status: 200, body: "ready\n" });
    expect(await get(port, "/readyz", "HEAD")).toMatchObject({ status: 200, body: "" });
  });
});

describe("plain requests", () => {
  it("go to the http option, but for WebSocket paths", async () => {
    const { port } = await serve({ http: (message, response) => response.end(`page ${message.method}`) });
    expect(await get(port, "/about")).toMatchObject({ status: 200, body: "page GET" });
    expect(await get(port, "/about", "POST")).toMatchObject({ status: 200, body: "page POST" });
    expect((await get(port, "/")).status).toBe(426);
    expect(await get(port, "/", "POST")).toMatchObject({ status: 200, body: "page POST" });
  });

  it("go to the http option also below a route that takes every path", async () => {
    const { port, open } = await serve({ http: (_message, response) => response.end("page") }, (server) =>
      server.route("/*", { open() {} }),
    );
    expect(await get(port, "/about")).toMatchObject({ status: 200, body: "page" });
    await open("/about");
  });

  it("get 404 without one, and 405 at a WebSocket path when they are no GET", async () => {
    const { port } = await serve();
    expect((await get(port, "/about")).status).toBe(404);
    expect((await get(port, "/", "POST")).status).toBe(405);
  });

  it("that make the http option throw get 500, and the server goes on", async () => {
    for (const http of [
      () => {
        throw new Error("page");
      },
      async () => Promise.reject(new Error("page")),
    ]) {
      const served = await serve({ http });
      expect((await get(served.port, "/about")).status).toBe(500);
      expect(served.lines.error.join()).toMatch(/the http option threw: Error: page/);
      await served.open("/");
    }
  });

  it("with an upgrade to something else than WebSocket are answered as if they had not asked", async () => {
    const { ask } = await serve({ http: (_message, response) => response.end("page") });
    const { client, response } = await ask(
      "GET /about HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n",
    );
    expect([response.status, response.body]).toEqual([200, "page"]);
    await client.ended();
  });

  it.each(["\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "nonsense\r\n\r\n"])(
    "that are no HTTP at all (%j) get 400 and the connection closes",
    async (bytes) => {
      const { response, client } = await (await serve()).ask(bytes);
      expect(response.status).toBe(400);
      expect(response.header("content-length")).toBeDefined();
      await client.closed();
    },
  );
});

describe("upgrades to no route", () => {
  it("are offered to the application, which takes over socket and all", async () => {
    const offered: (string | undefined)[] = [];
    const { ask } = await serve({
      upgrade: (message, socket) => {
        offered.push(message.url);
        if (message.url !== "/theirs") return false;
        socket.end("HTTP/1.1 101 Theirs\r\n\r\n");
        return true;
      },
    });
    expect((await ask(rawUpgradeHead("/theirs"))).response.status).toBe(101);
    expect((await ask(rawUpgradeHead("/nobodys"))).response.status).toBe(404);
    expect(offered).toEqual(["/theirs", "/nobodys"]);
  });

  it("V-42 are offered only under a name of this server, and its own routes are not", async () => {
    let isOffered = false;
    const { ask, open } = await serve({ upgrade: () => (isOffered = true) });
    expect((await ask(rawUpgradeHead("/theirs", { Host: "rebound.example" }))).response.status).toBe(421);
    await open("/");
    expect(isOffered).toBe(false);
  });

  it("harm nobody else when the application throws", async () => {
    const { connect, lines, open } = await serve({
      upgrade: () => {
        throw new Error("not today");
      },
    });
    const client = await connect();
    client.write(rawUpgradeHead("/theirs"));
    await client.ended();
    expect(lines.error).toEqual(["the upgrade option threw: Error: not today"]);
    await open("/");
  });
});

describe("TLS", () => {
  it.skipIf(openssl === undefined)(
    "V-53 serves wss, version 1.2 at least, and drops a handshake that does not end",
    async () => {
      const certificate = makeCertificate(openssl ?? "");
      afterThisTest(() => certificate.remove());
      const [cert, key] = [readFileSync(certificate.cert), readFileSync(certificate.key)];
      const served = await serve({ limits: { handshakeTimeoutMs: 300 } }, echoRoute, { cert, key });
      expect(served.server.address?.url).toMatch(/^wss:\/\/127\.0\.0\.1:\d+$/);
      const tls = { ca: cert, servername: "localhost" };
      const client = await connectRaw(served.port, "127.0.0.1", tls);
      afterThisTest(() => client.destroy());
      expect((await client.upgrade("/", { Origin: "https://localhost" })).status).toBe(101);
      client.writeFrame({ payload: "secret" });
      expect((await client.nextFrame()).text).toBe("secret");
      // The connection is known to be encrypted, so a page that came without is another origin (V-40).
      const other = await connectRaw(served.port, "127.0.0.1", tls);
      afterThisTest(() => other.destroy());
      expect((await other.upgrade("/", { Origin: "http://localhost" })).status).toBe(403);
      const old = { ...tls, minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
      await expect(connectRaw(served.port, "127.0.0.1", old)).rejects.toThrow();
      const silent = await served.connect();
      silent.write(Buffer.from([0x16, 0x03, 0x01]));
      await silent.closed();
      await expect(serve({}, echoRoute, { cert, key, minVersion: "TLSv1.1" })).rejects.toMatchObject({
        code: "LW_SERVER_TLS",
      });
    },
  );
});

describe("diagnostics channels", () => {
  it("tell of connections, messages and refusals", async () => {
    const names = [
      "longwire:connection:open",
      "longwire:connection:close",
      "longwire:handshake:refused",
      "longwire:message:in",
      "longwire:message:out",
    ];
    const heard: [string, Record<string, unknown>][] = [];
    for (const name of names) {
      const listen = (message: unknown): void => void heard.push([name, message as Record<string, unknown>]);
      subscribe(name, listen);
      onTestFinished(() => void unsubscribe(name, listen));
    }
    const { server, open, ask } = await serve({}, (it) => {
      echoRoute(it);
      it.route("/topic", { open: (socket) => void socket.subscribe("t") });
    });
    const client = await open("/");
    client.writeFrame({ payload: "hello" });
    await client.nextFrame();
    await open("/topic");
    server.publish("t", "all");
    await ask(rawUpgradeHead("/nowhere"));
    client.write(rawClose(1_000));
    client.end();
    await expect.poll(() => heard.map(([name]) => name)).toContain("longwire:connection:close");
    expect(heard.map(([name]) => name)).toEqual([names[0], names[3], names[4], names[0], names[4], names[2], names[1]]);
    expect(heard[1]?.[1]["data"]).toBe("hello");
    expect(heard[5]?.[1]).toMatchObject({ status: 404, path: "/nowhere", remoteAddress: "127.0.0.1" });
    expect(heard[6]?.[1]).toMatchObject({ code: 1_000, wasClean: true });
  });
});
