// The guards of sessions at the server: one admission for every transport, whom a session belongs to, what a channel may
// become, and how all of it ends.

import type { Guard } from "./guard.ts";

const admission = ["integration/line-admission.test.ts"];
const life = ["integration/line-life.test.ts"];
const caller = ["unit/server/caller.test.ts"];
const door = ["unit/server/channel-door.test.ts"];
const desk = ["unit/server/line-desk.test.ts"];

export const lineGuards: readonly Guard[] = [
  // --- one admission ---
  {
    rows: ["V-57"],
    file: "server/line-rules.ts",
    find: "if (hook === undefined) return nobody;",
    replace: "return nobody;",
    tests: [...admission, ...caller],
  },
  {
    rows: ["V-40", "V-43"],
    file: "server/admission.ts",
    find: "return why === undefined ? undefined : refusals.originRefused(why);",
    replace: "return undefined;",
    tests: [...admission, ...desk],
  },
  {
    rows: ["V-43"],
    file: "server/line-desk.ts",
    find: "return this.#admission.judgeLineOrigin(message.rawHeaders, view, true) === undefined ? origin : undefined;",
    replace: "return origin;",
    tests: desk,
  },
  {
    rows: ["V-42"],
    file: "server/admission.ts",
    find: "return this.judgeHost(rawHeaders, boundTo);",
    replace: "return undefined;",
    tests: admission,
  },
  {
    rows: ["V-30"],
    file: "server/admission.ts",
    find: "if (rawHeaders.length > 2 * this.rules.limits.maxHeaders) return refusals.tooManyHeaders;",
    replace: "",
    tests: desk,
  },
  {
    rows: ["P-15"],
    file: "server/caller.ts",
    find: "this.#rules.residents.waiting.delete(this);\n    this.leave();",
    replace: "",
    tests: caller,
  },
  {
    rows: ["P-16"],
    file: "server/caller.ts",
    find: 'if (residents.state !== "open" && !mayResume) {',
    replace: "if (residents === undefined) {",
    tests: [...caller, ...admission],
  },
  {
    rows: ["V-48", "V-63"],
    file: "server/caller.ts",
    find: "if (token.some((byte) => byte < 0x20 || byte > 0x7e)) return undefined;",
    replace: "",
    tests: [...caller, ...admission],
  },
  // --- whom a session belongs to ---
  {
    rows: ["V-52"],
    file: "server/line-rules.ts",
    find: "principal: this.#settings.principal(user, request),",
    replace: "principal: undefined,",
    tests: [...admission, "unit/server/line-rules.test.ts"],
  },
  {
    rows: ["V-52"],
    file: "server/line-rules.ts",
    find: "origin: request.origin === undefined ? undefined : normalOrigin(request.origin),",
    replace: "origin: undefined,",
    tests: [...admission, "unit/server/line-rules.test.ts"],
  },
  {
    rows: ["V-52"],
    file: "server/line.ts",
    find: "if (guest !== undefined) session.guest = guest;",
    replace: "",
    tests: [...life, "unit/server/line.test.ts"],
  },
  {
    rows: ["V-52"],
    file: "server/line-options.ts",
    find: "return Math.max(1, Math.floor(seconds));",
    replace: "return Math.max(0, Math.floor(seconds));",
    tests: ["unit/server/line-options.test.ts"],
  },
  // --- channels ---
  {
    rows: ["V-33"],
    file: "server/channel-door.ts",
    find: 'asked.path.startsWith("/") ? parseTarget(asked.path) : undefined;',
    replace: "parseTarget(asked.path);",
    tests: door,
  },
  {
    rows: ["V-57"],
    file: "server/channel-door.ts",
    find: "if (hook === this.#admission.rules.authenticate) return this.#admit(entrant, guest.user);",
    replace: "",
    tests: door,
  },
  {
    rows: ["V-40"],
    file: "server/channel-door.ts",
    find: "if (why !== undefined) return this.#refuse(request, refusals.originRefused(why));",
    replace: "",
    tests: door,
  },
  {
    rows: ["P-16"],
    file: "server/channel-door.ts",
    find: 'if (residents.state !== "open") return this.#refuse(shown, refusals.draining(seconds));',
    replace: "",
    tests: door,
  },
  {
    rows: ["I-12"],
    file: "server/channel-door.ts",
    find: "if (runtime.budget.exhausted) return this.#refuse(shown, refusals.memoryShort(seconds));",
    replace: "",
    tests: door,
  },
  {
    rows: ["V-35"],
    file: "server/line-rules.ts",
    find: "this.#reports.threw(where, error);",
    replace: "",
    tests: ["unit/server/line-rules.test.ts"],
  },
  {
    rows: ["I-12"],
    file: "server/line-session.ts",
    find: "this.#surroundings.runtime.budget.update(this, this.#cost);",
    replace: "",
    tests: ["unit/server/line-session.test.ts"],
  },
  {
    rows: ["V-61"],
    file: "server/line-session.ts",
    find: "if (this.mux.isTimed && this.mux.wakeAt < this.wakeAt) this.#schedule();",
    replace: "",
    tests: ["unit/server/line-session.test.ts"],
  },
  {
    rows: ["P-64"],
    file: "channels/server-mux.ts",
    find: "return this.#counted !== undefined || this.isEnding;",
    replace: "return this.#counted !== undefined;",
    tests: ["unit/server/line-session.test.ts"],
  },
  {
    rows: ["V-61"],
    file: "channels/server-mux.ts",
    find: "return this.#counted !== undefined || this.isEnding;",
    replace: "return this.isEnding;",
    tests: ["unit/server/line-session.test.ts"],
  },
  // --- requests ---
  {
    rows: ["P-114"],
    file: "server/line-desk.ts",
    find: "this.#receivers.set(attachment, receiver);",
    replace: "",
    tests: desk,
  },
  {
    rows: ["V-18"],
    file: "server/line-desk.ts",
    find: 'const isHeld = isPatient && this.#probes.enter(key, now) === "pass";',
    replace: "const isHeld = isPatient;",
    tests: desk,
  },
  // --- the way out ---
  {
    rows: ["I-23"],
    file: "server/line-exit.ts",
    find: "line.goAway(deadlineMs, limits.drainSpreadMs);",
    replace: "",
    tests: [...life, "unit/server/line-exit.test.ts"],
  },
  {
    rows: ["I-23"],
    file: "server/channel-door.ts",
    find: "movable: route.hooks.movable === true ? movable : undefined",
    replace: "movable: undefined",
    tests: life,
  },
];
