// The race of the lab in real browsers, with a proxy in between that counts for itself. None waits for a time, all wait for what is to
// be seen.
import type { Browser, Page } from "playwright-core";
import type { BrowserContext as FirefoxContext } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { patient } from "../support/cli-process.ts";
import { countBetween, type CountingProxy } from "../support/counting-proxy.ts";
import { openFirefox } from "../support/firefox.ts";
import { serveChat, type ServedChat } from "../support/served-chat.ts";
import { chromium, firefox } from "../support/tools.ts";

const waysInOrder = ["poll", "longpoll", "stream", "socket"] as const;

interface Row {
  readonly messages: number;
  readonly requests: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
  readonly useful: number;
}

/** In the page: the first five numbers of each row of the race's table. */
function readTable(): number[][] {
  const rows = [...document.querySelectorAll("#place-race .race-charts + .lab-table-place tbody tr")];
  return rows.map((row) =>
    [...row.querySelectorAll("td")].slice(0, 5).map((cell) => Number((cell.textContent ?? "").replaceAll(",", ""))),
  );
}

function rowsOf(numbers: readonly (readonly number[])[]): Row[] {
  return numbers.map(([messages = 0, requests = 0, bytesUp = 0, bytesDown = 0, useful = 0]) => {
    return { messages, requests, bytesUp, bytesDown, useful };
  });
}

/** What a browser's page is asked, whichever driver asks. */
interface Tab {
  readTable(): Promise<number[][]>;
  clickButton(name: string): Promise<void>;
}

/** Where shown and counted differ by more than 2 %, in words. */
function differences(rows: readonly Row[], proxy: CountingProxy): string[] {
  const paths = [...proxy.counts.keys()];
  return waysInOrder.flatMap((way, index) => {
    const shown = rows[index];
    const path = paths.find((known) => (way === "socket" ? known.endsWith("/socket") : known.endsWith(`/race/${way}`)));
    const counted = proxy.counts.get(path ?? "");
    if (shown === undefined || counted === undefined) return [`${way} is missing`];
    return (["requests", "bytesUp", "bytesDown"] as const)
      .filter((name) => counted[name] === 0 || Math.abs(shown[name] / counted[name] - 1) > 0.02)
      .map((name) => `${way} ${name}: shown ${shown[name]}, counted ${counted[name]}`);
  });
}

/** The race runs, is paused, and then both have the same to say. */
async function raceAgrees(tab: Tab, proxy: CountingProxy): Promise<void> {
  await expect
    .poll(async () => Math.min(...rowsOf(await tab.readTable()).map(({ messages }) => messages)), patient)
    .toBeGreaterThan(40);
  await tab.clickButton("Pause");
  await expect.poll(async () => differences(rowsOf(await tab.readTable()), proxy), patient).toEqual([]);
  const rows = rowsOf(await tab.readTable());
  const [poll, longpoll, stream, socket] = rows;
  // 256 bytes each, as the settings are.
  expect(rows.map(({ useful, messages }) => useful / messages)).toEqual([256, 256, 256, 256]);
  expect([stream?.requests, socket?.requests]).toEqual([1, 1]);
  expect(longpoll?.requests).toBeGreaterThan(poll?.requests ?? Infinity);
}

