// Keeps one session attached (wire/session-v1 §4.6): asks for it on the best transport that answers, goes down when one is mute,
// climbs back, waits with growing pauses when nothing works, and leaves the network alone while the page is away. Decides;
// the ladder remembers, dials and transports do the work, the session is asked and answers.

import type { Timer } from "../base/clock.ts";
import type { Attachment } from "../session/attachment.ts";
import type { TransportKind } from "../session/way.ts";
import type { ClientOwner } from "../session/client-owner.ts";
import type { ClientSession } from "../session/client-session.ts";
import type { AuthedPacket, GoAwayPacket } from "../session/packet.ts";
import type { HttpKind } from "../transports/http/headers.ts";
import type { WebSocketClient } from "../transports/websocket/client.ts";
import { isLoopback } from "./addresses.ts";
import { Approach, PROOF_MS } from "./approach.ts";
import { Backoff } from "./backoff.ts";
import type { Climb } from "./climb.ts";
import type { ConnectorOptions } from "./connecting.ts";
import type { Dial } from "./dial.ts";
import type { Ladder } from "./ladder.ts";
import type { Seat } from "./page/seats.ts";
import type { RequestTransport } from "./requests.ts";
import { TokenRenewal } from "./token-renewal.ts";

const ANSWER_MS = 10_000;
/** How long what was asked and should answer at once may take: longer than any head start. */
const HASTE_MS = 1_000;
const HIDDEN_PAUSE_MS = 30_000;
const alone: readonly TransportKind[] = ["websocket"];
/** Codes after which one comes again later, not at once. */
const busyCodes: ReadonlySet<number> = new Set([1012, 1013, 4429]);

export class Connector implements ClientOwner {
  readonly #options: ConnectorOptions;
  readonly #backoff: Backoff;
  #session: ClientSession | undefined;
  /** What was tried since the session lost its transport, or began. */
  readonly #tried = new Set<TransportKind>();
  /** What was answered meanwhile by somebody who does not speak Longwire. */
  readonly #contraries = new Set<"websocket" | "requests">();
  readonly #approach: Approach;
  /** What was asked and has not answered. */
  #asked: RequestTransport | WebSocketClient | undefined;
  #current: Attachment | undefined;
  #attachedAt = 0;
  #seat: Seat | undefined;
  #isRefused = false;
  /** While what is to be asked waits for its token or its seat: one that comes late, for something else, is not used. */
  #preparation: object | undefined;
  /** What is being tried. */
  #timer: Timer | undefined;
  /** When to leave what carries the session, because the server asked for it. */
  #departure: Timer | undefined;
  readonly #climb: Climb | undefined;
  #renewal: TokenRenewal | undefined;

