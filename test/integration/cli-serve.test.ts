// `longwire serve` as people and scripts run it, in processes of its own.
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { type AddressInfo, connect as connectTcp, createServer as createTcpServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { patient, runCli, startCli, stopAll, urlIn } from "../support/cli-process.ts";
import { keep, letGo, nextMessage, openWs } from "../support/ws-peer.ts";

afterEach(() => {
  letGo();
  stopAll();
});

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** One request, sent exactly as given: fetch would tidy the path. */
function ask(
  base: string,
  path: string,
  options: { method?: string; headers?: Record<string, string> } = {},
): Promise<Reply> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    httpRequest({ host: hostname, port, path, agent: false, ...options }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => (body += text));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    })
      .on("error", reject)
      .end();
  });
}

describe("longwire serve", () => {
  const start = async (...args: string[]) => {
    const cli = startCli(["serve", "--port", "0", ...args]);
    return { ...cli, url: urlIn(await cli.firstLine) };
  };

  it("says in its first line where it serves, and serves the chat there", async () => {
    const { url, out } = await start();
    expect(out()).toMatch(/^Longwire is serving http:\/\/127\.0\.0\.1:\d+\/\n/);
    const page = await ask(url, "/");
    expect(page.status).toBe(200);
    expect(page.headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": expect.stringContaining("default-src 'none'"),
      "x-content-type-options": "nosniff",
    });
    const files = [...page.body.matchAll(/(?:src|href)="(?:\.?\/)?([\w.-]+\.(?:js|css|svg))"/g)].map(
      ([, file = ""]) => file,
    );
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) expect((await ask(url, `/${file}`)).status, file).toBe(200);
    expect((await ask(url, "/", { headers: { "If-None-Match": String(page.headers["etag"]) } })).status).toBe(304);
  });

  it("knows no other address, whatever a path tries, and no other method", async () => {
    const { url } = await start();
    for (const path of ["/none", "/../package.json", "/..%2f..%2fpackage.json", "//etc/passwd", "/%00"]) {
      expect((await ask(url, path)).status, path).toBe(404);
    }
    const refused = await ask(url, "/", { method: "DELETE" });
    expect([refused.status, refused.headers["allow"]]).toEqual([405, "GET, HEAD"]);
    expect(await ask(url, "/", { method: "HEAD" })).toMatchObject({ status: 200, body: "" });
  });

  it("tells about itself at /metrics, /healthz and /readyz", async () => {
    const { url } = await start();
    expect((await ask(url, "/metrics")).body).toContain("longwire_connections");
    expect((await ask(url, "/healthz")).status).toBe(200);
    expect((await ask(url, "/readyz")).status).toBe(200);
  });

  it("V-42 serves nobody who came by a foreign host name", async () => {
    const { url } = await start();
    for (const path of ["/", "/metrics"]) {
      expect((await ask(url, path, { headers: { Host: "attacker.example" } })).status, path).toBe(421);
    }
  });

  it("V-40 lets pages of its own and of the named origins in, and no others", async () => {
    const { url } = await start("--origin", "https://app.example");
    const room = `${url.replace("http", "ws")}chat/lobby`;
    await openWs(room, { origin: "https://app.example" });
    await openWs(room, { origin: new URL(url).origin });
    const foreign = new WebSocket(room, { origin: "https://evil.example" });
    keep(foreign);
    const [error] = (await once(foreign, "error")) as [Error];
    expect(error.message).toContain("403");
  });

  it("carries the chat from one visitor to the other", async () => {
    const { url } = await start();
    const room = `${url.replace("http", "ws")}chat/lobby`;
    const [ada, bob] = [await openWs(room), await openWs(room)];
    const welcomes = [nextMessage(ada), nextMessage(bob)];
    ada.send(JSON.stringify({ type: "join", name: "Ada" }));
    await welcomes[0];
    bob.send(JSON.stringify({ type: "join", name: "Bob" }));
    await welcomes[1];
    const heard = new Promise<unknown>((resolve) => {
      bob.on("message", (data: Buffer) => {
        const message = JSON.parse(data.toString()) as { type: string; message?: { text: string } };
        if (message.type === "said") resolve(message.message?.text);
      });
    });
    ada.send(JSON.stringify({ type: "say", text: "hello", key: "1" }));
    expect(await heard).toBe("hello");
  });

  it("says in one sentence that its port is taken, and what to do", async () => {
    const taken = createTcpServer().listen(0, "127.0.0.1");
    keep({ terminate: () => taken.close() });
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const { code, out, err } = await runCli(["serve", "--port", String(port)]);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(
      new RegExp(`^longwire: Cannot listen on 127\\.0\\.0\\.1, port ${port}: another program .* --port .*\\n$`),
    );
  });

  it.each(["SIGINT", "SIGTERM"] as const)(
    "P-16 closes its connections with 1012 at %s and exits with 0",
    async (signal) => {
      const { url, child, ended } = await start();
      const socket = await openWs(`${url.replace("http", "ws")}chat/lobby`);
      const closed = once(socket, "close");
      child.kill(signal);
      expect((await closed)[0]).toBe(1012);
      expect(await ended).toBe(0);
    },
  );

  it("ends at once at a second signal", async () => {
    const { url, child, ended, err } = await start();
    // A client that never answers a Close would hold the drain for its whole time.
    const { hostname, port } = new URL(url);
    const stubborn = connectTcp(Number(port), hostname);
    keep({ terminate: () => stubborn.destroy() });
    stubborn.on("error", () => {});
    stubborn.write(
      `GET /chat/lobby HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    await once(stubborn, "data");
    child.kill("SIGINT");
    await expect.poll(() => err().includes("Ctrl-C again"), patient).toBe(true);
    // Signals that follow at once are the same key press, passed on by npm; so this one insists until it is heard.
    const insist = setInterval(() => child.kill("SIGINT"), 50);
    const code = await ended;
    clearInterval(insist);
    expect(code).toBe(1);
  });

  it("prints its address as JSON when asked", async () => {
    const { out, url } = await start("--json");
    const [line = ""] = out().split("\n");
    expect(JSON.parse(line)).toEqual({
      event: "listening",
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/),
      inspector: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/inspect\/#[\w-]{22}$/),
    });
    expect((await ask(url.replace(/".*$/, ""), "/")).status).toBe(200);
  });

  it("warns when the whole network can come in", async () => {
    const { err } = await start("--host", "0.0.0.0");
    await expect.poll(() => err().includes("no password"), patient).toBe(true);
  });
});
