// The break of the lab in real browsers: whatever is done to the network and the server, the session's counters show nothing lost and
// nothing doubled, and the plain side shows the losses that were forced. Waits for what is to be seen, never for a time.
import type { Browser, Page, WebSocket } from "playwright-core";
import type { BrowserContext as FirefoxContext } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { openFirefox } from "../support/firefox.ts";
import { serveChat, type ServedChat } from "../support/served-chat.ts";
import { chromium, firefox } from "../support/tools.ts";

/** A way that went silent is given up after sixteen seconds, and a busy machine takes its time. */
const patient = { timeout: 90_000, interval: 50 } as const;
const testMs = 240_000;

interface Row {
  readonly arrived: number;
  readonly lost: number;
  readonly doubled: number;
  readonly late: number;
}

/** To the page, and to the server. */
interface Seen {
  readonly plain: readonly [down: Row, up: Row];
  readonly session: readonly [down: Row, up: Row];
  /** readyState and what carries it, plain and session. */
  readonly states: readonly string[];
  readonly carried: readonly (string | undefined)[];
  /** The oldest first. */
  readonly log: readonly string[];
}

/** In the page: everything that is to be seen. */
function look(): Seen {
  const rows = [...document.querySelectorAll("#place-break .lab-table tbody tr")].map((row) => {
    const [, arrived = NaN, , lost = NaN, doubled = NaN, late = NaN] = [...row.querySelectorAll("td")].map((cell) =>
      Number((cell.textContent ?? "").replaceAll(",", "")),
    );
    return { arrived, lost, doubled, late };
  });
  const [plainDown, plainUp, sessionDown, sessionUp] = rows as [Row, Row, Row, Row];
  const textsOf = (selector: string): string[] =>
    [...document.querySelectorAll(selector)].map((found) => found.textContent ?? "");
  const log = [...document.querySelectorAll(".break-log-line")].map((line) =>
    [...line.querySelectorAll("span")]
      .slice(1)
      .map((span) => span.textContent)
      .join(": "),
  );
  return {
    plain: [plainDown, plainUp],
    session: [sessionDown, sessionUp],
    states: textsOf(".break-facts .lab-mono"),
    carried: [...document.querySelectorAll<HTMLElement>("dd.break-carried")].map(({ dataset }) => dataset["carried"]),
    log: log.toReversed(),
  };
}

/** In the page: everything is on the way for 250 ms, so that at twenty a second some always are. */
function slowDown(): void {
  const slider = document.querySelectorAll<HTMLInputElement>("#place-break input[type=range]")[1];
  if (slider === undefined) throw new Error("There is no slider for how long messages are on the way.");
  slider.value = slider.max;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
}

/** One browser's page, whichever driver drives it. */
class Visit {
  readonly #page: {
    evaluate<Result>(run: () => Result): Promise<Result>;
    click(selector: string): Promise<void>;
  };

  constructor(page: { evaluate<Result>(run: () => Result): Promise<Result>; click(selector: string): Promise<void> }) {
    this.#page = page;
  }

  look(): Promise<Seen> {
    return this.#page.evaluate(look);
  }

  press(what: string): Promise<void> {
    return this.#page.click(`[data-press="${what}"], [data-network="${what}"]`);
  }

  /** The plain side repeats what was not answered. */
  repeatByHand(): Promise<void> {
    return this.#page.click("#place-break .lab-choice-button:last-child");
  }

  /** Until `isSeen`. */
  async until(isSeen: (seen: Seen) => boolean): Promise<Seen> {
    let seen = await this.look();
    await expect.poll(async () => isSeen((seen = await this.look())), patient).toBe(true);
    return seen;
  }

  /** Until both sides talk in both directions. */
  async begins(): Promise<void> {
    await this.until(({ plain, session }) => [...plain, ...session].every(({ arrived }) => arrived > 20));
    await this.#page.evaluate(slowDown);
    await this.goesOn("session");
  }

  /** Until the side has brought more than it has now, both ways. */
  async goesOn(side: "plain" | "session"): Promise<Seen> {
    const before = (await this.look())[side];
    return this.until((seen) => seen[side].every(({ arrived }, index) => arrived > (before[index]?.arrived ?? 0) + 20));
  }

  /** Until the log says `line` more often than before. */
  async says(line: string, act: () => Promise<void>): Promise<Seen> {
    const count = ({ log }: Seen): number => log.filter((said) => said === line).length;
    const before = count(await this.look());
    await act();
    return this.until((seen) => count(seen) > before);
  }
}

