// How a channel ends, as its owner is told (wire/channels-v1 §5.1): what was said on the wire, in the codes that a WebSocket
// may show. 44xx that the session or this floor gave are shown as their nearest neighbours, and are exact in the cause.
// What an application sends in a CLOSE is shown as it is.

import type { CloseOutcome } from "../base/carrier.ts";
import { type ErrorCode, type LongwireError, RemoteError, type Violation, violationError } from "../base/errors.ts";

const shownCodes: ReadonlyMap<number, number> = new Map([
  [4400, 1011],
  [4401, 1008],
  [4403, 1008],
  [4409, 1006],
  [4410, 1006],
  [4413, 1013],
  [4429, 1013],
]);

/** The code that a close event shows for one that the wire gave, which may be any number. */
export function shownCode(code: number): number {
  if (code < 1000 || code > 4999) return 1006;
  return shownCodes.get(code) ?? code;
}

/** Both sides have sent CLOSE, `code` is the peer's, 0 for none; or the client has left the session, which closes it as well. */
export function closed(code: number, reason: string): CloseOutcome {
  return { code: code === 0 ? 1005 : code, reason, wasClean: true, cause: undefined };
}

/** The channel goes on in another session, which this side of it does not see. */
export function moved(): CloseOutcome {
  return { code: 1001, reason: "", wasClean: true, cause: undefined };
}

/** This side drops the channel on purpose. */
export function terminated(cause: LongwireError | undefined): CloseOutcome {
  return { code: 1006, reason: "", wasClean: false, cause };
}

/** The server did not accept the channel. */
export function rejected(status: number, reason: string): CloseOutcome {
  const closeCode = status === 503 ? 1013 : 1006;
  return failed(
    "LW_CHANNEL_REJECTED",
    `The server refused the channel with status ${status}${said(reason)}`,
    closeCode,
  );
}

/** The peer has sent RESET. */
export function resetByPeer(code: number, reason: string): CloseOutcome {
  return failed("LW_CHANNEL_RESET", `The peer gave the channel up with ${code}${said(reason)}`, code, reason);
}

/** The peer has broken a rule. */
export function violated(violation: Violation): CloseOutcome {
  return { code: shownCode(violation.closeCode), reason: "", wasClean: false, cause: violationError(violation) };
}

/** The peer does not read what is sent to it. */
export function overfull(): CloseOutcome {
  return failed("LW_CHANNEL_SLOW_CONSUMER", "The peer does not read what is sent to it.", 4413);
}

/** The peer has not answered a CLOSE. */
export function unanswered(): CloseOutcome {
  return failed("LW_CHANNEL_CLOSE_TIMEOUT", "The peer did not answer the closing of the channel.", 1006);
}

/** The session that carried the channel is over. */
export function sessionEnded(code: number, reason: string): CloseOutcome {
  return failed(
    "LW_CHANNEL_SESSION_ENDED",
    `The session of the channel ended with ${code}${said(reason)}`,
    code,
    reason,
  );
}

/** The end of a sentence: most reasons are sentences themselves. */
function said(reason: string): string {
  if (reason === "") return ".";
  return `: ${reason}${reason.endsWith(".") ? "" : "."}`;
}

function failed(code: ErrorCode, message: string, closeCode: number, reason = ""): CloseOutcome {
  return { code: shownCode(closeCode), reason, wasClean: false, cause: new RemoteError(code, message, closeCode) };
}
