// The line through what happens to a page in a real browser: the back-forward cache, freezing, no network, eight tabs, an old
// browser. The application's socket stays open through all of it.
import { launch, type Page as DrivenPage } from "puppeteer-core";
import { type Browser, type BrowserContext, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { chromiumFlags, launchChromium } from "../support/chromium.ts";
import { launchFirefox } from "../support/firefox.ts";
import { beginTalk, hasReceived, reportOf, say, startLineSite, type LineSite } from "../support/line-site.ts";
import { chromium, firefox } from "../support/tools.ts";

interface Held {
  readonly socket: WebSocket & { readonly transport?: string };
  readonly report: { readonly received: readonly string[]; readonly events: readonly string[] };
}

describe.skipIf(chromium === undefined)("the life of a page in Chromium", () => {
  let browser: Browser;
  let site: LineSite;

  beforeAll(async () => {
    [browser, site] = await Promise.all([launchChromium({ withBackForwardCache: true }), startLineSite()]);
  });

  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  });

  async function newContext(): Promise<BrowserContext> {
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    return context;
  }

  async function open(path = "/"): Promise<Page> {
    const page = await (await newContext()).newPage();
    await page.goto(site.url + path);
    return page;
  }

  it.each([
    ["a WebSocket", "/", "websocket"],
    ["a stream", "/without-websocket", "stream"],
    ["held requests", "/without-streams", "longpoll"],
  ] as const)(
    "a page over %s comes back from the back-forward cache with its socket open and what was said meanwhile",
    async (_carrier, path, transport) => {
      const name = `cached-${transport}`;
      const page = await open(path);
      await beginTalk(page, name);
      await say(page, "before");
      await expect.poll(() => site.heard(name)).toEqual(["before"]);
      await page.goto(`${site.url}/other`);
      for (const number of [1, 2, 3]) site.tell(name, `meanwhile ${String(number)}`);
      await page.goBack({ waitUntil: "commit" });
      await hasReceived(page, 3);
      await say(page, "after");
      await expect.poll(() => site.heard(name)).toEqual(["before", "after"]);
      const { received, events, readyState } = await reportOf(page);
      expect(received).toEqual(["meanwhile 1", "meanwhile 2", "meanwhile 3"]);
      expect(events).toContain("persisted");
      expect(events.filter((type) => type !== "persisted")).toEqual(["open", "suspend", "resume"]);
      expect(readyState).toBe(1);
      expect(await page.evaluate(() => (globalThis as unknown as Held).socket.transport)).toBe(transport);
    },
  );

  it("a page that loses its network says so, keeps what is sent, and goes on when it is back", async () => {
    const page = await open();
    await beginTalk(page, "offline");
    await page.context().setOffline(true);
    // Emulation leaves an open WebSocket alone; a network that is gone does not.
    site.front.cut();
    await page.waitForFunction(() => (globalThis as unknown as Held).report.events.includes("suspend"));
    for (const number of [1, 2, 3]) await say(page, `offline ${String(number)}`);
    site.tell("offline", "down");
    const { readyState } = await reportOf(page);
    expect(readyState).toBe(1);
    await page.context().setOffline(false);
    await expect.poll(() => site.heard("offline")).toEqual(["offline 1", "offline 2", "offline 3"]);
    await hasReceived(page, 1);
    expect((await reportOf(page)).events).toEqual(["open", "suspend", "resume"]);
  });

  it("eight tabs without WebSocket share six connections, and all of them hear a publication", async () => {
    const context = await newContext();
    const pages = await Promise.all(Array.from({ length: 8 }, () => context.newPage()));
    await Promise.all(
      pages.map(async (page, index) => {
        await page.goto(`${site.url}/without-streams`);
        await beginTalk(page, `tab-${String(index)}`);
      }),
    );
    await expect.poll(() => site.front.heldCount()).toBe(3);
    site.publish("to everybody");
    await Promise.all(pages.map((page) => hasReceived(page, 1)));
    for (const page of pages) expect((await reportOf(page)).received).toEqual(["to everybody"]);
    await Promise.all(pages.map((page, index) => say(page, `from ${String(index)}`)));
    for (const index of pages.keys()) {
      await expect.poll(() => site.heard(`tab-${String(index)}`)).toEqual([`from ${String(index)}`]);
    }
  });

  it.each(["/without-websocket", "/without-streams"])(
    "a browser that lacks things talks all the same: %s",
    async (path) => {
      const page = await open(path);
      await beginTalk(page, path.slice(1));
      await say(page, "up");
      site.tell(path.slice(1), "down");
      await hasReceived(page, 1);
      await expect.poll(() => site.heard(path.slice(1))).toEqual(["up"]);
    },
  );

  describe("in the background", () => {
    // This driver shows pages as people see them; the other one makes each believe that it is in front.
    let other: Awaited<ReturnType<typeof launch>>;

    beforeAll(async () => {
      other = await launch({ executablePath: chromium ?? "", headless: true, args: [...chromiumFlags] });
    });

    afterAll(async () => {
      await other?.close();
    });

    async function talking(name: string, own: LineSite = site): Promise<DrivenPage> {
      const page = await other.newPage();
      onTestFinished(() => page.close());
      await page.goto(own.url);
      await page.evaluate((talk) => (globalThis as unknown as { talk(name: string): void }).talk(talk), name);
      await waitUntil(page, () => (globalThis as unknown as Held).socket.readyState === 1);
      return page;
    }

    it("a page that is frozen thaws with its socket open", async () => {
      const page = await talking("frozen");
      const control = await page.createCDPSession();
      await control.send("Page.setWebLifecycleState", { state: "frozen" });
      for (const number of [1, 2, 3]) site.tell("frozen", `meanwhile ${String(number)}`);
      await control.send("Page.setWebLifecycleState", { state: "active" });
      await waitUntil(page, () => (globalThis as unknown as Held).report.received.length === 3);
      const { received, events } = await page.evaluate(() => (globalThis as unknown as Held).report);
      expect(received).toEqual(["meanwhile 1", "meanwhile 2", "meanwhile 3"]);
      expect(events).toEqual(["open", "suspend", "resume"]);
    });

    it("a hidden page goes on when its network changes under it, and takes the better way again when it is seen", async () => {
      const own = await startLineSite();
      onTestFinished(() => own.stop());
      const page = await talking("hidden", own);
      const front = await other.newPage();
      onTestFinished(() => front.close());
      await front.bringToFront();
      await waitUntil(page, () => document.visibilityState === "hidden");
      own.front.obstacles.websocket = "refuse";
      own.front.cut();
      own.tell("hidden", "down");
      await page.evaluate(() => (globalThis as unknown as Held).socket.send("up"));
      await waitUntil(page, () => (globalThis as unknown as Held).report.received.length === 1);
      await expect.poll(() => own.heard("hidden"), { timeout: 20_000 }).toEqual(["up"]);
      own.front.obstacles.websocket = "pass";
      await page.bringToFront();
      await waitUntil(page, () => (globalThis as unknown as Held).socket.transport === "websocket");
      expect((await page.evaluate(() => (globalThis as unknown as Held).report)).events).not.toContain("close");
    });
  });

  describe.skipIf(firefox === undefined)("and in Firefox", () => {
    it("talks over WebSocket, and over requests where it is blocked", async () => {
      const fox = await launchFirefox();
      const own = await startLineSite();
      onTestFinished(async () => {
        await fox.close();
        await own.stop();
      });
      const page = await fox.newPage();
      for (const [name, websocket] of [
        ["open", "pass"],
        ["blocked", "refuse"],
      ] as const) {
        own.front.obstacles.websocket = websocket;
        await page.goto(own.url);
        await page.evaluate((talk) => (globalThis as unknown as { talk(name: string): void }).talk(talk), name);
        await page.waitForFunction(() => (globalThis as unknown as Held).socket.readyState === 1);
        await page.evaluate(() => (globalThis as unknown as Held).socket.send("up"));
        own.tell(name, "down");
        await page.waitForFunction(() => (globalThis as unknown as Held).report.received.length === 1);
        await expect.poll(() => own.heard(name)).toEqual(["up"]);
      }
    });
  });
});

/** In a page that may be hidden: no frames are drawn there, so the wait looks at the clock. */
async function waitUntil(page: DrivenPage, holds: () => boolean): Promise<void> {
  await page.waitForFunction(holds, { polling: 100 });
}
