// The transports made of requests, as a line uses them. A line without them does not import this file, and its bundle has none
// of their code.

import type { Clock } from "../base/clock.ts";
import type { Courier } from "../base/link.ts";
import { HttpClient, type HttpReceiver } from "../transports/http/client.ts";
import type { Credentials, Fetch } from "../transports/http/client.ts";
import type { HttpKind } from "../transports/http/headers.ts";

/** One of them, ready to be asked. */
export interface RequestTransport extends Courier {
  readonly retryAfterMs: number | undefined;
  open(receiver: HttpReceiver): void;
}

export interface RequestOptions {
  readonly kind: HttpKind;
  /** The line's address. */
  readonly base: string;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly credentials: Credentials;
  readonly withCookies: boolean;
  receiveHeldEnd(isCut: boolean): void;
}

export type CreateRequests = (options: RequestOptions) => RequestTransport;

export const createRequests: CreateRequests = (options) => new HttpClient(options);
