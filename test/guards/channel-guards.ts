// The guards of the channels: credit and pools, turns, the life of a channel, and what a client may ask for. The bugs that
// wire/channels-v1 was planned against are among them: waiting for a full slice, credit for whole messages only, no reserve, no
// pools, paying back at completion, a cost without the 128, CLOSE before slices, ids given again, credit returned twice.

import type { Guard } from "./guard.ts";

const unit = (name: string): string[] => [`unit/channels/${name}.test.ts`];

const credit: readonly Guard[] = [
  {
    rows: ["V-61"],
    file: "channels/mux.ts",
    find: "this.countSlice(bytes);\n    this.#wake();",
    replace: "this.#wake();",
    tests: unit("server-mux"),
  },
  {
    rows: ["V-22"],
    file: "channels/mux.ts",
    find: " || (this.#queuedCost > retainBytes && cost > this.#partOf(retainBytes));",
    replace: ";",
    tests: unit("outward"),
  },
  {
    rows: ["I-13"],
    file: "channels/mux.ts",
    find: "if (isAll ? !this.turns.hasMore : !this.turns.isBusy) this.#leave();",
    replace: "",
    tests: unit("mux.read"),
  },
  {
    rows: ["P-96"],
    file: "channels/mux.ts",
    find: "if (!this.turns.isBusy) this.departures++;",
    replace: "this.departures++;",
    tests: unit("mux.read"),
  },
  {
    rows: ["I-13"],
    file: "channels/mux.ts",
    find: "this.receiveRest(true);\n    for (const channel",
    replace: "for (const channel",
    tests: unit("mux.read"),
  },
  {
    rows: ["I-13"],
    file: "channels/mux.ts",
    find: "if (cost < 0) this.#holds?.judge();",
    replace: "",
    tests: unit("outward"),
  },
  {
    rows: ["I-13"],
    file: "channels/mux.ts",
    find: "if (this.#named === channel) this.#named = undefined;\n    this.#holds?.judge();",
    replace: "if (this.#named === channel) this.#named = undefined;",
    tests: unit("outward"),
  },
  {
    rows: ["I-12", "I-03"],
    file: "channels/mobile-channel.ts",
    find: "charge: (cost) => this.#mux.charge(cost)",
    replace: "charge: () => {}",
    tests: unit("mobile-channel"),
  },
  {
    rows: ["I-12", "I-03"],
    file: "channels/mobile-channel.ts",
    find: "channel.takeOver(this.#held.reclaim());",
    replace: "for (const message of this.#held.reclaim()) channel.sendMessage(message);",
    tests: unit("mobile-channel"),
  },
  {
    rows: ["I-13", "P-95"],
    file: "client/conversation.ts",
    find: ", replyBytes: maxQueuedBytes };",
    replace: " };",
    tests: ["integration/line-queues.test.ts"],
  },
  {
    rows: ["P-96", "F-24"],
    file: "client/line.ts",
    find: "this.#options.maxQueuedBytes ?? CLIENT_QUEUED_BYTES",
    replace: "MiB",
    tests: ["integration/line-queues.test.ts"],
  },
  {
    rows: ["I-12"],
    file: "channels/outgoing.ts",
    find: " && this.available >= sliceCost(MOST_BYTES_A_UNIT * length);",
    replace: " && this.available >= sliceCost(length);",
    tests: unit("outgoing"),
  },
  {
    rows: ["I-12"],
    file: "channels/outgoing.ts",
    find: "this.available < sliceCost(length) ? undefined : this.payer.place();",
    replace: "this.payer.place();",
    tests: unit("outgoing"),
  },
  {
    rows: ["I-04"],
    file: "channels/pieces.ts",
    find: "if (start === room && 2 * end > piece.length) return",
    replace: "if (start >= room) return",
    tests: unit("pieces"),
  },
  {
    rows: ["V-22"],
    file: "channels/pieces.ts",
    find: "if (start === room && 2 * end > piece.length) return",
    replace: "if (start === room) return",
    tests: unit("pieces"),
  },
  {
    rows: ["I-04"],
    file: "channels/outgoing.ts",
    find: "if (this.#first === undefined && isShort",
    replace: "if (isShort",
    tests: unit("outgoing"),
  },
  {
    rows: ["I-04"],
    file: "channels/mux.ts",
    find: "return this.scheduler.isIdle ? this.session?.place() : undefined;",
    replace: "return this.session?.place();",
    tests: unit("mux"),
  },
  {
    rows: ["I-13"],
    file: "channels/credit.ts",
    find: "sliceCost(Math.min(rest, LEAST_SLICE_BYTES))",
    replace: "sliceCost(Math.min(rest, MAX_SLICE_BYTES))",
    tests: unit("credit"),
  },
  {
    rows: ["I-12"],
    file: "channels/credit.ts",
    find: "return bytes + OBJECT_COST;",
    replace: "return bytes;",
    tests: unit("credit"),
  },
  {
    rows: ["I-12"],
    file: "channels/incoming.ts",
    find: "this.#unfinished.slices.push(bytes.length);\n    this.#consumeEarly();",
    replace: "this.#unfinished.slices.push(bytes.length);",
    tests: unit("incoming"),
  },
  {
    rows: ["I-12"],
    file: "channels/incoming.ts",
    find: "this.#shares.pools.finish(claim);",
    replace: "this.#shares.pools.release(claim);",
    tests: unit("incoming"),
  },
  {
    rows: ["I-12"],
    file: "channels/incoming.ts",
    find: "this.#free(message.cost);",
    replace: "this.#free(2 * message.cost);",
    tests: unit("incoming"),
  },
  {
    rows: ["I-12"],
    file: "channels/pools.ts",
    find: "if (this.#holder === undefined && this.#isOldest(claim)) this.#holder = claim;",
    replace: "",
    tests: unit("pools"),
  },
  {
    rows: ["I-12"],
    file: "channels/pools.ts",
    find: "this.#holder !== claim && this.#shared + bytes <= this.#size",
    replace: "this.#holder !== claim",
    tests: unit("pools"),
  },
  {
    rows: ["P-121"],
    file: "channels/incoming.ts",
    find: "if (!this.#spend(cost)) return violations.creditExceeded;\n    const unfinished",
    replace: "this.#spend(cost);\n    const unfinished",
    tests: unit("incoming"),
  },
  {
    rows: ["P-123"],
    file: "channels/credit.ts",
    find: "this.#total + START_WINDOW <= this.#credit ? START_WINDOW : SMALL_WINDOW",
    replace: "START_WINDOW",
    tests: unit("credit"),
  },
  {
    rows: ["V-61"],
    file: "channels/credit.ts",
    find: "credit === 0 || this.#available + credit > MAX_CREDIT",
    replace: "credit === 0",
    tests: unit("credit"),
  },
  {
    rows: ["V-22"],
    file: "channels/mux.ts",
    find: "return retained > bound && cost > this.#partOf(bound);",
    replace: "return retained > bound && cost >= 0;",
    tests: unit("mux"),
  },
];

