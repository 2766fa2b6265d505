// The store of an outbox as one file (log.ts) that is only added to, and written anew when most of it is about messages that are
// gone. After what must not be lost the file is flushed to the disk, unless the application has chosen otherwise.

import { type FileHandle, open, readFile, rename } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { LocalError } from "../../base/errors.ts";
import { Outbox, type OutboxOptions } from "../outbox/outbox.ts";
import type { OutboxContent, OutboxState, OutboxStore, StoreChanges, StoredMessage } from "../outbox/store.ts";
import { FileLock } from "./file-lock.ts";
import { decodeLog, encodeFrame, LOG_HEADER } from "./log.ts";

/** What fileOutbox() takes. */
export interface FileOutboxOptions extends OutboxOptions {
  /**
   * Whether a message leaves only after the disk has it ("commit"), or as soon as the system has ("never"): faster, it survives
   * the process and not a loss of power. Default: "commit".
   */
  readonly flush?: "commit" | "never" | undefined;
}

/** An outbox in the file `path`, for one process at a time. Opened when the first socket is. */
export function fileOutbox(path: string, options: FileOutboxOptions = {}): Outbox {
  const { flush = "commit" } = options;
  if (flush !== "commit" && flush !== "never") {
    throw new LocalError("LW_OUTBOX_OPTIONS", 'An outbox cannot be made so: flush is "commit" or "never".');
  }
  return new Outbox(new FileStore(resolve(path), flush === "commit"), options);
}

/** Below this a file is not worth being written anew. */
const LEAST_BYTES: number = 256 * 1024;

export class FileStore implements OutboxStore {
  readonly #path: string;
  readonly #flushes: boolean;
  readonly #lock: FileLock;
  #handle: FileHandle | undefined;
  /** Where the next frame begins. */
  #length = 0;
  #messages = new Map<number, StoredMessage>();
  #messageBytes = 0;
  #window: Uint8Array | undefined;

  constructor(path: string, flushes: boolean) {
    this.#path = path;
    this.#flushes = flushes;
    this.#lock = new FileLock(`${path}.lock`);
  }

  async open(): Promise<OutboxContent> {
    await this.#lock.take();
    const content = decodeLog(await readIfThere(this.#path));
    if (content === "damaged") {
      const what = `The outbox file ${this.#path} is damaged, or no outbox; it was left as it is.`;
      throw new LocalError("LW_OUTBOX_CORRUPT", what);
    }
    const { state, messages, length } = content;
    this.#messages = messages;
    this.#messageBytes = [...messages.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
    this.#window = state?.window;
    this.#length = length;
    this.#handle = await open(this.#path, length === 0 ? "w" : "r+", 0o600);
    if (length === 0) await this.#begin(this.#handle);
    else await this.#handle.truncate(length);
    return { state, messages: [...messages.values()] };
  }

  async #begin(handle: FileHandle): Promise<void> {
    await writeAll(handle, LOG_HEADER, 0);
    this.#length = LOG_HEADER.length;
    if (!this.#flushes) return;
    await handle.sync();
    await this.#flushFolder();
  }

  async write(changes: StoreChanges): Promise<void> {
    const handle = this.#handle;
    if (handle === undefined) throw new LocalError("LW_OUTBOX_STORE", "The outbox file is not open.");
    const frame = encodeFrame(changes);
    await writeAll(handle, frame, this.#length);
    this.#length += frame.length;
    // That messages are gone may be forgotten: the server knows it as well.
    const isVital = changes.appended.length + changes.renumbered.length > 0 || changes.state.window !== this.#window;
    if (this.#flushes && isVital) await handle.datasync();
    this.#note(changes);
    if (this.#length > LEAST_BYTES && this.#length > 4 * this.#messageBytes) await this.#rewrite(changes.state);
  }

  #note({ state, appended, renumbered, removedKeys }: StoreChanges): void {
    this.#window = state.window;
    for (const message of appended) {
      this.#messages.set(message.key, message);
      this.#messageBytes += message.bytes.length;
    }
    for (const message of renumbered) this.#messages.set(message.key, message);
    for (const key of removedKeys) {
      this.#messageBytes -= this.#messages.get(key)?.bytes.length ?? 0;
      this.#messages.delete(key);
    }
  }

  /** The same in as few bytes as it takes, put in the place of the file in one step. */
  async #rewrite(state: OutboxState): Promise<void> {
    const fresh = `${this.#path}.new`;
    const frame = encodeFrame({ state, appended: [...this.#messages.values()], renumbered: [], removedKeys: [] });
    const handle = await open(fresh, "w", 0o600);
    try {
      await writeAll(handle, Buffer.concat([LOG_HEADER, frame]), 0);
      if (this.#flushes) await handle.sync();
      await rename(fresh, this.#path);
    } catch (error) {
      await handle.close();
      throw error;
    }
    const old = this.#handle;
    this.#handle = handle;
    this.#length = LOG_HEADER.length + frame.length;
    await old?.close();
    if (this.#flushes) await this.#flushFolder();
  }

  async #flushFolder(): Promise<void> {
    // Some systems have no such thing as a flushed folder.
    const folder = await open(dirname(this.#path), "r").catch(() => undefined);
    await folder?.sync().catch(() => {});
    await folder?.close();
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close().catch(() => {});
    await this.#lock.release().catch(() => {});
  }
}

async function readIfThere(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
