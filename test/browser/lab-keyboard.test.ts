// The lab without a mouse: whoever goes through it by Tab comes to everything that can be done, forwards and backwards, sees where he is,
// and gets out at the end.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { patient } from "../support/cli-process.ts";
import { serveChat, type ServedChat } from "../support/served-chat.ts";
import { chromium } from "../support/tools.ts";

/** More than any part has. */
const mostStops = 200;

interface Stop {
  readonly name: string;
  readonly faults: readonly string[];
}

/** In the page: where the focus is; undefined when it is outside of the page. */
function readStop(): Stop | undefined {
  const here = document.activeElement;
  if (!(here instanceof HTMLElement) || here === document.body) return undefined;
  const label = here.getAttribute("aria-label") ?? here.textContent ?? "";
  const labels = here instanceof HTMLInputElement || here instanceof HTMLSelectElement ? (here.labels?.length ?? 0) : 0;
  const { outlineStyle, boxShadow } = getComputedStyle(here);
  // Of a link over two lines the first.
  const { left, top, width, height } = here.getClientRects()[0] ?? here.getBoundingClientRect();
  const seen = document.elementFromPoint(left + width / 2, top + Math.min(height / 2, 8));
  const faults: string[] = [];
  if (label.trim() === "" && labels === 0) faults.push("has no name");
  if (outlineStyle === "none" && boxShadow === "none") faults.push("does not show the focus");
  if (seen === null) faults.push("is not in view");
  else if (!here.contains(seen) && !seen.contains(here)) faults.push(`lies under ${seen.className}`);
  here.dataset["visited"] = "";
  return { name: `${here.tagName} ${here.className} ${label.trim().slice(0, 30)}`, faults };
}

/** In the page: what can be used and was not visited. Of radio buttons one is enough. */
function readMissed(): string[] {
  return [...document.querySelectorAll<HTMLElement>("a[href], button, input, select, textarea, summary")]
    .filter(
      (one) => one.checkVisibility({ visibilityProperty: true }) && one.tabIndex >= 0 && !one.matches(":disabled"),
    )
    .filter((one) => one.dataset["visited"] === undefined && one.getAttribute("type") !== "radio")
    .map((one) => `${one.tagName} ${one.className} ${one.textContent ?? ""}`);
}

/** In the page: names of sliders that stand one word below the other. */
function readSqueezed(): string[] {
  return [...document.querySelectorAll<HTMLElement>(".lab-slider-name")]
    .filter((name) => name.checkVisibility() && name.offsetHeight > 48)
    .map((name) => name.textContent ?? "");
}

async function walk(page: Page, key: "Tab" | "Shift+Tab"): Promise<readonly Stop[]> {
  const stops: Stop[] = [];
  while (stops.length < mostStops) {
    await page.keyboard.press(key);
    const stop = await page.evaluate(readStop);
    if (stop === undefined) break;
    stops.push(stop);
  }
  return stops;
}

describe.skipIf(chromium === undefined)("the lab by keyboard, in Chromium", () => {
  let served: ServedChat;
  let browser: Browser;
  beforeAll(async () => {
    [served, browser] = await Promise.all([serveChat(), launchChromium()]);
  });
  afterAll(async () => {
    await browser?.close();
    await served?.stop();
  });

  it.each([
    // What the server's half answers brings links with it, in three cards of its own.
    ["handshake", 360, [".handshake-row", ".handshake-bar-row", ".handshake-outcome"]],
    ["break", 1280, []],
  ])("%s, %i pixels wide: every control is reached and seen, in both directions", async (part, width, answers) => {
    const context = await browser.newContext({ viewport: { width, height: 740 }, locale: "en-GB" });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await page.goto(`${served.url}lab#${part}`);
    await expect.poll(() => page.evaluate(() => document.documentElement.dataset["server"]), patient).toBe("there");
    await page.locator(`#place-${part} button`).first().waitFor();
    // Those of a part that needs its connections wait for them, and cannot be reached before.
    await expect.poll(() => page.locator(`#place-${part} button:disabled`).count(), patient).toBe(0);
    await Promise.all(answers.map((answer) => page.locator(`#place-${part} ${answer}`).first().waitFor()));
    // Where a slider and a button just fit into one line.
    await page.setViewportSize({ width: width + 30, height: 740 });
    expect(await page.evaluate(readSqueezed)).toEqual([]);
    await page.setViewportSize({ width, height: 740 });
    for (const key of ["Tab", "Shift+Tab"] as const) {
      const stops = await walk(page, key);
      expect(stops.length).toBeLessThan(mostStops);
      expect(stops.filter(({ faults }) => faults.length > 0)).toEqual([]);
      expect(await page.evaluate(readMissed)).toEqual([]);
    }
  });
});
