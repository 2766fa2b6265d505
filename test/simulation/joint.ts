// A client's session with one server over websockets that are cut, moved and dialled again all the time, for as long as the
// world is not healed. Who speaks in it is the caller's.

import type { SessionUser } from "../../src/base/session.ts";
import { Arrival } from "../../src/session/arrival.ts";
import type { Attachment } from "../../src/session/attachment.ts";
import { ClientSession } from "../../src/session/client-session.ts";
import type { Registry } from "../../src/session/registry.ts";
import { defaultSettings, type SessionSettings } from "../../src/session/settings.ts";
import type { SeededRandom } from "../support/seeded-random.ts";
import type { Faults } from "./faults.ts";
import { createWay, cutLater, type SimEnd } from "./sim-websocket.ts";
import type { SimNode, World } from "./world.ts";

/** Nothing is forgotten because of time; what is dead is noticed soon. */
export const jointSettings: SessionSettings = {
  ...defaultSettings,
  retainBytes: 64 * 1024,
  windowMs: 1e9,
  orphanMs: 1e9,
  heartbeatMs: 1_000,
  silenceMs: 800,
  linkAck: { packets: 4, bytes: 32 * 1024, delayMs: 100 },
};

export interface JointOptions {
  readonly world: World;
  readonly random: SeededRandom;
  readonly faults: Faults;
  readonly client: SimNode;
  readonly server: SimNode;
  readonly registry: Registry;
  readonly user: SessionUser;
  readonly maxMessageBytes: number;
  isHealed(): boolean;
}

export class Joint {
  readonly session: ClientSession;
  /** How many transports were attached. */
  attachments = 0;
  readonly #options: JointOptions;
  /** Has not answered yet. */
  #asked: Attachment | undefined;

  constructor(options: JointOptions) {
    this.#options = options;
    const { world, random, faults, client, user, maxMessageBytes } = options;
    const owner = {
      receiveAttached: () => {
        this.attachments++;
        this.#asked = undefined;
        const moveMs = faults.moveMs === Infinity ? 3_000 : faults.moveMs;
        world.after(random.fraction() * moveMs, client, "move", () => this.#moveOn());
      },
      receiveCut: () => this.#soon(),
      receiveUnanswered: () => this.#soon(),
      receiveGoAway: () => {},
      receiveAuthed: () => {},
    };
    const clock = world.clockOf(client);
    this.session = new ClientSession({ clock, settings: jointSettings, user, owner, credit: 0, maxMessageBytes });
  }

  dial(): void {
    const { world, faults, client, server } = this.#options;
    const nodes = [client, server] as const;
    const way = createWay(world, faults, ...nodes);
    const [mine, theirs] = way;
    mine.receiver = {
      receive: () => {
        const attachment = this.session.ask({ kind: "websocket", link: mine }, new Uint8Array(0));
        mine.receiver = attachment;
        this.#asked = attachment;
        world.after(1_000, client, "too slow", () => {
          if (this.#asked === attachment && this.session.state !== "asking") this.session.abandon();
          this.#soon();
        });
      },
      receiveDrain: () => {},
      receiveClosed: () => this.#soon(),
    };
    world.after(faults.latencyMs, server, "accept", () => this.#accept(theirs));
    // GREET may never come.
    world.after(1_500, client, "dial timeout", () => this.#soon());
    // There is one session: nobody else's half of it stays behind.
    if (this.session.state !== "new") cutLater(world, faults, way, nodes);
  }

  #accept(end: SimEnd): void {
    end.receiver = new Arrival({ kind: "websocket", link: end }, this.#options.registry, (_opening, answer) => {
      answer({ principal: "p", origin: undefined, expiresSeconds: 0 });
    }).attachment;
  }

  #soon(): void {
    const { world, random, faults, client } = this.#options;
    world.after(random.fraction() * faults.backOffMs, client, "dial", () => {
      if (this.session.state === "new" || this.session.state === "cut") this.dial();
    });
  }

  #moveOn(): void {
    if (this.session.state === "live" && !this.#options.isHealed()) this.dial();
  }
}
