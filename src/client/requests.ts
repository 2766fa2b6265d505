// The transports made of requests, as detours.ts uses them, and the question what answers requests at all.

import type { Courier } from "../base/link.ts";
import * as PacketType from "../session/packet-type.ts";
import { encodePacket } from "../session/packet-encoder.ts";
import { joinPackets } from "../transports/http/body.ts";
import { HttpClient, type HttpOptions, type HttpReceiver } from "../transports/http/client.ts";
import { probe, type ProbeOptions, type ProbeVerdict } from "../transports/http/probe.ts";
import type { Surroundings } from "./surroundings.ts";

/** One of them, ready to be asked. */
export interface RequestTransport extends Courier {
  readonly retryAfterMs: number | undefined;
  open(receiver: HttpReceiver): void;
}

export type RequestOptions = HttpOptions;

export type CreateRequests = (options: RequestOptions) => RequestTransport;

export const createRequests: CreateRequests = (options) => new HttpClient(options);

/** Asks what answers at `base`, and what the path does to an answer. Without requests nobody does. */
export function probePath(
  { fetch, clock }: Pick<Surroundings, "fetch" | "clock">,
  options: Omit<ProbeOptions, "fetch" | "clock" | "body">,
): Promise<ProbeVerdict> {
  if (fetch === undefined) return Promise.resolve("none");
  return probe({ ...options, fetch, clock, body: joinPackets([encodePacket({ type: PacketType.ping, token: 1 })]) });
}
