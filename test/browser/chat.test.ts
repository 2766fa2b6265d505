// The chat as people meet it: `longwire serve` in a process of its own, real browsers in front of it. Each test has a
// room of its own; none waits for a time, all wait for what is to be seen.
import { once } from "node:events";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { launchChromium } from "../support/chromium.ts";
import { openFirefox } from "../support/firefox.ts";
import { serveChat, type ServedChat } from "../support/served-chat.ts";
import { chromium, firefox } from "../support/tools.ts";

let roomCount = 0;

/** A room that no other test uses. */
function newRoom(): string {
  roomCount += 1;
  return `room-${roomCount}`;
}

/** A member without a page: speaks the chat's own messages. */
async function join(served: ServedChat, room: string, name: string): Promise<WebSocket> {
  const socket = new WebSocket(`${served.url.replace("http", "ws")}chat/${room}`);
  onTestFinished(() => socket.terminate());
  await once(socket, "open");
  socket.send(JSON.stringify({ type: "join", name }));
  await once(socket, "message");
  return socket;
}

describe.skipIf(chromium === undefined)("the chat in Chromium", () => {
  let served: ServedChat;
  let browser: Browser;
  let contexts: BrowserContext[] = [];
  let faults: string[] = [];

  beforeAll(async () => {
    [served, browser] = await Promise.all([serveChat(), launchChromium()]);
  });

  afterAll(async () => {
    await browser?.close();
    await served?.stop();
  });

  afterEach(async () => {
    await Promise.all(contexts.map((context) => context.close()));
    const seen = faults;
    contexts = [];
    faults = [];
    // Console errors, exceptions and violations of the page's policy: no test may cause any.
    expect(seen).toEqual([]);
  });

  /** A page in a browser profile of its own, not yet named. */
  async function visit(room: string, options: BrowserContextOptions = {}, url = served.url): Promise<Page> {
    const context = await browser.newContext({ locale: "en-GB", ...options });
    contexts.push(context);
    const page = await context.newPage();
    page.on("pageerror", (error) => faults.push(`exception: ${error.message}`));
    page.on("console", (message) => {
      // A connection that the test itself breaks is reported by the browser, as it should be.
      const isOwnDoing = /WebSocket connection to .* failed|ERR_CONNECTION_REFUSED/.test(message.text());
      if (message.type() === "error" && !isOwnDoing) faults.push(`console: ${message.text()}`);
    });
    await page.goto(`${url}#${room}`);
    return page;
  }

  async function enter(room: string, name: string, options: BrowserContextOptions = {}, url?: string): Promise<Page> {
    const page = await visit(room, options, url);
    await page.fill("#name-input", name);
    await page.press("#name-input", "Enter");
    await page.waitForSelector('#pill[data-phase="open"]');
    return page;
  }

  async function say(page: Page, text: string): Promise<void> {
    await page.fill("#text", text);
    await page.press("#text", "Enter");
  }

  /** Waits until the conversation contains `text`. */
  async function hears(page: Page, text: string): Promise<void> {
    await page.locator("#log").getByText(text, { exact: true }).first().waitFor();
  }

  async function seesPeople(page: Page, names: readonly string[]): Promise<void> {
    await page.waitForFunction(
      (expected) =>
        [...document.querySelectorAll("#people .person")].map((person) => person.textContent).join() === expected,
      names.join(),
    );
  }

  it("two people talk, with names and time stamps, and one sees the other leave", async () => {
    const room = newRoom();
    const ada = await enter(room, "Ada");
    const ben = await enter(room, "Ben");
    await seesPeople(ada, ["Ada", "Ben"]);
    await seesPeople(ben, ["Ben", "Ada"]);
    await say(ada, "Good morning, Ben");
    await hears(ben, "Good morning, Ben");
    await say(ben, "Good morning, Ada");
    await hears(ada, "Good morning, Ada");
    const message = ada.locator(".message", { hasText: "Good morning, Ada" });
    expect(await message.locator(".message-name").textContent()).toBe("Ben");
    expect(await message.locator("time").textContent()).toMatch(/^\d\d:\d\d$/);
    expect(await message.locator("time").getAttribute("title")).toMatch(/^[A-Z]\w+day, \d+ [A-Z]\w+ \d{4}/);
    expect(Date.parse((await message.locator("time").getAttribute("datetime")) ?? "")).toBeGreaterThan(0);
    await ben.close();
    await ada.locator("#log .notice", { hasText: "Ben left." }).waitFor();
    await seesPeople(ada, ["Ada"]);
  });

  it("a person with two tabs is one person, until the last tab closes", async () => {
    const room = newRoom();
    const ada = await enter(room, "Ada");
    const ben = await enter(room, "Ben");
    const second = await ben.context().newPage();
    await second.goto(`${served.url}#${room}`);
    await second.waitForSelector('#pill[data-phase="open"]');
    await seesPeople(second, ["Ben", "Ada"]);
    await ben.close();
    await say(second, "still here");
    await hears(ada, "still here");
    await seesPeople(ada, ["Ada", "Ben"]);
    await second.close();
    await seesPeople(ada, ["Ada"]);
  });

  it("whoever enters sees the last 50 messages", async () => {
    const room = newRoom();
    for (const [name, from, to] of [
      ["Ben", 1, 26],
      ["Cy", 27, 52],
    ] as const) {
      const member = await join(served, room, name);
      const all = new Promise<void>((resolve) => {
        member.on("message", (data: Buffer) => {
          if (data.toString().includes(`"text":"text ${to}"`)) resolve();
        });
      });
      for (let n = from; n <= to; n += 1) member.send(JSON.stringify({ type: "say", text: `text ${n}`, key: `k${n}` }));
      await all;
    }
    const ada = await enter(room, "Ada");
    await hears(ada, "text 52");
    const texts = await ada.locator("#log .message-text").allTextContents();
    expect(texts).toEqual(Array.from({ length: 50 }, (_, index) => `text ${index + 3}`));
    const isAtEnd = await ada.evaluate(() => {
      const scroll = document.getElementById("scroll");
      return scroll !== null && scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 2;
    });
    expect(isAtEnd).toBe(true);
  });

  it("others see who is typing, until it is sent or given up", async () => {
    const room = newRoom();
    const ada = await enter(room, "Ada");
    const ben = await enter(room, "Ben");
    const typing = ada.locator("#typing");
    await ben.fill("#text", "I think");
    await typing.getByText("Ben is typing").waitFor();
    await ben.fill("#text", "");
    await ada.waitForFunction(() => document.getElementById("typing")?.textContent === "");
    await ben.fill("#text", "I know");
    await typing.getByText("Ben is typing").waitFor();
    await ben.press("#text", "Enter");
    await hears(ada, "I know");
    expect(await typing.textContent()).toBe("");
  });

  it("the title counts what was said while nobody looked", async () => {
    const room = newRoom();
    const ada = await enter(room, "Ada");
    const ben = await enter(room, "Ben");
    const look = (hidden: boolean): Promise<void> =>
      ada.evaluate((isHidden) => {
        Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
      }, hidden);
    await look(true);
    await say(ben, "one");
    await say(ben, "two");
    await hears(ada, "two");
    expect(await ada.title()).toBe(`(2) #${room} · Longwire`);
    await look(false);
    expect(await ada.title()).toBe(`#${room} · Longwire`);
  });

  it("names and texts are shown as they are, never as markup", async () => {
    const room = newRoom();
    const name = "<img src=x onerror=alert(1)>";
    const text = `"><script>globalThis.broken = true</script><b>bold</b> &lt;i&gt; javascript:alert(1)`;
    const ada = await enter(room, "Ada");
    const eve = await enter(room, name);
    await say(eve, text);
    await hears(ada, text);
    await eve.close();
    await ada.locator("#log .notice", { hasText: `${name} left.` }).waitFor();
    expect(await ada.locator("#app, body").locator("img, b, i, #log script, #people script").count()).toBe(0);
    expect(await ada.evaluate(() => "broken" in globalThis)).toBe(false);
    expect(await ada.locator(".message-name").allTextContents()).toEqual([name]);
  });

  it("the keyboard alone is enough", async () => {
    const room = newRoom();
    const other = newRoom();
    const ben = await enter(room, "Ben");
    const ada = await visit(room);
    const focused = (): Promise<string | undefined> => ada.evaluate(() => document.activeElement?.id);
    expect(await focused()).toBe("name-input");
    await ada.keyboard.press("Escape");
    await ada.keyboard.press("Escape");
    await ada.keyboard.type("Ada");
    await ada.keyboard.press("Enter");
    await ada.waitForSelector('#pill[data-phase="open"]');
    expect(await focused()).toBe("text");
    await ada.keyboard.type("first line");
    await ada.keyboard.press("Shift+Enter");
    await ada.keyboard.type("second line");
    await ada.keyboard.press("Enter");
    await hears(ben, "first line second line");
    expect(await ben.locator(".message-text").textContent()).toBe("first line\nsecond line");
    while ((await focused()) !== "room-input") await ada.keyboard.press("Shift+Tab");
    await ada.keyboard.type(other.toUpperCase());
    await ada.keyboard.press("Enter");
    await ada.locator("#room-title", { hasText: `#${other}` }).waitFor();
    await seesPeople(ada, ["Ada"]);
    expect(await focused()).toBe("text");
    await ada.goBack();
    await ada.locator("#room-title", { hasText: `#${room}` }).waitFor();
    await seesPeople(ada, ["Ada", "Ben"]);
  });

  it("on a phone, rooms and people slide in: focus goes with them and comes back", async () => {
    const room = newRoom();
    const ada = await enter(room, "Ada", { viewport: { width: 390, height: 844 }, hasTouch: true });
    const focused = (): Promise<string | undefined> => ada.evaluate(() => document.activeElement?.id);
    expect(await ada.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(await ada.locator("#rooms").isVisible()).toBe(false);
    await ada.tap("#side-open");
    await ada.locator("#rooms").waitFor();
    expect(await focused()).toBe("side-close");
    await ada.keyboard.press("Escape");
    await ada.locator("#rooms").waitFor({ state: "hidden" });
    expect(await focused()).toBe("side-open");
    await ada.tap("#side-open");
    await ada.getByRole("link", { name: "random" }).tap();
    await ada.locator("#room-title", { hasText: "#random" }).waitFor();
    await ada.locator("#rooms").waitFor({ state: "hidden" });
  });

  it("when the server dies the page says so, keeps what is written, and sends it once when the server is back", async () => {
    const room = newRoom();
    const first = await serveChat();
    onTestFinished(() => first.stop());
    const ada = await enter(room, "Ada", {}, first.url);
    await say(ada, "before");
    await hears(ada, "before");
    await first.stop();
    await ada.locator("#outage-text", { hasText: "The connection is interrupted." }).waitFor();
    expect(await ada.locator("#pill").textContent()).toContain("Reconnecting");
    await say(ada, "meanwhile");
    await ada.locator("#pending", { hasText: "Waiting for the connection" }).waitFor();
    const second = await serveChat(Number(new URL(first.url).port));
    onTestFinished(() => second.stop());
    await hears(ada, "meanwhile");
    await ada.waitForSelector('#pill[data-phase="open"]');
    expect(await ada.locator("#pending > *").count()).toBe(0);
    expect(await ada.locator("#outage").isVisible()).toBe(false);
    expect(await ada.locator("#log .message-text").allTextContents()).toEqual(["before", "meanwhile"]);
    expect(await ada.locator("#log .notice").allTextContents()).toContain(
      "The room was restarted. What stands above is no longer kept.",
    );
  });

  it("what is written during an outage is said even when the writer has gone to another room since", async () => {
    const room = newRoom();
    const first = await serveChat();
    onTestFinished(() => first.stop());
    const ada = await enter(room, "Ada", {}, first.url);
    await first.stop();
    await ada.locator("#outage").waitFor();
    await say(ada, "left behind");
    await ada.getByRole("link", { name: "random" }).click();
    await ada.locator("#room-title", { hasText: "#random" }).waitFor();
    const second = await serveChat(Number(new URL(first.url).port));
    onTestFinished(() => second.stop());
    const ben = await enter(room, "Ben", {}, second.url);
    await hears(ben, "left behind");
    await seesPeople(ben, ["Ben"]);
    expect(await ada.locator("#log .message-text").count()).toBe(0);
  });

  it("I-18 a member who sends nonsense is closed with 1008, and the others only see them leave", async () => {
    const room = newRoom();
    const ada = await enter(room, "Ada");
    const eve = await join(served, room, "Eve");
    await seesPeople(ada, ["Ada", "Eve"]);
    eve.send("nonsense");
    const [code, reason] = (await once(eve, "close")) as [number, Buffer];
    expect([code, String(reason)]).toEqual([1008, "expected one JSON object"]);
    await seesPeople(ada, ["Ada"]);
    await say(ada, "all is well");
    await hears(ada, "all is well");
  });

  it("a refusal is shown with its reason and is not retried", async () => {
    const page = await visit(newRoom());
    // A name that the dialog would have cleaned.
    await page.evaluate(() => localStorage.setItem("longwire.chat.name", "a\u202eb"));
    await page.reload();
    await page.locator("#outage-text", { hasText: "refused this connection (code 1008: join: a name has" }).waitFor();
    expect(await page.locator("#outage-countdown").textContent()).toBe("");
  });

  describe.skipIf(firefox === undefined)("with Firefox ESR on the other side", () => {
    it("people talk across browsers, under the same policy", { timeout: 240_000 }, async () => {
      const room = newRoom();
      const fox = await openFirefox();
      onTestFinished(() => fox.close());
      const ben = await fox.newPage();
      ben.on("pageerror", (error) => faults.push(`Firefox: ${String(error)}`));
      await ben.evaluateOnNewDocument(() => {
        const violations: string[] = [];
        Object.assign(globalThis, { violations });
        document.addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));
      });
      await ben.goto(`${served.url}#${room}`);
      await ben.waitForSelector("#name-dialog[open]");
      await ben.type("#name-input", "Ben");
      await ben.keyboard.press("Enter");
      await ben.waitForSelector('#pill[data-phase="open"]');
      const ada = await enter(room, "Ada");
      await seesPeople(ada, ["Ada", "Ben"]);
      await ben.type("#text", "Hello from Firefox");
      await ada.locator("#typing").getByText("Ben is typing").waitFor();
      await ben.keyboard.press("Enter");
      await hears(ada, "Hello from Firefox");
      await say(ada, "Hello from Chromium");
      await ben.waitForSelector("#log ::-p-text(Hello from Chromium)");
      expect(await ben.evaluate(() => (globalThis as unknown as { violations: string[] }).violations)).toEqual([]);
      // A tab that closes says goodbye in its last turn. Of requests that a page makes then Firefox sends only most, so it has to be
      // on its WebSocket; whoever is slow has begun with requests, and climbs. Beside much other work that
      // has failed as well, twice, and it is not known why: then Ben has left when a session's two minutes without him are over.
      await ben.waitForSelector('#pill[data-way="websocket"]', { timeout: 60_000 });
      await ben.close();
      await ada.locator("#log .notice", { hasText: "Ben left." }).waitFor({ timeout: 150_000 });
    });
  });
});
