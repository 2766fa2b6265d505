// The inspector's page as people meet it: a server with an inspector of its own, clients that talk, real browsers that look on. None
// waits for a time, all wait for what is to be seen; no fault in a console passes.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Line } from "longwire/client";
import { inspect, type Inspector } from "longwire/inspector";
import { createServer, type LongwireServer } from "longwire/server";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type { BrowserContext as FirefoxContext } from "puppeteer-core";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { launchChromium } from "../support/chromium.ts";
import { openFirefox } from "../support/firefox.ts";
import { chromium, firefox } from "../support/tools.ts";

/** What would act if it were not shown as text: markup, terminal controls, direction overrides, a script's address. */
const HOSTILE =
  '<img src=x onerror="document.title=1"> \u001b[2J\u001b]52;c;QQ==\u0007 \u202egnp.exe\u202c </script><script>alert(1)</script>';
const SHOWN =
  '<img src=x onerror="document.title=1"> \\u{1b}[2J\\u{1b}]52;c;QQ==\\u{7} \\u{202e}gnp.exe\\u{202c} </script><script>alert(1)</script>';

interface World {
  readonly server: LongwireServer;
  readonly inspector: Inspector;
  readonly url: string;
}

async function create(): Promise<World> {
  const server = createServer({ limits: { drainSpreadMs: 0, drainTimeoutMs: 500 } });
  server.route("/echo/:name", { message: (socket, data) => void socket.send(data) });
  const { port } = await server.listen({ host: "127.0.0.1" });
  onTestFinished(() => server.close());
  return { server, inspector: await inspect(server), url: `ws://127.0.0.1:${port}` };
}

async function dial({ url }: World, path: string): Promise<WebSocket> {
  const socket = new WebSocket(`${url}${path}`);
  onTestFinished(() => socket.terminate());
  await once(socket, "open");
  return socket;
}

async function echo(socket: WebSocket, data: string | Uint8Array): Promise<void> {
  socket.send(data);
  await once(socket, "message");
}