const turns: readonly Guard[] = [
  {
    rows: ["P-122", "I-19"],
    file: "channels/scheduler.ts",
    find: "busy[0] === sender && (envelope === undefined || busy.length > 1)) {",
    replace: "busy[0] === sender && envelope === undefined) {",
    tests: unit("mux"),
  },
];

const life: readonly Guard[] = [
  {
    rows: ["P-121"],
    file: "channels/channel.ts",
    find: "isLeaving && this.outward.isEmpty && !this.closing.isSent",
    replace: "isLeaving && !this.closing.isSent",
    tests: unit("channel"),
  },
  {
    rows: ["P-121"],
    file: "channels/channel.ts",
    find: "mayCome(this.state, envelope.kind)",
    replace: "mayAnyCome(this.state)",
    tests: unit("channel"),
  },
  {
    rows: ["P-98"],
    file: "channels/channel.ts",
    find: 'const isWanted = this.state === "open" || this.state === "moving";',
    replace: "const isWanted = true;",
    tests: unit("channel"),
  },
  {
    rows: ["P-121"],
    file: "channels/mux.ts",
    find: "if (id !== undefined && id > 0 && id <= this.#lastId) return undefined;",
    replace: "",
    tests: unit("mux"),
  },
  {
    rows: ["P-121"],
    file: "channels/server-mux.ts",
    find: "if (envelope.channel !== this.lastId + 1) return violations.channelOrder;",
    replace: "",
    tests: unit("server-mux"),
  },
  {
    rows: ["I-15"],
    file: "channels/deliveries.ts",
    find: "|| outcome === undefined || ending.isOver) return;",
    replace: "|| outcome === undefined) return;",
    tests: unit("deliveries"),
  },
  {
    rows: ["V-23"],
    file: "channels/deliveries.ts",
    find: "return this.#current === undefined && !this.#turns.isTaken && this.#holds === 0;",
    replace: "return !this.#turns.isTaken && this.#holds === 0;",
    tests: unit("deliveries"),
  },
  {
    rows: ["I-15"],
    file: "channels/mux.ts",
    find: 'channel.state === "open" && isLeft?.(channel)',
    replace: "isLeft?.(channel)",
    tests: ["unit/channels/mux.test.ts"],
  },
  {
    rows: ["I-15"],
    file: "client/conversation.ts",
    find: "({ bufferedBytes }) => isHeard && bufferedBytes === 0",
    replace: "() => true",
    tests: ["unit/client/line.test.ts"],
  },
];

