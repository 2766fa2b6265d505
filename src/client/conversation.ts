// One session of a line with the channels in it, and what keeps it attached. A line has one; at a drain it has a second one
// beside it, until the sockets of the first are gone. Joins the parts and decides when a session without sockets ends.

import type { Timer } from "../base/clock.ts";
import { RemoteError, type Violation } from "../base/errors.ts";
import type { Pulled, SessionEnd, SessionUser } from "../base/session.ts";
import { ClientMux } from "../channels/client-mux.ts";
import { MobileChannel } from "../channels/mobile-channel.ts";
import { channelLimits } from "../channels/limits.ts";
import { Alarm } from "../session/alarm.ts";
import type { TransportKind } from "../session/way.ts";
import { ClientSession } from "../session/client-session.ts";
import { defaultSettings } from "../session/settings.ts";
import type { ConnectorOptions } from "./connecting.ts";
import { Connector } from "./connector.ts";
import type { Dial } from "./dial.ts";
import type { LineSocket } from "./line-socket.ts";
import type { Passage } from "./outbox/passage.ts";

export interface ConversationOwner {
  receiveAttached(kind: TransportKind): void;
  receiveDetached(): void;
  /** The server will go: further sockets are opened in another session. */
  receiveLeaving(conversation: Conversation, spreadMs: number): void;
  /** The server no longer has the session: what can go on goes on elsewhere, now or not at all. */
  receiveGone(conversation: Conversation): void;
  /** The server does not speak Longwire, or not any more: this session is left, and its sockets close. */
  receiveForeign(conversation: Conversation): void;
  receiveEnded(conversation: Conversation, end: SessionEnd): void;
}

export interface ConversationOptions extends Omit<ConnectorOptions, "owner"> {
  readonly maxMessageBytes: number;
  /** What may wait to be sent or acknowledged, in all sockets together. */
  readonly maxQueuedBytes: number;
  readonly owner: ConversationOwner;
}

/** How long the better transport that was asked already may take to answer before its absence is told. */
const GAP_MS = 1_000;
/** The server no longer has the session (wire/session-v1 §4.5). Of another verdict nothing can go on. */
const SESSION_GONE = 4410;
/** Codes of what the server has done, or will not (wire/session-v1 §4.5), begin here. */
const SERVER_CODES = 4400;
/** How long a session that is about to end waits for what is still on its way. */
const LAST_WORDS_MS = 50;
/** How long a server that is gone is waited for when every socket has had its close: nothing of theirs is at stake. */
const GOODBYE_MS = 5_000;
/** How often one that the server has given up is asked whether anybody still wants it. */
const LOOK_EVERY_MS = 5_000;
const CONNECTING = 0;
const CLOSING = 2;

/**
 * kept: sockets are opened in it. left: no more are, and it ends with its last one. foreign: left, and there is nobody who could
 * go on with it. over: it has ended.
 */
type ConversationState = "kept" | "left" | "foreign" | "over";

export class Conversation implements SessionUser {
  readonly session: ClientSession;
  readonly connector: Connector;
  readonly #sockets = new Map<LineSocket, MobileChannel>();
  readonly #options: ConversationOptions;
  readonly #mux: ClientMux;
  readonly #alarm: Alarm;
  #idle: Timer | undefined;
  /** Between being asked to go and going. */
  #departure: Timer | undefined;
  #state: ConversationState = "kept";
  /** Between the end of one transport and the answer of the next, which was asked before. */
  #gap: Timer | undefined;
  #detachedAt: number | undefined;
  #vigil: Timer | undefined;

