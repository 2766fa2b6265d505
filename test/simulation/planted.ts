// Bugs planted one at a time, by a change of one source text: the measure of what the simulation can see. Each names where it
// comes from (a number of RELIABILITY §6.3, or the list of WIRE §9) and a seed that was seen to find it.

import { type Guard, switchOff } from "../guards/guard.ts";
import { plantedInMoves } from "./planted-moves.ts";

type Edit = Pick<Guard, "file" | "find" | "replace">;

/** What is simulated. */
export type Subject = "session" | "channels" | "moves";

export interface Planted extends Edit {
  readonly name: string;
  /** A seed whose run breaks a promise when the bug is there. */
  readonly seed: number;
  /** Which simulation finds it; that of the session unless said otherwise. */
  readonly about?: Subject;
  /** Further changes that the bug needs. */
  readonly also?: readonly Edit[];
}

const ledger = "session/ledger.ts";
const server = "session/server-session.ts";
const client = "session/client-session.ts";
const attachment = "session/attachment.ts";
const judge = "session/resume-judge.ts";

const inChannels: readonly Omit<Planted, "about">[] = [
  {
    name: "13 an id is given again while envelopes that name it are under way",
    file: "channels/mux.ts",
    find: "return ++this.#lastId;",
    replace:
      "let id = 1;\n    while (this.#find(id) !== undefined) id++;\n    this.#lastId = Math.max(this.#lastId, id);\n    return id;",
    also: [
      {
        file: "channels/server-mux.ts",
        find: "if (envelope.channel !== this.lastId + 1) return violations.channelOrder;",
        replace: "",
      },
    ],
    seed: 0x3,
  },
  {
    name: "14 credit is given back twice",
    file: "channels/incoming.ts",
    find: "this.#free(message.cost);",
    replace: "this.#free(2 * message.cost);",
    seed: 0x1,
  },
  {
    name: "15 CLOSE overtakes slices",
    file: "channels/channel.ts",
    find: ".isEmpty && !this.",
    replace: ".isEmpty !== undefined && !this.",
    seed: 0x2,
  },
  {
    name: "a sender waits for credit for a full slice",
    file: "channels/credit.ts",
    find: "sliceCost(Math.min(rest, LEAST_SLICE_BYTES))",
    replace: "sliceCost(Math.min(rest, MAX_SLICE_BYTES))",
    seed: 0x1,
  },
  {
    name: "credit comes back for whole messages only",
    file: "channels/incoming.ts",
    find: "this.#unfinished.slices.push(bytes.length);\n    this.#consumeEarly();",
    replace: "this.#unfinished.slices.push(bytes.length);",
    seed: 0x1,
  },
  {
    name: "there is no reserve for the oldest message",
    file: "channels/pools.ts",
    find: "if (this.#holder === undefined && this.#isOldest(claim)) this.#holder = claim;",
    replace: "",
    seed: 0x1,
  },
  {
    name: "there are no pools: whatever is unfinished is paid back",
    file: "channels/pools.ts",
    find: "this.#holder !== claim && this.#shared + bytes <= this.#size",
    replace: "this.#holder !== claim",
    seed: 0x1,
  },
  {
    name: "the pools are paid back when a message is complete",
    file: "channels/incoming.ts",
    find: "this.#shares.pools.finish(claim);",
    replace: "this.#shares.pools.release(claim);",
    seed: 0x1,
  },
  {
    name: "a slice costs its bytes only",
    file: "channels/credit.ts",
    find: "return bytes + OBJECT_COST;",
    replace: "return bytes;",
    seed: 0x2,
  },
];

const plantedInChannels: readonly Planted[] = inChannels.map((bug) => ({ ...bug, about: "channels" }));

