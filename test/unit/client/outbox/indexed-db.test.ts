import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { indexedDBOutbox, IndexedDBStore } from "../../../../src/client/outbox/indexed-db.ts";
import type { StoreChanges, StoredMessage } from "../../../../src/client/outbox/store.ts";
import { FakeIndexedDB, FakeLocks } from "../../../support/fake-indexed-db.ts";

const state = { id: new Uint8Array(16).fill(1), window: new Uint8Array(8), next: 3 };
const message = (key: number, number = key): StoredMessage => ({
  key,
  number,
  bytes: Uint8Array.of(key),
  isText: false,
});
const changes = (some: Partial<StoreChanges>): StoreChanges => ({
  state,
  appended: [],
  renumbered: [],
  removedKeys: [],
  ...some,
});

let databases: FakeIndexedDB;
beforeEach(() => {
  databases = new FakeIndexedDB();
  vi.stubGlobal("indexedDB", databases);
  vi.stubGlobal("navigator", { locks: new FakeLocks() });
});
afterEach(() => void vi.unstubAllGlobals());

/** Of one page, which waits for another one as long as a test has to. */
const page = (waitMs = 10): IndexedDBStore => new IndexedDBStore("a", waitMs);

describe("an outbox in IndexedDB", () => {
  test("what was written is there when it is opened again, in order", async () => {
    const store = page();
    expect(await store.open()).toEqual({ state: undefined, messages: [] });
    await store.write(changes({ appended: [message(10, 0), message(2), message(3)] }));
    await store.write(changes({ renumbered: [message(10, 7)], removedKeys: [2] }));
    await store.close();
    expect(await page().open()).toMatchObject({ state, messages: [message(3), message(10, 7)] });
  });

  test("I-03 one page has it; another one is told so, or gets it when it has gone", async () => {
    const [first, second] = [page(), page(60_000)];
    await first.open();
    await expect(page().open()).rejects.toMatchObject({ code: "LW_OUTBOX_LOCKED" });
    const opening = second.open();
    await first.close();
    await opening;
    await second.close();
    expect(databases.openCount).toBe(0);
  });

  test("I-03 without locks it is the last one's: the one before it writes nothing more", async () => {
    vi.stubGlobal("navigator", {});
    const [first, second] = [page(), page()];
    await first.open();
    await first.write(changes({ appended: [message(1)] }));
    expect((await second.open()).messages).toEqual([message(1)]);
    await expect(first.write(changes({ appended: [message(2)] }))).rejects.toMatchObject({ code: "LW_OUTBOX_LOCKED" });
    await second.write(changes({ removedKeys: [1] }));
    expect(databases.rows("a", "messages")).toEqual([]);
  });

  test("without locks, of two that find it new the one that writes first has it", async () => {
    vi.stubGlobal("navigator", {});
    const [first, second] = [page(), page()];
    await first.open();
    await second.open();
    await second.write(changes({ appended: [message(1)] }));
    await expect(first.write(changes({}))).rejects.toMatchObject({ code: "LW_OUTBOX_LOCKED" });
  });

  test("I-02 a disk that is full is told, and nothing of the write is there", async () => {
    const store = page();
    await store.open();
    await store.write(changes({ appended: [message(1)] }));
    const quota = new DOMException("full", "QuotaExceededError");
    databases.fault = quota;
    const write = store.write(changes({ appended: [message(2)], removedKeys: [1] }));
    await expect(write).rejects.toMatchObject({ code: "LW_OUTBOX_STORE", cause: quota });
    expect(databases.rows("a", "messages")).toEqual([message(1)]);
  });

  test("a database that does not open is told, and the next page may try", async () => {
    databases.openFault = new DOMException("no", "SecurityError");
    const store = page();
    await expect(store.open()).rejects.toMatchObject({ code: "LW_OUTBOX_STORE" });
    await store.close();
    databases.openFault = undefined;
    await expect(page().open()).resolves.toMatchObject({ messages: [] });
  });

  test("where there is no IndexedDB it says so when it is opened, not when it is made", async () => {
    vi.stubGlobal("indexedDB", undefined);
    expect(indexedDBOutbox("a").pendingCount).toBe(0);
    await expect(page().open()).rejects.toMatchObject({ code: "LW_OUTBOX_STORE" });
    await expect(page().write(changes({}))).rejects.toMatchObject({ code: "LW_OUTBOX_STORE" });
  });
});
