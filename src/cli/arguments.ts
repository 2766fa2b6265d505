// Reads the single arguments of the command line: ports, sizes, seconds, headers, addresses. Each function returns the
// value or throws commander's InvalidArgumentError, whose message commander puts behind the name of the option.
import { InvalidArgumentError } from "commander";
import { normalOrigin, parseUrl } from "../base/url.ts";

export type HeaderPair = readonly [name: string, value: string];

/** The longest string of the platform; a larger message could not be delivered as text. */
export const largestMessageBytes = 536_870_888;
const longestPingSeconds = 86_400;
const longestIdleSeconds = 3_600;
const longestTimeoutSeconds = 120;

const byteUnits = new Map([
  ["", 1],
  ["kib", 1024],
  ["mib", 1024 * 1024],
]);

export function parsePort(text: string): number {
  const port = parseInteger(text);
  if (port === undefined || port > 65_535) {
    throw new InvalidArgumentError("Expected a port: 0 to 65535, where 0 picks a free one.");
  }
  return port;
}

export function parseByteCount(text: string): number {
  const [, digits = "", unit = ""] = /^(\d{1,12})\s?([a-z]*)$/i.exec(text) ?? [];
  const factor = byteUnits.get(unit.toLowerCase());
  const bytes = digits === "" || factor === undefined ? 0 : Number(digits) * factor;
  if (bytes < 1 || bytes > largestMessageBytes) {
    throw new InvalidArgumentError(
      `Expected bytes from 1 to ${largestMessageBytes}, e.g. 16777216; KiB and MiB are understood as well.`,
    );
  }
  return bytes;
}

export function parsePingSeconds(text: string): number {
  return parseSeconds(text, 0.1, longestPingSeconds);
}

/** How long a silent connection is watched. */
export function parseIdleSeconds(text: string): number {
  return parseSeconds(text, 1, longestIdleSeconds);
}

/** How long one step of an examination may take. */
export function parseTimeoutSeconds(text: string): number {
  return parseSeconds(text, 0.1, longestTimeoutSeconds);
}

/** How long to wait for what may still come. */
export function parseWaitSeconds(text: string): number {
  return parseSeconds(text, 0, longestIdleSeconds);
}

/** How much faster than it was. */
export function parseSpeed(text: string): number {
  const factor = /^\d{1,6}(\.\d{1,6})?$/.test(text) ? Number(text) : 0;
  if (factor < 0.01 || factor > 1_000) throw new InvalidArgumentError("Expected a factor from 0.01 to 1000.");
  return factor;
}

/** A regular expression, for everything that matches. */
export function parsePattern(text: string): RegExp {
  try {
    return new RegExp(text, "gu");
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? `${error.message}.` : "Expected a regular expression.");
  }
}

function parseSeconds(text: string, least: number, most: number): number {
  const seconds = /^\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : 0;
  if (seconds < least || seconds > most) {
    throw new InvalidArgumentError(`Expected seconds from ${least} to ${most}.`);
  }
  return seconds;
}

/** A path on a server, as it stands in a request. */
export function parsePath(text: string): string {
  if (!/^\/[\w!$&'()*+,./:;=@~%-]{0,500}$/.test(text)) {
    throw new InvalidArgumentError("Expected a path such as /longwire, without a query.");
  }
  return text.replace(/\/+$/, "");
}

export function parseHeader(text: string): HeaderPair {
  const colon = text.indexOf(":");
  const name = text.slice(0, Math.max(colon, 0));
  const value = text.slice(colon + 1).trim();
  // RFC 9110 §5.1: a field name is a token; §5.5: control characters have no place in a value.
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
    throw new InvalidArgumentError("Expected 'Name: value', with a name of letters, digits and hyphens.");
  }
  if (/[^\t\u0020-\u007e\u0080-\u00ff]/.test(value)) {
    throw new InvalidArgumentError("A header value has no line breaks, control characters or letters beyond Latin-1.");
  }
  return [name, value];
}

/** An origin as browsers send it: scheme, host and port, nothing after them. Shells of apps have schemes of their own. */
export function parseOrigin(text: string): string {
  const origin = normalOrigin(text.replace(/\/$/, ""));
  if (origin !== undefined) return origin;
  throw new InvalidArgumentError("Expected an origin such as https://app.example or http://localhost:3000.");
}

/** The address to connect to. http and https are taken as ws and wss, as the WebSocket constructor does. */
export function parseSocketUrl(text: string): string {
  const url = parseUrl(text);
  if (url === undefined || !/^(wss?|https?):$/.test(url.protocol)) {
    const guess = guessUrl(text);
    const hint = guess === undefined ? "" : ` Did you mean ${guess}?`;
    throw new InvalidArgumentError(
      `Expected a WebSocket address such as ws://127.0.0.1:8101/ or wss://host/path.${hint}`,
    );
  }
  if (url.hash !== "" || text.includes("#")) {
    throw new InvalidArgumentError("A WebSocket address has no fragment: leave out the part from # on.");
  }
  if (url.port === "0") throw new InvalidArgumentError("Port 0 cannot be connected to.");
  url.protocol = url.protocol.replace("http", "ws");
  return url.href;
}

/** Collects the values of an option that may be given more than once. */
export function collect<Value>(parse: (text: string) => Value): (text: string, earlier?: Value[]) => Value[] {
  return (text, earlier = []) => [...earlier, parse(text)];
}

function guessUrl(text: string): string | undefined {
  return /[:/]{2}/.test(text) ? undefined : parseUrl(`ws://${text}`)?.href;
}

function parseInteger(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
