// What an outbox does (wire/channels-v1 §5.7): what is sent is in the store before it leaves, and stays there until the server
// says that its handler is done with it. Bounds what is kept, writes what changed as one, tells what cannot be kept. One socket
// at a time sends through it; how, its durable-channel knows.

import { utf8Of } from "../../base/bytes.ts";
import { equalBytes } from "../../base/equal-bytes.ts";
import { LocalError, LongwireError } from "../../base/errors.ts";
import { OBJECT_COST } from "../../base/limits.ts";
import { platform } from "../../base/platform.ts";
import { OUTBOX_ID_BYTES, type OutboxAnswer, type OutboxClaim, WINDOW_BYTES } from "../../channels/outbox-terms.ts";
import type { LineSocket } from "../line-socket.ts";
import { Backlog, type Kept } from "./backlog.ts";
import { DurableChannel, type OutboxHome } from "./durable-channel.ts";
import { OutboxEvent } from "./events.ts";
import type { Passage } from "./passage.ts";
import type { OutboxState, OutboxStore } from "./store.ts";

export interface KeeperTerms {
  readonly maxMessages: number;
  readonly maxBytes: number;
  /** When it is full the oldest goes. */
  readonly isDropping: boolean;
  /** What is of unknown fate is sent once more. */
  readonly resends: boolean;
}

export class Keeper implements OutboxHome {
  readonly backlog: Backlog = new Backlog();
  readonly #store: OutboxStore;
  readonly #terms: KeeperTerms;
  #opening: Promise<void> | undefined;
  #isOpen = false;
  #channel: DurableChannel | undefined;
  #id: Uint8Array = new Uint8Array(OUTBOX_ID_BYTES);
  #window: Uint8Array = new Uint8Array(WINDOW_BYTES);
  /** Whether the store has what is known besides the messages. */
  #isStateStored = false;
  #isCommitDue = false;
  #writing: Promise<void> | undefined;

  constructor(store: OutboxStore, terms: KeeperTerms) {
    this.#store = store;
    this.#terms = terms;
  }

