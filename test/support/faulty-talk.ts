// One socket of a whole client at a whole server, in virtual time, and what both applications see of it while the network does
// its worst: numbered messages both ways, whose counters are this file's own.
import { onTestFinished } from "vitest";
import type { Line } from "../../src/client/line.ts";
import type { LineSocket } from "../../src/client/line-socket.ts";
import type { TransportKind } from "../../src/session/way.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { type SimulatedLine, simulateLine } from "./simulated-line.ts";

export class FaultyTalk {
  readonly site: SimulatedLine;
  readonly line: Line;
  readonly socket: LineSocket;
  /** What the server's handler heard, and what the client's did. */
  readonly up: number[] = [];
  readonly down: number[] = [];
  /** open, suspend, resume, gap, close … as the client's application sees them. */
  readonly events: string[] = [];
  readonly counts = { opened: 0, closed: 0, said: 0, told: 0 };
  #tell: (text: string) => string = () => "dropped";

  private constructor(site: SimulatedLine, transports: readonly TransportKind[], isMovable: boolean) {
    this.site = site;
    const { counts, up } = this;
    site.server.route("/talk", {
      movable: isMovable,
      open: (socket) => {
        counts.opened++;
        this.#tell = (text) => socket.send(text);
      },
      message: (_socket, data) => void up.push(Number(data)),
      close: () => void counts.closed++,
    });
    this.line = site.connect(transports);
    this.socket = this.line.open("/talk");
    this.socket.onopen = () => this.events.push("open");
    this.socket.onmessage = ({ data }) => this.down.push(Number(data));
    this.socket.onclose = ({ code }) => this.events.push(`close ${String(code)}`);
    this.socket.addEventListener("suspend", () => this.events.push("suspend"));
    this.socket.addEventListener("resume", (event) => this.events.push(event.gap ? "gap" : "resume"));
  }

  /** With a socket that is open, over whichever of `transports` works. */
  static async begin(
    transports: readonly TransportKind[],
    { hasOwnClock = false, isMovable = false }: { hasOwnClock?: boolean; isMovable?: boolean } = {},
  ): Promise<FaultyTalk> {
    const site = simulateLine({ clientClock: hasOwnClock ? new VirtualClock() : undefined });
    site.network.conditions = { latencyMs: 5 };
    const talk = new FaultyTalk(site, transports, isMovable);
    onTestFinished(async () => {
      talk.socket.onclose = null;
      talk.line.close();
      await talk.pass(2_000);
      await site.stop();
    });
    for (let turn = 0; turn < 100 && talk.events.length === 0; turn++) await talk.pass(50);
    return talk;
  }

  /** Time goes on for both of them. */
  async pass(ms: number): Promise<void> {
    const { clock, clientClock } = this.site;
    if (clock === clientClock) {
      await clock.advanceAsync(ms);
      return;
    }
    // Two processes beside one another.
    for (let left = ms; left > 0; left -= 25) {
      await clock.advanceAsync(Math.min(25, left));
      await clientClock.advanceAsync(Math.min(25, left));
    }
  }

  /** Both say so many messages. */
  talk(count = 1): void {
    for (let index = 0; index < count; index++) {
      this.say();
      this.tell();
    }
  }

  say(): void {
    if (this.socket.send(String(this.counts.said)) !== "dropped") this.counts.said++;
  }

  tell(): string {
    const pressure = this.#tell(String(this.counts.told));
    if (pressure !== "dropped") this.counts.told++;
    return pressure;
  }

  /** Waits, for a while, until everything has arrived. */
  async arrive(): Promise<void> {
    for (let turn = 0; turn < 240 && !this.#isQuiet; turn++) await this.pass(250);
    // What comes twice would come now.
    await this.pass(3_000);
  }

  get #isQuiet(): boolean {
    return this.up.length >= this.counts.said && this.down.length >= this.counts.told;
  }

  /** What both have heard is what was said, each once and in order: then two empty lists. */
  get differences(): readonly [readonly number[], readonly number[]] {
    const wrong = (heard: readonly number[], said: number): number[] => {
      const misplaced = heard.filter((number, index) => number !== index);
      return heard.length === said ? misplaced : [...misplaced, heard.length - said];
    };
    return [wrong(this.up, this.counts.said), wrong(this.down, this.counts.told)];
  }

  /** A number of the server's metrics. */
  gauge(name: string): number {
    const line = this.site.server
      .metrics()
      .split("\n")
      .find((text) => text.startsWith(`longwire_${name} `));
    return Number(line?.split(" ")[1] ?? NaN);
  }

  /** Connections of one side or both that have not ended. */
  get openConnections(): number {
    return this.site.network.connections.size;
  }
}
