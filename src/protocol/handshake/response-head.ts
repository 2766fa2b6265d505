// Reads the head of the server's answer from bytes as they come, in chunks of any size. RFC 9112 §2 to §5. Strict: CRLF
// line ends, no folded lines, no space before a colon, because what is read two ways by two readers is an attack. Skips
// interim answers. Keeps at most `maxHeaderBytes`, looks at each byte once, and does not judge what the answer says.

import { LocalError, type ErrorCode, type Violation } from "../../base/errors.ts";
import type { Limits } from "../../base/limits.ts";
import { platform } from "../../base/platform.ts";
import { isToken, trimBlanks } from "./header-lists.ts";

/** Status line and headers of an answer (RFC 9112 §4). */
export interface ResponseHead {
  readonly status: number;
  readonly statusText: string;
  /** In the order received, duplicates kept, blanks around values taken off. */
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>;
}

/** The head, and the bytes of the last chunk that lie behind it: a view of that chunk, the first frames perhaps. */
export interface ReceivedHead {
  readonly head: ResponseHead;
  readonly rest: Uint8Array;
}

export type ResponseHeadLimits = Pick<Limits, "maxHeaderBytes" | "maxHeaders">;

const LF = 0x0a;
const CR = 0x0d;
const FIRST_CAPACITY = 1024;

// "HTTP/1." in bytes: every answer begins with it, so anything else is known for what it is at once.
const opening = Uint8Array.of(0x48, 0x54, 0x54, 0x50, 0x2f, 0x31, 0x2e);

/** One answer's head. The limits hold for interim answers and the final one together. */
export class ResponseHeadReader {
  readonly #limits: ResponseHeadLimits;
  /** All bytes of the heads so far; the line being read starts at #lineStart. */
  #bytes: Uint8Array;
  #length = 0;
  #lineStart = 0;
  #headerCount = 0;
  #status: { readonly status: number; readonly statusText: string } | undefined;
  #headers: Array<readonly [string, string]> = [];
  #outcome: Violation | "done" | undefined;

  constructor(limits: ResponseHeadLimits) {
    this.#limits = limits;
    this.#bytes = new Uint8Array(Math.min(FIRST_CAPACITY, limits.maxHeaderBytes));
  }

  /**
   * Takes the next bytes; copies what it keeps. "more" asks for further ones. A violation is final: it is returned again
   * for whatever follows. After a head nothing more may be given (LocalError).
   */
  receive(chunk: Uint8Array): "more" | Violation | ReceivedHead {
    if (this.#outcome === "done") {
      throw new LocalError(
        "LW_PROTOCOL_HEAD_COMPLETE",
        "The head is complete; what follows belongs to the connection.",
      );
    }
    let at = 0;
    while (this.#outcome === undefined && at < chunk.length) {
      const lineEnd = chunk.indexOf(LF, at);
      const end = lineEnd === -1 ? chunk.length : lineEnd + 1;
      const room = this.#limits.maxHeaderBytes - this.#length;
      this.#keep(chunk.subarray(at, Math.min(end, at + room)));
      if (!this.#opensLikeHttp()) this.#outcome = violations.notHttp;
      else if (end - at > room) this.#outcome = violations.tooLong;
      else if (lineEnd !== -1 && this.#receiveLine()) {
        const { status, statusText } = this.#status ?? { status: 0, statusText: "" };
        this.#outcome = "done";
        return { head: { status, statusText, headers: this.#headers }, rest: chunk.subarray(end) };
      }
      at = end;
    }
    return this.#outcome ?? "more";
  }

  #keep(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(Math.min(this.#limits.maxHeaderBytes, Math.max(length, 2 * this.#bytes.length)));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.#length);
    this.#length = length;
  }

  /** Whether the line being read can still be a status line, if a status line is what is due. */
  #opensLikeHttp(): boolean {
    if (this.#status !== undefined) return true;
    const count = Math.min(opening.length, this.#length - this.#lineStart);
    for (let at = 0; at < count; at++) {
      if (this.#bytes[this.#lineStart + at] !== opening[at]) return false;
    }
    return true;
  }

  /** Takes the line that has just ended. True when it was the empty one behind a final answer's fields. */
  #receiveLine(): boolean {
    const end = this.#length - 2;
    if (end < this.#lineStart || this.#bytes[end] !== CR) {
      this.#outcome = violations.line;
      return false;
    }
    const line = platform.decodeLatin1(this.#bytes, this.#lineStart, end);
    this.#lineStart = this.#length;
    if (this.#status === undefined) {
      this.#status = parseStatusLine(line);
      if (this.#status === undefined) this.#outcome = violations.statusLine;
    } else if (line !== "") {
      const field = parseFieldLine(line);
      if (field === undefined) this.#outcome = violations.line;
      else if (++this.#headerCount > this.#limits.maxHeaders) this.#outcome = violations.tooMany;
      else this.#headers.push(field);
    } else if (this.#status.status < 200 && this.#status.status !== 101) {
      // RFC 9110 §15.2: "A client MUST be able to parse one or more 1xx responses received prior to a final response"
      this.#status = undefined;
      this.#headers = [];
    } else {
      return true;
    }
    return false;
  }
}

/** `HTTP/1.1 101 Switching Protocols`; the words may be missing. HTTP/1.0 has no 1xx answers, so there 101 is no answer. */
function parseStatusLine(line: string): { status: number; statusText: string } | undefined {
  const version = line.slice(0, 9);
  if ((version !== "HTTP/1.1 " && version !== "HTTP/1.0 ") || !isFieldText(line)) return undefined;
  const status = Number(line.slice(9, 12));
  if (!Number.isInteger(status) || status < 100 || status > 599 || line.slice(9, 12) !== String(status))
    return undefined;
  if (line.length > 12 && line[12] !== " ") return undefined;
  if (version === "HTTP/1.0 " && status < 200) return undefined;
  return { status, statusText: line.slice(13) };
}

function parseFieldLine(line: string): readonly [string, string] | undefined {
  const colon = line.indexOf(":");
  if (colon === -1) return undefined;
  // RFC 9112 §5.1: "No whitespace is allowed between the field name and colon."
  const name = line.slice(0, colon);
  const value = trimBlanks(line.slice(colon + 1));
  return isToken(name) && isFieldText(value) ? [name, value] : undefined;
}

/** No control characters but tabs. Bytes from 0x80 on are opaque, and allowed. */
function isFieldText(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if ((code < 0x20 && code !== 0x09) || code === 0x7f) return false;
  }
  return true;
}

const violation = (code: ErrorCode, message: string): Violation => Object.freeze({ code, closeCode: 1006, message });

const violations = {
  notHttp: violation(
    "LW_PROTOCOL_RESPONSE_NOT_HTTP",
    "The answer is not HTTP/1.1. Likely causes: ws:// where wss:// is spoken or the reverse; not a web server.",
  ),
  statusLine: violation(
    "LW_PROTOCOL_RESPONSE_MALFORMED",
    "The answer's status line is malformed or of another version.",
  ),
  line: violation("LW_PROTOCOL_RESPONSE_MALFORMED", "A header line of the answer is malformed."),
  tooLong: violation("LW_PROTOCOL_RESPONSE_TOO_LONG", "The head of the answer is longer than maxHeaderBytes allows."),
  tooMany: violation("LW_PROTOCOL_RESPONSE_TOO_LONG", "The answer has more header lines than maxHeaders allows."),
} as const;
