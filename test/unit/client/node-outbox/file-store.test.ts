import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { fileOutbox, FileStore } from "../../../../src/client/node-outbox/file-store.ts";
import type { OutboxState, StoreChanges, StoredMessage } from "../../../../src/client/outbox/store.ts";

const state: OutboxState = { id: new Uint8Array(16).fill(1), window: new Uint8Array(8), next: 1 };
const message = (key: number, size = 10): StoredMessage => ({
  key,
  number: key,
  bytes: new Uint8Array(size).fill(key),
  isText: false,
});
const changes = (some: Partial<StoreChanges>): StoreChanges => ({
  state,
  appended: [],
  renumbered: [],
  removedKeys: [],
  ...some,
});

function place(): string {
  const folder = mkdtempSync(join(tmpdir(), "store-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "a.outbox");
}

test.each([true, false])("what was written is there when it is opened again (flushed: %s)", async (flushes) => {
  const path = place();
  const store = new FileStore(path, flushes);
  expect(await store.open()).toEqual({ state: undefined, messages: [] });
  await store.write(changes({ appended: [message(1), message(2)] }));
  await store.write(changes({ renumbered: [{ ...message(2), number: 9 }], removedKeys: [1] }));
  await store.close();
  expect(await store.open()).toEqual({ state, messages: [{ ...message(2), number: 9 }] });
  await store.close();
  expect(existsSync(`${path}.lock`)).toBe(false);
});

test("while one has it another cannot", async () => {
  const path = place();
  const [one, other] = [new FileStore(path, false), new FileStore(path, false)];
  await one.open();
  await expect(other.open()).rejects.toMatchObject({ code: "LW_OUTBOX_LOCKED" });
  await other.close();
  await one.close();
  await other.open();
  await other.close();
});

test("a write that a crash has cut short is cut off, and the next one stands where it began", async () => {
  const path = place();
  const store = new FileStore(path, false);
  await store.open();
  await store.write(changes({ appended: [message(1)] }));
  await store.close();
  appendFileSync(path, readFileSync(path).subarray(8, 30));
  expect((await store.open()).messages).toEqual([message(1)]);
  await store.write(changes({ appended: [message(2)] }));
  await store.close();
  expect((await store.open()).messages).toEqual([message(1), message(2)]);
  await store.close();
});

test("a file that is damaged, or something else, is left as it is", async () => {
  const path = place();
  writeFileSync(path, "a letter to my aunt");
  const store = new FileStore(path, false);
  await expect(store.open()).rejects.toMatchObject({ code: "LW_OUTBOX_CORRUPT" });
  await store.close();
  expect(readFileSync(path, "utf8")).toBe("a letter to my aunt");
  expect(existsSync(`${path}.lock`)).toBe(false);
});

test("I-12 the file does not grow with what has been through it, only with what is in it", async () => {
  const path = place();
  const store = new FileStore(path, false);
  await store.open();
  let largest = 0;
  for (let key = 1; key <= 400; key++) {
    await store.write(changes({ appended: [message(key, 4_000)], removedKeys: key > 3 ? [key - 3] : [] }));
    largest = Math.max(largest, statSync(path).size);
  }
  expect(largest).toBeLessThan(300 * 1024);
  await store.close();
  expect((await store.open()).messages.map(({ key }) => key)).toEqual([398, 399, 400]);
  await store.close();
  expect(existsSync(`${path}.new`)).toBe(false);
});

test("a store that is not open takes nothing, and can be closed", async () => {
  const store = new FileStore(place(), false);
  await expect(store.write(changes({}))).rejects.toMatchObject({ code: "LW_OUTBOX_STORE" });
  await store.close();
});

test("flush is one of two words", () => {
  expect(() => fileOutbox("a", { flush: "often" as never })).toThrow(
    expect.objectContaining({ code: "LW_OUTBOX_OPTIONS" }),
  );
  expect(fileOutbox("a").pendingCount).toBe(0);
});
