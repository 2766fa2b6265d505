// The example with a page of its own, examples/dashboard, in Chromium: what it shows is live, and says so when it is not.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createFaultProxy } from "../../src/testing/index.ts";
import { launchChromium } from "../support/chromium.ts";
import { startExample, stopExamples } from "../support/example-process.ts";
import { chromium } from "../support/tools.ts";

describe.skipIf(chromium === undefined)("the dashboard", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(async () => {
    stopExamples();
    await browser?.close();
  });

  it("shows measurements, says when the network is gone, and goes on when it is back", async () => {
    const server = await startExample("dashboard/server.ts");
    const proxy = await createFaultProxy({ target: { port: Number(new URL(server.origin).port) } });
    onTestFinished(() => proxy.close());
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const failures: string[] = [];
    page.on("pageerror", (error) => failures.push(error.message));
    page.on("response", (response) => {
      if (response.status() >= 400) failures.push(`${response.status()} ${response.url()}`);
    });
    await page.goto(proxy.url);
    const text = (id: string): Promise<string | null> => page.locator(id).textContent();
    const points = async (): Promise<number> => {
      const line = (await page.locator("#line").getAttribute("points")) ?? "";
      return line.split(" ").filter(Boolean).length;
    };
    const soon = { timeout: 20_000, interval: 50 };
    await expect.poll(() => text("#state"), soon).toBe("live");
    await expect.poll(() => text("#viewers"), soon).toBe("1");
    expect(await text("#load")).toMatch(/^\d+ %$/);
    await expect.poll(points, soon).toBeGreaterThan(1);
    proxy.faults = { cutAfterBytes: 1 };
    proxy.cut();
    await expect.poll(() => text("#state"), soon).toBe("no network; this is what was known");
    const before = await points();
    proxy.faults = {};
    await expect.poll(() => text("#state"), soon).toBe("live");
    // What was measured meanwhile is there as well: a session loses nothing.
    await expect.poll(points, soon).toBeGreaterThan(before);
    expect(failures).toEqual([]);
  });
});
