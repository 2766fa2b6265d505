// One HTTP request of the examination: what came, and when each piece of it came. Follows no redirects, keeps no connection,
// and keeps at most so much of an answer. The packets of a Longwire answer are given out as they arrive.

import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { HeaderLine } from "./facts.ts";
import { describeFault } from "./contact.ts";
import type { Patience } from "./patience.ts";

export interface Question {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers: readonly HeaderLine[];
  readonly body?: Uint8Array;
  /** Gets the body's pieces as they come. */
  readonly receive?: (piece: Uint8Array) => void;
}

export interface Site {
  readonly secure: boolean;
  readonly hostname: string;
  readonly port: number;
  readonly authority: string;
  readonly insecure: boolean;
}

const mostBodyBytes = 1024 * 1024;

/** A request under way. */
export class Inquiry {
  status: number | undefined;
  headers: readonly HeaderLine[] = [];
  /** When the head came, and the first piece of the body. */
  headMs: number | undefined;
  firstMs: number | undefined;
  endMs: number | undefined;
  fault: string | undefined;
  bytes = 0;
  readonly #waiting = new Set<() => void>();
  readonly #request: ReturnType<typeof httpRequest>;
  readonly #startedAt = performance.now();

  constructor(site: Site, question: Question) {
    const { secure, hostname: host, port, authority, insecure } = site;
    const { method, path, headers, body, receive } = question;
    const lines: string[] = [];
    for (const [name, value] of headers) lines.push(name, value);
    lines.push("Host", authority);
    if (body !== undefined) lines.push("Content-Length", String(body.length));
    const ask = secure ? httpsRequest : httpRequest;
    this.#request = ask({
      host,
      port,
      method,
      path,
      // A list, not an object: headers go out as they were given, doubles too.
      headers: lines,
      agent: false,
      ...(secure ? { rejectUnauthorized: !insecure, ALPNProtocols: ["http/1.1"] } : {}),
    });
    this.#request.on("response", (message) => {
      this.status = message.statusCode;
      this.headers = pairs(message.rawHeaders);
      this.headMs = this.elapsedMs;
      this.#wake();
      message.on("data", (piece: Uint8Array) => {
        this.firstMs ??= this.elapsedMs;
        this.bytes += piece.length;
        if (this.bytes > mostBodyBytes) this.close();
        else receive?.(piece);
        this.#wake();
      });
      message.on("error", (error) => this.#fail(describeFault(error)));
      message.on("close", () => {
        this.endMs ??= this.elapsedMs;
        if (!message.complete) this.#fail("the answer was cut");
        this.#wake();
      });
    });
    // An answer that upgrades although nothing was asked for is none.
    this.#request.on("upgrade", (_message, socket) => socket.destroy());
    this.#request.on("error", (error) => this.#fail(describeFault(error)));
    this.#request.on("close", () => {
      this.endMs ??= this.elapsedMs;
      this.#wake();
    });
    this.#request.end(body);
  }

  get elapsedMs(): number {
    return performance.now() - this.#startedAt;
  }

  get isOver(): boolean {
    return this.endMs !== undefined || this.fault !== undefined;
  }

  header(name: string): string {
    return this.headers.find(([known]) => known.toLowerCase() === name)?.[1] ?? "";
  }

  changed(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  /** Waits for the end of the answer; what is not over by then is given up. */
  async whole(patience: Patience, ms?: number): Promise<this> {
    try {
      if (
        !(await patience.until(
          () => this.isOver,
          () => this.changed(),
          ms,
        ))
      )
        this.#fail("no answer in time");
    } finally {
      this.close();
    }
    return this;
  }

  close(): void {
    this.#request.destroy();
  }

  #fail(fault: string): void {
    this.fault ??= fault;
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

function pairs(raw: readonly string[]): HeaderLine[] {
  const lines: HeaderLine[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) lines.push([raw[at] ?? "", raw[at + 1] ?? ""]);
  return lines;
}
