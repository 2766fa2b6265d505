// What an outbox tells besides what its socket does. Portable: `Event` is everywhere.

import type { LongwireError } from "../../base/errors.ts";

/** `outbox`: something happened to messages that were sent. */
export class OutboxEvent extends Event {
  /** What happened; its `code` says which of the cases it is. */
  readonly cause: LongwireError;
  /** Text as text, bytes as bytes, in the order of sending. The outbox keeps them no longer, unless `isResent`. */
  readonly messages: readonly (string | Uint8Array)[];
  /** They are being sent once more. */
  readonly isResent: boolean;

  constructor(cause: LongwireError, messages: readonly (string | Uint8Array)[], isResent: boolean) {
    super("outbox");
    this.cause = cause;
    this.messages = messages;
    this.isResent = isResent;
  }
}
