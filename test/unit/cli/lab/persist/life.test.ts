// Four lives of a connection, each with the package's own server and client, in virtual time: the story that the lab tells has to be true.
import { describe, expect, test } from "vitest";
import { liveAll } from "../../../../../src/cli/lab/persist/life.ts";
import { givesUpMs } from "../../../../../src/cli/lab/persist/path.ts";
import { type LifeSettings, type Story, troubleShare } from "../../../../../src/cli/lab/persist/wire.ts";

const quiet: LifeSettings = { hours: 1, natMinutes: 0, newsMinutes: 10, heartbeatSeconds: 20, trouble: "none" };

/** The stories in the order in which they are told: plain and session, without and with a heartbeat. */
async function live(change: Partial<LifeSettings>): Promise<[Story, Story, Story, Story]> {
  const stories: Story[] = [];
  await liveAll({ ...quiet, ...change }, (story) => stories.push(story));
  expect(stories.map(({ kind, hasHeartbeat }) => [kind, hasHeartbeat])).toEqual([
    ["plain", false],
    ["plain", true],
    ["session", false],
    ["session", true],
  ]);
  return stories as [Story, Story, Story, Story];
}

const lostOf = ({ messages }: Story): number => messages.filter(({ arrivedAt }) => arrivedAt === undefined).length;
const struckAt = Math.round(3_600 * troubleShare);

describe("one hour, news every ten minutes", () => {
  test("where nothing forgets, an idle connection lasts, with a heartbeat and without", async () => {
    const stories = await live({});
    for (const story of stories) {
      expect([lostOf(story), story.messages.length, story.lines]).toEqual([0, 5, [{ from: 0 }]]);
    }
    expect(stories[0].beats).toEqual([]);
    // A ping and a pong every 20 s, a little less or more.
    expect(stories[1].beats.length).toBeGreaterThan(330);
  });

  test("a NAT that forgets after five minutes: without a heartbeat nothing arrives any more, with one it never forgets", async () => {
    const [plainOff, plainOn, sessionOff, sessionOn] = await live({ natMinutes: 5 });
    expect([plainOff, plainOn, sessionOff, sessionOn].map(lostOf)).toEqual([5, 0, 5, 0]);
    expect(plainOff.lines).toEqual([
      // The server noticed when TCP gave up the first news of all; the page, which only listens, never did.
      { from: 0, deadAt: 300.1, killedBy: "nat", serverLeftAt: Math.round(6_000 + givesUpMs / 100) / 10 },
    ]);
    expect([plainOn.lines, sessionOn.lines]).toEqual([[{ from: 0 }], [{ from: 0 }]]);
  });

  test("a page that changes its network: pings tell the server only, a session goes on with nothing lost", async () => {
    const [, plainOn, , sessionOn] = await live({ trouble: "move" });
    const [line] = plainOn.lines;
    expect([plainOn.lines.length, line?.deadAt, line?.pageLeftAt]).toEqual([1, struckAt, undefined]);
    expect((line?.serverLeftAt ?? Infinity) - struckAt).toBeLessThan(45);
    expect(lostOf(plainOn)).toBe(2);
    expect(lostOf(sessionOn)).toBe(0);
    expect(sessionOn.lines).toHaveLength(2);
    expect((sessionOn.lines[0]?.pageLeftAt ?? Infinity) - struckAt).toBeLessThan(45);
  });

  test("a server that dies: who only listens waits for ever, a session finds the next one", async () => {
    const [plainOff, plainOn, sessionOff, sessionOn] = await live({ trouble: "server" });
    for (const story of [plainOff, plainOn, sessionOff]) {
      expect(story.lines).toEqual([{ from: 0, deadAt: struckAt, killedBy: "trouble", serverLeftAt: struckAt }]);
      expect(lostOf(story)).toBe(2);
    }
    expect(lostOf(sessionOn)).toBe(0);
    expect(sessionOn.lines.at(-1)?.from).toBeGreaterThan(struckAt + 60);
  });

  test("a page that dies is found by whoever asks, soon; otherwise by TCP, when there is news for it", async () => {
    const noticed = (await live({ trouble: "page" })).map(
      ({ lines }) => (lines[0]?.serverLeftAt ?? Infinity) - struckAt,
    );
    const [plainOff = 0, plainOn = Infinity, sessionOff = 0, sessionOn = Infinity] = noticed;
    expect([plainOn < 45, sessionOn < 45, plainOff > 900, sessionOff > 900]).toEqual([true, true, true, true]);
  });
});

test("time is bent for as long as it lasts, and then it is as it was", async () => {
  const { setTimeout: before, WebSocket } = globalThis;
  const nowBefore = performance.now();
  await live({});
  expect(globalThis.setTimeout).toBe(before);
  expect(globalThis.WebSocket).toBe(WebSocket);
  expect(performance.now() - nowBefore).toBeLessThan(3_600_000);
  expect(Math.abs(Date.now() - performance.timeOrigin - performance.now())).toBeLessThan(3_600_000);
});
