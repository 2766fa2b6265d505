// One part of the lab in a real browser's tab, the same for Chromium and Firefox: looked at and clicked in. Whatever the page complains
// about fails the test.
import type { Browser } from "playwright-core";
import type { BrowserContext as FirefoxContext } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, onTestFinished } from "vitest";
import { launchChromium } from "./chromium.ts";
import { openFirefox } from "./firefox.ts";
import { chromium, firefox } from "./tools.ts";

export interface LabTab {
  /** Runs in the page: it knows nothing of what is around it here. */
  evaluate<Result>(run: () => Result): Promise<Result>;
  evaluate<Result, Given>(run: (given: Given) => Result, given: Given): Promise<Result>;
  click(selector: string): Promise<void>;
  /** The texts of all elements that fit. */
  texts(selector: string): Promise<string[]>;
  /** Puts a value into a field, as somebody who types it. */
  write(selector: string, value: string): Promise<void>;
}

export type Visit = (url: string, part: string) => Promise<LabTab>;

/** The same tests in each browser that is here. */
export function describeInBrowsers(name: string, tests: (visit: Visit) => void): void {
  describe.skipIf(chromium === undefined)(`${name}, in Chromium`, () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchChromium();
    });
    afterAll(() => browser?.close());
    tests(async (url, part) => {
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
      await page.goto(`${url}lab#${part}`);
      return tabOf({
        evaluate: (run, given) => page.evaluate(run as (given: unknown) => unknown, given),
        click: (selector) => page.click(selector),
      });
    });
  });

  describe.skipIf(firefox === undefined)(`${name}, in Firefox`, () => {
    let context: FirefoxContext;
    beforeAll(async () => {
      context = await openFirefox();
    });
    afterAll(() => context?.close());
    tests(async (url, part) => {
      const page = await context.newPage();
      const faults: string[] = [];
      page.on("pageerror", (error) => faults.push(String(error)));
      onTestFinished(async () => {
        await page.close();
        expect(faults).toEqual([]);
      });
      await page.evaluateOnNewDocument(() => localStorage.setItem("longwire.lab.language", "en"));
      await page.goto(`${url}lab#${part}`);
      return tabOf({
        evaluate: (run, given) => page.evaluate(run as (given: unknown) => unknown, given),
        // A locator would evaluate text, which the policy of the page forbids.
        click: (selector) => page.click(selector),
      });
    });
  });
}

interface Driver {
  evaluate(run: unknown, given: unknown): Promise<unknown>;
  click(selector: string): Promise<void>;
}

function tabOf(driver: Driver): LabTab {
  const evaluate = (run: unknown, given?: unknown): Promise<never> => driver.evaluate(run, given) as Promise<never>;
  return {
    evaluate,
    click: (selector) => driver.click(selector),
    texts: (selector) =>
      evaluate(
        (wanted: string) => [...document.querySelectorAll(wanted)].map((found) => found.textContent ?? ""),
        selector,
      ),
    write: (selector, value) =>
      evaluate(
        ([wanted, text]: readonly [string, string]) => {
          const field = document.querySelector<HTMLInputElement>(wanted);
          if (field === null) throw new Error(`there is no ${wanted}`);
          field.value = text;
          field.dispatchEvent(new Event("input", { bubbles: true }));
        },
        [selector, value],
      ),
  };
}
