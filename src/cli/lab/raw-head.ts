// HTTP heads as bytes: where one ends in what comes in pieces, and what one was before Node took it apart. Bounded: a head is short.
import type { IncomingMessage } from "node:http";

const mostHeadBytes = 16_384;

export class RawHead {
  #bytes: Buffer = Buffer.alloc(0);
  #isOver = false;

  /** Undefined while the head is not complete; then, once, the head as text and what has come of the rest. */
  receive(chunk: Uint8Array): { readonly head: string; readonly rest: Buffer } | undefined {
    if (this.#isOver) return undefined;
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    const end = this.#bytes.indexOf("\r\n\r\n");
    this.#isOver = end !== -1 || this.#bytes.length > mostHeadBytes;
    if (end === -1) return undefined;
    return { head: this.#bytes.toString("latin1", 0, end + 4), rest: this.#bytes.subarray(end + 4) };
  }

  /** Nothing more of a head will come: it is complete, or was none. */
  get isOver(): boolean {
    return this.#isOver;
  }
}

/** The head of a request as it was sent: Node keeps the names, their order and the values, and browsers write them in one way. */
export function headOf({ method = "GET", url = "/", httpVersion, rawHeaders }: IncomingMessage): string {
  let head = `${method} ${url} HTTP/${httpVersion}\r\n`;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    head += `${rawHeaders[at] ?? ""}: ${rawHeaders[at + 1] ?? ""}\r\n`;
  return `${head}\r\n`;
}
