// The errors Longwire throws and the faults its machines report. docs/reference/errors.md lists every code.
// The class says whose fault it was; the code `LW_<FLOOR>_<FACT>` is stable. Machines do not throw for what a peer
// sends: they return a Violation, and one `fail()` per machine turns it into a close code.

/** A stable name for one fact that went wrong, e.g. `LW_PROTOCOL_MASK_MISSING`. */
export type ErrorCode = `LW_${string}`;

/** The base of every error this library creates. Promises a stable `code`; the message may change between releases. */
export class LongwireError extends Error {
  // Written out: minifiers rename classes.
  override name: string = "LongwireError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The caller's fault: a wrong argument, a wrong moment, a limit of this side. Nothing was sent. */
export class LocalError extends LongwireError {
  override name: string = "LocalError";
}

/** The peer's or the network's fault. `closeCode` is what went on the wire, or 1006 when nothing could be sent. */
export class RemoteError extends LongwireError {
  override name: string = "RemoteError";
  readonly closeCode: number;

  constructor(code: ErrorCode, message: string, closeCode: number, options?: ErrorOptions) {
    super(code, message, options);
    this.closeCode = closeCode;
  }
}

/** A fault of the peer as a value: what was wrong, and the close code that answers it. Frozen, shared, never thrown. */
export interface Violation {
  readonly code: ErrorCode;
  /** Close code to send (RFC 6455 §7.4). */
  readonly closeCode: number;
  /** One line for people; also the reason sent in the Close frame, so at most 123 bytes of ASCII. */
  readonly message: string;
}

/** The error form of a violation, for `socket.cause` and logs. */
export function violationError(violation: Violation): RemoteError {
  return new RemoteError(violation.code, violation.message, violation.closeCode);
}
