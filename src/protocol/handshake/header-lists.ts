// The list-valued header fields of the opening handshake: tokens, subprotocols, extensions. RFC 9110 §5.6, RFC 6455 §4.3
// and §9.1. Each scanner reads its text once, from left to right, and never goes back: no regular expression, no work that
// grows faster than the text. What the entries mean is decided elsewhere.

import { LocalError } from "../../base/errors.ts";
import type { Limits } from "../../base/limits.ts";

/** One extension as offered or accepted. A parameter without a value has `true`; quotes are already taken off. */
export interface ExtensionOffer {
  readonly name: string;
  /** In the order written. A name may stand twice: whoever knows the extension judges that. */
  readonly parameters: ReadonlyArray<readonly [name: string, value: string | true]>;
}

/** The longest Sec-WebSocket-Protocol that is read, all its lines together. */
export const MAX_PROTOCOL_LIST_LENGTH = 4096;

/** The most parameters one extension may carry. permessage-deflate, the longest registered, has four. */
export const MAX_EXTENSION_PARAMETERS = 16;

const TAB = 0x09;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;

const tokenCodes = new Uint8Array(128);
for (const character of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
  tokenCodes[character.charCodeAt(0)] = 1;
}

/** Whether `text` is a token of RFC 9110 §5.6.2: not empty, no separators, no spaces, ASCII only. */
export function isToken(text: string): boolean {
  return text.length > 0 && tokenEnd(text, 0) === text.length;
}

