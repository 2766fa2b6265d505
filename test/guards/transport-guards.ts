// The guards of the transports that are made of requests: what a body may hold and how long it may take, one request of a kind
// at a time, and no answer that never ends.

import type { Guard } from "./guard.ts";

const endpoint = ["unit/transports/http/server.test.ts"];
const client = ["unit/transports/http/client.test.ts"];
const remains = ["unit/session/remains.test.ts"];
const answer = ["unit/transports/http/server-answer.test.ts"];
const body = ["unit/transports/http/body.test.ts"];

export const transportGuards: readonly Guard[] = [
  {
    rows: ["I-13"],
    file: "server/websocket-link.ts",
    find: "if (!this.#isWatching && this.#pendingBytes >= defaultSettings.roomBytes) {",
    replace: "if (!this.#isWatching && this.#pendingBytes > defaultSettings.roomBytes) {",
    tests: ["unit/server/websocket-link.test.ts"],
  },
  {
    rows: ["I-13"],
    file: "transports/websocket/client.ts",
    find: "if (this.#isAwaiting || this.#bufferedBytes < WATCHED_BYTES) return;",
    replace: "if (this.#isAwaiting || this.#bufferedBytes <= WATCHED_BYTES) return;",
    tests: ["unit/transports/websocket/client.test.ts"],
  },
  // --- bodies ---
  {
    rows: ["V-17"],
    file: "transports/http/server.ts",
    find: "reader.packetCount <= MAX_BODY_PACKETS && (body",
    replace: "(body",
    tests: endpoint,
  },
  {
    rows: ["V-16"],
    file: "transports/http/server.ts",
    find: "else if (bytes > maxBytes || reader.packetCount > MAX_BODY_PACKETS) refuse(413);",
    replace: "",
    tests: endpoint,
  },
  {
    rows: ["V-58"],
    file: "transports/http/server.ts",
    find: 'if ((headers["content-encoding"] ?? "identity") !== "identity") return { status: 415 };',
    replace: "",
    tests: endpoint,
  },
  {
    rows: ["V-33"],
    file: "transports/http/server.ts",
    find: 'return isOpening && headers["early-data"] === "1" ? { status: 425 } : undefined;',
    replace: "return isOpening ? undefined : undefined;",
    tests: endpoint,
  },
  {
    rows: ["V-21"],
    file: "transports/http/body.ts",
    find: "length === 0 || length > MAX_PACKET_BYTES",
    replace: "length === 0",
    tests: body,
  },
  // --- one request of a kind at a time ---
  {
    rows: ["P-114", "V-24"],
    file: "transports/http/server.ts",
    find: "transport.posting?.end(409);",
    replace: "",
    tests: endpoint,
  },
  {
    rows: ["P-114"],
    file: "transports/http/server.ts",
    find: "if (answer.isEnded) return;\n        if (place.isOpen)",
    replace: "if (place.isOpen)",
    tests: endpoint,
  },
  {
    rows: ["P-118"],
    file: "transports/http/server.ts",
    find: "answer.end(place.isShort ? 409 : 200,",
    replace: "answer.end(200,",
    tests: [...endpoint, "wire/wire.test.ts"],
  },
  {
    rows: ["P-118"],
    file: "session/server-session.ts",
    find: 'if (violation === violations.dataGap && attachment.kind !== "websocket") attachment.hasGap = true;\n    else if',
    replace: "if",
    tests: ["unit/session/server-session.test.ts", "wire/wire.test.ts"],
  },
  // --- a last word ---
  {
    rows: ["I-15"],
    file: "transports/http/client.ts",
    find: "isLast || (this.#isOpened && this.#postCount === 0)",
    replace: "this.#isOpened && this.#postCount === 0",
    tests: client,
  },
  {
    rows: ["I-15"],
    file: "transports/http/client.ts",
    find: "return !this.#isClosed || this.#postCount > 0;",
    replace: "return !this.#isClosed;",
    tests: client,
  },
  {
    rows: ["I-15"],
    file: "transports/http/client.ts",
    find: "if (this.#postCount === 0) this.#abort();",
    replace: "this.#abort();",
    tests: client,
  },
  {
    rows: ["I-15"],
    file: "session/attachment.ts",
    find: "if (!addData(packets, this.#ledger, room, 0)) {",
    replace: "if (!addData(packets, this.#ledger, room, 0) && packets.length < 0) {",
    tests: ["unit/session/client-session.end.test.ts"],
  },
  {
    rows: ["I-15"],
    file: "session/attachment.ts",
    find: "if (!addData(packets, this.#ledger, room, 0)) {",
    replace: "if (!addData(packets, this.#ledger, room, LARGEST_IN_BODY)) {",
    tests: ["unit/session/client-session.end.test.ts"],
  },
  {
    rows: ["I-15"],
    file: "session/attachment.ts",
    find: "this.#courier?.wake(true);",
    replace: "",
    tests: ["unit/session/client-session.end.test.ts"],
  },
  // --- what is left of a stream ---
  {
    rows: ["I-15"],
    file: "transports/http/server.ts",
    find: "const later = place.isOpen ? place : find();",
    replace: "const later = place;",
    tests: endpoint,
  },
  {
    rows: ["I-15"],
    file: "session/server-session.ts",
    find: "this.#dormant = lost.isOpen ? lost : remainsOf(lost, this, this.#ledger, this.#keeper.settings);",
    replace: "this.#dormant = lost.isOpen ? lost : undefined;",
    tests: remains,
  },
  {
    rows: ["I-11"],
    file: "session/server-session.ts",
    find: "const older = this.#current ?? this.#dormant;",
    replace: "const older = this.#current;",
    tests: remains,
  },
  {
    rows: ["I-12"],
    file: "session/server-session.ts",
    find: 'if (this.#state === "parked") return this.#lease.park(true, this.now());',
    replace: 'if (this.#state === "parked") return this.#lease.attach(true);',
    tests: remains,
  },
  {
    rows: ["I-12"],
    file: "session/server-session.ts",
    find: 'if (this.#state !== "offered" && this.#confirmed === this.#generation) return;',
    replace: "",
    tests: remains,
  },
  {
    rows: ["P-115"],
    file: "server/line-desk.ts",
    find: "return attachment.hasGap || attachment.isDormant;",
    replace: "return attachment.hasGap;",
    tests: ["unit/server/line-desk.test.ts", "wire/wire.test.ts"],
  },
  {
    rows: ["P-16"],
    file: "transports/http/server-answer.ts",
    find: "...again, ...more",
    replace: "...more",
    tests: endpoint,
  },
  {
    rows: ["P-117"],
    file: "transports/http/server.ts",
    find: "else if (!isNew) answer.end(204);",
    replace: "",
    tests: endpoint,
  },
  {
    rows: ["I-13"],
    file: "transports/http/client.ts",
    find: " || this.#pauseEndsAt <= endsAt",
    replace: "",
    tests: client,
  },
  // --- every answer ends ---
  {
    rows: ["V-18"],
    file: "transports/http/server.ts",
    find: "const timer = this.#options.clock.schedule(this.#options.bodyTimeoutMs, () => refuse(408));",
    replace: "const timer = this.#options.clock.schedule(Number.MAX_SAFE_INTEGER, () => refuse(408));",
    tests: endpoint,
  },
  {
    rows: ["V-18"],
    file: "transports/http/server.ts",
    find: "this.#options.clock.schedule(this.#options.bodyTimeoutMs, () => answer.end(408));",
    replace: "this.#options.clock.schedule(Number.MAX_SAFE_INTEGER, () => answer.end(408));",
    tests: endpoint,
  },
  {
    rows: ["V-18"],
    file: "transports/http/server-answer.ts",
    find: "this.#gone?.();",
    replace: "",
    tests: answer,
  },
];
