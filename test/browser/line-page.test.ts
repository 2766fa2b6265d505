// The line through what happens to a page in a real browser: the back-forward cache, no network, eight tabs, an old browser. The
// application's socket stays open through all of it. What happens to one that nobody looks at is line-background.test.ts.
import { type Browser, type BrowserContext, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { openFirefox } from "../support/firefox.ts";
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

  it(
    "eight tabs without WebSocket share six connections: all hear what is published, and whoever holds no request takes the place of one that goes",
    { timeout: 120_000 },
    async () => {
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
      const ways = await Promise.all(pages.map((page) => page.evaluate(wayOf)));
      expect(ways.filter((way) => way === "poll")).toHaveLength(5);
      const [closed, away] = pages.filter((_, index) => ways[index] === "longpoll");
      if (closed === undefined || away === undefined) throw new Error("Nobody holds a request.");
      await closed.close();
      await away.goto(`${site.url}/other`);
      await expect.poll(() => site.front.heldCount()).toBe(1);
      // What is said while they change places comes once, on whichever way it is then.
      const others = pages.filter((page) => page !== closed && page !== away);
      const holders = async (): Promise<number> =>
        (await Promise.all(others.map((page) => page.evaluate(wayOf)))).filter((way) => way === "longpoll").length;
      const published = ["to everybody"];
      const publishing = setInterval(() => {
        published.push(`meanwhile ${String(published.length)}`);
        site.publish(published.at(-1) ?? "");
      }, 250);
      onTestFinished(() => clearInterval(publishing));
      await expect.poll(holders, { timeout: 80_000, interval: 250 }).toBe(3);
      clearInterval(publishing);
      await away.goBack({ waitUntil: "commit" });
      for (const page of [away, ...others]) {
        await hasReceived(page, published.length);
        const { received, events } = await reportOf(page);
        expect(received).toEqual(published);
        const expected = page === away ? ["open", "persisted", "suspend", "resume"] : ["open"];
        expect(events.toSorted()).toEqual(expected.toSorted());
      }
      expect(await away.evaluate(wayOf)).toBe("poll");
      expect(site.front.heldCount()).toBeLessThanOrEqual(3);
    },
  );

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

  it.each([
    ["a stream", "/without-websocket", "stream"],
    ["held requests", "/without-streams", "longpoll"],
  ] as const)(
    "I-15 a page over %s that is closed while what it said is under way is heard to the end, and seen to go",
    async (_carrier, path, transport) => {
      const name = `leaving-${transport}`;
      const page = await open(path);
      await beginTalk(page, name);
      site.front.obstacles.send = "swallow";
      onTestFinished(() => void (site.front.obstacles.send = "pass"));
      const sent = (): number => site.front.requests.filter((request) => request === "POST /longwire/send").length;
      const before = sent();
      await say(page, "one");
      await expect.poll(sent).toBe(before + 1);
      await say(page, "two");
      site.front.obstacles.send = "pass";
      await page.close();
      await expect.poll(() => site.closedWith(name)).toBeDefined();
      expect([site.heard(name), site.closedWith(name)]).toEqual([["one", "two"], 1001]);
    },
  );

  describe.skipIf(firefox === undefined)("and in Firefox", () => {
    it("talks over WebSocket, and over requests where it is blocked", async () => {
      const fox = await openFirefox();
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

/** In the page: what carries its talk. */
function wayOf(): string | undefined {
  return (globalThis as unknown as Held).socket.transport;
}