/** `text` without the spaces and tabs around it (RFC 9110 §5.6.3); other white space is content. */
export function trimBlanks(text: string): string {
  const start = skipBlanks(text, 0);
  let end = text.length;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** Whether the two are equal when ASCII letters of different case count as equal, and nothing else does. */
export function equalsIgnoringCase(left: string, right: string): boolean {
  if (left.length !== right.length) return false;
  for (let at = 0; at < left.length; at++) {
    if (lowerCode(left.charCodeAt(at)) !== lowerCode(right.charCodeAt(at))) return false;
  }
  return true;
}

/**
 * Whether `token` is one of the comma-separated elements of `value`, in any case. An element counts only whole: neither
 * `websocket/13` nor `websockets` is `websocket`.
 */
export function includesToken(value: string, token: string): boolean {
  let at = 0;
  for (;;) {
    const comma = value.indexOf(",", at);
    const end = comma === -1 ? value.length : comma;
    if (equalsIgnoringCase(trimBlanks(value.slice(at, end)), token)) return true;
    if (comma === -1) return false;
    at = comma + 1;
  }
}

/** The tokens of a comma-separated list as written, or undefined when something in it is not a token. */
export function parseTokenList(value: string): string[] | undefined {
  const tokens: string[] = [];
  let at = 0;
  for (;;) {
    const start = skipBlanks(value, at);
    const end = tokenEnd(value, start);
    // RFC 9110 §5.6.1.2: "A recipient MUST parse and ignore a reasonable number of empty list elements"
    if (end > start) tokens.push(value.slice(start, end));
    at = skipBlanks(value, end);
    if (at === value.length) return tokens;
    if (value.charCodeAt(at) !== COMMA) return undefined;
    at++;
  }
}

/**
 * The subprotocols of a Sec-WebSocket-Protocol value in the order of preference, or, as a string, what is wrong with it:
 * a phrase that goes on after the header's name.
 */
export function parseProtocolList(value: string, limits: Pick<Limits, "maxProtocols">): readonly string[] | string {
  if (value.length > MAX_PROTOCOL_LIST_LENGTH) return `is longer than ${MAX_PROTOCOL_LIST_LENGTH} bytes`;
  const protocols = new Set<string>();
  let at = 0;
  for (;;) {
    const start = skipBlanks(value, at);
    const end = tokenEnd(value, start);
    at = skipBlanks(value, end);
    if (at < value.length && value.charCodeAt(at) !== COMMA) return "has a character that no subprotocol may have";
    if (end === start) return "has an empty element";
    const protocol = value.slice(start, end);
    // RFC 6455 §4.1: "and MUST all be unique strings"
    if (protocols.has(protocol)) return "names the same subprotocol twice";
    if (protocols.size >= limits.maxProtocols) return `offers more than ${limits.maxProtocols} subprotocols`;
    protocols.add(protocol);
    if (at === value.length) return [...protocols];
    at++;
  }
}

/** The extensions of a Sec-WebSocket-Extensions value, or undefined when it is malformed or offers more than the limit. */
export function parseExtensionList(
  value: string,
  limits: Pick<Limits, "maxExtensionOffers">,
): ExtensionOffer[] | undefined {
  const offers: ExtensionOffer[] = [];
  let at = 0;
  for (;;) {
    const start = skipBlanks(value, at);
    const end = tokenEnd(value, start);
    if (end === start || offers.length >= limits.maxExtensionOffers) return undefined;
    const parameters: Array<readonly [string, string | true]> = [];
    at = skipBlanks(value, end);
    while (value.charCodeAt(at) === SEMICOLON) {
      at = readParameter(value, at + 1, parameters);
      if (at === -1 || parameters.length > MAX_EXTENSION_PARAMETERS) return undefined;
    }
    offers.push({ name: value.slice(start, end), parameters });
    if (at === value.length) return offers;
    if (value.charCodeAt(at) !== COMMA) return undefined;
    at++;
  }
}

/** The value of a Sec-WebSocket-Extensions field. Throws LocalError when a name or value is not a token. */
export function formatExtensions(offers: Iterable<ExtensionOffer>): string {
  const parts: string[] = [];
  for (const { name, parameters } of offers) {
    let part = checkedToken(name);
    for (const [key, value] of parameters) {
      part += `; ${checkedToken(key)}`;
      if (value !== true) part += `=${checkedToken(value)}`;
    }
    parts.push(part);
  }
  return parts.join(", ");
}

/** Reads one parameter at `at` and the blanks after it; returns where it stopped, or -1. */
function readParameter(value: string, at: number, into: Array<readonly [string, string | true]>): number {
  const start = skipBlanks(value, at);
  const end = tokenEnd(value, start);
  if (end === start) return -1;
  const name = value.slice(start, end);
  const next = skipBlanks(value, end);
  if (value.charCodeAt(next) !== EQUALS) {
    into.push([name, true]);
    return next;
  }
  // RFC 6455 §9.1 takes over RFC 2616's implied white space, so blanks around "=" are allowed too.
  const valueStart = skipBlanks(value, next + 1);
  if (value.charCodeAt(valueStart) === QUOTE) return readQuoted(value, valueStart + 1, name, into);
  const valueEnd = tokenEnd(value, valueStart);
  if (valueEnd === valueStart) return -1;
  into.push([name, value.slice(valueStart, valueEnd)]);
  return skipBlanks(value, valueEnd);
}

function readQuoted(value: string, at: number, name: string, into: Array<readonly [string, string | true]>): number {
  let text = "";
  for (let index = at; index < value.length; index++) {
    const code = value.charCodeAt(index);
    if (code === QUOTE) {
      if (text === "") return -1;
      into.push([name, text]);
      return skipBlanks(value, index + 1);
    }
    if (code === BACKSLASH) index++;
    // RFC 6455 §9.1: "the value after quoted-string unescaping MUST conform to the 'token' ABNF"
    if (tokenCodes[value.charCodeAt(index)] !== 1) return -1;
    text += value.charAt(index);
  }
  return -1;
}

function checkedToken(text: string): string {
  if (isToken(text)) return text;
  throw new LocalError(
    "LW_PROTOCOL_EXTENSION_INVALID",
    `${JSON.stringify(text)} cannot stand in Sec-WebSocket-Extensions. Expected a token: letters, digits and !#$%&'*+-.^_\`|~.`,
  );
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && isBlank(text.charCodeAt(at))) at++;
  return at;
}

function tokenEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && tokenCodes[text.charCodeAt(at)] === 1) at++;
  return at;
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

function lowerCode(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code + 0x20 : code;
}
