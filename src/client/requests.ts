// The transports made of requests, as detours.ts uses them.

import type { Courier } from "../base/link.ts";
import { HttpClient, type HttpOptions, type HttpReceiver } from "../transports/http/client.ts";

/** One of them, ready to be asked. */
export interface RequestTransport extends Courier {
  readonly retryAfterMs: number | undefined;
  open(receiver: HttpReceiver): void;
}

export type RequestOptions = HttpOptions;

export type CreateRequests = (options: RequestOptions) => RequestTransport;

export const createRequests: CreateRequests = (options) => new HttpClient(options);
