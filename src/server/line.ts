// Everything of a server that belongs to sessions: their registry, the transports that ask for one, the channels in them, and
// how they are sent away. The machine of a session is session/'s, admission line-rules.ts's and caller.ts's; wire/session-v1.

import type { Duplex } from "node:stream";
import type { CloseOutcome, LendingCarrier } from "../base/carrier.ts";
import type { Violation } from "../base/errors.ts";
import type { Limits } from "../base/limits.ts";
import type { SessionEnd } from "../base/session.ts";
import type { ChannelRequest } from "../channels/home.ts";
import { channelLimits, type ChannelLimits } from "../channels/limits.ts";
import type { ChannelDecision } from "../channels/server-mux.ts";
import { encodeMessageFrame } from "../protocol/frame-encoder.ts";
import { formatUpgradeResponse } from "../protocol/handshake/upgrade-response.ts";
import type { UpgradeOffer } from "../protocol/handshake/upgrade-request.ts";
import { Arrival, greet } from "../session/arrival.ts";
import type { Attachment } from "../session/attachment.ts";
import type { TransportKind, Way } from "../session/way.ts";
import type { Admission as SessionAdmission } from "../session/auth-in-place.ts";
import { type HelloPacket, LINE_PROTOCOL, PacketType, type ResumePacket } from "../session/packet.ts";
import { encodePacket } from "../session/packet-encoder.ts";
import { Registry } from "../session/registry.ts";
import type { ServerSession } from "../session/server-session.ts";
import { acceptSocket } from "../socket/accept.ts";
import type { SocketRuntime } from "../socket/runtime.ts";
import type { Admission, Place } from "./admission.ts";
import { type Answer, Caller, withToken } from "./caller.ts";
import { ChannelDoor } from "./channel-door.ts";
import { DedupeWindow } from "./dedupe-window.ts";
import type { LineSettings } from "./line-options.ts";
import { type Guest, LineRules } from "./line-rules.ts";
import { LineSession, type LineSurroundings } from "./line-session.ts";
import type { LineGauges } from "./metrics.ts";
import type { Reports } from "./reports.ts";
import type { UpgradeRequest } from "./upgrade-request.ts";
import { WebSocketLink } from "./websocket-link.ts";
import { within } from "./within.ts";

/** A transport that has no session yet. */
interface Asking {
  readonly arrival: Arrival;
  readonly caller: Caller;
}

export class Line implements LineSurroundings {
  readonly registry: Registry;
  readonly channelLimits: ChannelLimits;
  readonly settings: LineSettings;
  /** Of every WebSocket that carries packets. */
  readonly #linkLimits: Limits;
  /** What was handled of clients' outboxes. */
  readonly #window: DedupeWindow;
  readonly #door: ChannelDoor;
  readonly #admission: Admission;
  readonly #reports: Reports;
  readonly #rules: LineRules;
  /** Who is about to get the session of this admission. */
  readonly #callers = new Map<SessionAdmission, Caller>();
  readonly #leavers: (() => void)[] = [];
  /** By what their transports deliver to. */
  readonly #asking = new Map<Attachment, Asking>();
  /** Of WebSockets, to count their bytes and to see them closed. */
  readonly #sockets = new Set<Duplex>();
  /** Who came back by a transport, or showed a new token on it, until its session knows. */
  readonly #guests = new WeakMap<Attachment, Guest>();

  constructor(admission: Admission, reports: Reports, settings: LineSettings) {
    const { limits, runtime } = admission.rules;
    this.settings = settings;
    this.#admission = admission;
    this.#reports = reports;
    this.#linkLimits = linkLimits(limits);
    this.#window = new DedupeWindow(settings.outbox, runtime.clock, runtime.random);
    this.#door = new ChannelDoor(admission, reports, this.#window);
    this.#rules = new LineRules(admission, settings, reports);
    const { maxMessageBytes } = limits;
    this.channelLimits = { ...channelLimits, maxMessageBytes, retainBytes: settings.session.retainBytes };
    const { creditBytes: credit, maxChannels } = channelLimits;
    this.registry = new Registry({
      clock: runtime.clock,
      random: runtime.random,
      settings: settings.session,
      offer: { credit, maxMessageBytes, maxChannels },
      hint: new Uint8Array(0),
      createUser: (session) => this.#createUser(session),
      receiveVerdict: (verdict, goneReason) => {
        this.#reports.metrics.countResume(verdict === "gone" ? (goneReasons[goneReason] ?? "unknown") : verdict);
      },
      authenticate: (session, id, token) => this.#authenticate(session, id, token),
    });
  }

  get runtime(): SocketRuntime {
    return this.#admission.rules.runtime;
  }

