// The chat on a network that gets in its way: what people see of it, and that nothing of what they say is lost or said twice.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { startFront, type Front } from "../support/obstructed-front.ts";
import { serveChat, type ServedChat } from "../support/served-chat.ts";
import { chromium } from "../support/tools.ts";

describe.skipIf(chromium === undefined)("the chat on a bad network", () => {
  let served: ServedChat;
  let browser: Browser;

  beforeAll(async () => {
    [served, browser] = await Promise.all([serveChat(), launchChromium()]);
  });

  afterAll(async () => {
    await browser?.close();
    await served?.stop();
  });

  async function front(): Promise<Front> {
    const made = await startFront(Number(new URL(served.url).port), {});
    onTestFinished(() => made.stop());
    return made;
  }

  async function enter(url: string, room: string, name: string): Promise<Page> {
    const context = await browser.newContext({ locale: "en-GB" });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await page.goto(`${url}/#${room}`);
    await page.fill("#name-input", name);
    await page.press("#name-input", "Enter");
    await page.waitForSelector('#pill[data-phase="open"]');
    return page;
  }

  async function say(page: Page, text: string): Promise<void> {
    await page.fill("#text", text);
    await page.press("#text", "Enter");
  }

  async function hears(page: Page, text: string): Promise<void> {
    await page.locator("#log").getByText(text, { exact: true }).first().waitFor();
  }

  it("F-39 goes on when WebSocket is blocked, then streaming, and says what carries it", async () => {
    const wire = await front();
    const ada = await enter(wire.url, "obstructed", "Ada");
    const ben = await enter(served.url.slice(0, -1), "obstructed", "Ben");
    const pill = ada.locator("#pill");
    await pill.getByText("over WebSocket").waitFor();
    await say(ada, "over WebSocket");
    wire.obstacles.websocket = "refuse";
    wire.cut();
    await say(ada, "while it was cut");
    await pill.getByText("over streaming").waitFor();
    await say(ben, "to a stream");
    await hears(ada, "to a stream");
    wire.obstacles.stream = "buffer";
    wire.cut();
    await pill.getByText(/over (long )?polling/).waitFor();
    await say(ben, "to somebody who asks");
    await hears(ada, "to somebody who asks");
    await say(ada, "the end");
    const said = ["over WebSocket", "while it was cut", "to a stream", "to somebody who asks", "the end"];
    for (const page of [ada, ben]) {
      await hears(page, "the end");
      expect(await page.locator("#log .message-text").allTextContents()).toEqual(said);
    }
    expect(await ben.locator("#log .notice").allTextContents()).toEqual([]);
  });

  it("a network that is gone for a while is told once, and what is written meanwhile is said when it is back", async () => {
    const wire = await front();
    const ada = await enter(wire.url, "gone", "Ada");
    const ben = await enter(served.url.slice(0, -1), "gone", "Ben");
    await ada.locator("#people").getByText("Ben").waitFor();
    await ada.context().setOffline(true);
    wire.cut();
    await ada.locator("#outage").waitFor();
    expect(await ada.locator("#outage-text").textContent()).toBe("The connection is interrupted.");
    expect(await ada.locator("#announcer").textContent()).toContain("What you write is sent when it is back.");
    expect(await ada.locator("#bar-count").textContent()).toContain("were here");
    await say(ada, "meanwhile");
    await ada.locator("#pending", { hasText: "Waiting for the connection" }).waitFor();
    await say(ben, "are you there?");
    await ada.context().setOffline(false);
    await hears(ben, "meanwhile");
    await hears(ada, "are you there?");
    await ada.locator("#outage").waitFor({ state: "hidden" });
    expect(await ada.locator("#announcer").textContent()).toBe("Connected again.");
    expect(await ada.locator("#bar-count").textContent()).toContain("are here");
    expect(await ben.locator("#log .message-text").allTextContents()).toEqual(["are you there?", "meanwhile"]);
    // To the others Ada was here all the time.
    expect(await ben.locator("#log .notice").allTextContents()).toEqual([]);
  });
});
