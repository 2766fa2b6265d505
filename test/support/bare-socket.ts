// A WebSocketSurface with nothing around it: its carrier is the test's, and what it reports or gives up is written down.
import { RemoteError, type LongwireError } from "../../src/base/errors.ts";
import type { CloseOutcome } from "../../src/base/carrier.ts";
import { WebSocketSurface } from "../../src/base/websocket-surface.ts";
import { FakeCarrier } from "./fake-carrier.ts";

export class BareSocket extends WebSocketSurface {
  readonly reported: unknown[] = [];
  readonly abandoned: LongwireError[] = [];

  open(carrier: FakeCarrier): void {
    carrier.owner = this;
    this.adopt(carrier);
    this.announceOpen();
  }

  protected override reportError(error: unknown): void {
    this.reported.push(error);
  }

  protected override abandon(cause: LongwireError): void {
    this.abandoned.push(cause);
  }
}

export function connecting(): BareSocket {
  return new BareSocket("ws://user:secret@example:8080/path?query", "arraybuffer");
}

export function opened(): { socket: BareSocket; carrier: FakeCarrier } {
  const socket = connecting();
  const carrier = new FakeCarrier();
  socket.open(carrier);
  return { socket, carrier };
}

export const clean: CloseOutcome = { code: 1000, reason: "bye", wasClean: true, cause: undefined };
export const failed: CloseOutcome = {
  code: 1006,
  reason: "",
  wasClean: false,
  cause: new RemoteError("LW_PROTOCOL_TEST", "It broke.", 1002),
};

/** Every event of `socket` with the ready state its listeners see. */
export function record(socket: WebSocketSurface): string[] {
  const events: string[] = [];
  for (const type of ["open", "message", "error", "close", "ping", "pong"]) {
    socket.addEventListener(type, () => events.push(`${type} in ${socket.readyState}`));
  }
  return events;
}
