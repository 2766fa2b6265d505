// The server's end of a connection, from the moment the handshake is accepted: writes the 101 and starts a driver on the
// socket. Judging the request is protocol/handshake's and the server's business. RFC 6455 §4.2.2.

import type { Duplex } from "node:stream";
import "./node-platform.ts";
import type { Limits } from "../base/limits.ts";
import type { Carrier, CarrierOwner, LendingCarrier } from "../base/carrier.ts";
import { Driver } from "./driver.ts";
import { SocketPipe } from "./pipe.ts";
import type { SocketRuntime } from "./runtime.ts";

export interface AcceptOptions {
  /** The whole 101 response head. */
  readonly response: string;
  /** What followed the request on the socket. */
  readonly head: Uint8Array;
  readonly protocol: string;
  readonly extensions: string;
  readonly limits: Limits;
  readonly runtime: SocketRuntime;
  readonly lenientLength?: boolean | undefined;
}

/**
 * Takes `socket` over and sends the 101. `owner` is called once, at once, with the carrier; messages arrive after this
 * returns, in a later tick, so that the owner can open itself first (P-13).
 */
export function acceptSocket(
  socket: Duplex,
  options: AcceptOptions,
  owner: (carrier: LendingCarrier) => CarrierOwner,
): Carrier {
  const pipe = new SocketPipe(socket);
  const driver = new Driver({
    pipe,
    side: "server",
    limits: options.limits,
    runtime: options.runtime,
    protocol: options.protocol,
    extensions: options.extensions,
    lenientLength: options.lenientLength,
  });
  socket.write(options.response, "latin1");
  const receiver = owner(driver);
  process.nextTick(startDriver, driver, receiver, options.head);
  return driver;
}

function startDriver(driver: Driver, owner: CarrierOwner, head: Uint8Array): void {
  driver.start(owner, head);
}
