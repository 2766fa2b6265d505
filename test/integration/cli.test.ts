// The command line as people and scripts run it: bin/longwire.js in processes of its own. The other end is the ws package,
// so that a fault common to our server and our client cannot hide.
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { type AddressInfo, connect as connectTcp, createServer as createTcpServer } from "node:net";
import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { WebSocket as WsClient, WebSocketServer } from "ws";
import { type Certificate, makeCertificate } from "../support/certificate.ts";
import { runCli, startCli, stopAll } from "../support/cli-process.ts";
import { importsOf, root, scanSource } from "../support/source-scan.ts";
import { openssl } from "../support/tools.ts";

/** For conditions that hold soon, on however slow a machine. */
const patient = { timeout: 15_000, interval: 20 };

const opened: { terminate(): void }[] = [];
afterEach(() => {
  for (const socket of opened.splice(0)) socket.terminate();
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

async function openWs(url: string, options: object = {}): Promise<WsClient> {
  const socket = new WsClient(url, options);
  opened.push(socket);
  await once(socket, "open");
  return socket;
}

async function nextMessage(socket: WsClient): Promise<string | Buffer> {
  const [data, isBinary] = (await once(socket, "message")) as [Buffer, boolean];
  return isBinary ? data : data.toString();
}

/** A server of the ws package; `attend` gets each connection. */
async function listenWs(
  attend: (socket: WsClient, headers: Record<string, unknown>) => void,
  options: object = {},
): Promise<string> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, ...options });
  opened.push({
    terminate() {
      for (const client of server.clients) client.terminate();
      server.close();
    },
  });
  server.on("connection", (socket, request) => attend(socket, request.headers));
  await once(server, "listening");
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const urlIn = (line: string): string => /\w+:\/\/\S+/.exec(line)?.[0] ?? "";

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
    const foreign = new WsClient(room, { origin: "https://evil.example" });
    opened.push(foreign);
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
    opened.push({ terminate: () => taken.close() });
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
    opened.push({ terminate: () => stubborn.destroy() });
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
    });
    expect((await ask(url.replace(/".*$/, ""), "/")).status).toBe(200);
  });

  it("warns when the whole network can come in", async () => {
    const { err } = await start("--host", "0.0.0.0");
    await expect.poll(() => err().includes("no password"), patient).toBe(true);
  });
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

describe("longwire connect", () => {
  it("sends each line of a pipe as a message, prints what comes back, and exits with 0", async () => {
    const url = await listenWs((socket) =>
      socket.on("message", (data: Buffer) => socket.send(`got ${data.toString()}`)),
    );
    expect(await runCli(["connect", url], "one\n\ntwo\r\nthree")).toEqual({
      code: 0,
      out: "got one\ngot \ngot two\ngot three\n",
      err: "",
    });
  });

  it("closes with 1000 at the end of input", async () => {
    const closes: number[] = [];
    const url = await listenWs((socket) => socket.on("close", (code) => closes.push(code)));
    expect((await runCli(["connect", url])).code).toBe(0);
    await expect.poll(() => closes, patient).toEqual([1000]);
  });

  it("V-56 shows what a hostile server sends without obeying it", async () => {
    const attacks = [
      "\u001b[2J\u001b[H",
      "\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007",
      "\u001b]52;c;ZXZpbA==\u0007",
      "safe\rEVIL",
      "user\u202Etxt.exe \u2066\u2069\u200b",
      "<img src=x onerror=alert(1)>",
    ];
    const url = await listenWs((socket) => {
      for (const attack of attacks) socket.send(attack);
      socket.send(Buffer.from("\u001b[2J"));
      socket.close(4000, "\u001b[2J\r\u202e");
    });
    const { out, err } = await runCli(["connect", url]);
    expect(`${out}${err}`.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u200b\u202e\u2066\u2069]/u);
    expect(out.split("\n")).toEqual([
      String.raw`\x1b[2J\x1b[H`,
      String.raw`\x1b]8;;https://evil.example\x07click\x1b]8;;\x07`,
      String.raw`\x1b]52;c;ZXZpbA==\x07`,
      String.raw`safe\rEVIL`,
      String.raw`user\u202etxt.exe \u2066\u2069\u200b`,
      "<img src=x onerror=alert(1)>",
      `00000000  1b 5b 32 4a ${" ".repeat(38)}|.[2J|`,
      "",
    ]);
    expect(err).toBe(
      'longwire: closed: 4000 private use (A code agreed between applications.), reason "\\x1b[2J\\r\\u202e"\n',
    );
  });

  it("prints every event as one JSON object with --json", async () => {
    const url = await listenWs((socket) => {
      socket.send("a\u001b\n");
      socket.send(Buffer.of(1, 2));
      socket.close(4001, "bye");
    });
    const { code, out } = await runCli(["connect", url, "--json"]);
    expect(code).toBe(0);
    const events = out
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    expect(events).toMatchObject([
      { event: "open", url, protocol: "", extensions: "" },
      { event: "message", type: "text", data: "a\u001b\n" },
      { event: "message", type: "binary", data: "AQI=" },
      { event: "close", code: 4001, reason: "bye", wasClean: true },
    ]);
  });

  it("offers subprotocols and sends headers", async () => {
    const seen: unknown[] = [];
    const url = await listenWs((socket, headers) => {
      seen.push(headers["sec-websocket-protocol"], headers["x-token"], headers["x-other"]);
      socket.close(1000);
    });
    const args = ["--protocol", "one", "--protocol", "two", "-H", "X-Token: a: b", "-H", "X-Other: 2", "--json"];
    const { out } = await runCli(["connect", url, ...args]);
    expect(seen).toEqual(["one, two", "a: b", "2"]);
    expect(JSON.parse(out.split("\n")[0] ?? "")).toMatchObject({ protocol: "one" });
  });

  it("shows how long its pings took with --ping", async () => {
    const url = await listenWs(() => {});
    const cli = startCli(["connect", url, "--ping", "0.1"]);
    await expect.poll(() => /^pong after [\d.]+ ms$/m.test(cli.err()), patient).toBe(true);
    cli.child.stdin.end();
    expect(await cli.ended).toBe(0);
  });

  it("closes with 1000 at Ctrl-C", async () => {
    const closes: number[] = [];
    let attended = false;
    const url = await listenWs((socket) => {
      attended = true;
      socket.on("close", (code) => closes.push(code));
    });
    const cli = startCli(["connect", url]);
    await expect.poll(() => attended, patient).toBe(true);
    cli.child.kill("SIGINT");
    expect(await cli.ended).toBe(0);
    await expect.poll(() => closes, patient).toEqual([1000]);
  });

  it("says why there is no connection and exits with 1", async () => {
    const free = createTcpServer().listen(0, "127.0.0.1");
    await once(free, "listening");
    const { port } = free.address() as AddressInfo;
    free.close();
    await once(free, "close");
    const { code, out, err } = await runCli(["connect", `ws://127.0.0.1:${port}/`]);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^longwire: no connection: .+\n$/);
  });

  it("exits with 1 when the connection breaks", async () => {
    const url = await listenWs((socket) => socket.terminate());
    const { code, err } = await runCli(["connect", url]);
    expect(code).toBe(1);
    expect(err).toContain("1006 abnormal");
  });

  describe("--echo", () => {
    it("sends every message back in its type and says how the peer closed", async () => {
      const back: unknown[] = [];
      const url = await listenWs((socket) => {
        socket.on("message", (data: Buffer, isBinary) => {
          back.push(isBinary ? data : data.toString());
          if (back.length === 3) socket.close(4002, "done");
        });
        socket.send("text");
        socket.send(Buffer.of(9));
        socket.send("");
      });
      const { code, out, err } = await runCli(["connect", url, "--echo"]);
      expect(back).toEqual(["text", Buffer.of(9), ""]);
      expect([code, out, err]).toEqual([0, "CLOSE 4002 true\n", ""]);
    });

    it("exits with 0 as well when the peer drops the connection", async () => {
      const url = await listenWs((socket) => socket.terminate());
      expect(await runCli(["connect", url, "--echo"])).toMatchObject({ code: 0, out: "CLOSE 1006 false\n" });
    });

    it("does not end with its standard input", async () => {
      const url = await listenWs((socket) => {
        socket.on("message", () => socket.close(1000));
        setImmediate(() => socket.send("late"));
      });
      expect(await runCli(["connect", url, "--echo"], "ignored\n")).toMatchObject({
        code: 0,
        out: "CLOSE 1000 true\n",
      });
    });

    it("echoes 16 MiB with --max-message 16777216, and refuses them without", async () => {
      const size = 16 * 1024 * 1024;
      const lengths: number[] = [];
      const url = await listenWs(
        (socket) => {
          socket.on("message", (data: Buffer) => {
            lengths.push(data.length);
            socket.close(1000);
          });
          socket.send(Buffer.alloc(size, 1));
        },
        { perMessageDeflate: false },
      );
      const { out } = await runCli(["connect", url, "--echo", "--max-message", "16777216"]);
      expect([lengths, out]).toEqual([[size], "CLOSE 1000 true\n"]);
      expect((await runCli(["connect", url, "--echo"])).out).toMatch(/^CLOSE (1009|1006) (true|false)\n$/);
    });

    it("exits with 1 and an error line when no connection came about", async () => {
      const url = await listenWs(() => {}, { verifyClient: () => false });
      const { code, out, err } = await runCli(["connect", url, "--echo"]);
      expect([code, out]).toEqual([1, ""]);
      expect(err).toMatch(/^longwire: No connection: .*401.*\n$/);
    });
  });
});

