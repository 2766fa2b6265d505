// The line in a real browser whose network gets in the way: down from WebSocket to whatever works, and back up. What was sent
// is compared with what was received, in order, on both sides of it.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { beginTalk, hasReceived, reportOf, say, startLineSite, type LineSite } from "../support/line-site.ts";
import { chromium } from "../support/tools.ts";

describe.skipIf(chromium === undefined)("down and up the transports in Chromium", () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
  });

  async function open(): Promise<{ site: LineSite; page: Page }> {
    const site = await startLineSite();
    const context = await browser.newContext();
    onTestFinished(async () => {
      await context.close();
      await site.stop();
    });
    const page = await context.newPage();
    await page.goto(site.url);
    return { site, page };
  }

  /** Ten numbered texts each way, `between` in the middle of them. */
  async function converse(site: LineSite, page: Page, between: () => unknown = () => undefined): Promise<void> {
    const before = (await reportOf(page)).received.length;
    const heardBefore = site.heard("ada").length;
    const numbers = Array.from({ length: 10 }, (_, index) => String(index));
    for (const number of numbers) {
      if (number === "5") await between();
      await say(page, `up ${number}`);
      site.tell("ada", `down ${number}`);
    }
    await hasReceived(page, before + numbers.length);
    await expect.poll(() => site.heard("ada").length, { timeout: 20_000 }).toBe(heardBefore + numbers.length);
    const report = await reportOf(page);
    expect(report.received.slice(before)).toEqual(numbers.map((number) => `down ${number}`));
    expect(site.heard("ada").slice(heardBefore)).toEqual(numbers.map((number) => `up ${number}`));
    expect(report.readyState).toBe(1);
    expect(report.events).not.toContain("close");
  }

  it("over WebSocket nothing but WebSocket is used", async () => {
    const { site, page } = await open();
    await beginTalk(page, "ada");
    await converse(site, page);
    expect(site.front.requests.filter((request) => !request.startsWith("UPGRADE"))).toEqual([]);
  });

  it("F-39 WebSocket is blocked in the middle: the conversation goes on over a stream, and climbs back by itself", async () => {
    const { site, page } = await open();
    await beginTalk(page, "ada");
    await converse(site, page, () => {
      site.front.obstacles.websocket = "refuse";
      site.front.cut();
    });
    expect(site.front.requests).toContain("POST /longwire/stream");
    expect(site.front.requests.filter((request) => request.endsWith(" held"))).toEqual([]);
    site.front.obstacles.websocket = "pass";
    await converse(site, page);
    await expect.poll(() => wayOf(page), { timeout: 40_000 }).toBe("websocket");
    await converse(site, page);
    const { events } = await reportOf(page);
    // Going up is no suspension: both ways worked until the better one took over.
    expect(events.slice(0, 3)).toEqual(["open", "suspend", "resume"]);
    expect(events).toHaveLength(3);
  });

  it("WebSocket is refused and streams are buffered: long polling carries it", async () => {
    const { site, page } = await open();
    Object.assign(site.front.obstacles, { websocket: "refuse", stream: "buffer" });
    await beginTalk(page, "ada");
    await converse(site, page);
    expect(await wayOf(page)).toBe("longpoll");
    expect(site.front.requests).toContain("GET /longwire/poll held");
  });

  it("whatever is held is cut as well: polling carries it", async () => {
    const { site, page } = await open();
    Object.assign(site.front.obstacles, { websocket: "refuse", stream: "buffer", longpoll: "cut" });
    await beginTalk(page, "ada");
    await expect.poll(() => wayOf(page), { timeout: 30_000 }).toBe("poll");
    await converse(site, page);
    expect(site.front.requests).toContain("GET /longwire/poll");
  });

  it("a WebSocket that opens and then stays silent is passed by", async () => {
    const { site, page } = await open();
    site.front.obstacles.websocket = "mute";
    await beginTalk(page, "ada");
    await converse(site, page);
    expect(await wayOf(page)).not.toBe("websocket");
  });
});

function wayOf(page: Page): Promise<string | undefined> {
  return page.evaluate(() => (globalThis as unknown as { socket: { transport?: string } }).socket.transport);
}