export const plantedBugs: readonly Planted[] = [
  {
    name: "1 repeats are not dropped",
    file: ledger,
    find: 'if (number <= this.#received) return "repeat";',
    replace: "if (number <= this.#received) number = this.#received + 1;",
    seed: 0x1,
  },
  {
    name: "2 repeats are found by transport instead of by number",
    file: server,
    find: "const taken = this.#ledger.accept(number, bytes, start, end);",
    replace: "const taken = this.#ledger.accept(this.#ledger.received + 1, bytes, start, end);",
    seed: 0x1,
  },
  {
    name: "3 acknowledged before it is delivered",
    file: ledger,
    find: "const violation = this.#user.receive(bytes, start, end);",
    replace:
      "const early = this.early; this.early = bytes.slice(start, end); const violation = early && this.#user.receive(early, 0, early.length);",
    seed: 0x1,
  },
  {
    name: "4 the outbox is trimmed one packet too early",
    file: "session/outbox.ts",
    find: "if (number > this.#acked) this.#acked = number;",
    replace: "if (number > this.#acked) this.#acked = Math.min(number + 1, this.last);",
    seed: 0x2,
  },
  {
    name: "5 an ACK of what was never sent is accepted",
    file: "session/outbox.ts",
    find: "if (number > this.last) return false;",
    replace: "if (number > this.last) number = this.last;",
    seed: 0x21,
  },
  {
    name: "6 a fenced transport still delivers",
    file: server,
    find: 'older?.close(4409, "A newer transport took over.");',
    replace: "",
    also: [
      {
        file: server,
        find: "if (!this.#hears(attachment)) return false;\n    if (this.#state",
        replace: "if (this.#state",
      },
    ],
    seed: 0x23,
  },
  {
    name: "what is sent behind a stream counts whichever of the good tickets it shows",
    file: server,
    find: "generation !== this.#generation ||",
    replace: "generation < this.#confirmed ||",
    seed: 0x9,
  },
  {
    name: "7 a second resume replays from where the first one did",
    file: server,
    find: "const from = Math.max(asked.received, this.#ledger.outbox.acked) + 1;",
    replace: "const from = (this.first ??= Math.max(asked.received, this.#ledger.outbox.acked) + 1);",
    seed: 0x2,
  },
  {
    name: "8 the ticket is rotated when it is issued",
    file: judge,
    find: "generation < session.confirmed ||",
    replace: "generation < session.generation ||",
    seed: 0x2,
  },
  {
    name: "9 a resume right after the cut finds no session: only parked ones are looked for",
    file: judge,
    find: "if (session === undefined || claims",
    replace: 'if (session === undefined || session.state !== "parked" || claims',
    seed: 0x2,
  },
  {
    name: "10 the window goes on after a resume",
    file: server,
    find: "this.#lease.attach(this.#confirmed > 0);",
    replace: "",
    also: [
      {
        file: server,
        find: "this.#lease.attach(true);",
        replace: "if (this.#generation === 1) this.#lease.attach(true);",
      },
    ],
    seed: 0x2,
  },
  {
    name: "11 wall time decides about expiry",
    file: "session/registry.ts",
    find: "return Math.floor(this.#options.clock.now());",
    replace: "return Date.now() - 1e12;",
    seed: 0x3,
  },
  {
    name: "12 time-outs are judged before the input that waits",
    file: "test/simulation/world.ts",
    find: "rank: isTimer ? 1 : 0,",
    replace: "rank: isTimer ? -1 : 0,",
    seed: 0x24,
  },
  {
    name: "only the newest and the confirmed ticket are good",
    file: judge,
    find: "generation < session.confirmed || generation > session.generation",
    replace: "generation !== Math.max(1, session.confirmed) && generation !== session.generation",
    seed: 0x3b7c,
  },
  {
    name: "any genuine ticket is good",
    file: judge,
    find: "generation < session.confirmed || generation > session.generation",
    replace: "false",
    seed: 0x5d8,
  },
  {
    name: "a stale copy does not notice",
    file: client,
    find: "if (knowsMore || packet.received < outbox.acked || packet.from === 0) {",
    replace: "if (packet.from === 0) {",
    seed: 0x76,
  },
  {
    name: "a RESUME is judged before it is authenticated",
    file: "session/arrival.ts",
    find: "this.#admit(asked, (answer) => this.#complete(asked, answer));",
    replace:
      'if (asked.type === PacketType.resume) asked.early = this.#registry.resume(asked, undefined, "judge");\n    this.#admit(asked, (answer) => this.#complete(asked, answer));',
    also: [
      {
        file: "session/registry.ts",
        find: "const verdict = judgeResume(session, claims, asked, admission);",
        replace:
          'const early = asked.early === "late" || typeof asked.early === "number" ? undefined : asked.early;\n    const verdict = early ?? judgeResume(session, claims, asked, admission ?? session?.admission);\n    if (attachment === "judge") return verdict;',
      },
    ],
    seed: 0x87,
  },
  {
    name: "only the confirmed ticket is good",
    file: judge,
    find: "generation < session.confirmed || generation > session.generation",
    replace: "generation !== Math.max(1, session.confirmed)",
    seed: 0xf,
  },
  {
    name: "no attempt is counted",
    file: judge,
    find: 'if (asked.attempt <= session.attempt) return "late";',
    replace: "",
    seed: 0x3b,
  },
  {
    name: "a refused RESUME fences",
    file: "session/registry.ts",
    find: 'if (verdict === "late") {',
    replace:
      'if (verdict === "late") {\n      session?.current?.receiveClosed(1006, ""); if (session?.confirmed === 1) this.forget(session);',
    seed: 0x9,
  },
  {
    name: "a RESUME behind an ACK is refused",
    file: judge,
    find: "if (asked.received > session.sent)",
    replace: "if (asked.received > session.sent || asked.received < session.sent - session.unacknowledgedCount)",
    seed: 0x15,
  },
  {
    name: "replay from what RESUME said instead of from",
    file: server,
    find: "this.#attach(attachment, from, this",
    replace: "this.#attach(attachment, asked.received + 1, this",
    seed: 0x23,
  },
  {
    name: "the client counts from what it received instead of from",
    file: client,
    find: "attachment.bind(this, this.#ledger, packet.received + 1, packet.from);",
    replace: "attachment.bind(this, this.#ledger, packet.received + 1, this.#ledger.received + 1);",
    seed: 0xe,
  },
  {
    name: "RESUME trims",
    file: server,
    find: "const from = Math.max(asked.received,",
    replace:
      "this.#ledger.outbox.acknowledge(this.#ledger.outbox.last, Infinity); const from = Math.max(asked.received,",
    seed: 0x2,
  },
  {
    name: "nothing is sent again by the client after a resume",
    file: client,
    find: "attachment.bind(this, this.#ledger, packet.received + 1, packet.from);",
    replace: "attachment.bind(this, this.#ledger, outbox.last + 1, packet.from);",
    seed: 0x2,
  },
  {
    name: "nothing is sent again by the server after a resume",
    file: server,
    find: "this.#attach(attachment, from, this",
    replace: "this.#attach(attachment, this.#ledger.outbox.last + 1, this",
    seed: 0x6,
  },
  {
    name: "an abandoned transport's answer is taken",
    file: client,
    find: "if (attachment === this.#asked) this.#receiveAnswer(attachment, packet);",
    replace: "if (attachment !== this.#current) this.#receiveAnswer(attachment, packet);",
    also: [{ file: client, find: 'asked.close(1000, "Another transport is asked.");', replace: "" }],
    seed: 0xf,
  },
  {
    name: "a poll's answer trims when it is written",
    file: "session/batch.ts",
    find: "    packets.push(packet);",
    replace: "    packets.push(packet);\n    outbox.acknowledge(number, 1);",
    seed: 0x1,
  },
  {
    name: "4409 is taken for a verdict",
    file: client,
    find: "    if (attachment === this.#asked) {\n      this.#unask();",
    replace:
      '    if (code === 4409) this.#end({ by: "gone", code, reason });\n    if (attachment === this.#asked) {\n      this.#unask();',
    seed: 0x2,
  },
  {
    name: "a POST carries no AT",
    file: attachment,
    find: "else body.next = packet.next;",
    replace: "else body.next = (this.#ledger?.received ?? 0) + 1;",
    seed: 0x1,
  },
  {
    name: "a POST begins with what was never sent",
    file: "session/batch.ts",
    find: "const first = outbox.acked + 1;",
    replace: "const first = outbox.last + 1;",
    seed: 0x2,
  },
  {
    name: "slices may follow HELLO",
    file: ledger,
    find: "writer.at, this.openOnly)",
    replace: "writer.at, false)",
    seed: 0x1,
  },
  {
    name: "what was written by itself is forgotten when more is pulled",
    file: ledger,
    find: "this.#writer ?? idleWriters.pop() ?? new PackWriter();",
    replace: "idleWriters.pop() ?? new PackWriter();",
    seed: 0x2,
  },
  {
    name: "a full outbox drops",
    file: ledger,
    find: "const pulled = outbox.hasRoom ? this.#user.pull(writer.memory, writer.at, this.openOnly) : undefined;",
    replace:
      "const pulled = this.#user.pull(writer.memory, writer.at, this.openOnly);\n        if (!outbox.hasRoom) return false;",
    seed: 0x2,
  },
  {
    name: "the outbox has no bound",
    file: "session/outbox.ts",
    find: "return kept === undefined || (kept.cost < retainBytes && kept.count < retainPackets);",
    replace: "return kept === undefined || retainBytes + retainPackets > 0;",
    seed: 0x2,
  },
  ...plantedInChannels,
  ...plantedInMoves,
];

/** The source text of `path` with the bug in it, if it is there. */
export function plant(bug: Planted, path: string, source: string): string {
  return [bug, ...(bug.also ?? [])]
    .filter(({ file }) => path.endsWith(`/${file}`))
    .reduce((text, edit) => switchOff({ ...edit, rows: [], tests: [] }, text), source);
}
