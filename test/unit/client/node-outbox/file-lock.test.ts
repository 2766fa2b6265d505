import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { FileLock } from "../../../../src/client/node-outbox/file-lock.ts";

const locked = { code: "LW_OUTBOX_LOCKED" };

function place(): string {
  const folder = mkdtempSync(join(tmpdir(), "lock-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "a.lock");
}

test("one at a time has it, and leaves nothing behind", async () => {
  const path = place();
  const [one, other] = [new FileLock(path), new FileLock(path)];
  await one.take();
  await expect(other.take()).rejects.toMatchObject(locked);
  await other.release();
  expect(existsSync(path)).toBe(true);
  await one.release();
  await other.take();
  await other.release();
  expect(readdirSync(join(path, ".."))).toEqual([]);
});

test("I-03 a process that lives has it; one that was killed does not", async () => {
  const path = place();
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)"], { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child, "spawn");
  writeFileSync(path, JSON.stringify({ pid: child.pid, thread: 0, began: "" }));
  const lock = new FileLock(path);
  await expect(lock.take()).rejects.toMatchObject({ ...locked, message: expect.stringContaining(String(child.pid)) });
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
  await lock.take();
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ pid: process.pid });
  await lock.release();
});

test.each([
  ["of a process with this one's id, which was another", JSON.stringify({ pid: process.pid, thread: 0, began: "" })],
  ["of a process whose id another one has now", JSON.stringify({ pid: process.ppid, thread: 0, began: "1" })],
  ["that its writer did not finish", '{"pid":'],
  ["that names nobody", "{}"],
])("a lock %s holds nobody off", async (_which, content) => {
  const path = place();
  writeFileSync(path, content);
  const lock = new FileLock(path);
  await lock.take();
  await lock.release();
});

test("I-03 of two that find a dead one's, one gets it", async () => {
  const path = place();
  writeFileSync(path, "");
  const takes = await Promise.allSettled([new FileLock(path).take(), new FileLock(path).take()]);
  expect(takes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
});

test("whoever is taking it over is waited for, unless it died over that", async () => {
  const path = place();
  writeFileSync(path, "");
  writeFileSync(`${path}.turn`, "");
  await expect(new FileLock(path).take()).rejects.toMatchObject(locked);
  utimesSync(`${path}.turn`, 0, 0);
  await new FileLock(path).take();
  expect(readdirSync(join(path, ".."))).toEqual(["a.lock"]);
});

test("where no file can be made it says why", async () => {
  await expect(new FileLock(join(place(), "b", "c")).take()).rejects.toMatchObject({ code: "ENOENT" });
});
