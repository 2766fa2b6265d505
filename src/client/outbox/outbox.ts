// What applications hold of an outbox, and what they may ask of one. What it does is the keeper's.

import { LocalError } from "../../base/errors.ts";
import type { LineSocket } from "../line-socket.ts";
import { Keeper, type KeeperTerms } from "./keeper.ts";
import type { Passage, SocketOutbox } from "./passage.ts";
import type { OutboxStore } from "./store.ts";

/** How much an outbox keeps, and what it does at its bounds. */
export interface OutboxOptions {
  /** How many messages are kept at most. Default: 10,000. */
  readonly maxMessages?: number | undefined;
  /** How many bytes, each message charged 128 more. Default: 16 MiB. */
  readonly maxBytes?: number | undefined;
  /**
   * What happens to a message for which there is no room: it is refused, or takes the place of the oldest that has not been sent.
   * Either way an `outbox` event tells which. Default: "refuse".
   */
  readonly whenFull?: "refuse" | "drop-oldest" | undefined;
  /**
   * What happens to messages that were sent when the server no longer knows whether it has handled them: they are given back in an
   * `outbox` event, or sent once more. Default: "report".
   */
  readonly whenUnknown?: "report" | "resend" | undefined;
}

const MiB = 1024 * 1024;

/** Keeps what a socket sends until the server's handler is done with it: `indexedDBOutbox()` and `fileOutbox()` make one. */
export class Outbox implements SocketOutbox {
  readonly #keeper: Keeper;

  /** @internal */
  constructor(store: OutboxStore, options: OutboxOptions) {
    this.#keeper = new Keeper(store, checkOptions(options));
  }

  /** How many messages wait for the server's handler. */
  get pendingCount(): number {
    return this.#keeper.backlog.count;
  }

  /** Their bytes. */
  get pendingBytes(): number {
    return this.#keeper.backlog.bytes;
  }

  /** Writes what is not written, and lets another page or process have the store. A socket that still has it closes. */
  close(): Promise<void> {
    return this.#keeper.close();
  }

  /** Called by the line that opens `socket`. */
  attach(socket: LineSocket, begin: (passage: Passage) => void): void {
    this.#keeper.attach(socket, begin);
  }
}

function checkOptions(options: OutboxOptions): KeeperTerms {
  const { maxMessages = 10_000, maxBytes = 16 * MiB, whenFull = "refuse", whenUnknown = "report" } = options;
  check(maxMessages >= 1 && maxBytes >= 1, "maxMessages and maxBytes are numbers from 1 up");
  check(whenFull === "refuse" || whenFull === "drop-oldest", 'whenFull is "refuse" or "drop-oldest"');
  check(whenUnknown === "report" || whenUnknown === "resend", 'whenUnknown is "report" or "resend"');
  return { maxMessages, maxBytes, isDropping: whenFull === "drop-oldest", resends: whenUnknown === "resend" };
}

function check(isGood: boolean, expected: string): void {
  if (!isGood) throw new LocalError("LW_OUTBOX_OPTIONS", `An outbox cannot be made so: ${expected}.`);
}
