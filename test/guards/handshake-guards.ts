// The guards of the opening handshake, each by itself: what a head may say and what may be written into one. That the server
// answers accordingly on a socket is server-guards.ts; the client's half is client-guards.ts.

import type { Guard } from "./guard.ts";

const request = "protocol/handshake/upgrade-request.ts";
const asked = ["unit/protocol/handshake/upgrade-request.test.ts"];
const hostile = ["unit/protocol/handshake/upgrade-request.hostile.test.ts"];
const response = "protocol/handshake/upgrade-response.ts";
const answered = ["unit/protocol/handshake/upgrade-response.test.ts"];
const lists = "protocol/handshake/header-lists.ts";
const listed = ["unit/protocol/handshake/header-lists.test.ts"];
const fields = "protocol/handshake/header-fields.ts";
const fielded = ["unit/protocol/handshake/header-fields.test.ts"];
const key = "protocol/handshake/accept-key.ts";
const keyed = ["unit/protocol/handshake/accept-key.test.ts"];
const head = "protocol/handshake/response-head.ts";
const headed = ["unit/protocol/handshake/response-head.test.ts"];
const dial = "protocol/handshake/dial-request.ts";
const dialed = ["unit/protocol/handshake/dial-request.test.ts"];
const slow = ["fuzz/header-parsers.fuzz.ts"];

