// The connection machine with both its ends in the test's hands: what it says becomes lines as naive-frame-codec writes
// them, what it sends becomes bytes. Checks on the way what must hold at every moment: nothing after the end, states only
// forward, chunks neither kept nor changed, output only where it was reserved.

import { resolveLimits, type Limits } from "../../src/base/limits.ts";
import type { Random } from "../../src/base/random.ts";
import type { Violation } from "../../src/base/errors.ts";
import { Connection } from "../../src/protocol/connection.ts";
import type { ConnectionSink } from "../../src/protocol/connection-sink.ts";
import type { Output } from "../../src/protocol/frame-encoder.ts";
import { concat } from "./byte-builder.ts";
import { readStream, showBytes, showText, type NaiveEvents, type Role } from "./naive-frame-codec.ts";
import { SeededRandom } from "./seeded-random.ts";

const POISON = 0xdb;
const order = { open: 0, "we-closed": 1, "both-closed": 2, failed: 2, ended: 3 } as const;

/** Memory that notices bytes outside what was reserved, and never begins at 0. */
class RecordedOutput implements Output {
  readonly parts: Uint8Array[] = [];
  readonly at = 3;
  slab = new Uint8Array(4096);
  congested = false;
  #reserved = 0;

  reserve(count: number): void {
    if (this.at + count + 1 > this.slab.length) this.slab = new Uint8Array(2 * (this.at + count));
    this.#reserved = count;
    this.slab[this.at - 1] = POISON;
    this.slab[this.at + count] = POISON;
  }

  commit(count: number): void {
    if (count > this.#reserved) throw new Error(`Committed ${count} bytes of ${this.#reserved} reserved.`);
    if (this.slab[this.at - 1] !== POISON || this.slab[this.at + this.#reserved] !== POISON) {
      throw new Error("Wrote outside what was reserved.");
    }
    this.parts.push(this.slab.slice(this.at, this.at + count));
    this.#reserved = 0;
  }

  pass(part: Uint8Array): void {
    this.parts.push(part);
  }
}

const ordinary: Partial<Limits> = {};
const resolved = new WeakMap<Partial<Limits>, Limits>();

/** The limits for `choice`; the same object gets the same limits, because tests make connections by the thousand. */
function resolveOnce(choice: Partial<Limits>): Limits {
  const limits = resolved.get(choice) ?? resolveLimits(choice);
  resolved.set(choice, limits);
  return limits;
}

export interface RecordingOptions {
  readonly role: Role;
  readonly limits?: Partial<Limits>;
  readonly lenientLength?: boolean;
  readonly random?: Random;
  /** Runs after each event inside the machine's own call, where a handler would run. */
  readonly onEvent?: (line: string, recorded: RecordedConnection) => void;
}

export class RecordedConnection {
  readonly role: Role;
  readonly limits: Limits;
  readonly connection: Connection;
  readonly events: string[] = [];
  readonly output = new RecordedOutput();
  violation: Violation | undefined;
  drops = 0;
  /** How often the machine asked to go on in another turn. */
  turns = 0;
  now = 1_000;
  #ended = false;
  #yielded = false;
  #rank = 0;

  constructor(options: RecordingOptions) {
    this.role = options.role;
    this.limits = resolveOnce(options.limits ?? ordinary);
    const note = (line: string, isLast = false): void => {
      if (this.#ended) throw new Error(`"${line}" after the last event, "${this.events.at(-1) ?? ""}".`);
      this.#ended = isLast;
      this.events.push(line);
      this.checkState();
      options.onEvent?.(line, this);
    };
    const sink: ConnectionSink = {
      receiveMessage: (data) => note(typeof data === "string" ? showText(data) : showBytes("binary", data)),
      receivePing: (payload) => note(showBytes("ping", payload)),
      receivePong: (payload) => note(showBytes("pong", payload)),
      receiveClose: (code, reason) => note(`close ${code} ${JSON.stringify(reason)}`, true),
      fail: (violation) => {
        this.violation = violation;
        note(`fail ${violation.closeCode}`, true);
      },
      drop: () => {
        this.drops++;
      },
      yieldTurn: () => {
        this.turns++;
        this.#yielded = true;
      },
    };
    this.connection = new Connection({
      side: options.role,
      limits: this.limits,
      sink,
      output: this.output,
      random: options.random ?? new SeededRandom(1),
      lenientLength: options.lenientLength ?? false,
    });
  }

  /** Gives the machine one chunk in memory that is overwritten at once, and the turns it asks for. */
  receive(chunk: Uint8Array): void {
    const lent = chunk.slice();
    this.connection.receive(lent, this.now);
    if (Buffer.compare(lent, chunk) !== 0) throw new Error("The machine wrote into the chunk it was given.");
    lent.fill(POISON);
    this.giveTurns();
    this.checkState();
  }

  /** Releases the machine as long as it stopped by itself for others. */
  giveTurns(): void {
    while (this.#yielded) {
      this.#yielded = false;
      this.connection.release(this.now);
    }
  }

  checkState(): void {
    const rank = order[this.connection.state];
    if (rank < this.#rank) throw new Error(`The state went back to ${this.connection.state}.`);
    this.#rank = rank;
  }

  /** All that was sent, as bytes. */
  get sent(): Uint8Array {
    return concat(this.output.parts);
  }

  /** All that was sent, as the peer reads it. */
  get sentEvents(): NaiveEvents {
    return readStream(this.sent, {
      role: this.role === "server" ? "client" : "server",
      maxMessageBytes: 2 ** 31,
      maxFragments: 2 ** 31,
    });
  }
}

/** What the machine says to `chunks`, one after another. */
export function recordChunks(chunks: readonly Uint8Array[], options: RecordingOptions): RecordedConnection {
  const recorded = new RecordedConnection(options);
  for (const chunk of chunks) recorded.receive(chunk);
  return recorded;
}

/** What a peer must get in answer to `events`, when it reads everything: a pong per ping, one Close at the end. */
export function answersTo(events: NaiveEvents): NaiveEvents {
  return events.flatMap((line) => {
    if (line.startsWith("ping")) return [line.replace("ping", "pong")];
    return line.startsWith("close") ? [line] : [];
  });
}
