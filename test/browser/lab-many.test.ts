// Many in one in real browsers: the channels take turns while a transfer runs, credit goes down and is granted again, and what is said in
// the session is answered while the same word in the plain WebSocket waits behind the transfer. Orders of events, no times.
import type { Browser } from "playwright-core";
import type { BrowserContext as FirefoxContext } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { openFirefox } from "../support/firefox.ts";
import { serveChat, type ServedChat } from "../support/served-chat.ts";
import { chromium, firefox } from "../support/tools.ts";

/** A busy machine takes its time. */
const patient = { timeout: 90_000, interval: 50 } as const;
const testMs = 240_000;

/** In the page: everything that is to be seen and is text. */
function look(): {
  readonly transfers: readonly string[];
  readonly credits: readonly number[];
  readonly turns: string;
  readonly echo: string;
  readonly alone: readonly string[];
  readonly canStart: boolean;
} {
  const textsOf = (selector: string): string[] =>
    [...document.querySelectorAll(selector)].map((found) => found.textContent ?? "");
  const cells = [...document.querySelectorAll("#place-many .lab-table tbody tr")].map((row) => [
    ...row.querySelectorAll("td"),
  ]);
  return {
    transfers: textsOf(".many-transfer > .lab-small"),
    credits: [...document.querySelectorAll<HTMLMeterElement>(".many-meter")].map(({ value }) => value),
    turns: textsOf(".many-turns")[0] ?? "",
    echo: textsOf(".many-echo")[0] ?? "",
    alone: cells.flatMap((row) => [row[0]?.textContent ?? "", row[3]?.textContent ?? ""]),
    canStart: document.querySelector<HTMLButtonElement>(".many-start")?.disabled === false,
  };
}
type Seen = ReturnType<typeof look>;

/** In the page: a narrow network and a large transfer: more than a minute's worth. */
function makeNarrow(): void {
  for (const [index, slider] of document
    .querySelectorAll<HTMLInputElement>("#place-many input[type=range]")
    .entries()) {
    slider.value = index === 0 ? slider.min : slider.max;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/** In the page: a wide network and a small transfer. */
function makeWide(): void {
  for (const [index, slider] of document
    .querySelectorAll<HTMLInputElement>("#place-many input[type=range]")
    .entries()) {
    slider.value = index === 0 ? slider.max : slider.min;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/** In the page. */
function speak(): void {
  const input = document.querySelector<HTMLInputElement>(".many-say-input");
  if (input === null) throw new Error("There is nothing to speak into.");
  input.value = "hello";
  input.form?.requestSubmit();
}

interface Driven {
  evaluate<Result>(run: () => Result): Promise<Result>;
  click(selector: string): Promise<void>;
}

async function until(page: Driven, isSeen: (seen: Seen) => boolean): Promise<Seen> {
  let seen = await page.evaluate(look);
  await expect.poll(async () => isSeen((seen = await page.evaluate(look))), patient).toBe(true);
  return seen;
}

const between = ({ turns }: Seen): number[] =>
  [...turns.matchAll(/\d[\d,]*/g)].map(([number]) => Number(number.replaceAll(",", "")));

/** What both browsers have to show. */
async function sharesOneConnection(page: Driven): Promise<void> {
  // Every small stream has been heard on both ways.
  const quiet = await until(page, ({ alone, canStart }) => canStart && alone.every((time) => time.endsWith("s")));
  expect(quiet.credits.every((credit) => credit > 0)).toBe(true);
  await page.evaluate(makeNarrow);
  await page.click(".many-start");
  // Slices of the others between those of the transfer, which has used up what it was granted.
  await until(page, (seen) => (between(seen)[0] ?? 0) > 10 && (between(seen)[1] ?? 0) > 10);
  await until(page, ({ credits }) => (credits[6] ?? Infinity) < (quiet.credits[6] ?? 0) / 2);
  await page.evaluate(speak);
  const answered = await until(page, ({ echo }) => /in the session after [\d.]+ m?s/.test(echo));
  expect(answered.echo).toContain("in the plain WebSocket not yet");
  expect(answered.transfers.every((text) => text.includes(" of "))).toBe(true);
}

describe("many in one of the lab", { timeout: testMs }, () => {
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

    async function open(): Promise<Driven> {
      const context = await browser.newContext({ locale: "en-GB" });
      const page = await context.newPage();
      const faults: string[] = [];
      page.on("pageerror", (error) => faults.push(error.message));
      onTestFinished(async () => {
        await context.close();
        expect(faults).toEqual([]);
      });
      await page.goto(`${served.url}lab/#many`);
      return page;
    }

    it("channels take turns with a transfer, and a word in one of them does not wait for it", async () => {
      await sharesOneConnection(await open());
    });

    it("a transfer arrives whole on both ways, its credit is granted again, and another one can follow", async () => {
      const page = await open();
      await until(page, ({ canStart, alone }) => canStart && alone.every((time) => time.endsWith("s")));
      await page.evaluate(makeWide);
      for (const count of [1, 2]) {
        await page.click(".many-start");
        await until(
          page,
          (seen) => (between(seen)[0] ?? 0) >= 64 && seen.transfers.every((text) => text.includes(" in ")),
        );
        const done = await until(page, ({ credits, canStart }) => canStart && (credits[6] ?? 0) > 30_000);
        expect([count, done.transfers.map((text) => text.split(" in ")[0])]).toEqual([count, ["1.0 MB", "1.0 MB"]]);
      }
    });
  });

  describe.skipIf(firefox === undefined)("in Firefox", () => {
    let context: FirefoxContext;
    beforeAll(async () => {
      context = await openFirefox();
    });
    afterAll(() => context?.close());

    it("channels take turns with a transfer, and a word in one of them does not wait for it", async () => {
      const page = await context.newPage();
      const faults: string[] = [];
      page.on("pageerror", (error) => faults.push(String(error)));
      await page.goto(`${served.url}lab/#many`);
      await sharesOneConnection(page);
      expect(faults).toEqual([]);
    });
  });
});
