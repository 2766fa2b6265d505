// The line in a page that nobody looks at: frozen, hidden, with timers that hardly run. The driver is another one than in the
// other files: it shows pages as people see them, where that one makes each believe that it is in front.
import { launch, type Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { chromiumFlags, unthrottledFlags } from "../support/chromium.ts";
import { startLineSite, type LineSite } from "../support/line-site.ts";
import { chromium } from "../support/tools.ts";

interface Held {
  readonly socket: WebSocket & { readonly transport?: string };
  readonly report: { readonly received: readonly string[]; readonly events: readonly string[] };
}

/** Of a timer in the page. */
interface Beating {
  beatAt: number;
  isQuick: boolean;
}

describe.skipIf(chromium === undefined)("a page in the background of Chromium", () => {
  let site: LineSite;
  let browser: Awaited<ReturnType<typeof launch>>;

  beforeAll(async () => {
    site = await startLineSite();
    // Timers of hidden pages run once a second, and after a while once a minute: here that while is short.
    const rareTimers = "--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/3";
    browser = await launch({
      executablePath: chromium ?? "",
      headless: true,
      args: [...chromiumFlags, rareTimers],
      ignoreDefaultArgs: [...unthrottledFlags],
    });
  });

  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  });

  async function talking(name: string, own: LineSite = site, path = "/"): Promise<Page> {
    const page = await browser.newPage();
    onTestFinished(() => page.close());
    await page.goto(own.url + path);
    await page.evaluate((talk) => (globalThis as unknown as { talk(name: string): void }).talk(talk), name);
    await waitUntil(page, () => (globalThis as unknown as Held).socket.readyState === 1);
    return page;
  }

  it.each([
    ["a WebSocket", "/"],
    ["held requests", "/without-streams"],
  ])("a page over %s that is frozen holds nothing, and thaws with its socket open", async (_carrier, path) => {
    const name = `frozen${path}`.replace("/", "-");
    const page = await talking(name, site, path);
    const looker = await browser.newPage();
    onTestFinished(() => looker.close());
    await looker.goto(`${site.url}/other`);
    const seats = (): Promise<number> => looker.evaluate(async () => (await navigator.locks.query()).held?.length ?? 0);
    await expect.poll(seats).toBe(path === "/" ? 0 : 1);
    const control = await page.createCDPSession();
    await control.send("Page.setWebLifecycleState", { state: "frozen" });
    await expect.poll(seats).toBe(0);
    for (const number of [1, 2, 3]) site.tell(name, `meanwhile ${String(number)}`);
    await control.send("Page.setWebLifecycleState", { state: "active" });
    await waitUntil(page, () => (globalThis as unknown as Held).report.received.length === 3);
    const { received, events } = await page.evaluate(() => (globalThis as unknown as Held).report);
    expect(received).toEqual(["meanwhile 1", "meanwhile 2", "meanwhile 3"]);
    expect(events).toEqual(["open", "suspend", "resume"]);
  });

  it(
    "pages whose timers run once a minute keep their sockets, lose and double nothing, and are quick again when they are seen",
    { timeout: 120_000 },
    async () => {
      const own = await startLineSite({ heartbeatMs: 1_000 });
      onTestFinished(() => own.stop());
      const pages = {
        websocket: await talking("websocket", own),
        longpoll: await talking("longpoll", own, "/without-streams"),
      };
      const talks = Object.entries(pages) as ["websocket" | "longpoll", Page][];
      for (const [, page] of talks) await page.evaluate(beat);
      const front = await browser.newPage();
      onTestFinished(() => front.close());
      await front.bringToFront();
      // Ten times a second is what they asked for.
      for (const [, page] of talks) {
        await expect.poll(() => page.evaluate(sinceBeat), { timeout: 30_000, interval: 250 }).toBeGreaterThan(3_000);
      }
      const texts = (from: number): string[] => Array.from({ length: 10 }, (_, index) => String(from + index));
      const converse = async (from: number): Promise<void> => {
        for (const text of texts(from)) {
          for (const [name, page] of talks) {
            own.tell(name, text);
            await page.evaluate((up) => (globalThis as unknown as Held).socket.send(up), text);
          }
        }
        for (const [name, page] of talks) {
          await expect
            .poll(() => own.heard(name), { timeout: 20_000 })
            .toEqual(
              texts(0)
                .concat(texts(10))
                .slice(0, from + 10),
            );
          await waitUntil(page, (count) => (globalThis as unknown as Held).report.received.length >= count, from + 10);
        }
      };
      await converse(0);
      // Until a request was held for its whole time, and the server has asked a WebSocket many times whether it is there.
      const held = (): number => own.front.requests.filter((request) => request.endsWith(" held")).length;
      const before = held();
      await expect.poll(held, { timeout: 30_000 }).toBeGreaterThan(before);
      own.front.cut();
      await converse(10);
      for (const [transport, page] of talks) {
        const { received, events } = await page.evaluate(() => (globalThis as unknown as Held).report);
        expect(received).toEqual([...texts(0), ...texts(10)]);
        expect(events).toEqual(transport === "websocket" ? ["open", "suspend", "resume"] : ["open"]);
        expect(await page.evaluate(() => (globalThis as unknown as Held).socket.transport)).toBe(transport);
        expect(await page.evaluate(() => document.visibilityState)).toBe("hidden");
      }
      for (const [name, page] of talks) {
        await page.bringToFront();
        await waitUntil(page, () => (globalThis as unknown as { beating: Beating }).beating.isQuick);
        await page.evaluate(() => (globalThis as unknown as Held).socket.send("seen"));
        await expect.poll(() => own.heard(name).at(-1)).toBe("seen");
      }
    },
  );

  it("a hidden page goes on when its network changes under it, and takes the better way again when it is seen", async () => {
    const own = await startLineSite();
    onTestFinished(() => own.stop());
    const page = await talking("hidden", own);
    const front = await browser.newPage();
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

/** In a page that may be hidden: no frames are drawn there, and its timers hardly run, so it is asked from here. */
async function waitUntil(page: Page, holds: (told: number) => boolean, told = 0): Promise<void> {
  await expect.poll(() => page.evaluate(holds, told), { timeout: 30_000 }).toBe(true);
}

/** In the page: notes when a timer ran that should do so ten times a second. */
function beat(): void {
  const beating: Beating = { beatAt: performance.now(), isQuick: false };
  setInterval(() => {
    const now = performance.now();
    beating.isQuick = now - beating.beatAt < 500;
    beating.beatAt = now;
  }, 100);
  Object.assign(globalThis, { beating });
}

/** In the page: how long ago that was. */
function sinceBeat(): number {
  return performance.now() - (globalThis as unknown as { beating: Beating }).beating.beatAt;
}