const lostBy = (rows: readonly Row[]): number => rows.reduce((sum, { lost }) => sum + lost, 0);
const faultsOf = ({ session }: Seen): number[] => session.flatMap(({ lost, doubled }) => [lost, doubled]);
const faultless = [0, 0, 0, 0];

/** What both browsers have to show. */
async function survivesCutsBlocksAndRestarts(visit: Visit): Promise<void> {
  await visit.begins();
  await visit.says("Longwire session: resume: nothing was lost", () => visit.press("cut"));
  await visit.goesOn("plain");
  const afterCut = await visit.goesOn("session");
  expect(faultsOf(afterCut)).toEqual(faultless);
  expect(lostBy([afterCut.plain[0]])).toBeGreaterThan(0);
  expect(lostBy([afterCut.plain[1]])).toBeGreaterThan(0);
  expect(afterCut.log).toContain("Plain WebSocket: close 1006");

  await visit.says("Longwire session: resume, fresh: moved to the next server", () => visit.press("restart"));
  await visit.goesOn("plain");
  const afterRestart = await visit.goesOn("session");
  expect(faultsOf(afterRestart)).toEqual(faultless);
  expect(lostBy(afterRestart.plain)).toBeGreaterThan(lostBy(afterCut.plain));
  expect(afterRestart.log).toContain("Plain WebSocket: close 1012 “The service restarts.”");

  await visit.press("isBlocked");
  await visit.until(({ carried }) => carried[1] === "stream");
  const blocked = await visit.goesOn("session");
  expect(faultsOf(blocked)).toEqual(faultless);
  expect(blocked.carried[0]).not.toBe("websocket");
  await visit.press("isBlocked");
  await visit.until(({ carried }) => carried.every((kind) => kind === "websocket"));

  await visit.press("isHeld");
  const held = await visit.until(({ states }) => states.every((state) => state === "OPEN (1)"));
  await visit.press("isHeld");
  const released = await visit.goesOn("session");
  expect(faultsOf(released)).toEqual(faultless);
  // A way that is only slow loses nothing of anybody's.
  expect(lostBy(released.plain)).toBe(lostBy(held.plain));
  expect(released.log.filter((line) => line.startsWith("Longwire session: close"))).toEqual([]);
}

