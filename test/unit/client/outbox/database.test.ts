import { afterEach, expect, test, vi } from "vitest";
import {
  completed,
  findDatabases,
  findLocks,
  openDatabase,
  type Transaction,
} from "../../../../src/client/outbox/database.ts";
import { FakeIndexedDB, FakeLocks } from "../../../support/fake-indexed-db.ts";

afterEach(() => void vi.unstubAllGlobals());

test("what is there is found when it is looked for", () => {
  vi.stubGlobal("indexedDB", undefined);
  vi.stubGlobal("navigator", undefined);
  expect(findLocks()).toBeUndefined();
  expect(() => findDatabases()).toThrow(expect.objectContaining({ code: "LW_OUTBOX_STORE" }));
  const [databases, locks] = [new FakeIndexedDB(), new FakeLocks()];
  vi.stubGlobal("indexedDB", databases);
  vi.stubGlobal("navigator", { locks });
  expect([findDatabases(), findLocks()]).toEqual([databases, locks]);
});

test("a database is made once", async () => {
  vi.stubGlobal("indexedDB", new FakeIndexedDB());
  const create = vi.fn();
  await openDatabase("a", create);
  await openDatabase("a", create);
  expect(create).toHaveBeenCalledTimes(1);
});

test("a transaction that is aborted says why", async () => {
  const transaction = { error: new Error("disk"), oncomplete: null, onabort: null } as unknown as Transaction;
  const end = completed(transaction);
  transaction.onabort?.();
  await expect(end).rejects.toMatchObject({ code: "LW_OUTBOX_STORE", message: expect.stringContaining("disk") });
});
