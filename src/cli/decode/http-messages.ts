// HTTP/1.1 messages in bytes that lie there whole: heads, and bodies by length or in chunks. RFC 9112. Reads for people who
// look at a capture, so it takes what is nearly right; nothing that decides about a connection uses it.

export interface HttpMessage {
  readonly kind: "request" | "response";
  readonly startLine: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Behind the head, and behind all of it. */
  readonly headEnd: number;
  readonly end: number;
  readonly body: Uint8Array;
  readonly isComplete: boolean;
  /** What follows is no HTTP: the request asks for a WebSocket, or the response agrees to one. */
  readonly isUpgrade: boolean;
}

const mostHeadBytes = 64 * 1024;
const requestLine = /^[A-Z]{3,20} \S+ HTTP\/1\.[01]$/;
const statusLine = /^HTTP\/1\.[01] \d{3}(?: .*)?$/;

/** Whether HTTP/1.1 can begin at `at`. */
export function looksLikeHttp(bytes: Uint8Array, at: number): boolean {
  const start = Buffer.from(bytes.subarray(at, at + 24)).toString("latin1");
  return /^(?:HTTP\/1\.|(?:GET|POST|PUT|HEAD|OPTIONS|DELETE|PATCH|CONNECT|TRACE) \S)/.test(start);
}

/** The message that begins at `at`, or undefined when there is none, or its head is not whole. */
export function readHttpMessage(bytes: Uint8Array, at: number): HttpMessage | undefined {
  const limit = Math.min(bytes.length, at + mostHeadBytes);
  const headEnd = findBlankLine(bytes, at, limit);
  if (headEnd === undefined) return undefined;
  const lines = Buffer.from(bytes.subarray(at, headEnd)).toString("latin1").trimEnd().split(/\r?\n/);
  const [startLine = "", ...fields] = lines;
  const kind = statusLine.test(startLine) ? "response" : requestLine.test(startLine) ? "request" : undefined;
  if (kind === undefined) return undefined;
  const headers = fields.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, Math.max(0, colon)), line.slice(colon + 1).trim()] as const;
  });
  const status = kind === "response" ? Number(startLine.slice(9, 12)) : undefined;
  const isUpgrade =
    status === 101 ||
    (status === undefined &&
      headerOf(headers, "upgrade").toLowerCase() === "websocket" &&
      startLine.startsWith("GET "));
  const body = isUpgrade || hasNoBody(status) ? noBody(headEnd) : readBody(bytes, headEnd, headers, kind);
  return { kind, startLine, headers, headEnd, isUpgrade, ...body };
}

export function headerOf(headers: HttpMessage["headers"], name: string): string {
  return headers
    .filter(([known]) => known.toLowerCase() === name)
    .map(([, value]) => value)
    .join(", ");
}

type Body = Pick<HttpMessage, "body" | "end" | "isComplete">;

function noBody(headEnd: number): Body {
  return { body: new Uint8Array(0), end: headEnd, isComplete: true };
}

function hasNoBody(status: number | undefined): boolean {
  return status !== undefined && (status < 200 || status === 204 || status === 304);
}

function readBody(bytes: Uint8Array, start: number, headers: HttpMessage["headers"], kind: HttpMessage["kind"]): Body {
  if (/\bchunked\b/i.test(headerOf(headers, "transfer-encoding"))) return readChunks(bytes, start);
  const length = headerOf(headers, "content-length");
  if (/^\d{1,15}$/.test(length)) {
    const end = Math.min(bytes.length, start + Number(length));
    return { body: bytes.subarray(start, end), end, isComplete: end === start + Number(length) };
  }
  // A request without either has no body; a response has one to the end of the connection.
  if (kind === "request") return noBody(start);
  return { body: bytes.subarray(start), end: bytes.length, isComplete: true };
}

function readChunks(bytes: Uint8Array, start: number): Body {
  const chunks: Uint8Array[] = [];
  let at = start;
  for (;;) {
    const lineEnd = bytes.indexOf(0x0a, at);
    const size = lineEnd < 0 || lineEnd - at > 256 ? "" : Buffer.from(bytes.subarray(at, lineEnd)).toString("latin1");
    const [, digits] = /^\s*([0-9a-f]{1,8})\s*(?:;.*)?\r?$/i.exec(size) ?? [];
    if (digits === undefined) return { body: Buffer.concat(chunks), end: bytes.length, isComplete: false };
    const length = Number.parseInt(digits, 16);
    const from = lineEnd + 1;
    if (length === 0) {
      // Trailers, if there are any, and the blank line.
      const isBare = bytes[from] === 0x0d && bytes[from + 1] === 0x0a;
      const end = isBare ? from + 2 : (findBlankLine(bytes, from, bytes.length) ?? bytes.length);
      return { body: Buffer.concat(chunks), end, isComplete: true };
    }
    chunks.push(bytes.subarray(from, from + length));
    if (from + length > bytes.length) return { body: Buffer.concat(chunks), end: bytes.length, isComplete: false };
    at = from + length + 2;
  }
}

/** Where the line ends that has nothing in it. */
function findBlankLine(bytes: Uint8Array, from: number, limit: number): number | undefined {
  for (let at = bytes.indexOf(0x0a, from); at >= 0 && at < limit; at = bytes.indexOf(0x0a, at + 1)) {
    if (bytes[at + 1] === 0x0a) return at + 2;
    if (bytes[at + 1] === 0x0d && bytes[at + 2] === 0x0a) return at + 3;
  }
  return undefined;
}
