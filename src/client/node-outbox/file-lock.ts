// One process at a time has the file of an outbox: a second file beside it, made only if it is not there, that names the process.
// A process that has ended without taking it away holds nothing. Knows a process by its id and, where the system tells, by when
// it began: ids come again, in containers always the same ones.

import { type FileHandle, open, readFile, rename, rm, stat } from "node:fs/promises";
import { threadId } from "node:worker_threads";
import { LocalError } from "../../base/errors.ts";

/** What this thread holds. */
const held = new Set<string>();
/** Whoever takes a lock away from the dead needs no longer. */
const TAKEOVER_MS = 10_000;

export class FileLock {
  readonly #path: string;
  #isTaken = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** Rejects with LocalError LW_OUTBOX_LOCKED while another process, or another outbox of this one, has it. */
  async take(): Promise<void> {
    if (held.has(this.#path)) throw locked(this.#path, `this process (${process.pid})`);
    held.add(this.#path);
    try {
      if (!(await this.#make())) await this.#takeOver();
      this.#isTaken = true;
    } catch (error) {
      held.delete(this.#path);
      throw error;
    }
  }

  async release(): Promise<void> {
    if (!this.#isTaken) return;
    this.#isTaken = false;
    await rm(this.#path, { force: true });
    held.delete(this.#path);
  }

  /** False: it is there already. */
  async #make(): Promise<boolean> {
    const handle = await openNew(this.#path);
    if (handle === undefined) return false;
    await handle.writeFile(JSON.stringify({ pid: process.pid, thread: threadId, began: await beginOf(process.pid) }));
    await handle.close();
    return true;
  }

  /** Two that find the same dead holder must not both take its place: a third file says whose turn it is. */
  async #takeOver(): Promise<void> {
    const turn = `${this.#path}.turn`;
    const { mtimeMs = Infinity } = (await stat(turn).catch(() => undefined)) ?? {};
    if (mtimeMs < Date.now() - TAKEOVER_MS) await rm(turn, { force: true });
    const handle = await openNew(turn);
    if (handle === undefined) throw locked(this.#path, "another process");
    await handle.close();
    try {
      const holder = await readHolder(this.#path);
      if (holder !== undefined && (await isAlive(holder))) throw locked(this.#path, `process ${holder.pid}`);
      await rename(this.#path, `${this.#path}.stale`).catch(() => {});
      await rm(`${this.#path}.stale`, { force: true });
      if (!(await this.#make())) throw locked(this.#path, "another process");
    } finally {
      await rm(turn, { force: true });
    }
  }
}

interface LockHolder {
  readonly pid: number;
  readonly thread: number;
  /** When it began, in the system's own measure; empty where it does not tell. */
  readonly began: string;
}

/** Undefined when the file says nothing: its writer has died over it. */
async function readHolder(path: string): Promise<LockHolder | undefined> {
  try {
    const { pid, thread, began } = JSON.parse(await readFile(path, "utf8")) as Partial<LockHolder>;
    return typeof pid === "number" && pid > 0 ? { pid, thread: thread ?? 0, began: began ?? "" } : undefined;
  } catch {
    return undefined;
  }
}

async function isAlive({ pid, thread, began }: LockHolder): Promise<boolean> {
  const now = await beginOf(pid);
  if (began !== "" && now !== began) return false;
  // What this thread holds it knows: this is of a process that had the same id.
  if (pid === process.pid && thread === threadId) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Linux: when the process began, in ticks since the machine did. */
async function beginOf(pid: number): Promise<string> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, "latin1");
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}

async function openNew(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, "wx", 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return undefined;
    throw error;
  }
}

function locked(path: string, holder: string): LocalError {
  return new LocalError("LW_OUTBOX_LOCKED", `The outbox is in use: ${holder} has ${path}.`);
}