  get sessions(): readonly LineSession[] {
    return [...this.registry.sessions].flatMap(({ user }) => (user instanceof LineSession ? [user] : []));
  }

  get sessionCount(): number {
    return this.registry.sessionCount;
  }

  // --- transports that ask ---

  /** A transport that found a place: what it delivers goes to the attachment that this gives. Say when it is gone. */
  enter(way: Way, request: UpgradeRequest, mount: string, place: Place, isGreeted = false): Attachment {
    const caller = new Caller(this.#rules, request, mount, place);
    const arrival: Arrival = new Arrival(
      way,
      this.registry,
      (opening, answer) => {
        caller.admit(opening, (outcome) => {
          this.#asking.delete(arrival.attachment);
          this.#answer(caller, arrival.attachment, opening, outcome, answer);
        });
      },
      isGreeted,
    );
    this.#asking.set(arrival.attachment, { arrival, caller });
    return arrival.attachment;
  }

  /** The transport is gone. */
  receiveGone(attachment: Attachment): void {
    const asking = this.#asking.get(attachment);
    this.#asking.delete(attachment);
    asking?.caller.receiveClosed();
  }

  #answer(
    caller: Caller,
    attachment: Attachment,
    opening: HelloPacket | ResumePacket,
    outcome: Parameters<Answer>[0],
    answer: Answer,
  ): void {
    const { guest } = caller;
    if ("closeCode" in outcome || guest === undefined) {
      answer(outcome);
      return;
    }
    if (opening.type === PacketType.resume) {
      this.#guests.set(attachment, guest);
      answer(outcome);
      return;
    }
    this.#callers.set(outcome, caller);
    answer(outcome);
    this.#callers.delete(outcome);
  }

  /** A WebSocket whose handshake was found good: GREET leaves with the answer to it. */
  acceptWebSocket(
    socket: Duplex,
    head: Uint8Array,
    offer: UpgradeOffer,
    request: UpgradeRequest,
    mount: string,
    place: Place,
  ): void {
    const { runtime, lenientLength } = this.#admission.rules;
    const limits = this.#linkLimits;
    // In one write: two would cost each opening a packet more.
    const response = formatUpgradeResponse(offer, { protocol: LINE_PROTOCOL }) + greeting;
    this.#sockets.add(socket);
    acceptSocket(
      socket,
      { response, head, protocol: LINE_PROTOCOL, extensions: "", limits, runtime, lenientLength },
      (carrier) => {
        const link = new LineSocket(carrier, this, socket);
        link.open(this.enter({ kind: "websocket", link }, request, mount, place, true));
        return link;
      },
    );
  }

  /** For its LineSocket: a WebSocket has closed. */
  receiveSocketClosed(socket: Duplex, attachment: Attachment): void {
    this.receiveGone(attachment);
    this.#sockets.delete(socket);
    const { received, sent } = bytesOf(socket);
    this.#reports.metrics.bytesIn += received;
    this.#reports.metrics.bytesOut += sent;
  }

  // --- sessions ---

