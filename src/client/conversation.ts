// One session of a line with the channels in it, and what keeps it attached. A line has one; at a drain it has a second one
// beside it, until the sockets of the first are gone. Joins the parts and decides when a session without sockets ends.

import type { Timer } from "../base/clock.ts";
import type { Violation } from "../base/errors.ts";
import type { SessionEnd, SessionUser } from "../base/session.ts";
import { ClientMux } from "../channels/client-mux.ts";
import { channelLimits } from "../channels/limits.ts";
import { Alarm } from "../session/alarm.ts";
import type { TransportKind } from "../session/attachment.ts";
import { ClientSession } from "../session/client-session.ts";
import { defaultSettings } from "../session/settings.ts";
import type { ConnectorOptions } from "./connecting.ts";
import { Connector } from "./connector.ts";
import type { Dial } from "./dial.ts";
import type { LineSocket } from "./line-socket.ts";

export interface ConversationOwner {
  receiveAttached(kind: TransportKind): void;
  receiveDetached(): void;
  /** The server will go: further sockets are opened in another session. */
  receiveLeaving(conversation: Conversation): void;
  receiveEnded(conversation: Conversation, end: SessionEnd): void;
}

export interface ConversationOptions extends Omit<ConnectorOptions, "owner"> {
  readonly maxMessageBytes: number;
  readonly owner: ConversationOwner;
}

/** How long the better transport that was asked already may take to answer before its absence is told. */
const GAP_MS = 1_000;
/** A session without sockets ends after this. */
const IDLE_MS = 5_000;

export class Conversation implements SessionUser {
  readonly session: ClientSession;
  readonly connector: Connector;
  readonly sockets: Set<LineSocket> = new Set();
  readonly #options: ConversationOptions;
  readonly #mux: ClientMux;
  readonly #alarm: Alarm;
  #idle: Timer | undefined;
  #isOver = false;
  #isSuspended = false;
  /** Between the end of one transport and the answer of the next, which was asked before. */
  #gap: Timer | undefined;

  constructor(options: ConversationOptions) {
    const { surroundings, maxMessageBytes, owner } = options;
    const { clock } = surroundings;
    this.#options = options;
    this.#mux = new ClientMux({ clock, limits: { maxMessageBytes } });
    this.#alarm = new Alarm(clock, () => {
      this.#mux.tick(clock.now());
      this.#settle();
    });
    this.connector = new Connector({
      ...options,
      owner: {
        receiveAttached: (kind) => {
          owner.receiveAttached(kind);
          this.#announce(kind);
        },
        receiveDetached: () => {
          // The old transport ends when the server has taken the new one; its answer may come a moment later.
          if (this.session.state === "resuming") this.#gap = clock.schedule(GAP_MS, () => this.#suspend());
          else this.#suspend();
        },
        receiveLeaving: () => owner.receiveLeaving(this),
      },
    });
    this.session = new ClientSession({
      clock,
      settings: defaultSettings,
      user: this,
      owner: this.connector,
      credit: channelLimits.creditBytes,
      maxMessageBytes,
    });
    this.#mux.connect(this.session);
  }

  /** Begins to connect; over `dial`, if there is one that was greeted already. */
  start(dial?: Dial): void {
    this.connector.start(this.session, dial);
  }

  open(socket: LineSocket, path: string, protocols: readonly string[]): void {
    this.#idle?.cancel();
    this.sockets.add(socket);
    const channel = this.#mux.open({ path, protocols, parameters: new Uint8Array(0) }, socket);
    socket.expect(channel);
    socket.settle({
      abandon: () => channel.terminate(),
      release: (released) => this.#release(released),
      transport: () => this.connector.kind,
    });
  }

  #release(socket: LineSocket): void {
    this.sockets.delete(socket);
    if (this.sockets.size > 0 || this.#isOver) return;
    this.#idle = this.#options.surroundings.clock.schedule(IDLE_MS, () => this.#end());
  }

  /** When everything that was sent has arrived. */
  #end(): void {
    if (this.sockets.size > 0 || this.#isOver) return;
    const isEmpty = this.session.unacknowledgedCount === 0 && this.#mux.queuedCost === 0;
    if (isEmpty || this.session.state === "new") this.close(1000, "No socket is open.");
    else this.#idle = this.#options.surroundings.clock.schedule(IDLE_MS, () => this.#end());
  }

  /** Ends the session; its sockets close. */
  close(code: number, reason: string): void {
    this.session.bye(code, reason);
  }

  // --- what the session carries: the mux, which has timers ---

  pull(): readonly Uint8Array[] | undefined {
    const parts = this.#mux.pull();
    if (parts === undefined) this.#settle();
    return parts;
  }

  receive(envelope: Uint8Array): Violation | undefined {
    const violation = this.#mux.receive(envelope);
    this.#settle();
    return violation;
  }

  receiveAttached(): void {
    this.#mux.receiveAttached();
    this.#settle();
  }

  receiveDetached(): void {
    this.#mux.receiveDetached();
  }

  receiveEnded(end: SessionEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#idle?.cancel();
    this.#gap?.cancel();
    this.#alarm.cancel();
    this.connector.stop();
    this.#mux.receiveEnded(end);
    this.#options.owner.receiveEnded(this, end);
  }

  /** What carries the sockets is known now: for the first time, again, or it is another transport. */
  #announce(kind: TransportKind): void {
    this.#gap?.cancel();
    const wasSuspended = this.#isSuspended;
    this.#isSuspended = false;
    for (const socket of this.sockets) {
      if (wasSuspended) socket.restore(kind);
      socket.move(kind);
    }
  }

  #suspend(): void {
    this.#gap?.cancel();
    this.#isSuspended = true;
    this.#options.owner.receiveDetached();
    for (const socket of this.sockets) socket.suspend();
  }

  #settle(): void {
    if (!this.#isOver) this.#alarm.set(this.#mux.wakeAt);
  }
}