  /** Writes what is not written, and lets another page or process have the store. A socket that still has it closes. */
  async close(): Promise<void> {
    this.#channel?.leave();
    await this.#opening?.catch(() => {});
    this.#commit();
    while (this.#writing !== undefined) await this.#writing;
    await this.#letGo();
  }

  // --- sockets ---

  /** See SocketOutbox. */
  attach(socket: LineSocket, begin: (passage: Passage) => void): void {
    if (this.#channel !== undefined) {
      throw new LocalError("LW_OUTBOX_BUSY", "Another socket sends from this outbox; wait for its close event.");
    }
    const channel = new DurableChannel(this, socket);
    this.#channel = channel;
    let isGivenUp = false;
    const fail = (cause: LongwireError): void => {
      isGivenUp = true;
      platform.afterMicrotasks(() => socket.receiveClosed({ code: 1006, reason: "", wasClean: false, cause }));
    };
    socket.addEventListener("close", () => {
      isGivenUp = true;
      if (this.#channel === channel) this.#channel = undefined;
    });
    socket.settle({ abandon: fail });
    socket.sendThrough(channel);
    this.#open().then(
      () => {
        if (isGivenUp) return;
        try {
          begin(channel);
        } catch (error) {
          fail(faultOf(error));
        }
      },
      (error: unknown) => {
        if (!isGivenUp) fail(faultOf(error));
      },
    );
  }

  #open(): Promise<void> {
    this.#opening ??= this.#store.open().then(
      ({ state, messages }) => {
        this.#isStateStored = state !== undefined;
        const fresh = crypto.getRandomValues(new Uint8Array(OUTBOX_ID_BYTES));
        this.#id = state?.id ?? fresh;
        this.#window = state?.window ?? new Uint8Array(WINDOW_BYTES);
        this.backlog.load(messages, state?.next ?? 1);
        this.#isOpen = true;
        this.#commitSoon();
      },
      async (error: unknown) => {
        this.#opening = undefined;
        await this.#store.close();
        throw error;
      },
    );
    return this.#opening;
  }

  async #letGo(): Promise<void> {
    this.#isOpen = false;
    this.#opening = undefined;
    await this.#store.close();
  }

  // --- for the channel ---

  /** False: it was not kept. Bytes are copied. */
  append(data: string | Uint8Array): boolean {
    const { backlog } = this;
    const bytes = typeof data === "string" ? utf8Of(data) : new Uint8Array(data);
    const { maxMessages, maxBytes, isDropping } = this.#terms;
    const isFull = (): boolean => backlog.count >= maxMessages || backlog.cost + bytes.length + OBJECT_COST > maxBytes;
    const dropped: Kept[] = [];
    while (isFull()) {
      const oldest = isDropping ? backlog.dropOldest() : undefined;
      if (oldest === undefined) break;
      dropped.push(oldest);
    }
    if (dropped.length > 0) {
      this.tell(new LocalError("LW_OUTBOX_DROPPED", "The outbox is full: its oldest messages were dropped."), dropped);
    }
    if (isFull()) {
      const message = `The outbox is full: it keeps ${maxMessages} messages and ${maxBytes} bytes.`;
      this.tell(new LocalError("LW_OUTBOX_FULL", message), [{ bytes, isText: typeof data === "string" }]);
      return false;
    }
    backlog.add(bytes, typeof data === "string");
    this.#commitSoon();
    return true;
  }

  get claim(): OutboxClaim {
    const { first, next } = this.backlog;
    return { id: this.#id, window: this.#window, first, next, resends: this.#terms.resends };
  }

  /** The server's answer to the claim was found sensible. */
  receiveAnswer({ window, isKnown, settled }: OutboxAnswer): void {
    const { numbered, next } = this.backlog;
    if (!equalBytes(window, this.#window)) {
      this.#window = window;
      this.#isStateStored = false;
    }
    if (isKnown) {
      this.backlog.settle(settled);
    } else if (numbered.length > 0) {
      const { resends } = this.#terms;
      const what = `${numbered.length} messages were sent, and the server does not know whether it has handled them.`;
      this.tell(new LocalError("LW_OUTBOX_UNKNOWN", what), numbered, resends);
      if (!resends) this.backlog.settle(next - 1);
    }
    this.#commitSoon();
  }

  receiveHandled(number: number): void {
    this.backlog.settle(number);
    this.#commitSoon();
  }

  /** The server has refused a message for its size. */
  receiveOversize(sent: number): void {
    const largest = this.backlog.dropLargest(sent);
    if (largest === undefined) return;
    const what = `The server refuses a message of ${largest.bytes.length} bytes: it is larger than its limit.`;
    this.tell(new LocalError("LW_OUTBOX_MESSAGE_SIZE", what), [largest]);
    this.#commitSoon();
  }

  /** Whether a message with this number may leave. */
  isReady(message: Kept): boolean {
    return this.#isStateStored && message.stored === message.number;
  }

  receiveRoom(): void {
    this.#commitSoon();
  }

  tell(cause: LongwireError, messages: readonly Pick<Kept, "bytes" | "isText">[], isResent = false): void {
    // Whoever sent what was refused was told so by send().
    const isLoss = messages.length > 0 && !isResent && cause.code !== "LW_OUTBOX_FULL";
    this.#channel?.tell(new OutboxEvent(cause, messages.map(show), isResent), isLoss);
  }

  // --- the store ---

  /** What is sent in one go is written in one go. */
  #commitSoon(): void {
    if (this.#isCommitDue) return;
    this.#isCommitDue = true;
    queueMicrotask(() => {
      this.#isCommitDue = false;
      this.#commit();
    });
  }

  #commit(): void {
    if (!this.#isOpen || this.#writing !== undefined) return;
    const { backlog } = this;
    const channel = this.#channel;
    if (channel !== undefined) backlog.enumerate(channel.sent, channel.room);
    const changes = backlog.takeChanges();
    const count = changes.appended.length + changes.renumbered.length + changes.removedKeys.length;
    if (count === 0 && this.#isStateStored) return;
    const state: OutboxState = { id: this.#id, window: this.#window, next: backlog.next };
    this.#writing = this.#store.write({ state, ...changes }).then(
      () => {
        this.#writing = undefined;
        this.#isStateStored = this.#window === state.window;
        backlog.confirm();
        this.#channel?.feed();
        this.#commit();
      },
      (error: unknown) => {
        this.#writing = undefined;
        return this.#fail(faultOf(error));
      },
    );
  }

  /** What the store has stays there for the next socket; what it has not is told. */
  async #fail(cause: LongwireError): Promise<void> {
    this.tell(cause, this.backlog.unsaved);
    this.#channel?.fail(cause);
    this.backlog.clear();
    await this.#letGo();
  }
}

function show({ bytes, isText }: Pick<Kept, "bytes" | "isText">): string | Uint8Array {
  return isText ? platform.decodeUtf8(bytes, 0, bytes.length) : new Uint8Array(bytes);
}

function faultOf(error: unknown): LongwireError {
  if (error instanceof LongwireError) return error;
  return new LocalError("LW_OUTBOX_STORE", `The outbox's store failed: ${String(error)}`, { cause: error });
}