  constructor(options: ConversationOptions) {
    const { surroundings, maxMessageBytes, maxQueuedBytes, owner } = options;
    const { clock } = surroundings;
    this.#options = options;
    const limits = { ...channelLimits, maxMessageBytes, retainBytes: maxQueuedBytes, replyBytes: maxQueuedBytes };
    this.#mux = new ClientMux({ clock, limits });
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
          if (this.session.state === "resuming") this.#wait();
          else this.#suspend();
        },
        receiveContrary: (isProven) => {
          if (isProven || this.#detachedMs >= this.#keptMs) this.#renounce();
        },
        receiveLeaving: ({ spreadMs }) => owner.receiveLeaving(this, spreadMs),
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
    this.#detachedAt = this.#options.surroundings.clock.now();
    this.connector.start(this.session, dial);
  }

  open(socket: LineSocket, path: string, protocols: readonly string[], passage?: Passage): void {
    const parameters = passage?.parameters ?? new Uint8Array(0);
    const channel = new MobileChannel(this.#mux, { path, protocols, parameters }, passage?.owner ?? socket);
    socket.expect(passage?.carry(channel) ?? channel);
    this.#settleSocket(socket, channel);
  }

  /** The sockets that can go on in `other` do: without a close, and without anything lost if this session still lives. */
  moveTo(other: Conversation): void {
    this.#move(other, () => true);
    if (other.connector.kind === undefined) other.#wait();
    this.#rest();
  }

  /** Those that the server has not let in yet do: it may never. */
  moveAskingTo(other: Conversation): void {
    this.#move(other, isAsking);
  }

  get isAsking(): boolean {
    return [...this.#sockets].some(([socket, channel]) => isAsking(socket, channel));
  }

  #move(other: Conversation, isMeant: (socket: LineSocket, channel: MobileChannel) => boolean): void {
    for (const [socket, channel] of this.#sockets) {
      if (!isMeant(socket, channel) || !channel.move(other.#mux)) continue;
      this.#sockets.delete(socket);
      other.#settleSocket(socket, channel);
    }
  }

  /** Whether any socket is here. */
  get isUsed(): boolean {
    return this.#sockets.size > 0;
  }

  /** Nothing more is opened here, and it ends with its last socket. Calls `depart` after `ms`, if any is left then. */
  leave(ms: number, depart: () => void): void {
    this.#state = "left";
    this.#departure = this.#options.surroundings.clock.schedule(ms, () => {
      if (this.isUsed) depart();
    });
    this.#rest();
  }

  /** Nobody is there who could go on with it, whatever it is asked. */
  #renounce(): void {
    this.#state = "foreign";
    this.#options.owner.receiveForeign(this);
    const { host } = new URL(this.#options.socketUrl);
    const message = `What answers at ${host} does not speak Longwire, or not any more: another server was put in its place.`;
    for (const channel of this.#sockets.values())
      channel.terminate(new RemoteError("LW_CLIENT_FOREIGN", message, 1006));
    this.#rest();
  }

  #settleSocket(socket: LineSocket, channel: MobileChannel): void {
    this.#idle?.cancel();
    this.#sockets.set(socket, channel);
    socket.settle({
      abandon: () => channel.terminate(),
      release: () => {
        this.#sockets.delete(socket);
        this.#rest();
      },
      transport: () => this.connector.kind,
    });
  }

  #rest(): void {
    if (this.#sockets.size === 0) this.#endAfter(this.#state === "kept" ? this.#options.surroundings.idleMs : 0);
  }

  #endAfter(ms: number): void {
    this.#idle?.cancel();
    if (this.#state !== "over") this.#idle = this.#options.surroundings.clock.schedule(ms, () => this.#end());
  }

  /** When everything that was sent has arrived, and no channel is still on its way out; or when nobody is waited for any more. */
  #end(): void {
    const { queuedCost, channels } = this.#mux;
    const isSaid = this.session.mayLeave && queuedCost === 0 && channels.length === 0;
    // What moves to another session has not had its close.
    const patienceMs = this.#state === "kept" ? Math.min(GOODBYE_MS, this.#keptMs) : this.#keptMs;
    const waitMs = patienceMs - this.#detachedMs;
    if (isSaid || waitMs <= 0 || this.session.state === "new") this.close(1000, "No socket is open.");
    else this.#endAfter(this.#detachedAt === undefined ? LAST_WORDS_MS : waitMs);
  }

