// How one connection ends, as it becomes known: the peer's Close, the first cause that was noticed, and what the owner is
// told in the end (WHATWG WebSockets: 1006 and not clean unless both Closes were exchanged). Decides nothing.

import { type LongwireError, RemoteError } from "../base/errors.ts";
import { NO_STATUS } from "../protocol/close-payload.ts";
import type { CloseOutcome } from "../base/carrier.ts";

export class Ending {
  #code = NO_STATUS;
  #reason = "";
  #cause: LongwireError | undefined;
  #deliberate = false;
  /** Set when the transport is gone. */
  outcome: CloseOutcome | undefined;
  /** Payload that never left, known when the transport is gone. */
  unsentBytes = 0;
  /** The transport is to be ended once everything written has left. */
  endRequested = false;

  get cause(): LongwireError | undefined {
    return this.#cause;
  }

  /** The peer's Close. */
  receiveClose(code: number, reason: string): void {
    this.#code = code;
    this.#reason = reason;
  }

  /** Something went wrong; the first cause stays. */
  blame(cause: LongwireError | undefined): void {
    if (!this.#deliberate) this.#cause ??= cause;
  }

  /** This side drops the transport. Without a cause that is no fault, and nothing that follows from it is one. */
  terminate(cause: LongwireError | undefined): void {
    this.blame(cause);
    this.#deliberate = true;
  }

  /** The transport is gone; `clean` when both Closes were exchanged. */
  conclude(clean: boolean, unsentBytes: number): void {
    this.unsentBytes = unsentBytes;
    this.outcome = {
      code: clean ? this.#code : 1006,
      reason: clean ? this.#reason : "",
      wasClean: clean,
      cause: this.#cause,
    };
  }
}

/** The cause of an end that nobody announced. */
export function lost(error?: Error): RemoteError {
  const detail = error === undefined ? "the peer or the network dropped it" : error.message;
  return new RemoteError(
    "LW_SOCKET_LOST",
    `The connection ended without a closing handshake: ${detail}.`,
    1006,
    error === undefined ? undefined : { cause: error },
  );
}

/** The cause of an end after a ping that nothing followed. */
export function silent(): RemoteError {
  return new RemoteError("LW_SOCKET_PEER_SILENT", "The peer answered no ping: it or the path is dead.", 1006);
}
