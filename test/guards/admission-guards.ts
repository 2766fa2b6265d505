// Each single rule of who is let in, what a refusal leaves behind, and what of a client is shown to others. The rows as a
// whole are server-guards.ts.

import type { Guard } from "./guard.ts";

const origin = "server/origin.ts";
const origins = ["unit/server/origin.test.ts"];
const host = "server/host.ts";
const hosts = ["unit/server/host.test.ts"];
const lastAnswer = "server/last-answer.ts";
const lastAnswered = ["unit/server/last-answer.test.ts"];
const peer = "server/peer.ts";
const peers = ["unit/server/peer.test.ts"];
const redaction = "server/redaction.ts";
const redacted = ["unit/server/redaction.test.ts"];
const admission = ["integration/server-admission.test.ts"];
const listening = ["integration/server-listen.test.ts"];

export const admissionGuards: readonly Guard[] = [
  // --- origins ---
  {
    rows: ["V-40"],
    file: origin,
    find: 'if (origins.length > 1) return "The request has more than one Origin header.";',
    replace: "",
    tests: origins,
  },
  {
    rows: ["V-40"],
    file: origin,
    find: 'if (fetchSite !== undefined) return "The request comes from a browser and has no Origin header.";',
    replace: "",
    tests: origins,
  },
  {
    rows: ["V-40"],
    file: origin,
    find: "if (!evidence.cookieIdentifies) return undefined;",
    replace: "if (given === undefined) return undefined;",
    tests: origins,
  },
  {
    rows: ["V-40"],
    file: origin,
    find: 'if (given === "null")\n    return \'Pages with the origin "null", such as sandboxed frames and local files, may not connect.\';',
    replace: 'if (given === "null") return undefined;',
    tests: origins,
  },
  {
    rows: ["V-40"],
    file: origin,
    find: 'fetchSite === undefined ? sameOrigin(origin, evidence) : fetchSite === "same-origin"',
    replace: "sameOrigin(origin, evidence)",
    tests: origins,
  },
  {
    rows: ["V-40"],
    file: origin,
    find: 'if (evidence.secure !== undefined && evidence.secure !== (page.protocol === "https:")) return false;',
    replace: "",
    tests: origins,
  },
  {
    // A prefix is the classic way to let good.example.evil.com in.
    rows: ["V-40"],
    file: origin,
    find: "return normalOrigin(own) === origin;",
    replace: "return origin.startsWith(String(normalOrigin(own)));",
    tests: origins,
  },
  {
    rows: ["V-40"],
    file: "server/admission.ts",
    find: "if (why !== undefined) return refusals.originRefused(why);",
    replace: "",
    tests: admission,
  },

  // --- hosts ---
  { rows: ["V-42"], file: host, find: "/^[^\\s/?#@\\\\]+$/.test(host) ? ", replace: "true ? ", tests: hosts },
  {
    rows: ["V-42"],
    file: host,
    find: 'isIPv4(plain) && plain.startsWith("127.")',
    replace: 'plain.startsWith("127.")',
    tests: hosts,
  },
  {
    rows: ["V-42"],
    file: host,
    find: "(isIPv4(name) && isLoopback(name)) || hosts.has(name)",
    replace: "isIPv4(name) || hosts.has(name)",
    tests: admission,
  },
  {
    rows: ["V-42"],
    file: "server/plain-request.ts",
    find: "    if (objection !== undefined) {\n",
    replace: "    if (false) {\n",
    tests: ["unit/server/plain-request.test.ts"],
  },

  // --- after a refusal ---
  {
    rows: ["V-47"],
    file: lastAnswer,
    find: "if (discarded > options.discardBytes) destroy();",
    replace: "",
    tests: lastAnswered,
  },
  { rows: ["V-32"], file: lastAnswer, find: '  socket.on("error", ignoreError);\n', replace: "", tests: lastAnswered },
  {
    rows: ["P-05", "V-48"],
    file: "server/plain-request.ts",
    find: '"Upgrade" in headers ? "Upgrade, close" : "close"',
    replace: '"keep-alive"',
    tests: ["unit/server/plain-request.test.ts"],
  },
  {
    rows: ["V-44"],
    file: "server/authentication.ts",
    find: "head += formatField(name, value);",
    replace: "head += `${name}: ${value}\\r\\n`;",
    tests: ["unit/server/authentication.test.ts"],
  },

  // --- TLS ---
  {
    rows: ["V-53"],
    file: "server/front.ts",
    find: "return { ...chosen, minVersion, handshakeTimeout: limits.handshakeTimeoutMs };",
    replace: "return { ...chosen, minVersion };",
    tests: listening,
  },
  {
    rows: ["V-53"],
    file: "server/front.ts",
    find: 'if (minVersion !== "TLSv1.2" && minVersion !== "TLSv1.3") {',
    replace: "if (false) {",
    tests: listening,
  },

  // --- what stays ---
  {
    rows: ["V-26"],
    file: "server/address-gate.ts",
    find: "if (visitor.openCount === 0 && visitor.rate.isFull(now)) this.#visitors.delete(key);\n  }\n\n  #sweep",
    replace: "}\n\n  #sweep",
    tests: ["unit/server/address-gate.test.ts"],
  },
  {
    rows: ["V-26"],
    file: "server/attachment.ts",
    find: "    shared.leave();\n",
    replace: "",
    tests: ["unit/server/attachment.test.ts"],
  },
  {
    rows: ["V-26"],
    file: "hub/hub.ts",
    find: "if (entry.members.size === 0) this.#topics.delete(topic);",
    replace: "",
    tests: ["unit/hub/hub.test.ts"],
  },

  // --- handlers that throw ---
  {
    rows: ["V-35"],
    file: peer,
    find: "      this.#failed = true;\n",
    replace: "",
    tests: peers,
  },
  {
    rows: ["V-35"],
    file: peer,
    find: 'this.dismiss(1011, "The server met an error of its own.");',
    replace: "",
    tests: peers,
  },
  {
    rows: ["V-35"],
    file: peer,
    find: "      } catch (second) {\n        reports.threw(`the error hook of route ${pattern}`, second);\n      }\n",
    replace: "      } finally {\n        this.#failed = true;\n      }\n",
    tests: peers,
  },

  // --- what is shown ---
  {
    rows: ["V-50"],
    file: redaction,
    find: 'if (at < 0) return piece.length > 16 ? "…" : piece;',
    replace: "if (at < 0) return piece;",
    tests: redacted,
  },
  {
    rows: ["V-50"],
    file: redaction,
    find: "return line.length > maxLength ? `${line.slice(0, maxLength)}…` : line;",
    replace: "return line;",
    tests: redacted,
  },
  {
    rows: ["V-50"],
    file: "server/metrics.ts",
    find: "if (namedCodes.has(code)) return String(code);",
    replace: "if (code > 0) return String(code);",
    tests: ["unit/server/metrics.test.ts"],
  },
  {
    rows: ["V-50"],
    file: "server/log.ts",
    find: '.replaceAll(/[\\s\\p{Cc}\\u2028\\u2029]+/gu, " ")',
    replace: "",
    tests: ["unit/server/log.test.ts"],
  },
];
