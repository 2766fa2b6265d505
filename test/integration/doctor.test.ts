// `longwire doctor` as a process of its own, against servers and things that are none: certificates, other libraries, silence,
// lies. What proxies do is in doctor-zoo.test.ts.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { WebSocketServer } from "ws";
import { createServer } from "../../src/server/index.ts";
import { createFaultProxy, type Faults } from "../../src/testing/index.ts";
import { type Certificate, makeCertificate } from "../support/certificate.ts";
import { makeCertificates } from "../support/certificates.ts";
import { patient, runCli, startCli, stopAll, urlIn } from "../support/cli-process.ts";
import { listenRaw, serverClose } from "../support/raw-server.ts";
import { openssl } from "../support/tools.ts";

interface Report {
  readonly findings: readonly { readonly id: string; readonly severity: string; readonly text: string }[];
  readonly interrupted?: boolean;
  readonly upgrade?: { readonly status?: number; readonly isOpen: boolean };
  readonly tls?: { readonly versions: readonly string[]; readonly daysLeft?: number; readonly alpn?: string };
  readonly compression?: { readonly answered: string };
  readonly line?: { readonly isLongwire: boolean; readonly transports: Record<string, { readonly works: boolean }> };
  readonly ping?: { readonly answered: number };
  readonly maxMessage?: { readonly takenBytes: number; readonly refusedBytes?: number; readonly code?: number };
}

// Each test is several processes, and some of them wait for what never comes.
vi.setConfig({ testTimeout: 120_000 });

/** Where something never comes. */
const waiting = ["--timeout", "2"];

let echoUrl = "";

beforeAll(async () => {
  const echo = startCli(["echo", "--port", "0", "--max-message", "5000"]);
  echoUrl = urlIn(await echo.firstLine);
});
afterAll(stopAll);

async function examine(url: string, more: readonly string[] = [], env: Record<string, string> = {}) {
  const line = ["doctor", url, "--json", ...more];
  // Where nothing is waited for in vain a step has all the time that a busy machine may need.
  const { code, out, err } = await runCli(more.includes("--timeout") ? line : [...line, "--timeout", "30"], "", env);
  const report = JSON.parse(out === "" ? "{}" : out) as Report;
  return { code, out, err, report, ids: report.findings?.map(({ id }) => id) };
}

type Finish = typeof onTestFinished;