describe.skipIf(chromium === undefined)("the inspector in Chromium", () => {
  let browser: Browser;
  let faults: string[] = [];

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(() => browser?.close());

  afterEach(() => {
    const seen = faults.splice(0);
    expect(seen).toEqual([]);
  });

  async function look(address: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      acceptDownloads: true,
      ...options,
    });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
    });
    await page.goto(address);
    return page;
  }

  const row = (page: Page, text: string) => page.locator(".row", { hasText: text });
  const entry = (page: Page, text: string) => page.locator(".entry", { hasText: text });

  it("V-42 takes the token out of the address, keeps it for the tab, and asks for it elsewhere", async () => {
    const world = await create();
    await dial(world, "/echo/a");
    const page = await look(world.inspector.url);
    await row(page, "/echo/a").waitFor();
    expect(page.url()).not.toContain(world.inspector.token);
    await page.reload();
    await row(page, "/echo/a").waitFor();
    const stranger = await look(world.inspector.url.replace(/#.*/, ""));
    await stranger.locator("#token-dialog[open]").waitFor();
    await stranger.keyboard.press("Escape");
    await stranger.locator("#token-dialog[open]").waitFor({ state: "detached" });
    await stranger.getByRole("button", { name: "Enter the token" }).press("Enter");
    await stranger.locator("#token-dialog[open]").waitFor();
    await stranger.fill("#token-input", "x".repeat(22));
    await stranger.press("#token-input", "Enter");
    await stranger.getByText("That was not this inspector's token").waitFor();
    expect(await row(stranger, "/echo/a").count()).toBe(0);
    await stranger.fill("#token-input", world.inspector.url);
    await stranger.press("#token-input", "Enter");
    await row(stranger, "/echo/a").waitFor();
    expect(await stranger.getByRole("button", { name: "Enter the token" }).isVisible()).toBe(false);
  });

  it("shows connections and sessions as they come and go, and finds them", async () => {
    const world = await create();
    const page = await look(world.inspector.url);
    await page.getByText("Nobody is connected").waitFor();
    const socket = await dial(world, "/echo/plain");
    const line = new Line(`${world.url}/longwire`);
    onTestFinished(() => line.close());
    line.open("/echo/in-a-session");
    await row(page, "/echo/plain").getByText("plain", { exact: true }).waitFor();
    await row(page, "/echo/in-a-session").getByText("session over WebSocket, 1 channel").waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("SESSION");
    await row(page, "/echo/plain").waitFor({ state: "detached" });
    expect(await row(page, "/echo/in-a-session").count()).toBe(1);
    await page.fill("#search", "nobody has this");
    await page.getByText("Nothing that is open fits this search.").waitFor();
    await page.fill("#search", "");
    await row(page, "/echo/plain").waitFor();
    // The order is the one that is asked for.
    const names = () => page.locator(".row-name").allTextContents();
    await page.selectOption("#order", "messages");
    await echo(socket, "one message more than the other");
    await expect.poll(names).toEqual(["/echo/plain", "/echo/in-a-session"]);
    await page.selectOption("#order", "coming");
    await expect.poll(names).toEqual(["/echo/in-a-session", "/echo/plain"]);
    socket.close(4001, "bye");
    await row(page, "/echo/plain").waitFor({ state: "detached" });
    await page.click("#tab-events");
    await page.locator(".event", { hasText: "closed 4001" }).waitFor();
  });

  it("V-50 V-56 shows one connection's frames, payloads only when asked, what strangers wrote as text, no secret", async () => {
    const world = await create();
    const socket = await dial(world, "/echo/a?access_token=CANARY");
    const page = await look(world.inspector.url);
    await row(page, "/echo/a?access_token=…").click();
    await page.getByText("Nothing has passed since you look on").waitFor();
    await echo(socket, "before it was asked for");
    await entry(page, "payload hidden").nth(1).waitFor();
    await page.click("#payloads");
    await expect
      .poll(async () => {
        await echo(socket, HOSTILE);
        return entry(page, "img src=x").count();
      })
      .toBeGreaterThan(0);
    await entry(page, "img src=x").first().locator("button").click();
    expect(await page.locator(".payload-text").first().textContent()).toBe(SHOWN);
    await echo(socket, '{"token":"CANARY","list":[1,2]}');
    await entry(page, '"list":[1,2]').last().locator("button").click();
    expect(await page.locator(".payload-text").last().textContent()).toBe(
      '{\n  "token": "…",\n  "list": [\n    1,\n    2\n  ]\n}',
    );
    await echo(socket, Uint8Array.of(0, 1, 0x41, 0xff));
    await entry(page, "00 01 41 ff").last().locator("button").click();
    expect(await page.locator(".payload-text").last().textContent()).toMatch(/^0000 {2}00 01 41 ff +··A·$/);
    expect(await page.locator(".entries img, .entries script").count()).toBe(0);
    expect(await page.title()).toBe("Longwire inspector");
    const whole = await page.evaluate(() => document.documentElement.outerHTML);
    expect(whole).not.toMatch(/CANARY|before it was asked for/);
  });

  it("filters, pauses, clears and exports what passed", async () => {
    const world = await create();
    const socket = await dial(world, "/echo/a");
    const page = await look(world.inspector.url);
    await row(page, "/echo/a").click();
    await page.click("#payloads");
    await expect
      .poll(async () => {
        await echo(socket, "apple");
        return entry(page, "apple").count();
      })
      .toBeGreaterThan(0);
    await echo(socket, "pear");
    await entry(page, "pear").nth(1).waitFor();
    await page.fill("#filter", "PEAR");
    expect(await page.locator(".entry").count()).toBe(2);
    await page.fill("#filter", "");
    await page.selectOption("#show", "in");
    expect(await page.locator('.entry[data-direction="out"]').count()).toBe(0);
    await page.selectOption("#show", "all");
    await page.click("#pause");
    await echo(socket, "plum");
    await page.getByText("2 more since the pause").waitFor();
    expect(await entry(page, "plum").count()).toBe(0);
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("#export")]);
    const file = JSON.parse(readFileSync(await download.path(), "utf8")) as {
      entries: { payload: { text: string } }[];
    };
    expect(file.entries.map(({ payload }) => payload.text).filter((text) => text !== "apple")).toEqual([
      "pear",
      "pear",
      "plum",
      "plum",
    ]);
    await page.click("#pause");
    await entry(page, "plum").nth(1).waitFor();
    await page.getByRole("button", { name: "Clear" }).click();
    expect(await page.locator(".entry").count()).toBe(0);
  });

  it("shows a session's packets and envelopes, cuts it, and sees it come back by itself", async () => {
    const world = await create();
    const line = new Line(`${world.url}/longwire`);
    onTestFinished(() => line.close());
    const socket = line.open("/echo/s");
    await new Promise((resolve) => socket.addEventListener("open", resolve));
    const page = await look(world.inspector.url);
    await row(page, "/echo/s").click();
    await page.click('[data-farewell="cut"]');
    await entry(page, "resumed").waitFor();
    await page.getByText("WebSocket, its 2nd").waitFor();
    await page.click("#payloads");
    await expect
      .poll(() => {
        socket.send("enveloped");
        return entry(page, "channel 1 · enveloped").count();
      })
      .toBeGreaterThan(1);
    await page.click('[data-farewell="close"]');
    await page.locator("#chosen-notice", { hasText: "The session is over, the server ended it: 1001" }).waitFor();
  });

  it("drains the server after a question, and says so", async () => {
    const world = await create();
    const socket = await dial(world, "/echo/a");
    const page = await look(world.inspector.url);
    await row(page, "/echo/a").waitFor();
    await page.click("#drain");
    await page.getByRole("button", { name: "Leave it" }).click();
    expect(socket.readyState).toBe(WebSocket.OPEN);
    // Escape closes the question and nothing behind it, whatever was answered the last time.
    await row(page, "/echo/a").click();
    await page.evaluate(() => ((document.querySelector("#sure-dialog") as HTMLDialogElement).returnValue = "yes"));
    await page.click("#drain");
    await page.keyboard.press("Escape");
    await page.locator("#sure-dialog[open]").waitFor({ state: "detached" });
    expect(await page.locator("#inspect").getAttribute("data-view")).toBe("detail");
    await echo(socket, "still there");
    expect(world.server.inspection.snapshot().server.state).toBe("open");
    await page.click("#drain");
    const closed = once(socket, "close");
    await page.getByRole("button", { name: "Drain", exact: true }).click();
    expect((await closed)[0]).toBe(1012);
    await page.locator('#state[data-state="lost"]').waitFor();
    // The page tries again, in vain.
    faults = faults.filter((fault) => !fault.includes("ERR_CONNECTION_REFUSED"));
  });

  it("fits a phone, light and dark: one column, nothing wider than the screen, and a way back", async () => {
    const world = await create();
    await dial(world, "/echo/a-rather-long-address-that-does-not-fit-beside-anything?and=a-query");
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await look(world.inspector.url, { viewport: { width: 360, height: 740 }, colorScheme });
      const width = () =>
        page.evaluate(() =>
          [...document.querySelectorAll("body *")]
            .filter((one) => one.getBoundingClientRect().right > 361 && !one.matches(".unseen"))
            .map((one) => one.className),
        );
      await row(page, "/echo/a-rather").waitFor();
      expect(await width()).toEqual([]);
      await row(page, "/echo/a-rather").click();
      await page.locator("#facts dd").first().waitFor();
      expect(await width()).toEqual([]);
      expect(await page.locator(".row").first().isVisible()).toBe(false);
      await page.click("#back");
      expect(await page.locator(".row").first().isVisible()).toBe(true);
    }
  });
});