  /** Ends the session; its sockets close. */
  close(code: number, reason: string): void {
    this.session.bye(code, reason);
  }

  // --- what the session carries: the mux, which has timers ---

  pull(target: Uint8Array, at: number): Pulled {
    const envelope = this.#mux.pull(target, at);
    if (envelope === undefined) this.#settle();
    return envelope;
  }

  receive(bytes: Uint8Array, start: number, end: number): Violation | undefined {
    return this.#mux.receive(bytes, start, end);
  }

  receiveRest(isAll: boolean): void {
    this.#mux.receiveRest(isAll);
    this.#settle();
  }

  receiveAttached(): void {
    this.#detachedAt = undefined;
    this.#vigil?.cancel();
    this.#mux.receiveAttached();
    this.#rest();
    this.#settle();
  }

  receiveDetached(): void {
    this.#detachedAt = this.#options.surroundings.clock.now();
    this.#keepVigil(this.#keptMs);
    this.#mux.receiveDetached();
  }

  /** Who has closed a socket waits for the server's answer, but not for that of one which no longer has the session. */
  #keepVigil(ms: number): void {
    this.#vigil?.cancel();
    this.#vigil = this.#options.surroundings.clock.schedule(ms, () => {
      this.#keepVigil(LOOK_EVERY_MS);
      for (const [{ readyState }, channel] of this.#sockets) if (readyState === CLOSING) channel.terminate(unheard());
    });
  }

  /** How long without a transport it is until the server has given it up, whether it is there or not. */
  get #keptMs(): number {
    return this.#state === "foreign" ? 0 : (this.session.terms?.windowSeconds ?? 120) * 1000;
  }

  /** How long nothing has carried it. */
  get #detachedMs(): number {
    return this.session.now() - (this.#detachedAt ?? Infinity);
  }

  receiveEnded(end: SessionEnd): void {
    if (this.#state === "over") return;
    this.#state = "over";
    // What has left before it is what the server reads first; without a transport it hears nothing of the end.
    const isHeard = end.isWhole === true && end.code < SERVER_CODES;
    for (const timer of [this.#idle, this.#departure, this.#gap, this.#vigil]) timer?.cancel();
    this.#alarm.cancel();
    this.connector.stop();
    if (end.by === "gone" && end.code === SESSION_GONE) this.#options.owner.receiveGone(this);
    this.#mux.receiveEnded(end, ({ bufferedBytes }) => isHeard && bufferedBytes === 0);
    this.#options.owner.receiveEnded(this, end);
  }

  /** What carries the sockets is known now: for the first time, again, or it is another transport. */
  #announce(kind: TransportKind): void {
    this.#gap?.cancel();
    for (const [socket, channel] of this.#sockets) {
      // What has only come here tells when it goes on.
      if (!channel.isMoving) socket.restore(kind);
      socket.move(kind);
    }
  }

  /** There will be a transport soon, or its absence is told. */
  #wait(): void {
    this.#gap?.cancel();
    this.#gap = this.#options.surroundings.clock.schedule(GAP_MS, () => this.#suspend());
  }

  #suspend(): void {
    this.#gap?.cancel();
    this.#options.owner.receiveDetached();
    for (const socket of this.#sockets.keys()) socket.suspend();
  }

  #settle(): void {
    if (this.#state !== "over") this.#alarm.set(this.#mux.wakeAt);
  }
}

/** Whether it waits to be let in: for the first time, or where it goes on. */
function isAsking({ readyState }: LineSocket, { isMoving }: MobileChannel): boolean {
  return readyState === CONNECTING || isMoving;
}

function unheard(): RemoteError {
  return new RemoteError("LW_CHANNEL_SESSION_ENDED", "The server was silent for as long as it keeps a session.", 1006);
}
