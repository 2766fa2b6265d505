// The six-connection rule: three seats per server for all tabs together.
import { expect, test } from "vitest";
import type { Globals } from "../../../../src/client/page/globals.ts";
import { seatCount, takeSeat, type Seat } from "../../../../src/client/page/seats.ts";
import { settled } from "../../../support/fake-clock.ts";
import { FakeLocks, fakePage, forbiddenGlobals } from "../../../support/fake-globals.ts";

const server = "https://example.com";

async function ask(globals: Globals, origin = server): Promise<{ seat: Seat; told: boolean[] }> {
  const told: boolean[] = [];
  const seat = takeSeat(globals, origin, (hasSeat) => told.push(hasSeat));
  await settled();
  return { seat, told };
}

test("three tabs hold a request, the fourth and all after it poll", async () => {
  const locks = new FakeLocks();
  const answers: boolean[][] = [];
  for (let tab = 1; tab <= 8; tab++) answers.push((await ask(fakePage(locks).globals)).told);
  expect(answers).toEqual([[true], [true], [true], [false], [false], [false], [false], [false]]);
  expect(locks.held.size).toBe(seatCount);
});

test("a seat that is left is free for the next tab", async () => {
  const locks = new FakeLocks();
  const seats = [];
  for (let tab = 1; tab <= 3; tab++) seats.push(await ask(fakePage(locks).globals));
  expect((await ask(fakePage(locks).globals)).told).toEqual([false]);
  seats[1]?.seat.leave();
  seats[1]?.seat.leave();
  await settled();
  expect(locks.held.size).toBe(2);
  expect((await ask(fakePage(locks).globals)).told).toEqual([true]);
});

test("tabs that ask in the same moment get no more seats than there are", async () => {
  const locks = new FakeLocks();
  const answers = await Promise.all(Array.from({ length: 8 }, () => ask(fakePage(locks).globals)));
  expect(answers.filter(({ told }) => told[0] === true)).toHaveLength(seatCount);
});

test("over HTTP/2 and 3 everybody has a seat, as far as the browser says so", async () => {
  const locks = new FakeLocks();
  const over = (nextHopProtocol: string, type = "resource", name = `${server}/app.js`): Globals => ({
    ...fakePage(locks).globals,
    performance: { getEntriesByType: (asked) => (asked === type ? [{ name, nextHopProtocol }] : []) },
  });
  for (let tab = 1; tab <= 4; tab++) await ask(fakePage(locks).globals);
  const answers = [];
  for (const globals of [
    over("h2"),
    over("h3", "navigation"),
    over("http/1.1"),
    over(""),
    over("h2", "resource", "https://example.com.evil.example/app.js"),
  ]) {
    answers.push((await ask(globals)).told[0]);
  }
  expect(answers).toEqual([true, true, false, false, false]);
});

test("a process has no tabs, whatever locks it has", async () => {
  const locks = new FakeLocks();
  for (let client = 1; client <= 5; client++) expect((await ask({ navigator: { locks } })).told).toEqual([true]);
  expect(locks.held.size).toBe(0);
});

test("a worker shares the seats of the pages", async () => {
  const locks = new FakeLocks();
  const worker = { navigator: { locks }, location: { href: `${server}/worker.js` } };
  for (let tab = 1; tab <= 3; tab++) await ask(fakePage(locks).globals);
  expect((await ask(worker)).told).toEqual([false]);
});

test("each server has seats of its own", async () => {
  const locks = new FakeLocks();
  for (let tab = 1; tab <= 4; tab++) await ask(fakePage(locks).globals);
  expect((await ask(fakePage(locks).globals, "https://other.example")).told).toEqual([true]);
});

test("whoever leaves before the answer is told nothing and holds nothing", async () => {
  const locks = new FakeLocks();
  const told: boolean[] = [];
  takeSeat(fakePage(locks).globals, server, (hasSeat) => told.push(hasSeat)).leave();
  await settled();
  expect(told).toEqual([]);
  expect(locks.held.size).toBe(0);
});

test("without locks, or where they may not be used, there is always a seat", async () => {
  const refusing = fakePage({ request: () => Promise.reject(new Error("SecurityError")) });
  expect((await ask({})).told).toEqual([true]);
  expect((await ask(forbiddenGlobals())).told).toEqual([true]);
  expect((await ask(refusing.globals)).told).toEqual([true]);
});

test("locks that throw instead of rejecting do no harm either", async () => {
  const throwing = fakePage({
    request() {
      throw new Error("SecurityError");
    },
  });
  expect((await ask(throwing.globals)).told).toEqual([true]);
});
