// The half of “Why it persists” on the server: stories told to the page that asked, and real pings.
import { expect, onTestFinished, test } from "vitest";
import { Lodge } from "../../../../../src/cli/lab/persist/lodge.ts";
import { persistPart } from "../../../../../src/cli/lab/persist/part.ts";
import type { PersistReport } from "../../../../../src/cli/lab/persist/wire.ts";
import { WebSocket } from "../../../../../src/socket/index.ts";
import { patient } from "../../../../support/cli-process.ts";
import { visitLab } from "../../../../support/lab-visit.ts";

const settings = { hours: 1, natMinutes: 5, newsMinutes: 10, heartbeatSeconds: 20, trouble: "none" };

/** A program for the lodge's threads. */
const program = (text: string): URL => new URL(`data:text/javascript,${encodeURIComponent(text)}`);
const stories = program(
  `import { parentPort, workerData } from "node:worker_threads"; parentPort.postMessage({ hours: workerData.hours });`,
);
const endless = program("setInterval(() => {}, 1000);");

test("a page is told the stories that its thread tells, and that it is over", async () => {
  const visit = await visitLab("persist", (site) => persistPart(site, new Lodge(stories)));
  visit.tell({ type: "live", settings });
  await visit.hear<PersistReport>(({ type }) => type === "lived");
  expect(visit.told[0]).toEqual({ type: "story", story: { hours: 1 }, settings });
});

test("a thread that breaks is told of, and the next one lives", async () => {
  const visit = await visitLab("persist", (site) => persistPart(site, new Lodge(program("throw new Error('x')"))));
  visit.tell({ type: "live", settings });
  await visit.hear<PersistReport>((report) => report.type === "unlived" && report.reason === "failed");
});

test("no more live at a time than there is room for; who goes makes room", async () => {
  const lodge = new Lodge(endless);
  onTestFinished(() => lodge.close());
  const [one, two, three] = [{}, {}, {}];
  const owner = { told() {}, lived() {}, failed() {} };
  const life = { ...settings, trouble: "none" } as const;
  expect([one, two, three].map((guest) => lodge.live(guest, life, owner))).toEqual([true, true, false]);
  // A guest's new life takes the place of the old one.
  expect(lodge.live(two, life, owner)).toBe(true);
  lodge.end(one);
  await expect.poll(() => lodge.live(three, life, owner), patient).toBe(true);
});

test("who asks again and again does not get a thread each time", async () => {
  const lodge = new Lodge(endless);
  onTestFinished(() => lodge.close());
  const owner = { told() {}, lived() {}, failed() {} };
  const guest = {};
  const life = { ...settings, trouble: "none" } as const;
  const taken = Array.from({ length: 20 }, () => lodge.live(guest, life, owner));
  expect(taken.filter((isTaken) => isTaken)).toHaveLength(4);
  await expect.poll(() => lodge.live(guest, life, owner), patient).toBe(true);
});

test("the page's real connection is pinged, and each answer is told with what it took", async () => {
  const visit = await visitLab("persist", (site) => persistPart(site, new Lodge(stories)));
  const socket = new WebSocket(`ws://${visit.origin}/lab/persist/${visit.page}/real`);
  let pings = 0;
  socket.addEventListener("ping", () => (pings += 1));
  const beat = await visit.hear<Extract<PersistReport, { readonly type: "beat" }>>(({ type }) => type === "beat");
  expect([pings, beat.count]).toEqual([1, 1]);
  expect(beat.roundTripMs).toBeGreaterThan(0);
  expect(beat.ageMs).toBeGreaterThanOrEqual(beat.roundTripMs);
});
