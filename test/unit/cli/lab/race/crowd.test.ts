// The crowd's threads, with a program in place of the real one: what is told to all, what comes back, what becomes of a fault.
import { expect, onTestFinished, test } from "vitest";
import { Crowd } from "../../../../../src/cli/lab/race/crowd.ts";
import { type RaceReport, type RaceSettings, ways } from "../../../../../src/cli/lab/race/wire.ts";
import { patient } from "../../../../support/cli-process.ts";

const settings: RaceSettings = { rate: 10, bytes: 96, pollMs: 1_000, clients: 7 };

/** Threads that run `body` for each message, with `way`, `settings` and `tell`. */
function open(body: string): Crowd {
  const program = `import { parentPort, workerData as way } from "node:worker_threads";
    const tell = (counts) => parentPort.postMessage(counts);
    parentPort.on("message", (settings) => { ${body} });`;
  const crowd = new Crowd(new URL(`data:text/javascript,${encodeURIComponent(program)}`));
  onTestFinished(() => crowd.close());
  return crowd;
}

const clientsOf = (crowd: Crowd): unknown => {
  const report = crowd.report();
  return typeof report === "object" ? ways.map((way) => report[way].clients) : report;
};

test("every way has a thread, which is told the settings and tells what it counted", async () => {
  const crowd = open("tell({ clients: settings.clients + way.length });");
  expect(clientsOf(crowd)).toEqual([0, 0, 0, 0]);
  crowd.set(settings);
  await expect.poll(() => clientsOf(crowd), patient).toEqual(ways.map((way) => 7 + way.length));
});

test("a report that was given is not changed by what comes later", async () => {
  const crowd = open("tell({ clients: settings.clients });");
  const before: RaceReport["crowd"] = crowd.report();
  crowd.set(settings);
  await expect.poll(() => clientsOf(crowd), patient).toEqual([7, 7, 7, 7]);
  expect(before).toMatchObject({ poll: { clients: 0 } });
});

test("one thread that fails ends the crowd, and says so", async () => {
  const crowd = open(`if (way === "stream") throw new Error("no more memory"); tell({ clients: 1 });`);
  crowd.set(settings);
  await expect.poll(() => crowd.report(), patient).toBe("failed");
  await crowd.close();
});
