// A driver with both its ends in the test's hands: a pipe in memory whose far end is the peer, a clock that stands still, and
// an owner that writes down what it is told. Checks on the way what carrier.ts promises of the order.

import { RemoteError } from "../../src/base/errors.ts";
import { resolveLimits, type Limits } from "../../src/base/limits.ts";
import type { Random } from "../../src/base/random.ts";
import type { CarrierOwner, CloseOutcome, Delivery } from "../../src/base/carrier.ts";
import { Driver } from "../../src/socket/driver.ts";
import { createRuntime, type SocketRuntime } from "../../src/socket/runtime.ts";
import { concat } from "./byte-builder.ts";
import { FakeClock, settled } from "./fake-clock.ts";
import { frameTo, readStream, showBytes, showText, type NaiveEvents, type Role } from "./naive-frame-codec.ts";
import { createPipePair, RecordingReceiver, type MemoryPipe, type PipeOptions } from "./pipe-pair.ts";
import { SeededRandom } from "./seeded-random.ts";

export interface DrivenOptions extends PipeOptions {
  readonly role?: Role;
  readonly limits?: Partial<Limits>;
  /** Shared between connections of one test; by default each has its own. */
  readonly runtime?: SocketRuntime;
  readonly clock?: FakeClock;
  readonly random?: Random;
  /** What the owner does with a message, and what it answers. */
  readonly onMessage?: (driven: DrivenConnection, line: string) => Delivery;
  /** Runs at every call of the owner, messages included. */
  readonly onEvent?: (driven: DrivenConnection, line: string) => void;
  /** What followed the handshake. */
  readonly first?: Uint8Array;
}

export class DrivenConnection {
  readonly role: Role;
  readonly clock: FakeClock;
  readonly runtime: SocketRuntime;
  readonly driver: Driver;
  readonly pipe: MemoryPipe;
  /** The peer's end. */
  readonly far: MemoryPipe;
  readonly peer = new RecordingReceiver();
  /** What the owner was told, one line each: `text "a"`, `ping 00`, `closing`, `closed 1000 "" clean`. */
  readonly lines: string[] = [];
  outcome: CloseOutcome | undefined;

  constructor(options: DrivenOptions = {}) {
    this.role = options.role ?? "server";
    this.clock = options.clock ?? new FakeClock();
    const random = options.random ?? new SeededRandom(1);
    this.runtime = options.runtime ?? createRuntime({ clock: this.clock, random });
    [this.pipe, this.far] = createPipePair(options);
    this.far.open(this.peer);
    this.driver = new Driver({
      pipe: this.pipe,
      side: this.role,
      limits: resolveLimits(options.limits ?? {}),
      runtime: this.runtime,
      protocol: "",
      extensions: "",
    });
    this.driver.start(this.#createOwner(options), options.first);
  }

  #createOwner(options: DrivenOptions): CarrierOwner {
    const note = (line: string): void => {
      if (this.outcome !== undefined) throw new Error(`"${line}" after the connection was closed.`);
      if (line === "closing" && this.lines.includes("closing")) throw new Error("Closing was told twice.");
      this.lines.push(line);
    };
    const tell = (line: string): void => {
      note(line);
      options.onEvent?.(this, line);
    };
    return {
      receiveMessage: (data) => {
        if (this.lines.includes("closing")) throw new Error("A message came after closing was told.");
        const line = typeof data === "string" ? showText(data) : showBytes("binary", data);
        tell(line);
        return options.onMessage?.(this, line);
      },
      receivePing: (payload) => tell(showBytes("ping", payload)),
      receivePong: (payload) => tell(showBytes("pong", payload)),
      receiveClosing: () => tell("closing"),
      receiveClosed: (outcome) => {
        note(`closed ${outcome.code} ${JSON.stringify(outcome.reason)}${outcome.wasClean ? " clean" : ""}`);
        this.outcome = outcome;
        options.onEvent?.(this, "closed");
      },
    };
  }

  /** The peer writes `parts`, and the driver gets all of them while it reads: in one chunk, if the window holds it. */
  receive(...parts: readonly Uint8Array[]): void {
    this.far.write([concat(parts)]);
    while (this.pipe.hasIncoming) this.pipe.deliver();
  }

  /** The peer sends a message, and it arrives. */
  receiveText(text: string): void {
    this.receive(frameTo(this.role, 1, text));
  }

  /** Moves bytes both ways, and lets ticks and promises run, until nothing moves any more. */
  async settle(): Promise<void> {
    await settled(2);
    while (this.pipe.hasIncoming || this.far.hasIncoming) {
      this.pipe.deliver();
      this.far.deliver();
      await settled(2);
    }
  }

  /** The peer reads up to `count` bytes of what was sent to it. */
  read(count = Infinity): void {
    for (let left = count; left > 0 && this.far.hasIncoming; left -= this.peer.chunks.at(-1)?.length ?? 0) {
      this.far.deliver(left);
    }
  }

  /** What the peer has read, as it understands it. */
  get sent(): NaiveEvents {
    const role = this.role === "server" ? "client" : "server";
    return readStream(this.peer.bytes, { role, maxMessageBytes: 2 ** 31, maxFragments: 2 ** 31 });
  }

  /** The cause the owner was given, as `code` or `code closeCode`. */
  get cause(): string | undefined {
    const cause = this.outcome?.cause;
    return cause instanceof RemoteError ? `${cause.code} ${cause.closeCode}` : cause?.code;
  }
}
