// The guards of the way in and the way out: the opening handshake as a server judges it, admission, what happens while a
// hook decides, hooks, secrets, closing.

import type { Guard } from "./guard.ts";

const judge = "protocol/handshake/upgrade-request.ts";
const judged = ["unit/protocol/handshake/upgrade-request.test.ts"];
const handshake = ["integration/server-handshake.test.ts"];
const candidate = ["unit/server/candidate.test.ts"];
const admission = ["unit/server/admission.test.ts"];

export const serverGuards: readonly Guard[] = [
  // --- the opening handshake ---
  {
    rows: ["P-01"],
    file: judge,
    find: 'if (head.method !== "GET") return refusals.method;',
    replace: "",
    tests: [...judged, ...handshake],
  },
  {
    rows: ["P-02"],
    file: judge,
    find: "if (!isHttp11(head.httpVersion)) return refusals.httpVersion;",
    replace: "",
    tests: [...judged, ...handshake],
  },
  {
    rows: ["P-03"],
    file: judge,
    find: 'if (!includesToken(joined(fields, "upgrade") ?? "", "websocket")) return refusals.upgrade;',
    replace: "",
    tests: [...judged, ...handshake],
  },
  {
    rows: ["P-04"],
    file: judge,
    find: 'options?.some((option) => equalsIgnoringCase(option, "upgrade")) !== true',
    replace: 'options?.length !== 1 || !equalsIgnoringCase(options[0] ?? "", "upgrade")',
    tests: [...judged, ...handshake],
  },
  {
    rows: ["P-05"],
    file: judge,
    find: "if (!isUpgradeAttempt(head)) return refusals.plain;",
    replace: "",
    tests: [...judged, ...handshake],
  },
  {
    rows: ["P-06", "V-12"],
    file: judge,
    find: 'if (single(fields, "sec-websocket-version") !== "13") return refusals.version;',
    replace: "",
    tests: [...judged, ...handshake],
  },
  {
    rows: ["P-07"],
    file: judge,
    find: "if (key === undefined || !isHandshakeKey(key)) return refusals.key;",
    replace: 'if (key === undefined) return { ...refusals.key, key: "" };',
    tests: [...judged, ...handshake],
  },
  {
    rows: ["P-08"],
    file: judge,
    find: 'if (typeof protocols === "string") return malformedProtocols(protocols);',
    replace: "",
    tests: [...judged, ...handshake],
  },
  {
    rows: ["P-09"],
    file: "server/subprotocol.ts",
    find: 'return typeof protocol === "string" && offered.includes(protocol) ? { protocol } : "unoffered";',
    replace: "return { protocol: protocol as string };",
    tests: ["unit/server/subprotocol.test.ts"],
  },
  {
    // Taking the first offer for the choice: the client then believes that its protocol is spoken.
    rows: ["P-10", "V-63"],
    file: "protocol/handshake/upgrade-response.ts",
    find: "  if (answer.protocol !== undefined) {\n",
    replace:
      '  if (answer.protocol === undefined) head += formatField("Sec-WebSocket-Protocol", String(offer.protocols[0]));\n' +
      "  if (answer.protocol !== undefined) {\n",
    tests: ["unit/protocol/handshake/upgrade-response.test.ts"],
  },
  {
    rows: ["P-11"],
    file: judge,
    find: "if (extensions === undefined) return malformedExtensions(limits.maxExtensionOffers);",
    replace: "",
    tests: [...judged, ...handshake],
  },
  {
    rows: ["P-12"],
    file: "server/candidate.ts",
    find: "protocol === undefined ? {} : { protocol }",
    replace: '{ extensions: offer.extensions.map(({ name }) => name).join(", "), ...(protocol && { protocol }) }',
    tests: handshake,
  },
  {
    rows: ["P-18"],
    file: "server/front.ts",
    find: "headersTimeout: limits.handshakeTimeoutMs,",
    replace: "headersTimeout: 60_000,",
    tests: handshake,
  },
  {
    rows: ["V-30"],
    file: judge,
    find: "if (head.rawHeaders.length > 2 * limits.maxHeaders) return tooManyHeaders(limits.maxHeaders);",
    replace: "",
    tests: handshake,
  },
  {
    rows: ["V-30"],
    file: "server/plain-request.ts",
    find: "if (objection !== undefined) {",
    replace: "if (false) {",
    tests: ["unit/server/plain-request.test.ts"],
  },
  {
    rows: ["V-47"],
    file: judge,
    find: "if (announcesBody(fields)) return refusals.body;",
    replace: "",
    tests: handshake,
  },
  {
    rows: ["V-47"],
    file: "server/plain-request.ts",
    find: "if (this.#ended.has(message.socket)) return;",
    replace: "",
    tests: ["unit/server/plain-request.test.ts", ...handshake],
  },
  {
    rows: ["V-48"],
    file: "protocol/handshake/upgrade-response.ts",
    find: 'const connection = names.has("upgrade") ? "Upgrade, close" : "close";',
    replace: 'const connection = "keep-alive";',
    tests: handshake,
  },

  // --- who is let in ---
  {
    rows: ["V-31"],
    file: "server/router.ts",
    find: "return { statics: new Map(),",
    replace: "return { statics: { get: (key) => ({})[key], set() {} },",
    tests: ["unit/server/router.test.ts"],
  },
  {
    rows: ["V-31"],
    file: "server/upgrade-request.ts",
    find: "const headers = new Headers();",
    replace: "const all = {}; const headers = { append: (k, v) => { all[k] = v; }, get: (k) => all[k] ?? null };",
    tests: ["unit/server/upgrade-request.test.ts"],
  },
  {
    rows: ["V-40"],
    file: "server/origin.ts",
    find: 'if (fetchSite === undefined ? sameOrigin(origin, evidence) : fetchSite === "same-origin") return undefined;',
    replace: "return undefined;",
    tests: ["unit/server/origin.test.ts"],
  },
  {
    rows: ["V-41"],
    file: "server/server.ts",
    find: "all.origins === undefined ? this.#settings.origins : parseOrigins(all.origins)",
    replace: "this.#settings.origins",
    tests: ["integration/server-admission.test.ts"],
  },
  {
    rows: ["V-42"],
    file: "server/admission.ts",
    find: "return isLocalHost(host, this.rules.hosts) ? undefined : refusals.misdirected;",
    replace: "return undefined;",
    tests: admission,
  },
  {
    rows: ["P-16"],
    file: "server/candidate.ts",
    find: "this.#refuse(refusals.draining(refusals.spreadSeconds(this.#admission.rules.runtime.random)));",
    replace: "",
    tests: candidate,
  },

  // --- while a hook decides ---
  {
    rows: ["P-13"],
    file: "server/candidate.ts",
    find: "const head = this.#release();",
    replace: "this.#release();\n    const head = new Uint8Array(0);",
    tests: [...candidate, ...handshake],
  },
  {
    rows: ["P-14"],
    file: "socket/pending-socket.ts",
    find: "if (this.#bytes >= this.#limitBytes) this.#pause();",
    replace: "",
    tests: ["unit/socket/pending-socket.test.ts"],
  },
  {
    rows: ["P-15"],
    file: "socket/pending-socket.ts",
    find: "    this.#onGone();",
    replace: "",
    tests: [...candidate, "unit/socket/pending-socket.test.ts"],
  },
  {
    rows: ["P-17"],
    file: "server/server.ts",
    find: "if (taken.has(socket)) {",
    replace: "if (false) {",
    tests: ["integration/server-admission.test.ts"],
  },
  {
    rows: ["V-32", "F-34"],
    file: "socket/pending-socket.ts",
    find: 'socket.on("error", this.#receiveError);',
    replace: "",
    tests: ["unit/socket/pending-socket.test.ts"],
  },

  // --- from open to close ---
  {
    rows: ["F-35"],
    file: "protocol/connection.ts",
    find: "this.#key = turnKey(this.#key, count);\n    this.#left -= count;\n    if (!last) return end;",
    replace: "this.#left -= count;\n    if (!last) return end;",
    tests: handshake,
  },
  {
    rows: ["P-19"],
    file: "server/drain.ts",
    find: "if (!socket.isChannel) socket.dismiss(close.code, close.reason);",
    replace: "",
    tests: ["unit/server/drain.test.ts"],
  },
  {
    rows: ["P-20"],
    file: "socket/driver.ts",
    find: "} else if (!this.#reading.waitsWithEnd()) this.drop();",
    replace: "} else this.#reading.waitsWithEnd();",
    tests: handshake,
  },
  {
    rows: ["V-26"],
    file: "server/peer.ts",
    find: "hub.drop(this);",
    replace: "",
    tests: ["unit/server/peer.test.ts"],
  },
  {
    rows: ["V-35"],
    file: "server/peer.ts",
    find: "    } catch (error) {\n      this.#fail(`the ${hook} hook`, error);\n      return undefined;\n    }",
    replace: "    } finally {\n    }",
    tests: ["unit/server/peer.test.ts"],
  },
  {
    rows: ["V-50"],
    file: "server/redaction.ts",
    find: "return isSecretName(name) ? `${name}=…` : piece;",
    replace: "return piece;",
    tests: ["unit/server/redaction.test.ts"],
  },
  {
    rows: ["V-63"],
    file: "server/subprotocol.ts",
    find: "offered.find((name) => known.includes(name))",
    replace: "offered[0]",
    tests: ["integration/server-secrets.test.ts"],
  },
  {
    rows: ["F-36"],
    file: "server/front.ts",
    find: 'this.#server.on("error", ignoreError);',
    replace: "",
    tests: ["unit/server/front.test.ts"],
  },
];
