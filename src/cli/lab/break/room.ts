// What stands behind one page of the part “The break”: a conversation, the server that holds it (two of them while one takes over from
// the other), the fault proxy before each, and the passage by which the page comes. Does to them what the page asks for.
import type { LongwireServer } from "../../../server/index.ts";
import type { Faults } from "../../../testing/index.ts";
import type { LabPage } from "../pages.ts";
import type { Backstage, BackstageOpener } from "../passage/backstage.ts";
import { Passage } from "../passage/passage.ts";
import { Conversation } from "./conversation.ts";
import type { BreakAnswer, BreakSettings, Network, Press, ServerPhase, Side } from "./wire.ts";

const reportMs = 250;
/** How long nobody is there after a crash. */
const downMs = 1_000;
/** Often, so that a way that went silent is noticed while somebody looks; the default is 20 s. */
const heartbeatMs = 1_000;

const faultless: Network = { isHeld: false, isBlocked: false, isBuffered: false };

export class BreakRoom {
  readonly passage: Passage;
  readonly #page: LabPage;
  readonly #openBackstage: BackstageOpener;
  readonly #servers: Backstage[] = [];
  /** Those that are being ended. */
  readonly #endings = new Set<Promise<void>>();
  #conversation = new Conversation();
  #run = 0;
  #isAnswered = false;
  #settings: BreakSettings;
  #network = faultless;
  #phase: ServerPhase = "down";
  #generation = 0;
  #isClosed = false;
  /** One server is being replaced by the next. */
  #change: Promise<void> | undefined;
  readonly #timer: NodeJS.Timeout;

  constructor(page: LabPage, settings: BreakSettings, open: BackstageOpener) {
    this.#page = page;
    this.#openBackstage = open;
    this.#settings = settings;
    this.passage = new Passage({
      ports: () => this.#servers.map(({ proxy }) => proxy.port),
      spend: (bytes) => page.spend(bytes),
    });
    this.#timer = setInterval(() => this.#report(), reportMs);
  }

  /** Numbers from 1, a network without fault. What was connected is not any more. */
  async begin(run: number, settings: BreakSettings, isAnswered: boolean): Promise<void> {
    this.#conversation.stop();
    this.#conversation = new Conversation();
    this.#run = run;
    this.#isAnswered = isAnswered;
    this.passage.cut();
    this.setNetwork(faultless);
    this.set(settings);
    await this.#change;
    if (this.#servers.length === 0) await this.#replace(() => this.#open());
    if (this.#run === run) this.#tell({ type: "ready", run });
  }

  set(settings: BreakSettings): void {
    this.#settings = settings;
    this.#conversation.start(settings.rate);
    this.#applyFaults();
  }

  setNetwork(network: Network): void {
    const isElsewhere =
      network.isBlocked !== this.#network.isBlocked || network.isBuffered !== this.#network.isBuffered;
    this.#network = network;
    this.#applyFaults();
    this.passage.hold(network.isHeld);
    // What stands in between belongs to a network; nobody gets there without leaving another one.
    if (isElsewhere) this.#cut();
  }

  async press(what: Press): Promise<void> {
    switch (what) {
      case "cut":
        this.#cut();
        break;
      case "silence":
        this.passage.deaden();
        break;
      case "restart":
        await this.#replace(() => this.#restart());
        break;
      case "crash":
        await this.#replace(() => this.#crash());
        break;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#conversation.stop();
    this.passage.close();
    await Promise.all([...this.#servers.splice(0).map((server) => server.close()), ...this.#endings]);
  }

  #cut(): void {
    for (const { proxy } of this.#servers) proxy.cut();
    this.passage.cut();
  }

  /** Not while another change is going on. */
  async #replace(change: () => Promise<void>): Promise<void> {
    if (this.#change !== undefined) return;
    this.#change = change();
    try {
      await this.#change;
    } finally {
      this.#change = undefined;
    }
  }

  async #restart(): Promise<void> {
    const [old] = this.#servers;
    if (old === undefined) return;
    this.#phase = "draining";
    await this.#open("draining");
    await old.server.drain();
    this.#end(old);
    this.#phase = "serving";
  }

  async #crash(): Promise<void> {
    const [old] = this.#servers;
    if (old === undefined) return;
    this.#phase = "down";
    this.#cut();
    this.#conversation.forget();
    this.#end(old);
    await new Promise((resolve) => setTimeout(resolve, downMs));
    await this.#open();
  }

  #end(server: Backstage): void {
    const place = this.#servers.indexOf(server);
    // Ended with the room already.
    if (place === -1) return;
    this.#servers.splice(place, 1);
    const ending = server.close().finally(() => this.#endings.delete(ending));
    this.#endings.add(ending);
  }

  async #open(phase: ServerPhase = "serving"): Promise<void> {
    const server = await this.#openBackstage({
      heartbeatMs,
      faults: this.#faults,
      addRoutes: (made) => this.#addRoutes(made),
    });
    if (this.#isClosed) {
      await server.close();
      return;
    }
    server.proxy.faults = this.#faults;
    this.#servers.push(server);
    this.#generation++;
    this.#phase = phase;
  }

  #addRoutes(server: LongwireServer): void {
    for (const side of ["plain", "session"] as const satisfies readonly Side[]) {
      server.route(`/talk/${side}/:run`, {
        // Everything that is known of the conversation is known outside of this server.
        movable: true,
        open: (socket) => {
          if (Number(socket.params.run) !== this.#run) socket.close(1001, "Another run has begun.");
        },
        message: (socket, data) => {
          if (typeof data !== "string" || Number(socket.params.run) !== this.#run) return;
          this.#conversation.hear(side, socket, data);
          if (side === "plain" && this.#isAnswered) socket.send(`got ${data}`);
        },
        close: (socket) => this.#conversation.close(side, socket),
      });
    }
  }

  get #faults(): Faults {
    const { isBlocked, isBuffered } = this.#network;
    const http = isBuffered
      ? { upgrade: "strip" as const, buffer: true }
      : isBlocked
        ? { upgrade: "refuse" as const }
        : {};
    return { latencyMs: this.#settings.latencyMs, http };
  }

  #applyFaults(): void {
    for (const { proxy } of this.#servers) proxy.faults = this.#faults;
  }

  #report(): void {
    const sides = this.#conversation.report();
    this.#tell({ type: "report", run: this.#run, phase: this.#phase, generation: this.#generation, sides });
  }

  #tell(answer: BreakAnswer): void {
    this.#page.tell("break", answer);
  }
}