describe.skipIf(openssl === undefined)("TLS on the command line", () => {
  let certificate: Certificate | undefined;
  beforeAll(() => {
    certificate = makeCertificate(openssl ?? "");
  });
  afterAll(() => certificate?.remove());
  const files = (): string[] => ["--cert", certificate?.cert ?? "", "--key", certificate?.key ?? ""];

  it("echoes over wss, to clients that trust the certificate or were told not to ask", async () => {
    const cli = startCli(["echo", "--port", "0", ...files()]);
    const line = await cli.firstLine;
    expect(line).toMatch(/^listening wss:\/\/127\.0\.0\.1:\d+$/);
    expect(await runCli(["connect", urlIn(line), "--insecure"], "secret\n")).toEqual({
      code: 0,
      out: "secret\n",
      err: "",
    });
    const trusting = { NODE_EXTRA_CA_CERTS: certificate?.cert ?? "" };
    expect((await runCli(["connect", urlIn(line)], "secret\n", trusting)).out).toBe("secret\n");
  });

  it("V-26 does not trust a certificate that nobody vouches for", async () => {
    const cli = startCli(["echo", "--port", "0", ...files()]);
    const { code, out, err } = await runCli(["connect", urlIn(await cli.firstLine)], "secret\n");
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/certificate/i);
  });

  it("serves the chat over https", async () => {
    const cli = startCli(["serve", "--port", "0", ...files()]);
    expect(await cli.firstLine).toMatch(/^Longwire is serving https:\/\/127\.0\.0\.1:\d+\/$/);
    const room = `${urlIn(await cli.firstLine).replace("https", "wss")}chat/lobby`;
    await openWs(room, { rejectUnauthorized: false });
  });
});

