// Through nginx and haproxy, configured as docs/guides/behind-a-proxy.md tells: whatever two implementations say to each
// other passes unchanged, and the server learns who its clients are. No test waits out one of the proxies' time limits.
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createServer, type LongwireServer, type ServerSocket } from "../../src/server/index.ts";
import type { ServerOptions } from "../../src/server/options.ts";
import { WebSocket } from "../../src/socket/index.ts";
import { Line } from "../../src/client/node.ts";
import { createFaultProxy } from "../../src/testing/index.ts";
import { makeCertificates, type Certificates } from "../support/certificates.ts";
import { launchChromium } from "../support/chromium.ts";
import { connectRaw, rawUpgradeHead } from "../support/raw-client.ts";
import { chromium, haproxy, nginx, openssl } from "../support/tools.ts";
import { conversesAsClient, conversesAsServer } from "./conversation.ts";
import { Mailbox, opened, ourPeer, type PeerServer } from "./peers/peer.ts";
import * as script from "./peers/page-script.ts";
import { dialWithWs, listenWithWs, refusalOfWs } from "./peers/ws-peer.ts";
import { ProxyProcess, type ProxyName } from "./proxy/proxy-process.ts";

interface Backend {
  readonly server: LongwireServer;
  readonly port: number;
  /** Every socket that came in, by any of the two. */
  readonly arrived: Mailbox<Arrival>;
}

interface Arrival {
  readonly socket: ServerSocket;
  readonly peer: ReturnType<typeof ourPeer>;
  readonly backend: Backend;
}

/** Nobody listens there. */
const deadPort = 1;
const traits = { fragments: true, closesWith: [1001, 1002, 1003, 1007, 1008, 1009, 1011, 1012, 1013, 1014] };

