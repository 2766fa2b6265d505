// Chromium and Firefox as clients, from pages that our own server serves. What runs inside a page stands in
// peers/page-script.ts. Safari is not tried here.
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createServer, type LongwireServer, type ServerSocket } from "../../src/server/index.ts";
import { launchChromium } from "../support/chromium.ts";
import { launchFirefox } from "../support/firefox.ts";
import { chromium, firefox } from "../support/tools.ts";
import { Mailbox, ourPeer } from "./peers/peer.ts";
import * as script from "./peers/page-script.ts";

/** What the pages of Playwright and of Puppeteer have in common. */
interface Page {
  goto(url: string): Promise<unknown>;
  evaluate<Argument, Result>(run: (argument: Argument) => Result, argument: Argument): Promise<Awaited<Result>>;
  close(): Promise<void>;
}

interface Browser {
  newPage(): Promise<unknown>;
  close(): Promise<void>;
}

function suite(name: string, isMissing: boolean, launch: () => Promise<Browser>): void {
  describe.skipIf(isMissing)(name, () => {
    let browser: Browser;
    let page: Page;
    let server: LongwireServer;
    let origin = "";
    const refusals = new Mailbox<string>();
    const arrived = new Mailbox<{ socket: ServerSocket; peer: ReturnType<typeof ourPeer> }>();

    beforeAll(async () => {
      server = createServer({
        log: { debug: (line) => void (line.startsWith("refused") && refusals.push(line)), error: () => {} },
        http: (_request, response) => void response.setHeader("Content-Type", "text/html").end("<!doctype html>"),
      });
      server.route("/echo", { message: (socket, data) => void socket.send(data) });
      server.route("/held", {
        protocols: ["chat", "echo"],
        open: (socket) => arrived.push({ socket, peer: ourPeer(socket) }),
      });
      const { port } = await server.listen({ host: "127.0.0.1" });
      origin = `http://127.0.0.1:${port}`;
      browser = await launch();
      page = (await browser.newPage()) as Page;
      await page.goto(`${origin}/page`);
    });
    afterAll(async () => {
      await browser?.close();
      await server?.close();
    });

    it("P-54 gets back every text it sends: empty, emoji, NUL, byte order mark", async () => {
      const texts = ["", "plain", "\u0000a\u0000", "\ufeffmarked", "grüße 東京 🧵🏳️‍🌈", "x".repeat(65_536)];
      expect(await page.evaluate(script.echoTexts, { path: "/echo", texts })).toEqual(texts);
    });

    it("gets back bytes as ArrayBuffer and as Blob, sent as buffer, view and Blob", async () => {
      const { asBuffer, asBlob } = await page.evaluate(script.echoBytes, { path: "/echo" });
      const expected = ["ArrayBuffer 3 0,1,255", "ArrayBuffer 2 1,255", "ArrayBuffer 4 9,8,7,6", "ArrayBuffer 0 "];
      expect(asBuffer).toEqual(expected);
      expect(asBlob).toEqual(expected.map((line) => line.replace("ArrayBuffer", "Blob")));
    });

    it("gets back one mebibyte of text and of bytes, and bufferedAmount goes to 0", async () => {
      expect(await page.evaluate(script.echoLarge, { path: "/echo", size: 1024 * 1024 })).toEqual({
        sameText: true,
        sameBytes: true,
        buffered: 0,
      });
    });

    it("gets back two thousand messages in their order", async () => {
      expect(await page.evaluate(script.echoMany, { path: "/echo", count: 2_000 })).toEqual({
        misplaced: 0,
        count: 2_000,
      });
    });

    it("agrees on a subprotocol and on no compression, though it offers some", async () => {
      const opened = page.evaluate(script.describeSocket, { path: "/held", protocols: ["unknown", "echo", "chat"] });
      const { socket } = await arrived.next();
      expect(socket.request.headers.get("sec-websocket-extensions")).toMatch(/^permessage-deflate/);
      expect(socket.request.origin).toBe(origin);
      expect(await opened).toEqual({ protocol: "echo", extensions: "" });
    });

    for (const [code, reason] of [
      [1000, ""],
      [1001, "The server is going away."],
      [1008, "no"],
      [1012, "The service restarts."],
      [1013, ""],
      [4001, "ü".repeat(61)],
    ] as const) {
      it(`P-60 hears ${code} from the server`, async () => {
        const ending = page.evaluate(script.awaitClose, { path: "/held" });
        const { socket, peer } = await arrived.next();
        socket.close(code, reason);
        expect(await ending).toEqual({ events: ["open", "close"], code, reason, wasClean: true });
        expect(await peer.closed).toEqual({ code, reason });
        expect(await peer.wasClean).toBe(true);
      });
    }

    for (const [code, reason] of [
      [undefined, undefined],
      [1000, "done"],
      [3000, ""],
      [4999, "ü".repeat(61)],
    ] as const) {
      it(`P-58 P-60 is heard when it closes with ${code ?? "no code"}`, async () => {
        const ending = page.evaluate(script.closeWith, {
          path: "/held",
          close: code === undefined ? [] : [code, reason],
        });
        const { peer } = await arrived.next();
        const expected = { code: code ?? 1005, reason: reason ?? "" };
        expect(await peer.closed).toEqual(expected);
        expect(await peer.wasClean).toBe(true);
        expect(await ending).toEqual({ events: ["open", "close"], ...expected, wasClean: true });
      });
    }

    it("P-69 hears 1006 when the server lets go", async () => {
      const ending = page.evaluate(script.awaitClose, { path: "/held" });
      const { socket } = await arrived.next();
      socket.terminate();
      expect(await ending).toMatchObject({ code: 1006, reason: "", wasClean: false });
    });

    it("says 1001 when its page goes away", async () => {
      const leaving = (await browser.newPage()) as Page;
      await leaving.goto(`${origin}/page`);
      await leaving.evaluate(script.describeSocket, { path: "/held", protocols: [] });
      const { peer } = await arrived.next();
      await leaving.goto("about:blank");
      expect((await peer.closed).code).toBe(1001);
      await leaving.close();
    });

    it("V-40 a page of another origin is refused with 403 and learns nothing", async () => {
      const elsewhere = createServer({
        http: (_request, response) => void response.setHeader("Content-Type", "text/html").end("<!doctype html>"),
      });
      const { port } = await elsewhere.listen({ host: "127.0.0.1" });
      onTestFinished(() => elsewhere.close());
      const foreign = (await browser.newPage()) as Page;
      onTestFinished(() => foreign.close());
      // Another port is another origin; another name for this machine is another site as well.
      for (const host of ["127.0.0.1", "localhost"]) {
        await foreign.goto(`http://${host}:${port}/page`);
        const ending = await foreign.evaluate(script.awaitClose, { path: `${origin.replace("http", "ws")}/held` });
        expect(ending).toEqual({ events: ["error", "close"], code: 1006, reason: "", wasClean: false });
        expect(await refusals.next()).toMatch(/refused .* with 403: .*LW_SERVER_ORIGIN_REFUSED/);
      }
    });
  });
}

suite("Chromium", chromium === undefined, launchChromium);
suite("Firefox ESR", firefox === undefined, launchFirefox);
