// The surroundings put together, from fake globals and from this runtime's.
import { expect, test } from "vitest";
import { globals as runtimeGlobals } from "../../../../src/client/page/globals.ts";
import { surroundingsHere } from "../../../../src/client/page/here.ts";
import { sleepTimes } from "../../../../src/client/page/sleep.ts";
import type { PageOwner } from "../../../../src/client/surroundings.ts";
import { FakeClock, settled } from "../../../support/fake-clock.ts";
import { fakePage, forbiddenGlobals, type FakePage } from "../../../support/fake-globals.ts";

/** Hears everything a page can say, by its name. */
function recorder(heard: string[]): PageOwner {
  return {
    receiveLeft: () => heard.push("left"),
    receiveReturned: () => heard.push("returned"),
    receiveEnded: () => heard.push("ended"),
    receiveHidden: (isHidden) => heard.push(isHidden ? "hidden" : "shown"),
    receiveOnline: (isOnline) => heard.push(isOnline ? "online" : "offline"),
    receiveNetworkChanged: () => heard.push("network changed"),
    receiveWoken: () => heard.push("woken"),
  };
}

function onPage(): { page: FakePage; clock: FakeClock; wall: { skewMs: number }; heard: string[]; close(): void } {
  const page = fakePage();
  const clock = new FakeClock();
  const wall = { skewMs: 0 };
  const heard: string[] = [];
  const here = surroundingsHere({ clock, wallNow: () => clock.now() + wall.skewMs }, page.globals);
  const watched = here.watch(recorder(heard));
  return { page, clock, wall, heard, close: () => watched.close() };
}

test("F-23 a page that slept says so", () => {
  const { clock, wall, heard } = onPage();
  wall.skewMs += 600_000;
  clock.advance(sleepTimes.lookMs);
  expect(heard).toEqual(["woken"]);
});

test("a page that was put away while the machine slept only says that it is back", () => {
  const { page, clock, wall, heard } = onPage();
  page.window.fire("pagehide", { persisted: true });
  wall.skewMs += 600_000;
  clock.advance(sleepTimes.lookMs);
  page.window.fire("pageshow", { persisted: true });
  expect(heard).toEqual(["left", "returned"]);
});

test("a page that is no longer watched leaves no timer and no listener", () => {
  const { page, clock, heard, close } = onPage();
  close();
  page.window.fire("offline");
  expect(clock.pendingCount).toBe(0);
  expect(page.window.listenerCount).toBe(0);
  expect(heard).toEqual([]);
});

test("what the page is now can be asked", () => {
  const page = fakePage();
  const watched = surroundingsHere({ clock: new FakeClock() }, page.globals).watch(recorder([]));
  expect([watched.isHidden, watched.isOnline, watched.isAway]).toEqual([false, true, false]);
  page.document.show("hidden");
  page.navigator.onLine = false;
  page.document.fire("freeze");
  expect([watched.isHidden, watched.isOnline, watched.isAway]).toEqual([true, false, true]);
});

test("sockets and requests are made by what is there at the call, as methods of the global object", async () => {
  const calls: unknown[] = [];
  const globals = {
    WebSocket: class {
      constructor(...given: unknown[]) {
        calls.push(given);
      }
    },
    fetch: undefined as unknown,
  };
  globals.fetch = () => Promise.reject(new Error("replaced later"));
  const here = surroundingsHere({}, globals);
  globals.fetch = function fetch(this: unknown, url: string): Promise<unknown> {
    calls.push([this === globals, url]);
    return Promise.resolve({});
  };
  here.dial?.("wss://example.com", ["longwire.1"]);
  await here.fetch?.("https://example.com/longwire/probe", {} as never);
  expect(calls).toEqual([
    ["wss://example.com", ["longwire.1"]],
    [true, "https://example.com/longwire/probe"],
  ]);
});

test("what is missing is missing, and nothing throws for it", async () => {
  for (const globals of [{}, forbiddenGlobals()]) {
    const here = surroundingsHere({ clock: new FakeClock() }, globals);
    expect([here.dial, here.fetch, here.readsStreams, here.baseUrl]).toEqual([undefined, undefined, false, undefined]);
    here.memory.remember("a", "text", 1);
    const seats: boolean[] = [];
    here.takeSeat("https://example.com", (hasSeat) => seats.push(hasSeat));
    await settled();
    expect(seats).toEqual([true]);
    here.watch(recorder([])).close();
  }
});

test("relative addresses are relative to the document, in a worker to its script", () => {
  const document = { ...fakePage().document, baseURI: "https://example.com/app/" };
  expect(surroundingsHere({}, { document, location: { href: "https://example.com/x" } }).baseUrl).toBe(
    "https://example.com/app/",
  );
  expect(surroundingsHere({}, { location: { href: "https://example.com/w.js" } }).baseUrl).toBe(
    "https://example.com/w.js",
  );
});

test("what somebody knows better takes its place", () => {
  const dial = (): never => {
    throw new Error("not dialled here");
  };
  expect(surroundingsHere({ dial, readsStreams: false }).dial).toBe(dial);
  expect(surroundingsHere({ readsStreams: false }).readsStreams).toBe(false);
});

test("in this runtime there are requests and random numbers, and no page", () => {
  const here = surroundingsHere({}, runtimeGlobals());
  expect(typeof here.fetch).toBe("function");
  expect(here.readsStreams).toBe(true);
  expect(here.random.fraction()).toBeLessThan(1);
  expect(here.wallNow()).toBeGreaterThan(0);
  expect(here.baseUrl).toBeUndefined();
});
