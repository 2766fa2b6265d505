// A client's node: a session, what chooses transports for it (at random, often too early), and an application that talks.
// When its session ends it begins another one, with a new conversation. A client can be copied while it runs, as a process can
// with everything it knows: the copy is a shadow that hears the same and says the same into nowhere, until it is let loose.

import type { SessionEnd } from "../../src/base/session.ts";
import type { Attachment } from "../../src/session/attachment.ts";
import type { ClientOwner } from "../../src/session/client-owner.ts";
import { ClientSession } from "../../src/session/client-session.ts";
import { PacketType } from "../../src/session/packet.ts";
import { encodePacket } from "../../src/session/packet-encoder.ts";
import type { SessionSettings } from "../../src/session/settings.ts";
import { History, require } from "./checker.ts";
import type { Faults } from "./faults.ts";
import { type RequestKind, SimRequests } from "./sim-requests.ts";
import type { SimServer } from "./sim-server.ts";
import { createWay, cutLater, Mirror, type SimEnd } from "./sim-websocket.ts";
import { Talker } from "./talker.ts";
import type { SimNode, World } from "./world.ts";

/** The code of sessions that one side ends. */
export const BYE = 1012;

const noToken = new Uint8Array(0);

export interface ClientPlan {
  readonly kinds: readonly ("websocket" | RequestKind)[];
}

export class SimClient implements ClientOwner {
  readonly node: SimNode;
  readonly #world: World;
  readonly #faults: Faults;
  readonly #settings: SessionSettings;
  readonly #server: SimServer;
  readonly plan: ClientPlan;
  readonly #history: History;
  readonly #author: () => number;
  session: ClientSession;
  talker: Talker;
  /** Its copy, until it is let loose. */
  shadow: SimClient | undefined;
  isShadow = false;
  /** Who holds the same ticket: one of the two is told so. */
  rival: SimClient | undefined;
  /** Whoever takes part in this conversation as a client: itself, and its copy. */
  #holders: readonly Talker[] = [];
  /** What it asked on, while it is a shadow. */
  readonly #mirrored: Attachment[] = [];
  #delivering: Attachment | undefined;
  #current: Attachment | undefined;
  #restartsSeen = 0;

  constructor(
    name: string,
    world: World,
    faults: Faults,
    settings: SessionSettings,
    server: SimServer,
    plan: ClientPlan,
    history: History,
    author: () => number,
    original?: SimClient,
  ) {
    this.node = original?.node ?? { name, stalledUntil: 0, life: 0 };
    this.#world = world;
    this.#faults = faults;
    this.#settings = settings;
    this.#server = server;
    this.plan = plan;
    this.#history = history;
    this.#author = author;
    this.isShadow = original !== undefined;
    [this.session, this.talker] = this.#begin(original?.talker.author ?? author());
    this.#soon();
  }

