// A durable outbox in a real browser: a page that is loaded anew, or whose process crashes, in the midst of sending. The counter is
// the application's: its handler hears each number once, in order.
import { build } from "esbuild";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createServer } from "../../src/server/index.ts";
import { launchChromium } from "../support/chromium.ts";
import { startFront } from "../support/obstructed-front.ts";
import { chromium } from "../support/tools.ts";

/** What the page has for its tests. */
interface Held {
  /** Sends the numbers from the one after the last that is kept or was heard; resolves when it has sent the `last` one. */
  run(heard: number, last: number, waitMs: number): Promise<void>;
  readonly told: readonly string[];
  readonly sentCount: number;
  readonly outbox: { readonly pendingCount: number };
}

const script = `
const request = (asked) => new Promise((resolve, reject) => {
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});
async function lastKept() {
  if (!(await indexedDB.databases()).some(({ name }) => name === "longwire-outbox:numbers")) return 0;
  const database = await request(indexedDB.open("longwire-outbox:numbers"));
  const all = await request(database.transaction("messages").objectStore("messages").getAll());
  database.close();
  return all.length === 0 ? 0 : Number(new TextDecoder().decode(all.at(-1).bytes));
}
globalThis.told = [];
globalThis.sentCount = 0;
globalThis.run = async (heard, last, waitMs) => {
  const kept = await lastKept();
  const url = new URL("/numbers", location.href);
  url.protocol = "ws:";
  globalThis.outbox = longwire.indexedDBOutbox("numbers", { waitMs });
  const socket = new longwire.WebSocket(url, [], { outbox });
  for (const type of ["open", "close"]) socket.addEventListener(type, () => told.push(type + " " + (socket.cause?.code ?? "")));
  socket.addEventListener("outbox", ({ cause }) => told.push(cause.code));
  for (let number = Math.max(heard, kept) + 1; number <= last; number++) {
    socket.send(String(number));
    sentCount += 1;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
};
`;

describe.skipIf(chromium === undefined)("an outbox in Chromium", () => {
  let browser: Browser;
  let url = "";
  let stop: () => Promise<void> = () => Promise.resolve();
  let heard: number[] = [];

  beforeAll(async () => {
    const server = createServer({ hosts: ["127.0.0.1"] });
    server.route("/numbers", {
      message(_socket, data) {
        heard.push(Number(data));
        return heard.length % 7 === 0 ? new Promise((resolve) => void setImmediate(resolve)) : undefined;
      },
    });
    const { port } = await server.listen({ port: 0, host: "127.0.0.1" });
    const bundle = await build({
      entryPoints: ["src/client/index.ts"],
      bundle: true,
      platform: "browser",
      format: "iife",
      globalName: "longwire",
      target: ["es2022"],
      write: false,
    });
    const html = `<!doctype html><meta charset="utf-8"><title>outbox</title><script src="/client.js"></script><script>${script}</script>`;
    const front = await startFront(port, { "/": html, "/client.js": bundle.outputFiles[0]?.text ?? "" });
    url = front.url;
    stop = async () => {
      await front.stop();
      await server.close();
    };
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await stop();
  });

  async function newContext(): Promise<BrowserContext> {
    heard = [];
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    return context;
  }

  async function load(context: BrowserContext): Promise<Page> {
    const page = await context.newPage();
    await page.goto(url);
    return page;
  }

  /** Begins to send; does not wait. */
  async function begin(page: Page, last: number, waitMs = 10_000): Promise<void> {
    await page.evaluate(
      ([from, to, wait]) => {
        // Its answer would be that of a page that is gone.
        void (globalThis as unknown as Held).run(from, to, wait);
      },
      [heard.length, last, waitMs] as const,
    );
  }

  /** After how many of its own the page is interrupted, and where it was to end. */
  const interruptions = [
    [1, 300],
    [20, 600],
    [60, 900],
  ] as const;

  const hasSent = (page: Page, count: number): Promise<unknown> =>
    page.waitForFunction((least) => (globalThis as unknown as Held).sentCount >= least, count);

  const told = (page: Page): Promise<readonly string[]> => page.evaluate(() => (globalThis as unknown as Held).told);

  async function finish(page: Page, last: number): Promise<void> {
    await begin(page, last);
    await expect.poll(() => heard.length, { timeout: 20_000 }).toBe(last);
    await page.waitForFunction(() => (globalThis as unknown as Held).outbox.pendingCount === 0);
    expect(heard).toEqual(Array.from({ length: last }, (_, index) => index + 1));
    expect(await told(page)).toEqual(["open "]);
  }

  it("a page that is loaded anew while it sends loses nothing and doubles nothing", async () => {
    const page = await load(await newContext());
    // Each time there is more to send, so that a busy machine on which all of it has been sent meanwhile does not wait for ever.
    for (const [count, last] of interruptions) {
      await begin(page, last);
      await hasSent(page, count);
      await page.reload();
    }
    await finish(page, 900);
  });

  it("nor does one whose process crashes", async () => {
    const context = await newContext();
    for (const [count, last] of interruptions) {
      const page = await load(context);
      await begin(page, last);
      await hasSent(page, count);
      const crashed = page.waitForEvent("crash");
      page.goto("chrome://crash").catch(() => {});
      await crashed;
      await page.close();
    }
    await finish(await load(context), 900);
  });

  it("what was sent before there was a connection survives the page", async () => {
    const context = await newContext();
    const page = await load(context);
    await page.route("**/*", (route) => route.abort());
    await page.routeWebSocket(/.*/, (socket) => void socket.close());
    await begin(page, 5);
    await hasSent(page, 5);
    await page.waitForFunction(() => (globalThis as unknown as Held).outbox.pendingCount === 5);
    await page.waitForFunction(async () => (await indexedDB.databases()).length === 1);
    expect(heard).toEqual([]);
    await page.close();
    await finish(await load(context), 8);
  });

  it("a second page is told that the first has the outbox, and gets it when that one has gone", async () => {
    const context = await newContext();
    const [first, second] = [await load(context), await load(context)];
    await begin(first, 3);
    await expect.poll(() => heard).toEqual([1, 2, 3]);
    await begin(second, 4, 100);
    await second.waitForFunction(() => (globalThis as unknown as Held).told.length > 0);
    expect(await told(second)).toEqual(["close LW_OUTBOX_LOCKED"]);
    await first.close();
    await second.reload();
    await finish(second, 6);
  });
});
