// Whether a path to a server exists and lets answers through as they come (wire/session-v1 §4.4, "Probe"): a POST whose answer
// the server holds open for two seconds after its only packets, unless only the server is of interest. No session is touched.
// What the packets are is the caller's.

import type { Clock } from "../../base/clock.ts";
import { BodyReader } from "./body.ts";
import { isOurs, readBody, request, type RequestTerms } from "./request.ts";

export interface ProbeOptions extends RequestTerms {
  readonly clock: Clock;
  /** The body: a PING with its length before it. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** Whether the path is to be judged as well. Otherwise the answer comes whole, also through what buffers, and at once. */
  readonly isHeld: boolean;
  /** Told the status of an answer that is none of ours. */
  receiveStranger?(status: number): void;
  /** Gives it up. */
  readonly signal?: AbortSignal;
  /** One packet of the answer, valid during the call only. */
  receive?(packet: Uint8Array): void;
}

/**
 * What a path does to an answer. `streams`: lets it through as it comes. `buffers`: only whole, as one comes that is not held.
 * `none`: there is no answer. `busy`: nobody can tell, ask again later.
 */
export type ProbeVerdict = "streams" | "buffers" | "none" | "busy";

/** Asks once. Never rejects. */
export async function probe(options: ProbeOptions): Promise<ProbeVerdict> {
  if (options.signal?.aborted === true) return "none";
  const abort = new AbortController();
  const giveUp = (): void => abort.abort();
  options.signal?.addEventListener("abort", giveUp);
  const timer = options.clock.schedule(TIMEOUT_MS, giveUp);
  try {
    const headers: Record<string, string> = options.isHeld ? {} : { prefer: "wait=0" };
    const { body } = options;
    const response = await request(options, { action: "probe", headers, body, signal: abort.signal, keepalive: false });
    if (response.status === 429 || response.status === 503) return "busy";
    if (!isOurs(response)) {
      options.receiveStranger?.(response.status);
      return "none";
    }
    let firstAt: number | undefined;
    const reader = new BodyReader((packet) => {
      firstAt ??= options.clock.now();
      options.receive?.(packet);
      return true;
    });
    const reading = await readBody(response, reader);
    if (firstAt === undefined || reading === "malformed") return "none";
    return options.clock.now() - firstAt >= HELD_MS ? "streams" : "buffers";
  } catch {
    return "none";
  } finally {
    timer.cancel();
    options.signal?.removeEventListener("abort", giveUp);
    giveUp();
  }
}

const TIMEOUT_MS = 10_000;
/** The server keeps the answer open for two seconds: of these at least one must have been seen. */
const HELD_MS = 1_000;
