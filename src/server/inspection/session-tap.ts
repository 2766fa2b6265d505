// Looks on at a session, whatever carries it: every packet that comes and goes, with the envelope in it. The session has a place
// for one listener and asks nothing of it; several taps share it. Sees what a transport carries from the moment on in which the
// session has it, so HELLO and RESUME, which come before, are not among it.

import type { TransportKind } from "../../session/way.ts";
import type { PacketTap } from "../../session/way.ts";
import type { Direction, Tap, TapReceiver } from "./tap-entries.ts";
import { PacketEntries } from "./packet-entries.ts";

/** A session, as far as a tap needs it. */
export interface Tappable {
  tap: PacketTap | undefined;
}

export interface SessionTapOptions {
  readonly payloadBytes: number;
  /** In ms since 1970. */
  readonly now: () => number;
}

export class SessionTap implements Tap, PacketTap {
  readonly #session: Tappable;
  readonly #options: SessionTapOptions;
  readonly #receive: TapReceiver;
  readonly #entries: PacketEntries;
  /** Who looks on besides. */
  #next: PacketTap | undefined;
  #transport: TransportKind | undefined;
  #isStopped = false;

  constructor(session: Tappable, options: SessionTapOptions, receive: TapReceiver) {
    this.#session = session;
    this.#options = options;
    this.#receive = receive;
    this.#entries = new PacketEntries(options.payloadBytes);
    this.#next = session.tap;
    session.tap = this;
  }

  receiveArrived(transport: TransportKind, packet: Uint8Array): void {
    this.#tell("in", transport, packet);
    this.#next?.receiveArrived(transport, packet);
  }

  receiveSent(transport: TransportKind, packet: Uint8Array): void {
    this.#tell("out", transport, packet);
    this.#next?.receiveSent(transport, packet);
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    let place: Tappable | SessionTap = this.#session;
    while (place.tap instanceof SessionTap && place.tap !== this) place = place.tap;
    if (place.tap === this) place.tap = this.#next;
  }

  /** The session is over. */
  end(): void {
    if (this.#isStopped) return;
    this.stop();
    this.#receive({ kind: "end", at: this.#options.now() });
  }

  /** @internal The one after this one. */
  get tap(): PacketTap | undefined {
    return this.#next;
  }

  set tap(next: PacketTap | undefined) {
    this.#next = next;
  }

  #tell(direction: Direction, transport: TransportKind, packet: Uint8Array): void {
    if (this.#isStopped) return;
    const at = this.#options.now();
    if (transport !== this.#transport) {
      this.#transport = transport;
      this.#receive({ kind: "transport", at, transport });
    }
    this.#receive(this.#entries.entry(direction, at, transport, packet));
  }
}