function suite(name: ProxyName, program: string | undefined): void {
  describe.skipIf(program === undefined || openssl === undefined)(name, () => {
    let certificates: Certificates;
    const running: ProxyProcess[] = [];

    beforeAll(() => {
      certificates = makeCertificates(openssl ?? "");
    });
    afterAll(async () => {
      for (const proxy of running) await proxy.stop();
    });

    async function start(first: number, second = first): Promise<ProxyProcess> {
      const proxy = await ProxyProcess.start(name, program ?? "", { first, second, tls: certificates.valid });
      running.push(proxy);
      return proxy;
    }

    describe("with a ws client in front of it", () => {
      let proxy: Promise<ProxyProcess> | undefined;
      conversesAsServer(
        "a ws client",
        async (url, protocols) => {
          proxy ??= start(Number(new URL(url).port));
          return dialWithWs(`${(await proxy).url}/`, protocols);
        },
        traits,
      );
    });

    describe("with a ws server behind it", () => {
      async function listen(): Promise<PeerServer> {
        const server = await listenWithWs();
        const proxy = await start(Number(new URL(server.url).port));
        return { ...server, url: `${proxy.url}/` };
      }
      conversesAsClient("a ws server", listen, traits);
    });

    describe("with our own servers behind it", () => {
      let backend: Backend;
      let proxy: ProxyProcess;

      beforeAll(async () => {
        backend = await listen({ trustProxy: true, hosts: ["chat.example"] });
        proxy = await start(backend.port);
      });
      afterAll(() => backend.server.close());

      it("the server sees the client's own address and host", async () => {
        // What the client itself claims is not believed.
        const headers = { "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil" };
        const client = await dialWithWs(`${proxy.url}/chat?x=1`, [], { localAddress: "127.0.0.2", headers });
        const { socket } = await backend.arrived.next();
        expect(socket.request.remoteAddress).toBe("127.0.0.2");
        expect(socket.request.href).toBe(`${proxy.url}/chat?x=1`);
        expect(socket.request.secure).toBe(false);
        client.drop?.();
      });

      it("V-40 a page of the proxy's own origin may connect, others get 403 and the reason", async () => {
        const own = `http://127.0.0.1:${proxy.http}`;
        const client = await dialWithWs(`${proxy.url}/`, [], { origin: own });
        expect((await backend.arrived.next()).socket.request.origin).toBe(own);
        client.drop?.();
        const strangers = ["http://127.0.0.1", `https://127.0.0.1:${proxy.http}`, `http://127.0.0.1:${backend.port}`];
        for (const origin of strangers) {
          const { status, text } = await refusalOfWs(`${proxy.url}/`, { origin });
          expect([origin, status, text]).toEqual([origin, 403, expect.stringContaining("Pages of this origin")]);
        }
      });

      it("V-42 a public name is served when it is one of the server's hosts", async () => {
        const headers = { Host: "chat.example" };
        const client = await dialWithWs(`${proxy.url}/`, [], { headers, origin: "http://chat.example" });
        const { socket } = await backend.arrived.next();
        expect(socket.request.host).toBe("chat.example");
        client.drop?.();
        expect((await refusalOfWs(`${proxy.url}/`, { headers: { Host: "other.example" } })).status).toBe(421);
      });

      it("takes the encryption off, and the server knows that there was some", async () => {
        const url = `wss://localhost:${proxy.https}/`;
        const origin = `https://localhost:${proxy.https}`;
        const dialed = new WebSocket(url, { tls: { ca: certificates.ca }, origin });
        const client = ourPeer(dialed);
        await opened(dialed);
        const { socket, peer } = await backend.arrived.next();
        expect(socket.request.secure).toBe(true);
        expect(socket.request.href).toBe(url);
        const bytes = Buffer.alloc(1024 * 1024, "0123456789");
        peer.send(bytes);
        expect(bytes.equals((await client.messages.next()) as Buffer)).toBe(true);
        client.close(4000, "done");
        expect(await peer.closed).toEqual({ code: 4000, reason: "done" });
        // A page without encryption is another origin.
        const refused = await refusalOfWs(url, { ca: certificates.ca, origin: origin.replace("https", "http") });
        expect(refused.status).toBe(403);
      });

      it("P-05 a plain request of a WebSocket's address is told what to do", async () => {
        const response = await fetch(`http://127.0.0.1:${proxy.http}/`);
        expect(response.status).toBe(426);
        expect(await response.text()).toMatch(/WebSocket/);
        expect((await fetch(`http://127.0.0.1:${proxy.http}/readyz`)).status).toBe(200);
      });
    });

    it.skipIf(chromium === undefined)(
      "Chromium talks through it over TLS, from a page that came the same way",
      async () => {
        const backend = await listen({
          trustProxy: true,
          http: (_request, response) => void response.setHeader("Content-Type", "text/html").end("<!doctype html>"),
        });
        onTestFinished(() => backend.server.close());
        const proxy = await start(backend.port);
        const browser = await launchChromium();
        onTestFinished(() => browser.close());
        const context = await browser.newContext({ ignoreHTTPSErrors: true });
        const page = await context.newPage();
        await page.goto(`https://localhost:${proxy.https}/page`);
        const texts = ["one", "", "zwölf 🧵", "x".repeat(1024 * 1024)];
        const echoes = page.evaluate(script.echoTexts, { path: "/", texts });
        const { socket, peer } = await backend.arrived.next();
        expect(socket.request.origin).toBe(`https://localhost:${proxy.https}`);
        expect(socket.request.secure).toBe(true);
        // haproxy speaks HTTP/2 with it, also to open the WebSocket (RFC 8441), and HTTP/1.1 with us.
        const spoken = await page.evaluate(() => {
          const [entry] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
          return entry?.nextHopProtocol;
        });
        expect(spoken).toBe(name === "haproxy" ? "h2" : "http/1.1");
        for (const text of texts) {
          expect((await peer.messages.next()) === text).toBe(true);
          socket.send(text);
        }
        expect(await echoes).toEqual(texts);
        expect(await peer.wasClean).toBe(true);
        const ending = page.evaluate(script.awaitClose, { path: "/" });
        (await backend.arrived.next()).socket.close(4001, "enough");
        expect(await ending).toEqual({ events: ["open", "close"], code: 4001, reason: "enough", wasClean: true });
      },
    );

    it("F-02 while one server drains its clients hear 1012, and new ones get to the other", async () => {
      const arrived = new Mailbox<Arrival>();
      // The drain lasts as long as the test wants it to.
      const limits = { drainSpreadMs: 0, drainTimeoutMs: 600_000, closeTimeoutMs: 600_000 };
      const options = { trustProxy: true, limits };
      const backends = [await listen(options, arrived), await listen(options, arrived)] as const;
      const proxy = await start(backends[0].port, backends[1].port);
      const client = await dialWithWs(`${proxy.url}/`, []);
      const { backend: old } = await arrived.next();
      const other = backends[0] === old ? backends[1] : backends[0];
      // One that does not answer the Close keeps the drain from ending.
      const mute = await connectRaw(old.port);
      onTestFinished(() => mute.destroy());
      mute.write(rawUpgradeHead("/"));
      await arrived.next();
      const drained = old.server.drain();
      expect(await client.closed).toEqual({ code: 1012, reason: "The service restarts." });
      for (let turn = 0; turn < 4; turn++) {
        const again = await dialWithWs(`${proxy.url}/`, []);
        expect((await arrived.next()).backend).toBe(other);
        again.drop?.();
      }
      if (name === "haproxy") await proxy.says(/Server longwire\/(first|second) is DOWN, reason: Layer7.*503/);
      mute.destroy();
      await drained;
      const last = await dialWithWs(`${proxy.url}/`, []);
      expect((await arrived.next()).backend).toBe(other);
      last.drop?.();
      await other.server.close();
    });

    it("a session finds its server again: after each cut, and with each request where there is no WebSocket", async () => {
      const options = { trustProxy: true };
      const arrived = new Mailbox<Arrival>();
      const backends = [await listen(options, arrived), await listen(options, arrived)] as const;
      onTestFinished(async () => {
        for (const { server } of backends) await server.close();
      });
      const proxy = await start(backends[0].port, backends[1].port);
      // Others keep coming, so that a proxy which shares clients out by turns or by load does so.
      const others = async (): Promise<void> => {
        for (let count = 0; count < 3; count++) {
          const other = await dialWithWs(`${proxy.url}/`, [], { localAddress: `127.0.1.${count + 1}` });
          await arrived.next();
          onTestFinished(() => other.drop?.());
        }
      };
      const network = await createFaultProxy({ target: { port: proxy.http } });
      onTestFinished(() => network.close());
      for (const transport of ["websocket", "stream", "longpoll"] as const) {
        const line = new Line(network.url, { transports: [transport] });
        onTestFinished(() => line.close());
        const socket = line.open("/");
        const ended = new Promise<string>((resolve) => {
          socket.onclose = () => resolve(`${transport} closed: ${socket.cause?.message ?? ""}`);
        });
        const heard = socket[Symbol.asyncIterator]();
        const { peer } = await arrived.next();
        for (let turn = 0; turn < 4; turn++) {
          await others();
          peer.send(`${transport} ${turn}`);
          const next = heard.next().then(({ value }: { value?: unknown }) => value);
          expect(await Promise.race([next, ended])).toBe(`${transport} ${turn}`);
          network.cut();
        }
      }
    });

    it("a page is known by its cookie, whatever its address", async () => {
      const arrived = new Mailbox<Arrival>();
      const backends = [
        await listen({ trustProxy: true }, arrived),
        await listen({ trustProxy: true }, arrived),
      ] as const;
      onTestFinished(async () => {
        for (const { server } of backends) await server.close();
      });
      const proxy = await start(backends[0].port, backends[1].port);
      const origin = `http://127.0.0.1:${proxy.http}`;
      // What a page's own request brings it: a cookie each, until both servers have a page.
      const pages = new Map<Backend, string>();
      for (let turn = 0; turn < 40 && pages.size < 2; turn++) {
        const localAddress = `127.0.2.${turn + 1}`;
        const response = await getFrom(localAddress, `${origin}/readyz`);
        const cookie = response.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
        expect(cookie).toMatch(/^longwire=\w+$/);
        const socket = await dialWithWs(`${proxy.url}/`, [], { localAddress, origin, headers: { cookie } });
        pages.set((await arrived.next()).backend, cookie);
        socket.drop?.();
      }
      expect(pages.size).toBe(2);
      for (const [backend, cookie] of pages) {
        for (let turn = 0; turn < 8; turn++) {
          const localAddress = `127.0.3.${turn + 1}`;
          const socket = await dialWithWs(`${proxy.url}/`, [], { localAddress, origin, headers: { cookie } });
          expect((await arrived.next()).backend).toBe(backend);
          socket.drop?.();
        }
      }
    });

    it("P-27 with no server behind it our client fails with error, close 1006 and the reason", async () => {
      const proxy = await start(deadPort);
      const socket = new WebSocket(`${proxy.url}/`);
      const events: string[] = [];
      for (const type of ["open", "message", "error", "close"]) socket.addEventListener(type, () => events.push(type));
      expect(await ourPeer(socket).closed).toEqual({ code: 1006, reason: "" });
      expect(events).toEqual(["error", "close"]);
      expect(socket.cause?.code).toBe("LW_PROTOCOL_RESPONSE_STATUS");
      expect(socket.cause?.message).toMatch(/answered 50[23], expected 101/);
    });

    it("P-43 when it dies both ends hear 1006", async () => {
      const backend = await listen({ trustProxy: true });
      const proxy = await start(backend.port);
      const socket = new WebSocket(`${proxy.url}/`);
      const client = ourPeer(socket);
      await opened(socket);
      const { peer } = await backend.arrived.next();
      await proxy.stop();
      expect([(await client.closed).code, (await peer.closed).code]).toEqual([1006, 1006]);
      await backend.server.close();
    });
  });
}

async function listen(options: ServerOptions<undefined>, arrived = new Mailbox<Arrival>()): Promise<Backend> {
  const server = createServer(options);
  server.route("/*", {
    open: (socket) => arrived.push({ socket, peer: ourPeer(socket), backend }),
  });
  const { port } = await server.listen({ host: "127.0.0.1" });
  const backend: Backend = { server, port, arrived };
  return backend;
}

async function getFrom(localAddress: string, url: string): Promise<IncomingMessage> {
  const [response] = (await once(get(url, { localAddress }), "response")) as [IncomingMessage];
  response.resume();
  return response;
}

suite("nginx", nginx);
suite("haproxy", haproxy);