export const handshakeGuards: readonly Guard[] = [
  // --- the request ---
  {
    rows: ["P-01"],
    file: request,
    find: 'if (head.method !== "GET") return refusals.method;',
    replace: "",
    tests: asked,
  },
  {
    rows: ["P-02"],
    file: request,
    find: "if (!isHttp11(head.httpVersion)) return refusals.httpVersion;",
    replace: "",
    tests: asked,
  },
  {
    rows: ["P-03"],
    file: request,
    find: 'if (!includesToken(joined(fields, "upgrade") ?? "", "websocket")) return refusals.upgrade;',
    replace: "",
    tests: asked,
  },
  {
    rows: ["P-03", "P-04"],
    file: lists,
    find: "return code >= 0x41 && code <= 0x5a ? code + 0x20 : code;",
    replace: "return code;",
    tests: asked,
  },
  {
    // The whole value instead of one of its tokens: refuses Firefox.
    rows: ["P-04"],
    file: request,
    find: 'options?.some((option) => equalsIgnoringCase(option, "upgrade")) !== true',
    replace: 'options?.[0] === undefined || !equalsIgnoringCase(options[0], "upgrade")',
    tests: asked,
  },
  {
    rows: ["V-47"],
    file: request,
    find: 'if (options?.some((option) => equalsIgnoringCase(option, "upgrade")) !== true) return refusals.connection;',
    replace: "",
    tests: asked,
  },
  {
    rows: ["P-06", "V-12"],
    file: request,
    find: 'if (single(fields, "sec-websocket-version") !== "13") return refusals.version;',
    replace: "",
    tests: asked,
  },
  {
    // Two lines that say the same are still two lines.
    rows: ["P-06", "P-07"],
    file: request,
    find: "return values?.length === 1 ? values[0] : undefined;",
    replace: "return values?.[0];",
    tests: asked,
  },
  {
    rows: ["P-07"],
    file: request,
    find: "if (key === undefined || !isHandshakeKey(key)) return refusals.key;",
    replace: "if (key === undefined) return { ...refusals.key, status: 101 };",
    tests: asked,
  },
  {
    rows: ["P-07"],
    file: key,
    find: 'if (key.length !== KEY_LENGTH || !key.endsWith("==")) return false;',
    replace: "",
    tests: keyed,
  },
  {
    rows: ["P-07"],
    file: key,
    find: "if (!isBase64Code(key.charCodeAt(at))) return false;",
    replace: "",
    tests: keyed,
  },
  {
    rows: ["P-08"],
    file: request,
    find: 'if (typeof protocols === "string") return malformedProtocols(protocols);',
    replace: "",
    tests: asked,
  },
  {
    rows: ["P-08"],
    file: lists,
    find: "if (value.length > MAX_PROTOCOL_LIST_LENGTH) return `is longer than ${MAX_PROTOCOL_LIST_LENGTH} bytes`;",
    replace: "",
    tests: listed,
  },
  {
    rows: ["P-08"],
    file: lists,
    find: 'if (end === start) return "has an empty element";',
    replace: "",
    tests: listed,
  },
  {
    rows: ["P-08"],
    file: lists,
    find: 'if (protocols.has(protocol)) return "names the same subprotocol twice";',
    replace: "",
    tests: listed,
  },
  {
    rows: ["P-08"],
    file: lists,
    find: "if (protocols.size >= limits.maxProtocols) return `offers more than ${limits.maxProtocols} subprotocols`;",
    replace: "",
    tests: listed,
  },
  {
    rows: ["P-11"],
    file: request,
    find: "if (extensions === undefined) return malformedExtensions(limits.maxExtensionOffers);",
    replace: "",
    tests: asked,
  },
  {
    rows: ["P-11"],
    file: lists,
    find: 'if (text === "") return -1;',
    replace: "",
    tests: listed,
  },
  {
    rows: ["V-30"],
    file: request,
    find: "if (head.rawHeaders.length > 2 * limits.maxHeaders) return tooManyHeaders(limits.maxHeaders);",
    replace: "",
    tests: hostile,
  },
  {
    rows: ["V-40"],
    file: request,
    find: 'if ((fields.get("origin")?.length ?? 0) > 1) return refusals.origin;',
    replace: "",
    tests: asked,
  },
  {
    rows: ["V-47"],
    file: request,
    find: "if (announcesBody(fields)) return refusals.body;",
    replace: "",
    tests: hostile,
  },
  {
    rows: ["V-47"],
    file: fields,
    find: 'if (fields.has("transfer-encoding")) return true;',
    replace: "",
    tests: fielded,
  },
  {
    rows: ["V-47"],
    file: fields,
    find: 'fields.get("content-length")?.some((value) => value !== "0") ?? false',
    replace: 'fields.get("content-length")?.[0] !== "0" && fields.has("content-length")',
    tests: fielded,
  },
  {
    rows: ["V-50"],
    file: request,
    find: "return malformedProtocols(protocols);",
    replace: "return malformedProtocols(`${protocols} (${String(offered)})`);",
    tests: hostile,
  },

  // --- the answer ---
  {
    rows: ["P-09"],
    file: response,
    find: "if (!offer.protocols.includes(answer.protocol)) {",
    replace: "if (false) {",
    tests: answered,
  },
  {
    rows: ["P-05", "V-48"],
    file: response,
    find: 'names.has("upgrade") ? "Upgrade, close" : "close"',
    replace: '"keep-alive"',
    tests: answered,
  },
  {
    rows: ["V-48"],
    file: response,
    find: "Content-Length: ${platform.utf8Length(message)}",
    replace: "Content-Length: ${message.length}",
    tests: answered,
  },
  {
    rows: ["V-48"],
    file: response,
    find: "if (!Number.isInteger(status) || status < 300 || status > 599) {",
    replace: "if (false) {",
    tests: answered,
  },
  {
    rows: ["V-48"],
    file: response,
    find: "    if (!names.has(name)) continue;\n",
    replace: "    if (names.size >= 0) continue;\n",
    tests: answered,
  },

  // --- line ends ---
  {
    rows: ["V-44"],
    file: response,
    find: "head += formatCallerField(name, value);",
    replace: "head += `${name}: ${value}\\r\\n`;",
    tests: answered,
  },
  {
    rows: ["V-44"],
    file: response,
    find: "fields += formatCallerField(name, value);",
    replace: "fields += `${name}: ${value}\\r\\n`;",
    tests: answered,
  },
  { rows: ["V-44"], file: fields, find: "if (!isToken(name)) {", replace: "if (false) {", tests: fielded },
  {
    rows: ["V-44"],
    file: fields,
    find: "code < 0x20 ? code !== 0x09 : (code >= 0x7f && code < 0xa0) || code > 0xff",
    replace: "code === 0x0a || code === 0x0d || code === 0",
    tests: fielded,
  },
  {
    rows: ["V-44"],
    file: lists,
    find: "if (isToken(text)) return text;",
    replace: "return text;",
    tests: listed,
  },
  {
    rows: ["V-44"],
    file: dial,
    find: 'if (!isVisible(url.path) || !url.path.startsWith("/") || !isVisible(url.authority)) {',
    replace: "if (false) {",
    tests: dialed,
  },
  {
    rows: ["V-44"],
    file: dial,
    find: "!isToken(protocol) ||",
    replace: "",
    tests: dialed,
  },
  {
    rows: ["V-44"],
    file: dial,
    find: 'head += formatCallerField("Authorization", url.authorization);',
    replace: "head += `Authorization: ${url.authorization}\\r\\n`;",
    tests: dialed,
  },

  // --- the server's answer as the client reads it ---
  {
    rows: ["P-21"],
    file: head,
    find: "this.#status.status < 200 && this.#status.status !== 101",
    replace: "false",
    tests: headed,
  },
  {
    rows: ["V-20"],
    file: head,
    find: "else if (++this.#headerCount > this.#limits.maxHeaders) this.#outcome = violations.tooMany;",
    replace: "",
    tests: headed,
  },
  {
    // A limit that begins anew with each interim answer is none.
    rows: ["V-20"],
    file: head,
    find: "      this.#status = undefined;\n      this.#headers = [];",
    replace: "      this.#status = undefined;\n      this.#headerCount = 0;\n      this.#headers = [];",
    tests: headed,
  },
  {
    rows: ["V-20"],
    file: head,
    find: "Math.max(length, 2 * this.#bytes.length)",
    replace: "length",
    tests: headed,
  },

  // --- work ---
  {
    rows: ["V-46"],
    file: lists,
    find: "return text.slice(start, end);",
    replace: 'return text.replace(/^[ \\t]+|[ \\t]+$/g, "");',
    tests: slow,
  },
  {
    // From the front again at each character: what a greedy expression does.
    rows: ["V-46"],
    file: lists,
    find: "while (at < text.length && tokenCodes[text.charCodeAt(at)] === 1) at++;",
    replace: "while (text.slice(from, at).length < text.length - from && tokenCodes[text.charCodeAt(at)] === 1) at++;",
    tests: slow,
  },
];