/** A TCP server that does `receive` with each connection. */
async function listenTcp(onTestFinished: Finish, receive: (socket: Socket) => void): Promise<number> {
  const open = new Set<Socket>();
  const server: Server = createTcpServer((socket) => {
    open.add(socket);
    socket.on("error", () => {});
    receive(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

describe("a Longwire server", () => {
  test("is found well, with every transport, as lines for people", async () => {
    const { code, out, err } = await runCli(["doctor", echoUrl, "--echo"]);
    expect([code, err]).toEqual([0, ""]);
    for (const step of ["name", "tcp", "upgrade", "ping", "echo", "close", "compression", "line"]) {
      expect(out).toMatch(new RegExp(`^ok ${step} `, "m"));
    }
    for (const transport of ["websocket", "stream", "longpoll", "poll"]) {
      expect(out).toMatch(new RegExp(`^ok ${transport} +opened in .* ms, a round trip takes .* ms$`, "m"));
    }
    expect(out).toContain("Sec-WebSocket-Accept");
    expect(out).toContain("Nothing is wrong.");
    expect(out).not.toContain("\u001b");
  });

  test("--max-message finds the limit to the byte, and the code it is closed with", async () => {
    const { code, report } = await examine(echoUrl, ["--max-message", "1MiB"]);
    expect([code, report.maxMessage]).toEqual([0, { takenBytes: 5000, refusedBytes: 5001, code: 1009 }]);
  });

  test("--echo at an address that swallows says so", async () => {
    const { code, ids } = await examine(new URL("/sink", echoUrl).href, ["--echo", ...waiting]);
    expect([code, ids]).toEqual([3, ["echo-missing"]]);
  });

  test("two of them in turn, as a balancer has them that lets nobody stay with one, are told as such", async () => {
    const servers = [createServer(), createServer()];
    const ports: number[] = [];
    for (const server of servers) {
      onTestFinished(() => server.close());
      server.route("/*", { message: (socket, data) => void socket.send(data) });
      ports.push((await server.listen({ port: 0, host: "127.0.0.1" })).port);
    }
    let turn = 0;
    const front = await listenTcp(onTestFinished, (near) => {
      const far = connect(ports[turn++ % 2] ?? 0, "127.0.0.1");
      near.pipe(far).pipe(near);
      far.on("error", () => near.destroy());
      near.on("close", () => far.destroy());
    });
    const { code, ids } = await examine(`ws://127.0.0.1:${front}/`);
    expect([code, ids]).toEqual([3, ["not-sticky"]]);
  });

  test("a user in the address is who asks everywhere", async () => {
    const heard = new Map<string, string | undefined>();
    const server = createHttpServer((request, response) => {
      heard.set(request.url ?? "", request.headers.authorization);
      response.writeHead(404).end();
    });
    server.on("upgrade", (request, socket) => {
      heard.set(`upgrade ${request.url ?? ""}`, request.headers.authorization);
      socket.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    await examine(`ws://me:secret@127.0.0.1:${(server.address() as AddressInfo).port}/x`);
    const basic = `Basic ${Buffer.from("me:secret").toString("base64")}`;
    expect(Object.fromEntries(heard)).toEqual({ "upgrade /x": basic, "/x": basic, "/longwire/probe": basic });
  });

  test("Ctrl-C ends it with what is known", async () => {
    const running = startCli(["doctor", echoUrl, "--idle", "600"]);
    await expect.poll(() => running.out(), patient).toContain("ok poll");
    running.child.kill("SIGINT");
    expect([await running.ended, running.err()]).toEqual([3, ""]);
    expect(running.out()).toContain("Ended early");
  });
});

describe.skipIf(openssl === undefined)("TLS", () => {
  let signed: ReturnType<typeof makeCertificates>;
  let unsigned: Certificate;
  const urls = { valid: "", otherName: "", expired: "", unsigned: "" };
  let authority = "";
  beforeAll(async () => {
    signed = makeCertificates(openssl ?? "");
    unsigned = makeCertificate(openssl ?? "");
    authority = join(unsigned.folder, "ca.pem");
    writeFileSync(authority, signed.ca);
    const serve = async (cert: string, key: string): Promise<string> => {
      const server = startCli(["echo", "--port", "0", "--cert", cert, "--key", key]);
      return urlIn(await server.firstLine);
    };
    for (const name of ["valid", "otherName", "expired"] as const) {
      const files = [join(unsigned.folder, `${name}.pem`), join(unsigned.folder, `${name}.key`)] as const;
      writeFileSync(files[0], signed[name].cert);
      writeFileSync(files[1], signed[name].key);
      urls[name] = await serve(...files);
    }
    urls.unsigned = await serve(unsigned.cert, unsigned.key);
  });
  afterAll(() => unsigned.remove());

  test("a certificate that is trusted here, and ends tomorrow", async () => {
    const { code, ids, report } = await examine(urls.valid, [], { NODE_EXTRA_CA_CERTS: authority });
    expect([code, ids]).toEqual([3, ["certificate-expires"]]);
    expect(report.tls).toMatchObject({ versions: ["TLSv1.3", "TLSv1.2"], daysLeft: 0 });
    expect(report.line?.transports).toMatchObject({ websocket: { works: true }, stream: { works: true } });
  });

  test.each([
    ["otherName", "certificate-name"],
    ["expired", "certificate-expired"],
    ["unsigned", "certificate-untrusted"],
  ] as const)("%s: %s, and nothing more is sent there", async (name, finding) => {
    const { code, ids, report } = await examine(urls[name], [], { NODE_EXTRA_CA_CERTS: authority });
    expect([code, ids, report.upgrade]).toEqual([1, [finding], undefined]);
  });

  test("--insecure goes on", async () => {
    const { code, ids, report } = await examine(urls.unsigned, ["--insecure"]);
    expect([code, ids, report.upgrade?.isOpen]).toEqual([1, ["certificate-untrusted"], true]);
  });

  test("ws: where TLS is spoken, and wss: where it is not", async () => {
    expect((await examine(urls.valid.replace("wss:", "ws:"))).ids).toEqual(["tls-expected"]);
    expect((await examine(echoUrl.replace("ws:", "wss:"))).ids).toEqual(["tls-failed"]);
  });
});

describe.concurrent("another library's server", () => {
  async function serve(onTestFinished: Finish, faults?: Faults): Promise<string> {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: true });
    await new Promise((resolve) => server.once("listening", resolve));
    onTestFinished(() => {
      for (const client of server.clients) client.terminate();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    if (faults === undefined) return `ws://127.0.0.1:${port}/`;
    const proxy = await createFaultProxy({ target: { port }, faults });
    onTestFinished(() => proxy.close());
    return `ws://127.0.0.1:${proxy.port}/`;
  }

  test("nothing is wrong with it, and its compression is seen", async ({ onTestFinished }) => {
    const { code, ids, report } = await examine(await serve(onTestFinished));
    expect([code, ids]).toEqual([0, []]);
    expect(report.compression?.answered).toMatch(/^permessage-deflate/);
    expect(report.line?.isLongwire).toBe(false);
  });

  test.for([
    [{ http: { upgrade: "strip" } }, "upgrade-stripped"],
    [{ http: { upgrade: "refuse" } }, "not-admitted"],
    [{ http: { upgrade: "silent" } }, "silent-after-101"],
    [{ sliceBytes: 1, latencyMs: 20 }, "sliced"],
  ] as const)("behind $0: $1", async ([faults, finding], { onTestFinished }) => {
    const more = finding === "silent-after-101" ? waiting : [];
    expect((await examine(await serve(onTestFinished, faults), more)).ids).toEqual([finding]);
  });

  test("--idle behind what cuts silence finds after how long, and that it is the silence", async ({
    onTestFinished,
  }) => {
    const { ids, report } = await examine(await serve(onTestFinished, { cutIdleMs: 4_000 }), ["--idle", "10"]);
    expect(ids).toEqual(["idle-cut"]);
    expect(report.findings[0]?.text).toMatch(/cut after [45]\.\d s, before the server's first ping/);
  });
});

describe.concurrent("what is no WebSocket server", () => {
  test("nothing listens there", async () => {
    const server = createTcpServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const { code, ids } = await examine(`ws://127.0.0.1:${port}/`);
    expect([code, ids]).toEqual([1, ["unreachable"]]);
  });

  test("a name that nobody has", async () => {
    const { code, ids } = await examine("ws://nobody.invalid/");
    expect([code, ids]).toEqual([1, ["name-unknown"]]);
  });

  test.for([
    ["says something else", "SSH-2.0-OpenSSH_9.2\r\n", "not-http"],
    ["ends the connection", undefined, "upgrade-cut"],
    [
      "redirects",
      "HTTP/1.1 302 Found\r\nLocation: https://login.example/?token=abc\r\nContent-Length: 0\r\n\r\n",
      "redirected",
    ],
    ["has no such page", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "not-found"],
    ["answers as if nothing had been asked for", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "upgrade-ignored"],
    ["upgrades wrongly", "HTTP/1.1 101 Fine\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", "handshake-invalid"],
    ["is busy", "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", "server-busy"],
    ["knows another version", "HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 8\r\n\r\n", "version-refused"],
  ])("a server that $0", async ([, answer, finding], { onTestFinished }) => {
    const port = await listenTcp(onTestFinished, (socket) => {
      if (answer === undefined) socket.end();
      else socket.once("data", () => socket.end(answer));
    });
    const { code, ids, out } = await examine(`ws://127.0.0.1:${port}/`);
    expect([code, ids]).toEqual([1, [finding]]);
    expect(out).not.toContain("token=abc");
  });

  test("a server that never answers costs one step's time, and no more", async ({ onTestFinished }) => {
    const port = await listenTcp(onTestFinished, (socket) => socket.resume());
    const { code, ids } = await examine(`ws://127.0.0.1:${port}/`, waiting);
    expect([code, ids]).toEqual([1, ["upgrade-unanswered"]]);
  });

  test("a server that answers neither pings nor closes, but speaks", async ({ onTestFinished }) => {
    const raw = await listenRaw();
    onTestFinished(() => raw.close());
    const serve = async (): Promise<void> => {
      for (;;) {
        const caller = await raw.next().catch(() => undefined);
        caller?.open({}, Buffer.from("8102686a", "hex"));
      }
    };
    serve().catch(() => {});
    const { ids } = await examine(raw.url(), waiting);
    expect(ids).toEqual(["ping-unanswered", "close-unanswered"]);
  });

  test("a server that says more than anybody can hear is left in time", async ({ onTestFinished }) => {
    const raw = await listenRaw();
    onTestFinished(() => raw.close());
    const frame = Buffer.concat([Buffer.from([0x82, 126, 0xff, 0xff]), Buffer.alloc(65_535)]);
    const serve = async (): Promise<void> => {
      for (;;) {
        const socket = await raw.nextSocket();
        socket.once("data", (head: Buffer) => {
          const [, key = ""] = /Sec-WebSocket-Key: (\S+)/.exec(head.toString()) ?? [];
          const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
          const fields = `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}`;
          socket.write(`HTTP/1.1 101 Fine\r\n${fields}\r\n\r\n`);
          const flood = (): void => {
            while (socket.writable && socket.write(frame));
          };
          socket.on("drain", flood);
          flood();
        });
      }
    };
    serve().catch(() => {});
    const { code, ids } = await examine(raw.url(), waiting);
    expect([code, ids]).toEqual([3, ["ping-unanswered", "close-unanswered"]]);
  });

  test("a server that breaks the protocol", async ({ onTestFinished }) => {
    const raw = await listenRaw();
    onTestFinished(() => raw.close());
    const serve = async (): Promise<void> => {
      for (;;) {
        const caller = await raw.next().catch(() => undefined);
        caller?.open({}, Buffer.from("8300", "hex"));
      }
    };
    serve().catch(() => {});
    const { code, report, ids } = await examine(raw.url(), waiting);
    expect([code, ids]).toEqual([1, ["protocol-broken"]]);
    expect(report.findings[0]?.text).toContain("The opcode is reserved.");
  });

  test("a server that closes and leaves TCP open", async ({ onTestFinished }) => {
    const raw = await listenRaw();
    onTestFinished(() => raw.close());
    const serve = async (): Promise<void> => {
      for (;;) {
        const caller = await raw.next().catch(() => undefined);
        caller?.open({}, serverClose(1000));
      }
    };
    serve().catch(() => {});
    expect((await examine(raw.url(), waiting)).ids).toContain("tcp-left-open");
  });
});

describe("V-50 V-56 what goes in and out", () => {
  const canary = "canary-0123456789abcdef";

  test("V-50 V-56 secrets are shown nowhere, even when the server says them back, and escapes are shown as such", async () => {
    const server = createHttpServer((request, response) => {
      const said = `${request.url ?? ""} ${JSON.stringify(request.headers)} \u001b[2J\u202e`;
      response.writeHead(404, { "X-Said": encodeURI(request.url ?? ""), Location: request.url ?? "" }).end(said);
    });
    server.on("upgrade", (request, socket) => {
      const said = `${request.url ?? ""} ${JSON.stringify(request.headers)} \u001b[2J`;
      socket.end(`HTTP/1.1 404 Not Found\r\nX-Said: ${request.url ?? ""}\r\nConnection: close\r\n\r\n${said}`);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const url = `ws://user:${canary}1@127.0.0.1:${port}/x?access_token=${canary}2&room=3`;
    const headers = [
      "-H",
      `Authorization: Bearer ${canary}3`,
      "-H",
      `Cookie: sid=${canary}4`,
      "-H",
      `X-Api-Key: ${canary}5`,
    ];
    const line = ["doctor", url, "--protocol", "chat", "--protocol", `${canary}6`, "--timeout", "30", ...headers];
    for (const more of [[], ["--json"]]) {
      const { code, out, err } = await runCli([...line, ...more]);
      expect([code, err]).toEqual([1, ""]);
      expect(out).toContain("room=3");
      expect(out).not.toContain(canary);
      expect(out).not.toContain(Buffer.from(`user:${canary}1`).toString("base64"));
      expect(out).not.toContain("\u001b");
    }
  });

  test.each([
    [["doctor"], "missing required argument"],
    [["doctor", "host:80"], "Did you mean"],
    [["doctor", "ws://h/", "--idle", "never"], "Expected seconds"],
    [["doctor", "ws://h/", "--line", "nowhere"], "Expected a path"],
    [["doctor", "ws://h/", "--timeout", "0"], "Expected seconds"],
    [["doctor", "ws://h/", "-H", "A: b\r\nC: d"], "invalid"],
    [["doctor", "file:///etc/passwd"], "Expected a WebSocket address"],
  ])("a command line that makes no sense is told so: %j", async (line, sentence) => {
    const { code, out, err } = await runCli(line);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(sentence);
  });
});

test("the report's shape is the one that the reference describes", async () => {
  const { report } = await examine(echoUrl);
  const page = readFileSync(new URL("../../docs/reference/cli.md", import.meta.url), "utf8");
  for (const member of Object.keys(report)) expect(page).toContain(`\`${member}\``);
});