  /** From now on somebody else learns and does everything that this client does. */
  copy(): SimClient {
    const name = `${this.node.name}, copied`;
    const plan = { kinds: ["websocket"] } as const;
    const args = [this.#world, this.#faults, this.#settings, this.#server, plan] as const;
    this.shadow = new SimClient(name, ...args, new History(), this.#author, this);
    return this.shadow;
  }

  /** The copy goes its own way. False when there is nothing to copy: no ticket yet, or none any more. */
  letLoose(): boolean {
    const { shadow } = this;
    this.shadow = undefined;
    if (shadow === undefined || this.session.ticket.length === 0) return false;
    this.#world.note(`${this.node.name} is copied`);
    this.rival = shadow;
    shadow.rival = this;
    this.#holders = shadow.#holders = [this.talker, shadow.talker];
    shadow.isShadow = false;
    for (const attachment of shadow.#mirrored) attachment.receiveClosed(1006, "copied");
    shadow.#soon();
    return true;
  }

  /** The application says something. */
  say(bytes: number): void {
    this.talker.say(bytes);
    this.shadow?.talker.say(bytes);
  }

  #begin(author: number): [ClientSession, Talker] {
    const arriving = (): void => {
      require(this.isShadow || this.#delivering === this.#current, "I-11", () =>
        "a transport that is not the current one delivers");
    };
    const talker = new Talker(author, true, this.#history, arriving, (end) => this.#judgeEnd(talker, end));
    const session = new ClientSession({
      clock: this.#world.clockOf(this.node),
      settings: this.#settings,
      user: talker,
      owner: this,
      credit: 0,
      maxMessageBytes: 0,
    });
    talker.session = session;
    this.#holders = [talker];
    this.#restartsSeen = this.#server.node.life;
    return [session, talker];
  }

  /** The session may end only for a reason: the server forgot it, or restarted. */
  #judgeEnd(talker: Talker, end: SessionEnd): void {
    this.shadow = undefined;
    if (this.isShadow) return;
    const { rival } = this;
    this.rival = undefined;
    this.#world.note(`${this.node.name} ended: ${end.by} ${end.code}`);
    const restarted = this.#server.node.life !== this.#restartsSeen;
    const counterpart = this.#server.talkers.find((other) => other.author === talker.peer);
    const forgotten = talker.peer === undefined || counterpart === undefined;
    const isReplaced = rival !== undefined && end.code === 4409;
    // Of two holders one goes on: nobody replaces the other one.
    if (isReplaced) rival.rival = undefined;
    require(isReplaced || restarted || forgotten || end.by === "bye" || end.by === "local", "I-15", () =>
      `${this.node.name} lost its session (${end.reason}) without a reason`);
    require(isReplaced || end.code === 4410 || end.code === BYE || restarted, "I-15", () =>
      `${this.node.name}: ${end.code} although nobody else holds the ticket`);
    this.#current = undefined;
    this.#world.after(10, this.node, "new session", () => {
      [this.session, this.talker] = this.#begin(this.#author());
      this.#soon();
    });
  }

