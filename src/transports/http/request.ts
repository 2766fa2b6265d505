// One request of the transports that are made of them, as the client makes it, and its answer (wire/session-v1 §4): whatever it
// is for, it is made with `fetch`, and an answer that is ours is read as it comes. What it says is the caller's.

import type { BodyReader, Reading } from "./body.ts";
import { type Action, CONTENT_TYPE } from "./headers.ts";

/** As much of `fetch` as is used; a browser's and Node's fit. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

export interface FetchInit {
  readonly method: "GET" | "POST";
  readonly headers: Record<string, string>;
  readonly body?: Uint8Array<ArrayBuffer>;
  readonly signal: AbortSignal;
  readonly cache: "no-store";
  readonly redirect: "error";
  readonly credentials: "same-origin" | "include";
  readonly keepalive: boolean;
}

export interface FetchResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  /** Absent where answers cannot be read as they come. */
  readonly body?: { getReader(): BodyStream } | null;
  arrayBuffer(): Promise<ArrayBuffer>;
}

interface BodyStream {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
  cancel(): Promise<void>;
}

/** Where requests go, and with what. */
export interface RequestTerms {
  /** The line's address, such as "https://example.com/longwire". */
  readonly base: string;
  readonly fetch: Fetch;
  /** Cookies also go to another origin. */
  readonly withCookies: boolean;
}

export interface RequestContent {
  readonly action: Action;
  readonly headers: Readonly<Record<string, string>>;
  /** Without one it is a GET. */
  readonly body: Uint8Array<ArrayBuffer> | undefined;
  readonly signal: AbortSignal;
  /** It goes on when the page is gone. */
  readonly keepalive: boolean;
}

/** Makes one. */
export function request(
  { base, fetch, withCookies }: RequestTerms,
  { action, headers, body, signal, keepalive }: RequestContent,
): Promise<FetchResponse> {
  return fetch(`${base}/${action}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { ...headers, ...(body && { "content-type": CONTENT_TYPE }) },
    ...(body && { body }),
    signal,
    cache: "no-store",
    redirect: "error",
    credentials: withCookies ? "include" : "same-origin",
    keepalive,
  });
}

/** Whether an answer has packets in it; others may come from anybody. */
export function isOurs({ status, headers }: FetchResponse): boolean {
  return status === 200 && (headers.get("content-type") ?? "").startsWith(CONTENT_TYPE);
}

/** Gives an answer's body to `reader`, as it comes where that can be seen, until it wants no more. */
export async function readBody(response: FetchResponse, reader: BodyReader): Promise<Reading> {
  const stream = response.body?.getReader();
  if (stream === undefined) return reader.read(new Uint8Array(await response.arrayBuffer()));
  for (;;) {
    const { done, value } = await stream.read();
    if (done) return "more";
    const reading = value === undefined ? "more" : reader.read(value);
    if (reading === "more") continue;
    void stream.cancel().catch(() => {});
    return reading;
  }
}
