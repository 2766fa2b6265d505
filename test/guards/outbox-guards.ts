// The guards of durable outboxes: what is in the store before it leaves, what counts as handled and when, whose memory is believed,
// and what it all may cost.

import type { Guard } from "./guard.ts";

const unit = (name: string): string[] => [`unit/${name}.test.ts`];

const atTheServer: readonly Guard[] = [
  {
    rows: ["I-03"],
    file: "server/handled-once.ts",
    find: "reception.busy ?? peer.opening",
    replace: "peer.opening",
    tests: unit("server/handled-once"),
  },
  {
    rows: ["I-02"],
    file: "server/handled-once.ts",
    find: "reception.busy ?? peer.opening",
    replace: "reception.busy",
    tests: unit("server/handled-once"),
  },
  {
    rows: ["I-02"],
    file: "server/handled-once.ts",
    find: "if (peer.readyState !== peer.OPEN) return undefined;",
    replace: "",
    tests: unit("server/handled-once"),
  },
  {
    rows: ["I-02"],
    file: "server/handled-once.ts",
    find: "reception.called += 1;",
    replace: "reception.called += 1;\n    settle(reception);",
    tests: unit("server/handled-once"),
  },
  {
    rows: ["I-02", "I-03"],
    file: "server/dedupe-window.ts",
    find: "equalBytes(window, reception.window) && ",
    replace: "equalBytes(window, window) && ",
    tests: unit("server/dedupe-window"),
  },
  {
    rows: ["I-02"],
    file: "server/dedupe-window.ts",
    find: " && reception.called < next",
    replace: "",
    tests: unit("server/dedupe-window"),
  },
  {
    rows: ["I-03"],
    file: "server/dedupe-window.ts",
    find: "before?.holder?.fence();",
    replace: "",
    tests: unit("server/dedupe-window"),
  },
  {
    rows: ["V-61"],
    file: "server/dedupe-window.ts",
    find: ">= this.#limits.maxOutboxesPerPrincipal",
    replace: "> Infinity",
    tests: unit("server/dedupe-window"),
  },
  {
    rows: ["V-61"],
    file: "server/channel-door.ts",
    find: "JSON.stringify([principal ?? null, ",
    replace: "JSON.stringify([",
    tests: unit("server/handled-once"),
  },
  {
    rows: ["V-61"],
    file: "server/channel-door.ts",
    find: "if (!this.#window.hasRoom(key))",
    replace: "if (key.name === undefined)",
    tests: unit("server/handled-once"),
  },
];

const atTheClient: readonly Guard[] = [
  {
    rows: ["I-02"],
    file: "client/outbox/keeper.ts",
    find: "return this.#isStateStored && message.stored === message.number;",
    replace: "return this.#isStateStored && message.number > 0;",
    tests: unit("client/outbox/keeper"),
  },
  {
    rows: ["I-02"],
    file: "client/outbox/keeper.ts",
    find: "return this.#isStateStored && message.stored === message.number;",
    replace: "return message.stored === message.number;",
    tests: unit("client/outbox/durable-channel"),
  },
  {
    rows: ["I-12"],
    file: "client/outbox/keeper.ts",
    find: "backlog.count >= maxMessages || ",
    replace: "",
    tests: unit("client/outbox/keeper"),
  },
  {
    rows: ["I-03"],
    file: "client/outbox/keeper.ts",
    find: "if (!resends) this.backlog.settle(next - 1);",
    replace: "",
    tests: unit("client/outbox/keeper"),
  },
  {
    rows: ["I-03"],
    file: "client/outbox/backlog.ts",
    find: "number < first || number >= this.#next ?",
    replace: "number < first ?",
    tests: unit("client/outbox/backlog"),
  },
  {
    rows: ["I-02"],
    file: "client/outbox/durable-channel.ts",
    find: "return this.#isLive && !this.#isSuspended && !this.#isCongested ? ROOM_BYTES : 0;",
    replace: "return ROOM_BYTES;",
    tests: unit("client/outbox/keeper"),
  },
  {
    rows: ["I-02"],
    file: "client/outbox/durable-channel.ts",
    find: "if (!isSensible(answer, this.#home.claim)) {",
    replace: "if (answer.called < 0) {",
    tests: unit("client/outbox/durable-channel"),
  },
  {
    rows: ["I-02"],
    file: "client/outbox/durable-channel.ts",
    find: "if (number < first - 1 || number > this.#sent) return false;",
    replace: "if (first < 0) return false;",
    tests: unit("client/outbox/durable-channel"),
  },
];

const inTheOpen: readonly Guard[] = [
  {
    rows: ["I-02"],
    file: "client/line-socket.ts",
    find: "if (isLoss && !this.hears(event.type)) this.reportError(event.cause);",
    replace: "",
    tests: unit("client/line-socket"),
  },
];

const inTheStores: readonly Guard[] = [
  {
    rows: ["I-03"],
    file: "client/outbox/indexed-db.ts",
    find: "isTaken = holder !== undefined && holder !== this.#holder;",
    replace: "isTaken = false;",
    tests: unit("client/outbox/indexed-db"),
  },
  {
    rows: ["I-03"],
    file: "client/outbox/indexed-db.ts",
    find: "await this.#takeLock();",
    replace: "",
    tests: unit("client/outbox/indexed-db"),
  },
  {
    rows: ["I-02"],
    file: "client/node-outbox/log.ts",
    find: "crc32(content) === bytes.readUInt32LE(at + 4)",
    replace: "content.length > 0",
    tests: unit("client/node-outbox/log"),
  },
  {
    rows: ["I-02"],
    file: "client/node-outbox/log.ts",
    find: "return end !== undefined && end >= bytes.length;",
    replace: "return true;",
    tests: unit("client/node-outbox/log"),
  },
  {
    rows: ["I-03"],
    file: "client/node-outbox/file-lock.ts",
    find: "if (holder !== undefined && (await isAlive(holder)))",
    replace: "if (holder?.pid === -1)",
    tests: unit("client/node-outbox/file-lock"),
  },
  {
    rows: ["I-12"],
    file: "client/node-outbox/file-store.ts",
    find: "if (this.#length > LEAST_BYTES && this.#length > 4 * this.#messageBytes)",
    replace: "if (this.#length < 0)",
    tests: unit("client/node-outbox/file-store"),
  },
];

export const outboxGuards: readonly Guard[] = [...atTheServer, ...atTheClient, ...inTheOpen, ...inTheStores];