  #createUser(session: ServerSession): LineSession {
    const caller = this.#callers.get(session.admission);
    const guest = caller?.guest;
    if (caller === undefined || guest === undefined) throw new Error("A session without a caller.");
    const created = new LineSession(session, guest, caller.takePlace(), this);
    this.#reports.metrics.sessionsOpened += 1;
    return created;
  }

  openChannel(session: LineSession, request: ChannelRequest): ChannelDecision | Promise<ChannelDecision> {
    this.#renewGuest(session);
    return this.#door.open(request, session.guest);
  }

  /** Whoever resumed the session last is who it speaks for now. */
  #renewGuest(session: LineSession): void {
    const { current } = session.session;
    const guest = current === undefined ? undefined : this.#guests.get(current);
    if (guest !== undefined) session.guest = guest;
  }

  giveBack(remoteAddress: string): void {
    this.#admission.leave(remoteAddress, true);
  }

  receiveEnded(session: LineSession, end: SessionEnd): void {
    this.#reports.sessionEnded(session, end);
    if (this.sessionCount > 0) return;
    for (const resolve of this.#leavers.splice(0)) resolve();
  }

  /** AUTH: the same question as at HELLO, with the new token. */
  #authenticate(session: ServerSession, id: number, token: Uint8Array): void {
    const held = session.user;
    if (!(held instanceof LineSession)) return;
    this.#renewGuest(held);
    const { request: before, mount } = held.guest;
    const request = withToken(before, token);
    if (request === undefined) {
      session.completeAuth(id, 4401);
      return;
    }
    const verdict = this.#rules.authenticate(request);
    const settle = (result: Awaited<typeof verdict>): void => {
      const outcome = this.#rules.judge(result, request, mount);
      if ("closeCode" in outcome) {
        session.completeAuth(id, outcome.closeCode === 4403 ? 4403 : 4401);
        return;
      }
      const { current } = session;
      if (current !== undefined && outcome.principal === session.admission.principal) {
        this.#guests.set(current, outcome);
      }
      session.completeAuth(id, outcome);
    };
    if ("kind" in verdict) settle(verdict);
    else void verdict.then(settle);
  }

  // --- the way out ---

  /** Asks every client to go on elsewhere; a session says it again to one that comes back for what is its own. */
  goAway(deadlineMs: number, spreadMs: number): void {
    for (const session of this.registry.sessions) session.goAway(true, deadlineMs, spreadMs);
  }

  /** Ends each session as soon as its channels have closed. */
  leave(code: number, reason: string): void {
    for (const session of this.sessions) session.leave(code, reason);
  }

  /** Ends what is left, and lets no transport go on. */
  end(code: number, reason: string): void {
    for (const { session } of this.sessions) session.bye(code, reason);
    const closed: Violation = { code: "LW_SERVER_CLOSED", closeCode: code, message: reason };
    for (const [attachment, { arrival }] of this.#asking) arrival.fail(attachment, closed);
  }

  /** Resolves when no session is left. */
  emptied(): Promise<void> {
    if (this.sessionCount === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#leavers.push(resolve);
    });
  }

  /** Whether anything is there that must be told when the server goes. */
  get isEmpty(): boolean {
    return this.sessionCount === 0 && this.#asking.size === 0 && this.#sockets.size === 0;
  }

  /** Resolves when no WebSocket of a session is left; those that have not gone after `ms` are dropped. */
  async transportsGone(ms: number): Promise<void> {
    if (this.#sockets.size === 0) return;
    const gone = [...this.#sockets].map((socket) => new Promise((resolve) => socket.once("close", resolve)));
    await within(this.runtime.clock, ms, Promise.all(gone));
    for (const socket of this.#sockets) socket.destroy();
  }

  // --- what there is ---

  get gauges(): LineGauges {
    const transports: Record<TransportKind, number> = { websocket: 0, stream: 0, longpoll: 0, poll: 0 };
    let [parked, channels, outboxBytes] = [0, 0, 0];
    for (const { session, mux } of this.sessions) {
      if (session.current === undefined) parked += 1;
      else transports[session.current.kind] += 1;
      channels += mux.channels.length;
      outboxBytes += session.retainedBytes;
    }
    let [bytesIn, bytesOut] = [0, 0];
    for (const socket of this.#sockets) {
      const { received, sent } = bytesOf(socket);
      bytesIn += received;
      bytesOut += sent;
    }
    return {
      sessions: this.sessionCount,
      parked,
      channels,
      outboxBytes,
      outboxes: this.#window.size,
      transports,
      bytesIn,
      bytesOut,
    };
  }
}

/** A WebSocket while it is there: what it brings is the attachment's, that it has closed is the line's as well. */
class LineSocket extends WebSocketLink<Attachment> {
  readonly #line: Line;
  readonly #socket: Duplex;

  constructor(carrier: LendingCarrier, line: Line, socket: Duplex) {
    super(carrier);
    this.#line = line;
    this.#socket = socket;
  }

  override receiveClosed(outcome: CloseOutcome): void {
    if (this.receiver !== undefined) this.#line.receiveSocketClosed(this.#socket, this.receiver);
    super.receiveClosed(outcome);
  }
}

/** A transport is no connection of the application's: its pace is judged channel by channel, its pulse is the session's. */
function linkLimits(limits: Limits): Limits {
  return { ...limits, maxMessageBytes: MAX_LINK_MESSAGE_BYTES, messagesPerSecond: 0, pingIntervalMs: 0 };
}

/** A packet, and some more, so that one too long is the session's to judge. */
const MAX_LINK_MESSAGE_BYTES = 32 * 1024;

/** GREET in its frame, as it follows the answer to the handshake. */
const greeting = Buffer.from(encodeMessageFrame(encodePacket(greet))).toString("latin1");

/** In the order of their numbers in wire/session-v1 §2. */
const goneReasons = ["", "unknown", "expired", "replaced", "forbidden", "version", "closing"];

function bytesOf(socket: Duplex): { readonly received: number; readonly sent: number } {
  const { bytesRead = 0, bytesWritten = 0 } = socket as { bytesRead?: number; bytesWritten?: number };
  return { received: bytesRead, sent: bytesWritten };
}