describe("misuse", () => {
  it.each([
    [[], "Usage: longwire"],
    [["srve"], "(Did you mean serve?)"],
    [["serve", "--port", "70000"], "0 to 65535"],
    [["serve", "--cert", "x.pem"], "--cert was given without --key"],
    [["echo", "--port", "0", "--key", "x.pem"], "--key was given without --cert"],
    [["echo"], "--port"],
    [["connect"], "url"],
    [["connect", "127.0.0.1:8101"], "Did you mean ws://127.0.0.1:8101/?"],
    [["connect", "ws://127.0.0.1:1/", "-H", "Bad Header: x"], "Expected 'Name: value'"],
    [["connect", "ws://127.0.0.1:1/", "-H", "A: b\r\nC: d"], "no line breaks"],
    [["connect", "ws://127.0.0.1:1/", "--protocol", "a b"], "subprotocol"],
    [["connect", "ws://127.0.0.1:1/", "--protocol", "a", "--protocol", "a"], "subprotocol"],
    [["connect", "ws://127.0.0.1:1/", "-H", "Sec-WebSocket-Key: x"], "Sec-WebSocket-Key"],
  ])("exits with 2 and says what was expected: %j", async (args, words) => {
    const { code, out, err } = await runCli(args);
    expect([code, out]).toEqual([2, ""]);
    expect(err.toLowerCase()).toContain(words.toLowerCase());
    expect(err).not.toMatch(/\n {4}at /);
  });

  it("exits with 1 for a certificate that is not there", async () => {
    const { code, err } = await runCli(["serve", "--cert", "missing.pem", "--key", "missing.pem"]);
    expect([code, err]).toEqual([1, "longwire: Cannot read --cert missing.pem: there is no such file.\n"]);
  });

  it("survives a reader that goes away", async () => {
    const cli = startCli(["connect", "--help"]);
    cli.child.stdout.destroy();
    expect(await cli.ended).toBeLessThan(2);
    expect(cli.err()).toBe("");
  });
});
