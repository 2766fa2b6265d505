// “Why it persists” of the lab in real browsers: four lives from the server's thread, drawn and told, and the pings of a real connection.
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { patient } from "../support/cli-process.ts";
import { describeInBrowsers, type LabTab } from "../support/lab-tab.ts";
import { recordBetween } from "../support/recording-proxy.ts";
import { serveChat, type ServedChat } from "../support/served-chat.ts";

let served: ServedChat;
beforeAll(async () => {
  served = await serveChat();
});
afterAll(() => served?.stop());

const slow = { timeout: 40_000, interval: 100 } as const;
const results = (tab: LabTab): Promise<string[]> => tab.texts(".persist-result");

/** In the page: what each lane has lost, and whether a dead connection is drawn. */
function readLanes(): string[] {
  return [...document.querySelectorAll<HTMLElement>(".persist-lane")].map((lane) => {
    const { lane: name = "", lost = "?" } = lane.dataset;
    return `${name} ${lost} ${lane.querySelector(".persist-dead") === null ? "alive" : "dead"}`;
  });
}

describeInBrowsers("why it persists", (visit) => {
  it("shows who loses news when the page changes its network, and what a NAT does alone", async () => {
    const tab = await visit(served.url, "persist");
    // Two hours, news every five minutes: the last ten come after the change.
    await expect
      .poll(() => tab.evaluate(readLanes), slow)
      .toEqual(["plain-off 10 dead", "plain-on 10 dead", "session-off 10 dead", "session-on 0 dead"]);
    expect((await results(tab)).at(-1)).toMatch(/^All 23 pieces of news arrived\./);
    await tab.click(".lab-choice-line .lab-choice-button:nth-child(1)");
    await tab.write('[aria-label="The NAT forgets after"]', "1");
    await expect
      .poll(() => tab.evaluate(readLanes), slow)
      .toEqual(["plain-off 23 dead", "plain-on 0 alive", "session-off 23 dead", "session-on 0 alive"]);
  });

  it("plays the hours, and says what came of them when they are over", async () => {
    const tab = await visit(served.url, "persist");
    const hidden = (): Promise<boolean> =>
      tab.evaluate(() =>
        [...document.querySelectorAll(".persist-result")].some((one) => getComputedStyle(one).visibility === "hidden"),
      );
    await expect.poll(async () => (await results(tab)).filter((text) => text !== ""), slow).toHaveLength(4);
    await tab.click(".persist-play button");
    expect(await hidden()).toBe(true);
    await expect.poll(async () => (await tab.texts(".persist-clock")).join(""), slow).toMatch(/^Virtual time 2:00, /);
    expect(await hidden()).toBe(false);
  });

  it("counts the pings of its real connection, which the browser answers by itself", async () => {
    const proxy = await recordBetween(served.url);
    onTestFinished(() => proxy.stop());
    const tab = await visit(proxy.url, "persist");
    const counters = "#place-persist .lab-counter-number";
    await expect.poll(async () => Number((await tab.texts(counters))[1]), patient).toBeGreaterThan(1);
    const { up = Buffer.alloc(0) } = proxy.find(/^\/lab\/persist\/.*\/real$/) ?? {};
    // Nothing but masked pongs without payload.
    const frames = up.subarray(up.indexOf("\r\n\r\n") + 4);
    expect(frames.length / 6).toBeGreaterThanOrEqual(2);
    for (let at = 0; at < frames.length; at += 6) expect([frames[at], frames[at + 1]]).toEqual([0x8a, 0x80]);
  });
});
