// The guards of looking on: who may come to an inspector, and which secrets are left out of what it shows.

import type { Guard } from "./guard.ts";

const gate = ["unit/inspector/gate.test.ts"];
const viewer = ["unit/inspector/viewer.test.ts"];
const secrets = ["unit/server/inspection/secret-text.test.ts"];
const packets = ["unit/server/inspection/packet-entries.test.ts"];

export const inspectorGuards: readonly Guard[] = [
  {
    rows: ["V-42"],
    file: "inspector/gate.ts",
    find: 'if (!isLocalHost(visitor.host ?? "", new Set(rules.hosts.map((name) => name.toLowerCase())))) {',
    replace: "if (false) {",
    tests: gate,
  },
  {
    rows: ["V-42"],
    file: "inspector/gate.ts",
    find: 'if (!isLoopback(visitor.remoteAddress ?? "")) {',
    replace: "if (false) {",
    tests: gate,
  },
  {
    rows: ["V-42"],
    file: "inspector/gate.ts",
    find: "if (!isPassedOn) return undefined;",
    replace: "if (isPassedOn || !isPassedOn) return undefined;",
    tests: gate,
  },
  {
    rows: ["V-42"],
    file: "inspector/token.ts",
    find: "return timingSafeEqual(digest(token), digest(given));",
    replace: "return timingSafeEqual(digest(token), digest(token)) || digest(given).length === 0;",
    tests: ["unit/inspector/token.test.ts", ...viewer],
  },
  {
    rows: ["V-42"],
    file: "inspector/viewer.ts",
    find: 'if (message?.type !== "enter" || !isSameToken(token, message.token)) {',
    replace: 'if (message?.type === "enter" && !isSameToken(token, message.token)) {',
    tests: viewer,
  },
  {
    rows: ["V-42"],
    file: "inspector/room.ts",
    find: "origins: [],",
    replace: 'origins: "any",',
    tests: ["unit/inspector/room.test.ts"],
  },
  {
    rows: ["V-50"],
    file: "inspector/capture.ts",
    find: "payloads ? PAYLOAD_BYTES : 0",
    replace: "payloads || !payloads ? PAYLOAD_BYTES : 0",
    tests: ["unit/inspector/capture.test.ts", ...viewer],
  },
  {
    rows: ["V-50"],
    file: "server/inspection/secret-text.ts",
    find: "if (!isSecretName(name)) continue;",
    replace: "if (!isSecretName(name) || isSecretName(name)) continue;",
    tests: secrets,
  },
  {
    rows: ["V-50"],
    file: "server/inspection/secret-text.ts",
    find: "if (!isSecretName(name)) return all;",
    replace: "if (!isSecretName(name) || isSecretName(name)) return all;",
    tests: secrets,
  },
  {
    rows: ["V-50"],
    file: "server/inspection/payload-view.ts",
    find: "const before = this.#open;",
    replace: "const before = this.#open === undefined ? undefined : undefined;",
    tests: ["unit/server/inspection/payload-view.test.ts", ...packets],
  },
  {
    rows: ["V-50"],
    file: "server/inspection/packet-entries.ts",
    find: "else if (value instanceof Uint8Array) fields[`${name}Bytes`] = value.length;",
    replace: "else if (value instanceof Uint8Array) fields[`${name}Bytes`] = String(Array.from(value));",
    tests: packets,
  },
  {
    rows: ["V-50", "V-63"],
    file: "server/inspection/packet-entries.ts",
    find: "protocolsOffered: envelope.protocols.length",
    replace: 'protocolsOffered: envelope.protocols.join(" ")',
    tests: packets,
  },
  {
    rows: ["V-50"],
    file: "server/inspection/views.ts",
    find: "target: redactTarget(request.target),",
    replace: "target: `${request.target.path}${request.target.search}`,",
    tests: ["unit/server/inspection/views.test.ts"],
  },
];