const floods: readonly Guard[] = [
  {
    rows: ["V-16", "V-33"],
    file: "channels/envelope.ts",
    find: "if (count > MAX_PROTOCOLS) cursor.take(Infinity);",
    replace: "",
    tests: unit("envelope"),
  },
  {
    rows: ["V-33"],
    file: "channels/envelope.ts",
    find: "return envelope.bytes.length <= MAX_SLICE_BYTES && (envelope.isFinal || envelope.bytes.length > 0);",
    replace: "return true;",
    tests: unit("envelope"),
  },
  {
    rows: ["V-61"],
    file: "channels/server-mux.ts",
    find: "this.channels.length < maxChannels",
    replace: "this.channels.length < Infinity",
    tests: unit("server-mux"),
  },
  {
    rows: ["V-61"],
    file: "channels/server-mux.ts",
    find: "this.#undecidedCount < maxUndecided",
    replace: "maxUndecided > 0",
    tests: unit("server-mux"),
  },
  {
    rows: ["V-61"],
    file: "channels/server-mux.ts",
    find: "(this.#rejections?.count ?? 0) <= MOST_REJECTIONS",
    replace: "MOST_REJECTIONS > 0",
    tests: unit("server-mux"),
  },
  {
    rows: ["V-61"],
    file: "channels/floods.ts",
    find: "return now - oldest >= REFUSALS_MS;",
    replace: "return now >= oldest;",
    tests: unit("server-mux"),
  },
  {
    rows: ["V-61"],
    file: "channels/floods.ts",
    find: "CONTROLS_PER_SECOND, CONTROL_BURST);",
    replace: "CONTROLS_PER_SECOND, Infinity);",
    tests: unit("server-mux"),
  },
  {
    rows: ["V-61"],
    file: "channels/client-mux.ts",
    find: "if (this.#asking.size >= this.limits.maxUndecided) return;",
    replace: "",
    tests: unit("client-mux"),
  },
];

const moving: readonly Guard[] = [
  {
    // Opened there before it is closed here.
    rows: ["I-03"],
    file: "channels/mobile-channel.ts",
    find: "this.#channel().depart((continuation) => this.#continue(continuation));",
    replace:
      'const left = this.#channel();\n    this.#continue(new TextEncoder().encode("0"));\n    left.depart(() => {});',
    tests: unit("mobile-channel"),
  },
  {
    rows: ["I-03"],
    file: "channels/mobile-channel.ts",
    find: "parameters: continuation, continues: true",
    replace: "parameters, continues: continuation.length > 9",
    tests: unit("mobile-channel"),
  },
  {
    rows: ["I-03"],
    file: "channels/server-channel.ts",
    find: "closing.prepareMove(() => movable.continuation());",
    replace: "{\n      const early = movable.continuation();\n      closing.prepareMove(() => early);\n    }",
    tests: unit("mobile-channel"),
  },
  {
    rows: ["I-04"],
    file: "channels/server-channel.ts",
    find: "(closing.isMove && !deliveries.isIdle)",
    replace: "(closing.isMove && deliveries.isOver)",
    tests: unit("mobile-channel"),
  },
  {
    rows: ["I-04"],
    file: "channels/mobile-channel.ts",
    find: "const isHeld = index > 0 || this.#isPaused;",
    replace: "const isHeld = index > 9 || this.#isPaused;",
    tests: unit("mobile-channel"),
  },
];

export const channelGuards: readonly Guard[] = [...credit, ...turns, ...life, ...floods, ...moving];
