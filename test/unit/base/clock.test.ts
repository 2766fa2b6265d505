import { afterEach, expect, test, vi } from "vitest";
import { holdingClock, systemClock } from "../../../src/base/clock.ts";
import { createPatientClock } from "../../../src/client/page/clock.ts";

afterEach(() => vi.restoreAllMocks());

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Resolves when the clock itself has run a callback. */
const scheduled = (delayMs: number): Promise<void> =>
  new Promise((resolve) => {
    systemClock.schedule(delayMs, resolve);
  });

test("the clock is monotonic: setting the wall clock back does not move it", async () => {
  const before = systemClock.now();
  vi.spyOn(Date, "now").mockReturnValue(0);
  const after = systemClock.now();
  expect(after).toBeGreaterThanOrEqual(before);
  expect(Number.isFinite(after)).toBe(true);
});

test("P-73 after a stall, what is scheduled runs after the input that had arrived, not among the timers", async () => {
  const order: string[] = [];
  const ran = new Promise<void>((resolve) => {
    systemClock.schedule(1, () => {
      order.push("scheduled");
      resolve();
    });
  });
  // Both are due when the stall ends. Between the timers' phase, where ours came first, and the immediates' lies polling.
  setTimeout(() => order.push("timer"), 2);
  const stallEnd = performance.now() + 20;
  while (performance.now() < stallEnd);
  await ran;
  expect(order).toEqual(["timer", "scheduled"]);
});

test("what was canceled does not run, also when its timer has already fired and canceled twice", async () => {
  let runs = 0;
  const timer = systemClock.schedule(0, () => runs++);
  timer.cancel();
  timer.cancel();
  let fired: (() => void) | undefined;
  vi.spyOn(globalThis, "setImmediate").mockImplementationOnce(((run: () => void) => {
    fired = run;
    return {};
  }) as typeof setImmediate);
  const keepAlive = setTimeout(() => {}, 60_000);
  const late = systemClock.schedule(0, () => runs++);
  while (fired === undefined) await new Promise((resolve) => setTimeout(resolve, 1));
  late.cancel();
  fired();
  clearTimeout(keepAlive);
  await turn();
  expect(runs).toBe(0);
});

test("a scheduled callback does not keep a process alive", async () => {
  const handles: { hasRef(): boolean }[] = [];
  const timeout = globalThis.setTimeout;
  vi.spyOn(globalThis, "setTimeout").mockImplementation(((run: () => void, delayMs: number) => {
    const handle = timeout(run, delayMs);
    handles.push(handle);
    return handle;
  }) as typeof setTimeout);
  const timer = systemClock.schedule(60_000, () => {});
  expect(handles.map((handle) => handle.hasRef())).toEqual([false]);
  timer.cancel();
});

test("without setImmediate, as in a browser, the callback runs from the timer itself", async () => {
  vi.stubGlobal("setImmediate", undefined);
  const keepAlive = setTimeout(() => {}, 60_000);
  try {
    await scheduled(0);
    let runs = 0;
    systemClock.schedule(0, () => runs++).cancel();
    await scheduled(1);
    expect(runs).toBe(0);
  } finally {
    clearTimeout(keepAlive);
    vi.unstubAllGlobals();
  }
});

test("only the holding clock's timers keep a process alive, until they are canceled or have run", async () => {
  const held = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = held();
  const idle = systemClock.schedule(60_000, () => undefined);
  expect(held()).toBe(before);
  const holding = holdingClock.schedule(60_000, () => undefined);
  expect(held()).toBe(before + 1);
  holding.cancel();
  idle.cancel();
  expect(held()).toBe(before);
  await new Promise<void>((resolve) => {
    holdingClock.schedule(0, resolve);
  });
  expect(holdingClock.now()).toBeGreaterThanOrEqual(systemClock.now() - 1_000);
});

test("a delay of years, which a peer may have said, does not become none at all", async () => {
  const delays: unknown[] = [];
  const timeout = globalThis.setTimeout;
  vi.spyOn(globalThis, "setTimeout").mockImplementation(((run: () => void, delayMs: number) => {
    delays.push(delayMs);
    return timeout(run, delayMs);
  }) as typeof setTimeout);
  for (const delayMs of [5, 2 ** 31 - 1, 2 ** 31, 1e18, Infinity]) {
    systemClock.schedule(delayMs, () => {}).cancel();
    createPatientClock()
      .schedule(delayMs, () => {})
      .cancel();
  }
  const longest = 2 ** 31 - 1;
  expect(delays).toEqual([5, 5, longest, longest, longest, longest, longest, longest, longest, longest]);
});
