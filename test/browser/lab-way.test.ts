// “The way here” of the lab in real browsers: what it shows of connections, requests and bytes, beside a proxy that counts for itself.
import type { Browser, Page } from "playwright-core";
import type { BrowserContext as FirefoxContext } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { patient } from "../support/cli-process.ts";
import { countBetween, type CountingProxy } from "../support/counting-proxy.ts";
import { openFirefox } from "../support/firefox.ts";
import { serveChat, type ServedChat } from "../support/served-chat.ts";
import { chromium, firefox } from "../support/tools.ts";

/** What the part shows, as text. */
interface Shown {
  /** "server bind()" and so on. */
  readonly calls: readonly string[];
  readonly requests: readonly { readonly line: string; readonly newLines: readonly string[] }[];
  /** Connections, round trips, for each of the four ways. */
  readonly runs: readonly (readonly string[])[];
  /** The bars that wait behind another answer, by way: their share of the picture in percent. */
  readonly blocked: readonly (readonly number[])[];
  /** HTTP and WebSocket, for each answer. */
  readonly answers: readonly (readonly string[])[];
}

/** In the page. */
function readPart(): Shown {
  const all = (selector: string, root: ParentNode = document): Element[] => [...root.querySelectorAll(selector)];
  const texts = (selector: string, root: ParentNode): string[] =>
    all(selector, root).map((one) => one.textContent ?? "");
  return {
    calls: all(".way-call").map((call) => `${call.getAttribute("data-side")} ${texts("code", call).join("")}`),
    requests: all(".way-visit").map((visit) => ({
      line: texts(".way-line", visit)[0] ?? "",
      newLines: texts(".way-line-new", visit),
    })),
    runs: all(".way-run").map((run) => texts(".lab-counter-number", run).slice(0, 2)),
    blocked: all(".way-run").map((run) =>
      all(".way-bar-blocked", run).map((bar) => Number.parseFloat((bar as HTMLElement).style.width)),
    ),
    answers: all(".way-answer").map((answer) => texts(".lab-counter-number", answer)),
  };
}

/** The same for both browsers, whichever driver asks. */
interface Tab {
  read(): Promise<Shown>;
  click(selector: string): Promise<void>;
}

function numberIn(text: string | undefined): number {
  const value = Number.parseFloat((text ?? "").replaceAll(",", ""));
  return /\d s$/.test(text ?? "") ? value * 1_000 : value;
}

async function showsTheWay(tab: Tab, proxy: CountingProxy): Promise<void> {
  await expect.poll(async () => (await tab.read()).runs.map(([count]) => count), patient).toEqual(["6", "1", "6", "1"]);
  const shown = await tab.read();

  // The calls of one connection, each side's in its order.
  const callsOf = (side: string): string[] =>
    shown.calls.filter((call) => call.startsWith(side)).map((call) => call.slice(side.length + 1));
  expect(callsOf("server")).toEqual(
    ["socket", "bind", "listen", "accept", "read", "write", "close", "read"].map((name) => `${name}()`),
  );
  expect(callsOf("client")).toEqual(
    ["socket", "connect", "connect", "write", "read", "read", "close"].map((name) => `${name}()`),
  );

  // Five requests; in the last only its first line was new.
  expect(shown.requests).toHaveLength(5);
  expect(shown.requests.at(-1)?.newLines).toEqual([shown.requests.at(-1)?.line]);
  expect(proxy.counts.get("/lab/api/way/visit")?.requests).toBe(5);

  // 1.0: six connections; kept alive: one; ignored: six; pipelined: one, and what is behind the slow one waits.
  expect(shown.runs.map(([, trips]) => trips)).toEqual(["12", "7", "12", "2"]);
  const pipelined = shown.blocked[3] ?? [];
  expect(pipelined).toHaveLength(4);
  expect(pipelined.every((share) => share > 30)).toBe(true);
  // Nowhere else does an answer stand before another one.
  expect(shown.blocked.slice(0, 3)).toEqual([[], [], []]);

  await tab.click(".way-measure");
  await expect.poll(async () => (await tab.read()).answers.flat().filter((text) => text === "–"), patient).toEqual([]);
  const [begin, heads, order] = (await tab.read()).answers.map((pair) => pair.map(numberIn));
  expect(begin?.[0]).toBeGreaterThan((begin?.[1] ?? 0) + 100);
  expect(order?.[0]).toBeGreaterThan(order?.[1] ?? Infinity);
  // The bytes are those that the proxy saw.
  const counted = (pattern: RegExp): number => {
    const found = [...proxy.counts].find(([path]) => pattern.test(path))?.[1];
    return (found?.bytesUp ?? 0) + (found?.bytesDown ?? 0);
  };
  expect(heads?.[0]).toBeGreaterThan((heads?.[1] ?? Infinity) * 5);
  expect(Math.abs((heads?.[0] ?? 0) / counted(/^\/lab\/api\/way\/say$/) - 1)).toBeLessThan(0.02);
  // The farewell of the socket comes after the server has counted: two close frames.
  expect(counted(/^\/lab\/way\/[\w-]+\/say$/) - (heads?.[1] ?? 0)).toBeLessThanOrEqual(12);
}

describe("the way here of the lab", () => {
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
      await page.goto(`${url}lab#way`);
      return page;
    }

    it("shows calls, requests, connections and three measured answers as a proxy has counted them", async () => {
      const proxy = await countBetween(served.url);
      onTestFinished(() => proxy.stop());
      const page = await visit(proxy.url);
      await showsTheWay({ read: () => page.evaluate(readPart), click: (selector) => page.click(selector) }, proxy);
    });

    it("one way is silent from the page, by turns and both ways are not", async () => {
      const page = await visit(served.url);
      const number = async (which: number): Promise<number> =>
        Number(await page.locator(".way-strip ~ .lab-counters .lab-counter-number").nth(which).textContent());
      const up = (): Promise<number> => number(2);
      const down = (): Promise<number> => number(0);
      await expect.poll(up, patient).toBeGreaterThan(3);
      await page.getByRole("button", { name: "Simplex", exact: true }).click();
      const silentFrom = await down();
      await expect.poll(down, patient).toBeGreaterThan(silentFrom + 5);
      const heard = await up();
      const later = await down();
      await expect.poll(down, patient).toBeGreaterThan(later + 10);
      expect(await up()).toBe(heard);
      await page.getByRole("button", { name: "Half duplex", exact: true }).click();
      await expect.poll(up, patient).toBeGreaterThan(heard + 5);
    });
  });

  describe.skipIf(firefox === undefined)("in Firefox", () => {
    let context: FirefoxContext;
    beforeAll(async () => {
      context = await openFirefox();
    });
    afterAll(() => context?.close());

    it("shows calls, requests, connections and three measured answers as a proxy has counted them", async () => {
      const proxy = await countBetween(served.url);
      onTestFinished(() => proxy.stop());
      const page = await context.newPage();
      const faults: string[] = [];
      page.on("pageerror", (error) => faults.push(String(error)));
      await page.goto(`${proxy.url}lab#way`);
      await showsTheWay({ read: () => page.evaluate(readPart), click: (selector) => page.click(selector) }, proxy);
      expect(faults).toEqual([]);
    });
  });
});