describe("the break of the lab", { timeout: testMs }, () => {
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

    async function open(): Promise<{ visit: Visit; page: Page }> {
      const context = await browser.newContext({ locale: "en-GB" });
      const page = await context.newPage();
      const faults: string[] = [];
      page.on("pageerror", (error) => faults.push(error.message));
      onTestFinished(async () => {
        await context.close();
        expect(faults).toEqual([]);
      });
      await page.goto(`${served.url}lab/#break`);
      return { visit: new Visit(page), page };
    }

    it("I-02 I-03 I-23 a cut, a restart, a block and a stall cost the session nothing, and the plain side what was on its way", async () => {
      const { visit } = await open();
      await survivesCutsBlocksAndRestarts(visit);
    });

    it("F-39 behind a proxy that strips and buffers the session goes on by long polling", async () => {
      const { visit } = await open();
      await visit.begins();
      await visit.press("isBuffered");
      await visit.until(({ carried }) => carried[1] === "longpoll");
      expect(faultsOf(await visit.goesOn("session"))).toEqual(faultless);
      await visit.press("isBuffered");
      await visit.until(({ carried }) => carried.every((kind) => kind === "websocket"));
      expect(faultsOf(await visit.goesOn("session"))).toEqual(faultless);
    });

    it("a way that went silent is left by the session; the plain side says that it is open and hears nothing", async () => {
      const { visit } = await open();
      await visit.begins();
      const seen = await visit.says("Longwire session: resume: nothing was lost", () => visit.press("silence"));
      expect(seen.states).toEqual(["OPEN (1)", "OPEN (1)"]);
      const later = await visit.goesOn("session");
      expect(later.plain.map(({ arrived }) => arrived)).toEqual(seen.plain.map(({ arrived }) => arrived));
      expect(faultsOf(later)).toEqual(faultless);
      // Once somebody else ends the dead connection, what was said into it turns out to be lost.
      await visit.press("cut");
      await visit.until(({ plain }) => plain.every(({ lost }) => lost > 100));
    });

    it("F-25 after a sleep the session goes on over a new connection", async () => {
      const { visit } = await open();
      await visit.begins();
      const seen = await visit.says("Longwire session: resume: nothing was lost", () => visit.press("sleep"));
      expect(faultsOf(seen)).toEqual(faultless);
      expect(faultsOf(await visit.goesOn("session"))).toEqual(faultless);
      expect((await visit.look()).states[0]).toBe("OPEN (1)");
    });

    it("a server that crashes is a gap, and the session says so", async () => {
      const { visit } = await open();
      await visit.begins();
      await visit.says("Longwire session: resume, fresh, with a gap: the old session was lost", () =>
        visit.press("crash"),
      );
      await visit.goesOn("plain");
      const seen = await visit.goesOn("session");
      expect(seen.log.filter((line) => line.startsWith("Longwire session: close"))).toEqual([]);
    });

    it("who repeats by hand what was not answered loses nothing on the way up and doubles it instead", async () => {
      const { visit } = await open();
      await visit.begins();
      await visit.repeatByHand();
      await visit.until(({ log }) => log.length === 2);
      await visit.begins();
      await visit.says("Longwire session: resume: nothing was lost", () => visit.press("cut"));
      const seen = await visit.until(({ plain: [down, up] }) => up.doubled > 0 && down.lost > 0);
      expect(seen.plain[1].lost).toBe(0);
      expect(faultsOf(seen)).toEqual(faultless);
      await visit.press("afresh");
      const anew = await visit.until(({ plain, log }) => plain[0].arrived < 20 && log.length < 3);
      expect(lostBy([...anew.plain, ...anew.session])).toBe(0);
    });

    it("what is out of view has no connections, and begins anew when it is back", async () => {
      const { visit, page } = await open();
      const sockets: WebSocket[] = [];
      page.on("websocket", (socket) => sockets.push(socket));
      const left = (): number =>
        sockets.filter((socket) => socket.url().includes("/lab/passage/") && !socket.isClosed()).length;
      await visit.press("afresh");
      await visit.begins();
      expect(left()).toBe(2);
      await page.goto(`${served.url}lab/#race`);
      await expect.poll(left, patient).toBe(0);
      await page.goto(`${served.url}lab/#break`);
      await visit.until(({ plain, log }) => log.length < 3 && plain[0].arrived < 20);
      await visit.begins();
    });
  });

  describe.skipIf(firefox === undefined)("in Firefox", () => {
    let context: FirefoxContext;
    beforeAll(async () => {
      context = await openFirefox();
    });
    afterAll(() => context?.close());

    it("I-02 I-03 I-23 a cut, a restart, a block and a stall cost the session nothing, and the plain side what was on its way", async () => {
      const page = await context.newPage();
      const faults: string[] = [];
      page.on("pageerror", (error) => {
        // Firefox's driver takes for an error of the page what the browser says of connections that fail, and of those that are cut.
        if (!/can’t establish a connection|connection to ws:.* was interrupted/.test(String(error)))
          faults.push(String(error));
      });
      await page.goto(`${served.url}lab/#break`);
      await survivesCutsBlocksAndRestarts(new Visit(page));
      expect(faults).toEqual([]);
    });
  });
});