describe("the race of the lab", () => {
  let served: ServedChat;
  beforeAll(async () => {
    served = await serveChat();
  });
  afterAll(() => served?.stop());

  describe.skipIf(chromium === undefined)("in Chromium", () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchChromium();
    });
    afterAll(() => browser?.close());

    async function visit(url: string): Promise<Page> {
      const context = await browser.newContext({ locale: "en-GB" });
      const page = await context.newPage();
      const faults: string[] = [];
      page.on("pageerror", (error) => faults.push(error.message));
      page.on("console", (message) => {
        if (message.type() === "error") faults.push(message.text());
      });
      onTestFinished(async () => {
        await context.close();
        expect(faults).toEqual([]);
      });
      await page.goto(`${url}lab#race`);
      return page;
    }

    const tabOf = (page: Page): Tab => ({
      readTable: () => page.evaluate(readTable),
      clickButton: (name) => page.getByRole("button", { name, exact: true }).click(),
    });

    it("requests and bytes are those that a proxy in between has counted", async () => {
      const proxy = await countBetween(served.url);
      onTestFinished(() => proxy.stop());
      await raceAgrees(tabOf(await visit(proxy.url)), proxy);
    });

    it("a reset counts from zero, and leaving the race ends what it held", async () => {
      const proxy = await countBetween(served.url);
      onTestFinished(() => proxy.stop());
      const page = await visit(proxy.url);
      const tab = tabOf(page);
      await expect.poll(async () => (await tab.readTable())[0]?.[0], patient).toBeGreaterThan(10);
      await tab.clickButton("Pause");
      await tab.clickButton("Count from zero");
      await expect.poll(async () => (await tab.readTable()).map((row) => row[0]), patient).toEqual([0, 0, 0, 0]);
      expect(proxy.openCount("/lab/api/race/stream")).toBe(1);
      await page.getByRole("link", { name: "The handshake" }).first().click();
      await expect.poll(() => proxy.openCount("/lab/api/race/stream"), patient).toBe(0);
      const before = proxy.counts.get("/lab/api/race/poll")?.requests;
      await page.getByRole("link", { name: "The race" }).first().click();
      await expect.poll(() => proxy.counts.get("/lab/api/race/poll")?.requests, patient).toBeGreaterThan(before ?? 0);
    });

    it("a crowd is called simulated and shows what each way costs", async () => {
      const page = await visit(served.url);
      const slider = page.getByRole("slider", { name: "Simulated clients of each way" });
      await slider.fill("2");
      const table = page.locator("#place-race .lab-table").last();
      await table.waitFor();
      const clients = (): Promise<string[]> => table.locator("tbody td:nth-child(2)").allTextContents();
      await expect.poll(clients, patient).toEqual(["100", "100", "100", "100"]);
      expect(await table.locator("thead").textContent()).toContain("Simulated clients");
      const delivered = async (): Promise<number> =>
        Math.min(
          ...(await table.locator("tbody td:nth-child(6)").allTextContents()).map((text) => Number.parseInt(text, 10)),
        );
      await expect.poll(delivered, patient).toBeGreaterThan(0);
    });

    it("the table is copied as a spreadsheet takes it", async () => {
      const page = await visit(served.url);
      await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
      await expect.poll(async () => (await tabOf(page).readTable())[3]?.[0], patient).toBeGreaterThan(5);
      await page.locator("#place-race .lab-copy").first().click();
      await page.getByRole("button", { name: "Copied" }).waitFor();
      const lines = (await page.evaluate(() => navigator.clipboard.readText()))
        .split("\n")
        .map((line) => line.split("\t"));
      expect(lines.map((cells) => cells.length)).toEqual([10, 10, 10, 10, 10]);
      expect(lines.map(([name]) => name)).toEqual(["", "Ajax polling", "Long polling", "HTTP streaming", "WebSocket"]);
      expect(lines[0]?.[1]).toBe("Messages");
      expect(Number(lines[4]?.[1])).toBeGreaterThan(5);
    });

    it("by the keyboard alone: skip to the part, go to another, choose a setting", async () => {
      const page = await visit(served.url);
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("The race");
      await page.keyboard.press("Tab");
      await page.keyboard.press("End");
      await page.locator("#place-race .lab-slider-value", { hasText: "50 a second" }).waitFor();
      await page.getByRole("link", { name: "The way here" }).first().press("Enter");
      await page.locator("#place-way h1").waitFor();
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("The way here");
      await page.goBack();
      await page.locator("#place-race h1").waitFor();
    });

    it("on a phone nothing is wider than the screen", async () => {
      const page = await visit(served.url);
      await page.setViewportSize({ width: 360, height: 740 });
      await page.waitForSelector('[data-server="there"]');
      for (const part of ["race", "way"]) {
        await page.evaluate((id) => (location.hash = `#${id}`), part);
        await page.locator(`#place-${part} h1`).waitFor();
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
      }
    });

    it("speaks Chinese when asked, and remembers it", async () => {
      const page = await visit(served.url);
      await page.getByRole("button", { name: "中文" }).click();
      await page.locator("#place-race h1", { hasText: "赛跑" }).waitFor();
      expect(await page.title()).toContain("赛跑");
      await page.reload();
      await page.locator("#place-race h1", { hasText: "赛跑" }).waitFor();
      expect(await page.evaluate(() => document.documentElement.lang)).toBe("zh-Hans");
      // On a phone a heading is not one character below the other.
      await page.setViewportSize({ width: 360, height: 740 });
      const lineCount = await page
        .locator("#place-race thead th")
        .first()
        .evaluate((heading) => {
          const range = document.createRange();
          range.selectNodeContents(heading);
          return range.getClientRects().length;
        });
      expect(lineCount).toBe(1);
    });

    it("goes on by itself when the server was away", async () => {
      const first = await serveChat();
      onTestFinished(() => first.stop());
      const context = await browser.newContext({ locale: "en-GB" });
      onTestFinished(() => context.close());
      const page = await context.newPage();
      await page.goto(`${first.url}lab`);
      await page.waitForSelector('[data-server="there"]');
      await first.stop();
      await page.getByText("The lab's server cannot be reached.").waitFor();
      const second = await serveChat(Number(new URL(first.url).port));
      onTestFinished(() => second.stop());
      await page.waitForSelector('[data-server="there"]');
      await expect.poll(async () => (await tabOf(page).readTable())[3]?.[0], patient).toBeGreaterThan(5);
    });
  });

  describe.skipIf(firefox === undefined)("in Firefox", () => {
    let context: FirefoxContext;
    beforeAll(async () => {
      context = await openFirefox();
    });
    afterAll(() => context?.close());

    it("requests and bytes are those that a proxy in between has counted", async () => {
      const proxy = await countBetween(served.url);
      onTestFinished(() => proxy.stop());
      const page = await context.newPage();
      const faults: string[] = [];
      page.on("pageerror", (error) => faults.push(String(error)));
      await page.evaluateOnNewDocument(() => localStorage.setItem("longwire.lab.language", "en"));
      await page.goto(`${proxy.url}lab#race`);
      await raceAgrees(
        {
          readTable: () => page.evaluate(readTable),
          clickButton: async (name) => {
            await page.click(`::-p-xpath(//*[@id="place-race"]//button[text()="${name}"])`);
          },
        },
        proxy,
      );
      expect(faults).toEqual([]);
    });
  });
});
