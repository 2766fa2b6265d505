// A WebSocket URL, taken apart once for everyone who dials. RFC 6455 §3, WHATWG WebSockets §2.1 (http and https stand for
// ws and wss) and the Fetch standard's bad ports. Needs the platform's URL and nothing else; resolves no names.

/** A `ws:` or `wss:` URL in its parts (RFC 6455 §3). */
export interface WebSocketUrl {
  /** The whole URL as the `url` getter shows it: ws or wss, credentials kept. Do not log it. */
  readonly href: string;
  /** Whether over TLS. */
  readonly secure: boolean;
  /** To connect to: without the brackets of an IPv6 address. */
  readonly hostname: string;
  /** 80 or 443 when the URL has none. */
  readonly port: number;
  /** The Host header's value: the port only if it is not the scheme's own. */
  readonly authority: string;
  /** Path and query, never empty. */
  readonly path: string;
  /** The Authorization value made of the URL's credentials. */
  readonly authorization: string | undefined;
}

/**
 * Takes `input` apart; a relative one is resolved against `base`. Throws DOMException "SyntaxError" for what is not a URL,
 * for schemes other than ws, wss, http and https, and for a fragment, also an empty one.
 */
export function parseWebSocketUrl(input: string | URL, base?: string | URL): WebSocketUrl {
  const url = parseUrl(input, base);
  if (url.protocol === "http:") url.protocol = "ws:";
  if (url.protocol === "https:") url.protocol = "wss:";
  if (url.protocol !== "ws:" && url.protocol !== "wss:") {
    throw syntaxError(
      `The URL's scheme is ${url.protocol.slice(0, -1)}. Expected ws or wss (or http, https for the same).`,
    );
  }
  // RFC 6455 §3: "Fragment identifiers are meaningless in the context of WebSocket URIs and MUST NOT be used on these URIs."
  if (url.href.includes("#")) throw syntaxError("The URL has a fragment (#…), which a WebSocket URL cannot have.");
  const secure = url.protocol === "wss:";
  return {
    href: url.href,
    secure,
    hostname: url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname,
    // RFC 6455 §3: "the default for "ws" is port 80, while the default for "wss" is port 443"
    port: url.port === "" ? (secure ? 443 : 80) : Number(url.port),
    authority: url.host,
    path: `${url.pathname}${url.search}`,
    authorization: url.username === "" && url.password === "" ? undefined : basicCredentials(url),
  };
}

/** Whether browsers refuse to connect to `port`, because another protocol lives there (Fetch standard, port blocking). */
export function isBlockedPort(port: number): boolean {
  return blockedPorts.has(port);
}

const blockedPorts: ReadonlySet<number> = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
  111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
  540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
  6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);

function parseUrl(input: string | URL, base: string | URL | undefined): URL {
  try {
    return new URL(String(input), base);
  } catch {
    // Not repeated in the message: a URL can carry a password or a token.
    const relative = base === undefined ? " A relative one needs a page to be relative to." : "";
    throw syntaxError(`This is not a URL. Expected ws://host/path or wss://host/path.${relative}`);
  }
}

/** RFC 7617: user and password as bytes behind their percent-encoding, joined by a colon, in base64. */
function basicCredentials(url: URL): string {
  return `Basic ${btoa(`${percentDecode(url.username)}:${percentDecode(url.password)}`)}`;
}

/** Each byte becomes one character; a % without two hex digits stands for itself. */
function percentDecode(text: string): string {
  let bytes = "";
  for (let at = 0; at < text.length; at++) {
    const digits = text.slice(at + 1, at + 3);
    if (text[at] === "%" && isHexPair(digits)) {
      bytes += String.fromCharCode(Number.parseInt(digits, 16));
      at += 2;
    } else {
      bytes += text.charAt(at);
    }
  }
  return bytes;
}

function isHexPair(text: string): boolean {
  return /^[0-9a-fA-F]{2}$/.test(text);
}

function syntaxError(message: string): DOMException {
  return new DOMException(message, "SyntaxError");
}