  /** After every event. */
  check(): void {
    const { session, talker } = this;
    const bound = this.#settings.retainBytes + talker.largest + 128;
    require(session.retainedBytes <= bound, "I-12", () => `${this.node.name} keeps ${session.retainedBytes} bytes`);
    require(session.unacknowledgedCount >= 0, "I-08", () => `${this.node.name}: more is acknowledged than was sent`);
    const counterpart = this.#server.talkers.find((other) => other.author === talker.peer);
    if (counterpart === undefined || this.#server.node.life !== this.#restartsSeen) return;
    const acknowledged = session.sent - session.unacknowledgedCount;
    const delivered = counterpart.deliveredCount;
    require(acknowledged <= delivered, "I-08", () =>
      `${this.node.name}: ${acknowledged} acknowledged, ${delivered} delivered`);
    const far = this.#server.sessionOf(counterpart);
    if (far === undefined) return;
    const acked = far.sent - far.unacknowledgedCount;
    const taken = Math.max(...this.#holders.map(({ deliveredCount }) => deliveredCount));
    require(acked <= taken, "I-08", () => `server: ${acked} acknowledged, ${talker.deliveredCount} delivered`);
  }

  // --- choosing transports ---

  #soon(): void {
    if (this.isShadow) return;
    const { session } = this;
    this.#world.after(this.#world.random.fraction() * this.#faults.backOffMs, this.node, "dial", () => {
      if (session === this.session) this.#dial();
    });
  }

  /** Gets a transport ready and asks on it, whatever the session is doing. */
  #dial(): void {
    const { session } = this;
    if (session.state === "ended") return;
    const random = this.#world.random;
    const kind = random.pick(this.plan.kinds);
    if (kind !== "websocket") {
      const requests = new SimRequests(this.#world, this.#faults, this.node, this.#server, session, kind);
      const attachment = session.ask({ kind, courier: requests }, noToken);
      this.#watch(attachment);
      requests.start(this.#guarded(attachment));
      return;
    }
    const nodes = [this.node, this.#server.node] as const;
    const way = createWay(this.#world, this.#faults, ...nodes);
    const [mine, theirs] = way;
    cutLater(this.#world, this.#faults, way, nodes);
    mine.receiver = {
      // GREET: nothing was sent before it.
      receive: () => {
        if (session !== this.session || session.state === "ended") {
          mine.close(1000, "late");
          return;
        }
        const attachment = this.#guarded(session.ask({ kind: "websocket", link: mine }, noToken));
        mine.receiver = attachment;
        if (this.shadow !== undefined) this.#mirror(this.shadow, mine, attachment);
        this.#watch(attachment);
        if (random.chance(this.#faults.absurdAcks)) {
          const absurd = encodePacket({ type: PacketType.ack, received: 1e9 });
          this.#world.after(random.fraction() * 400, this.node, "absurd ack", () => mine.send(absurd));
        }
      },
      receiveDrain: () => {},
      receiveClosed: () => this.#soon(),
    };
    const slowMs = random.chance(this.#faults.slow) ? random.fraction() * 3_000 : 0;
    this.#world.after(this.#faults.latencyMs + slowMs, this.#server.node, "accept", () =>
      this.#server.acceptWebSocket(theirs),
    );
    this.#world.after(3_000, this.node, "dial timeout", () => {
      if (session === this.session && (session.state === "new" || session.state === "cut")) this.#soon();
    });
  }

  /** The shadow asks on a way of its own, and hears what comes on this one. */
  #mirror(shadow: SimClient, mine: SimEnd, attachment: Attachment): void {
    const mirror = new Mirror();
    const copied = shadow.session.ask({ kind: "websocket", link: mirror }, noToken);
    shadow.#mirrored.push(copied);
    mine.mirror = mirror;
    const isIts = (): boolean => this.shadow === shadow;
    mine.receiver = {
      receive: (packet) => {
        attachment.receive(packet);
        if (isIts()) copied.receive(packet);
      },
      receiveDrain: () => {
        attachment.receiveDrain();
        if (isIts()) copied.receiveDrain();
      },
      receiveClosed: (code, reason) => {
        attachment.receiveClosed(code, reason);
        if (isIts()) copied.receiveClosed(code, reason);
      },
    };
  }

  /** Notes which transport delivers. */
  #guarded(attachment: Attachment): Attachment {
    const receive = attachment.receive.bind(attachment);
    const openBody = attachment.openBody.bind(attachment);
    const during = <Value>(run: () => Value): Value => {
      this.#delivering = attachment;
      const value = run();
      this.#delivering = undefined;
      return value;
    };
    attachment.receive = (packet) => during(() => receive(packet));
    attachment.openBody = () => {
      const body = openBody();
      return { receive: (packet) => during(() => body.receive(packet)) };
    };
    return attachment;
  }

  /** Too slow an answer: the transport is given up, and another one tried. */
  #watch(attachment: Attachment): void {
    const { session } = this;
    this.#world.after(1_500, this.node, "too slow", () => {
      if (session !== this.session || this.#current === attachment || !attachment.isOpen) return;
      const state = session.state;
      if (state === "asking" || state === "resuming" || state === "moving") {
        session.abandon();
        this.shadow?.session.abandon();
        this.#soon();
      }
    });
  }

  receiveAttached(attachment: Attachment): void {
    this.#current = attachment;
    if (this.isShadow) return;
    this.#world.note(`${this.node.name} attached ${attachment.kind}`);
    if (this.#faults.moveMs === Infinity) return;
    const { session } = this;
    this.#world.after(this.#world.random.fraction() * 2 * this.#faults.moveMs, this.node, "move", () => {
      if (session === this.session && session.state === "live" && this.#faults.moveMs !== Infinity) this.#dial();
    });
  }

  receiveCut(code: number): void {
    this.#current = undefined;
    if (this.isShadow) return;
    this.#world.note(`${this.node.name} cut ${code}`);
    if (this.session.state === "cut") this.#soon();
  }

  receiveUnanswered(code: number): void {
    if (this.isShadow) return;
    this.#world.note(`${this.node.name} unanswered ${code}`);
    if (this.session.state !== "live") this.#soon();
  }

  receiveGoAway(): void {}

  receiveAuthed(): void {}
}
