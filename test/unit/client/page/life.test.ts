// What the events of a page become.
import { describe, expect, test } from "vitest";
import { Life, type LifeOwner } from "../../../../src/client/page/life.ts";
import { fakePage, forbiddenGlobals, type FakePage } from "../../../support/fake-globals.ts";

class Recorder implements LifeOwner {
  readonly heard: string[] = [];
  receiveLeft(): void {
    this.heard.push("left");
  }
  receiveReturned(): void {
    this.heard.push("returned");
  }
  receiveEnded(): void {
    this.heard.push("ended");
  }
  receiveHidden(isHidden: boolean): void {
    this.heard.push(isHidden ? "hidden" : "shown");
  }
  receiveOnline(isOnline: boolean): void {
    this.heard.push(isOnline ? "online" : "offline");
  }
  receiveNetworkChanged(): void {
    this.heard.push("network changed");
  }
}

function begin(): { page: FakePage; life: Life; heard: string[] } {
  const page = fakePage();
  const owner = new Recorder();
  return { page, life: new Life(page.globals, owner), heard: owner.heard };
}

describe("put away and back", () => {
  test("a page that goes into the back-forward cache leaves once and returns once, whatever else is fired", () => {
    const { page, life, heard } = begin();
    page.window.fire("pagehide", { persisted: true });
    page.document.show("hidden");
    page.document.fire("freeze");
    expect(life.isAway).toBe(true);
    page.document.fire("resume");
    page.window.fire("pageshow", { persisted: true });
    page.document.show("visible");
    expect(life.isAway).toBe(false);
    expect(heard).toEqual(["left", "hidden", "returned", "shown"]);
  });

  test("a page that is frozen in the background leaves and returns", () => {
    const { page, heard } = begin();
    page.document.fire("freeze");
    page.document.fire("resume");
    expect(heard).toEqual(["left", "returned"]);
  });

  test("a page that is seen again is back even when nothing else said so", () => {
    const { page, heard } = begin();
    page.window.fire("pagehide", { persisted: true });
    page.document.show("visible");
    expect(heard).toEqual(["left", "returned", "shown"]);
  });

  test("a page that goes for good ends once, and nothing brings it back", () => {
    const { page, life, heard } = begin();
    page.window.fire("pagehide", { persisted: false });
    page.window.fire("pagehide", { persisted: false });
    page.document.fire("freeze");
    page.window.fire("pageshow", { persisted: false });
    expect(life.isAway).toBe(true);
    expect(heard).toEqual(["ended"]);
  });

  test("the first pageshow of a page that never left is no return", () => {
    const { page, heard } = begin();
    page.window.fire("pageshow", { persisted: false });
    expect(heard).toEqual([]);
  });
});

describe("the network", () => {
  test("going offline and online is passed on, and known at any time", () => {
    const { page, life, heard } = begin();
    expect(life.isOnline).toBe(true);
    page.navigator.onLine = false;
    page.window.fire("offline");
    expect(life.isOnline).toBe(false);
    page.navigator.onLine = true;
    page.window.fire("online");
    expect(heard).toEqual(["offline", "online"]);
  });

  test("another kind of network is another network; a new estimate of its speed is not", () => {
    const { page, heard } = begin();
    page.connection.change("wifi");
    page.connection.change("wifi");
    page.connection.change("cellular");
    expect(heard).toEqual(["network changed", "network changed"]);
  });

  test("a browser that does not say what network it is on reports no change", () => {
    const { page, heard } = begin();
    page.connection.change(undefined);
    expect(heard).toEqual([]);
  });
});

describe("without a page", () => {
  test("nothing happens, and the page counts as here, seen and online", () => {
    for (const globals of [{}, forbiddenGlobals()]) {
      const life = new Life(globals, new Recorder());
      expect([life.isAway, life.isHidden, life.isOnline]).toEqual([false, false, true]);
      life.close();
    }
  });
});

test("after close nobody listens any more", () => {
  const { page, life, heard } = begin();
  expect(page.window.listenerCount + page.document.listenerCount + page.connection.listenerCount).toBe(8);
  life.close();
  expect(page.window.listenerCount + page.document.listenerCount + page.connection.listenerCount).toBe(0);
  page.window.fire("pagehide", { persisted: true });
  expect(heard).toEqual([]);
});