describe.skipIf(firefox === undefined)("the inspector in Firefox", () => {
  let context: FirefoxContext;

  beforeAll(async () => {
    context = await openFirefox();
  });

  afterAll(() => context?.close());

  it("V-50 V-56 shows connections, frames, payloads when asked, and what strangers wrote as text", async () => {
    const world = await create();
    const socket = await dial(world, "/echo/a?token=CANARY");
    const page = await context.newPage();
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(String(error)));
    await page.goto(world.inspector.url);
    const text = (selector: string) => page.$$eval(selector, (found) => found.map((one) => one.textContent ?? ""));
    await expect.poll(() => text(".row-name")).toEqual(["/echo/a?token=…"]);
    await page.click(".row");
    await expect
      .poll(async () => {
        await echo(socket, "unasked");
        return (await text(".entry-summary")).length;
      })
      .toBeGreaterThan(0);
    expect((await text(".entry-summary")).join()).not.toContain("unasked");
    await page.click("#payloads");
    await expect
      .poll(async () => {
        await echo(socket, HOSTILE);
        return (await text(".entry-summary")).at(-1);
      })
      .toContain("<img src=x");
    await page.click(".entry:last-child button");
    expect(await text(".payload-text")).toEqual([SHOWN]);
    expect(await page.$$(".entries img, .entries script")).toEqual([]);
    await page.click('[data-farewell="close"]');
    await expect.poll(() => text("#chosen-notice")).toEqual([expect.stringContaining("It has closed with 1001")]);
    expect(faults).toEqual([]);
  });
});