  constructor(options: ConnectorOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.surroundings.random);
    const { page, detours } = options;
    const isOnline = (): boolean => this.#isOnline;
    this.#approach = new Approach(options, {
      receiveGreeted: () => {
        if (this.#current !== undefined) this.#approach.prove();
        // A HELLO on its way makes a session that only its answer gives us: where the way is slow, it is not late yet.
        else if (this.#session?.state === "asking") this.#after(HASTE_MS, () => this.#receiveMute());
        else this.#askSocket();
      },
      receiveProven: () => {
        if (this.#session?.state === "live") this.#askSocket();
      },
      // It may still come through.
      receiveQuiet: () => this.#askNextUnlessAsking(),
      receiveUndialled: (isForeign) => {
        if (isForeign) this.#contraries.add("websocket");
        this.#askNextUnlessAsking();
      },
    });
    this.#climb = detours?.createClimb({
      get isIdle() {
        return page.isHidden || !isOnline() || page.isAway;
      },
      dialSocket: () => this.#approach.dial(),
      receiveBetter: (kind, seat) => this.#receiveBetter(kind, seat),
    });
  }

  /** The session to be kept; a dial that has already been greeted for it, if there is one. */
  start(session: ClientSession, dial?: Dial): void {
    this.#session = session;
    const { surroundings, token } = this.#options;
    this.#renewal = new TokenRenewal(session, token, surroundings.clock, surroundings.random);
    if (dial === undefined) {
      this.#begin();
      return;
    }
    this.#approach.adopt(dial);
    this.#askSocket();
  }

  /** Lets go of everything. The session has ended, or is about to. */
  stop(): void {
    this.#letGo();
    this.#session = undefined;
  }

  #letGo(): void {
    this.#preparation = undefined;
    this.#asked = undefined;
    this.#timer?.cancel();
    this.#leaveSide();
    this.#approach.leave();
    this.#seat?.leave();
  }

  /** Gives up what only a session that is carried has. */
  #leaveSide(): void {
    this.#approach.rest();
    this.#departure?.cancel();
    this.#climb?.stop();
    this.#renewal?.stop();
  }

  get kind(): TransportKind | undefined {
    return this.#current?.kind;
  }

  // --- the page ---

  /** The page is put away: transports are closed, the session is not. */
  leave(): void {
    this.#letGo();
    this.#session?.abandon();
    const attachment = this.#current;
    if (attachment === undefined) return;
    const reason = "The page is put away.";
    attachment.close(1000, reason);
    // Who closes a transport hears nothing of it: the session must be told.
    this.#session?.receiveLost(attachment, 1000, reason);
  }

  /** The page is back, or the network is, or it is another one: what was learned may not hold, and nothing is waited for. */
  hurry(isElsewhere: boolean): void {
    if (isElsewhere) this.#ladder?.reset();
    this.#backoff.reset();
    const { state } = this.#session ?? {};
    if (state === "live") this.#session?.probe();
    else if (state === "new" || state === "cut") this.#begin();
    if (this.#current !== undefined) this.#climb?.plan(this.#current.kind, true);
  }

  // --- asking ---

  get #ladder(): Ladder | undefined {
    return this.#options.detours?.ladder;
  }

  /** What to try now. */
  get #order(): readonly TransportKind[] {
    return this.#ladder?.order ?? alone;
  }

  get #mayTry(): boolean {
    const { page } = this.#options;
    const { state } = this.#session ?? {};
    return (state === "new" || state === "cut") && !page.isAway && this.#isOnline;
  }

  /** A machine without a network still reaches itself. */
  get #isOnline(): boolean {
    return this.#options.page.isOnline || isLoopback(this.#options.socketUrl);
  }

  /** From the top of what may work. */
  #begin(): void {
    this.#timer?.cancel();
    if (!this.#mayTry) return;
    this.#tried.clear();
    this.#contraries.clear();
    this.#askNext();
  }

  /** What waits for a token or a seat, or for its answer, is not passed over for the next one. */
  #askNextUnlessAsking(): void {
    if (this.#current !== undefined || this.#asked !== undefined || this.#preparation !== undefined) return;
    this.#timer?.cancel();
    this.#askNext();
  }

  #askSocket(): void {
    this.#withToken((session, token) => {
      const link = this.#approach.take();
      const patienceMs = this.#current === undefined ? HASTE_MS : PROOF_MS;
      if (link === undefined) this.#askNext();
      else this.#open(link, patienceMs, session.ask({ kind: "websocket", link }, token));
    });
  }

  /** Says on `way` what the session asks; it has `patienceMs` to answer. */
  #open(way: RequestTransport | WebSocketClient, patienceMs: number, question: Attachment): void {
    this.#asked = way;
    this.#after(patienceMs, () => this.#receiveMute());
    way.open(question);
  }

  /** The best of what was not tried, or a pause. */
  #askNext(): void {
    if (!this.#mayTry) return;
    const order = this.#order;
    const kind = order.find((next) => !this.#tried.has(next));
    if (this.#approach.isGreeted && (kind === undefined || order[0] === "websocket")) {
      this.#tried.add("websocket");
      this.#askSocket();
    } else if (kind === "websocket") {
      this.#tried.add(kind);
      this.#approach.dial();
      // Where there is nothing else, nothing is won by haste.
      if (order.length > 1) this.#after(this.#approach.headStartMs, () => this.#askNextUnlessAsking());
    } else if (kind !== undefined) {
      this.#tried.add(kind);
      this.#askRequests(kind);
    } else if (!this.#approach.isDialling) {
      // Otherwise the dial may still come through.
      this.#pause(undefined);
      // An echoed name proves nothing, nor does silence; the answer to a request does, and says nothing of WebSockets.
      if (this.#contraries.size > 0) this.#options.owner.receiveContrary(this.#contraries.size > 1);
    }
  }

  #askRequests(kind: HttpKind): void {
    const preparation = (this.#preparation = {});
    this.#seat?.leave();
    this.#seat = this.#options.detours?.takeSeat(kind, (possible) => {
      if (preparation === this.#preparation) this.#openRequests(possible);
    });
  }

  #openRequests(kind: HttpKind): void {
    const isHasty = this.#current === undefined && kind === "stream" && this.#order.length > 1;
    this.#requestWithin(isHasty ? HASTE_MS : ANSWER_MS, kind);
  }

  #requestWithin(patienceMs: number, kind: HttpKind): void {
    this.#withToken((session, token) => {
      const requests = this.#options.detours?.create(kind, session);
      if (requests === undefined) return;
      this.#open(requests, patienceMs, session.ask({ kind, courier: requests }, token));
    });
  }

  /** What was asked does not answer. */
  #receiveMute(): void {
    this.#session?.abandon();
    this.#asked = undefined;
    if (this.#current === undefined) this.#askNext();
    else this.#stay();
  }

  /** What was asked beside a session that is carried was nothing. */
  #stay(): void {
    if (this.#current?.kind === "poll") this.#seat?.leave();
  }

  #withToken(ask: (session: ClientSession, token: Uint8Array) => void): void {
    const preparation = (this.#preparation = {});
    this.#options.token.take(
      (token) => {
        if (preparation !== this.#preparation) return;
        this.#preparation = undefined;
        if (this.#session !== undefined) ask(this.#session, token);
      },
      () => {
        if (preparation !== this.#preparation) return;
        this.#preparation = undefined;
        // A provider that fails may recover.
        if (this.#current === undefined) this.#pause(undefined);
        else this.#stay();
      },
    );
  }

  #pause(retryAfterMs: number | undefined): void {
    this.#ladder?.receiveFailure();
    const pauseMs = this.#backoff.next(retryAfterMs);
    // Nobody waits for a page that nobody sees; when it is seen it asks at once.
    const leastMs = this.#options.page.isHidden ? HIDDEN_PAUSE_MS : 0;
    this.#after(Math.max(pauseMs, leastMs), () => this.#begin());
  }

  // --- climbing ---

  /** Something above what carries the session has shown that it would do. */
  #receiveBetter(kind: HttpKind, seat: Seat | undefined): void {
    if (this.#session?.state !== "live") {
      seat?.leave();
      return;
    }
    this.#seat = seat ?? this.#seat;
    this.#requestWithin(PROOF_MS, kind);
  }

  // --- what the session says ---

  receiveAttached(attachment: Attachment): void {
    const { surroundings, owner } = this.#options;
    this.#timer?.cancel();
    this.#asked = undefined;
    this.#isRefused = false;
    this.#backoff.reset();
    const { kind } = attachment;
    this.#current = attachment;
    this.#attachedAt = surroundings.clock.now();
    if (kind === "websocket" || kind === "poll") this.#seat?.leave();
    this.#ladder?.receiveWorking(kind);
    if (kind === "websocket") this.#approach.leave();
    // A dial that is still on its way is tried when it comes; another one is made in a while.
    this.#climb?.plan(kind, false);
    if (this.#approach.isGreeted) this.#approach.prove();
    this.#renewal?.plan();
    owner.receiveAttached(kind);
  }

  receiveCut(code: number): void {
    const { surroundings, owner, page } = this.#options;
    const lost = this.#current;
    if (lost === undefined) return;
    this.#current = undefined;
    this.#tried.clear();
    this.#leaveSide();
    const livedMs = surroundings.clock.now() - this.#attachedAt;
    if (lost.kind === "websocket" && this.#isOnline && !page.isAway) this.#ladder?.receiveDeath(livedMs);
    owner.receiveDetached();
    // Another transport is asked already, or may not be.
    if (this.#session?.state !== "cut") return;
    // Something that dies as soon as it lives is not asked again in a circle.
    if (busyCodes.has(code) || livedMs < 1_000) this.#after(this.#backoff.next(undefined), () => this.#begin());
    else this.#begin();
  }

  receiveUnanswered(code: number): void {
    const asked = this.#asked;
    this.#asked = undefined;
    this.#timer?.cancel();
    if (code === 4404) this.#contraries.add("requests");
    if (this.#current !== undefined) this.#stay();
    else if (code === 4401 || code === 4403) this.#receiveRefused(code);
    else if (!busyCodes.has(code)) this.#askNext();
    else this.#pause(asked !== undefined && "retryAfterMs" in asked ? asked.retryAfterMs : undefined);
  }

  /** Another token may be taken; the second refusal is the end. */
  #receiveRefused(code: number): void {
    const { token } = this.#options;
    if (this.#isRefused || !token.isRenewable) {
      this.#session?.bye(code, "The server does not let this client in.");
      return;
    }
    this.#isRefused = true;
    token.drop();
    this.#begin();
  }

  receiveGoAway(packet: GoAwayPacket): void {
    const { surroundings, owner } = this.#options;
    if ((packet.flags & 1) === 1) owner.receiveLeaving(packet);
    else {
      this.#departure?.cancel();
      this.#departure = surroundings.clock.schedule(surroundings.random.fraction() * packet.spreadMs, () =>
        this.#move(),
      );
    }
  }

  /** To another transport of the same kind, made before the old one is left. */
  #move(): void {
    if (this.#session?.state !== "live" || this.#current === undefined) return;
    const { kind } = this.#current;
    if (kind === "websocket") this.#approach.dial();
    else this.#openRequests(kind);
  }

  receiveAuthed(packet: AuthedPacket): void {
    this.#renewal?.receiveAuthed(packet.status);
  }

  // --- time ---

  #after(ms: number, run: () => void): void {
    this.#timer?.cancel();
    this.#timer = this.#options.surroundings.clock.schedule(ms, run);
  }
}
