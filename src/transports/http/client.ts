// The client's half of the transports made of requests (wire/session-v1 §4.2–4.4): one implementation, three sets of parameters.
// Upward one POST after the other, downward a response that stays open or one GET after the other; each request repeated until
// it is answered, which is harmless because every body says the numbers of what it holds. Does not know packets, or sessions
// beyond the two headers; which kind to use is chosen above.

import type { Clock, Timer } from "../../base/clock.ts";
import type { BodyReceiver, Courier, CourierReceiver } from "../../base/link.ts";
import { BodyReader, joinPackets } from "./body.ts";
import {
  type Action,
  codeOfStatus,
  type HttpKind,
  MAX_BODY_BYTES,
  MAX_BODY_PACKETS,
  MAX_OPENING_BODY_BYTES,
  RECEIVED_HEADER,
  TICKET_HEADER,
  ticketText,
  WAIT_SECONDS,
} from "./headers.ts";
import { type FetchResponse, isOurs, readBody, request, type RequestTerms } from "./request.ts";

/** What requests show; the session's own. Secret: never in a URL, never stored. */
export interface Credentials {
  readonly ticket: Uint8Array;
  readonly received: number;
}

/** Whoever the transport belongs to: a session's attachment. */
export interface HttpReceiver extends CourierReceiver {
  /** One packet of a response that stays open; valid during the call only. */
  receive(packet: Uint8Array): void;
  /** The body taken last may not have arrived. */
  receiveTakenLost(): void;
}

export interface HttpOptions extends RequestTerms {
  readonly kind: HttpKind;
  readonly clock: Clock;
  readonly credentials: Credentials;
  /** A GET that was to be held has ended. `isCut`: too early, something between cuts what is silent. */
  receiveHeldEnd(isCut: boolean): void;
}

const TIMEOUT_MS = 10_000;
const MOST_FAILURES = 3;
const FIRST_PAUSE_MS = 1_000;
const LEAST_HELD_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** An answer with so many packets was cut off there: AT and an ACK take places as well. */
const FULL_PACKETS = MAX_BODY_PACKETS - 4;
/** Browsers let 64 KiB outlive a page. */
const LAST_BODY_BYTES = 60 * 1024;

export class HttpClient implements Courier {
  readonly kind: HttpKind;
  /** What a refusal said about when to come again; undefined when nothing. */
  retryAfterMs: number | undefined;
  readonly #options: HttpOptions;
  /** Of requests that may be taken back: one with a last word is not. */
  readonly #aborts = new Set<AbortController>();
  #receiver: HttpReceiver | undefined;
  #isClosed = false;
  /** The session has this transport: requests with its ticket make sense. */
  #isOpened = false;
  /** How many POSTs are under way: one, and one more when the last word did not wait for it. */
  #postCount = 0;
  #isTaking = false;
  #failures = 0;
  #pauseMs = FIRST_PAUSE_MS;
  #pause: Timer | undefined;
  #pauseEndsAt = 0;
  /** Ends the pause. */
  #resume: (() => void) | undefined;

  constructor(options: HttpOptions) {
    this.kind = options.kind;
    this.#options = options;
  }

  /** Sends what `receiver` has to say first: HELLO or RESUME. */
  open(receiver: HttpReceiver): void {
    this.#receiver = receiver;
    const body = joinPackets(receiver.take({ maxBytes: MAX_OPENING_BODY_BYTES, maxPackets: MAX_BODY_PACKETS }));
    if (this.kind === "stream") void this.#stream(receiver, body);
    else void this.#open(receiver, body);
  }

  wake(isLast = false): void {
    // A last word is of a session that has this transport, though the answer which gave it may not be read to the end.
    const isReady = isLast || (this.#isOpened && this.#postCount === 0);
    if (this.#isClosed || !isReady || this.#receiver === undefined) return;
    this.#isTaking = true;
    const maxBytes = isLast ? LAST_BODY_BYTES : MAX_BODY_BYTES;
    const packets = this.#receiver.take({ maxBytes, maxPackets: MAX_BODY_PACKETS });
    this.#isTaking = false;
    if (packets.length > 0) void this.#post(this.#receiver, joinPackets(packets));
    else if (this.#isClosed) this.#abort();
  }

  close(): void {
    this.#isClosed = true;
    this.#pause?.cancel();
    // What is just being taken is a last word, and a stream stands until it has arrived: behind its end it would be a late one.
    if (!this.#isTaking || this.kind !== "stream") this.#abort();
  }

  #abort(): void {
    for (const abort of this.#aborts) abort.abort();
  }

  // --- the three kinds of requests ---

  async #stream(receiver: HttpReceiver, body: Uint8Array<ArrayBuffer>): Promise<void> {
    const abort = this.#begin();
    try {
      const response = await this.#fetch("stream", abort, body);
      if (!this.#isGood(response)) return;
      await this.#read(response, (packet) => {
        receiver.receive(packet);
        this.#opened();
        return !this.#isClosed || this.#postCount > 0;
      });
      this.#end(1006, "The response has ended.");
    } catch {
      this.#end(1006, "The response was cut.");
    } finally {
      this.#aborts.delete(abort);
    }
  }

  async #open(receiver: HttpReceiver, body: Uint8Array<ArrayBuffer>): Promise<void> {
    const answer = await this.#exchange("open", TIMEOUT_MS, body, receiver);
    if (answer === "lost") this.#end(1006, "The first request was not answered.");
    else this.#opened();
  }

  #opened(): void {
    if (this.#isClosed || this.#isOpened) return;
    this.#isOpened = true;
    if (this.kind !== "stream") void this.#poll();
    this.wake();
  }

  async #post(receiver: HttpReceiver, body: Uint8Array<ArrayBuffer>): Promise<void> {
    const isLast = this.#isClosed;
    this.#postCount++;
    let answer = await this.#exchange("send", TIMEOUT_MS, body, receiver);
    // An older one that arrived behind its head has taken its place: it is said again, and then there is no older one.
    if (isLast && answer === "lost") answer = await this.#exchange("send", TIMEOUT_MS, body, receiver);
    this.#postCount--;
    if (this.#isClosed) {
      if (this.#postCount === 0) this.#abort();
      return;
    }
    if (answer === "lost") receiver.receiveTakenLost();
    this.#hurry();
    this.wake();
  }

  async #poll(): Promise<void> {
    const receiver = this.#receiver;
    const isHeld = this.kind === "longpoll";
    const waitMs = isHeld ? WAIT_SECONDS * 1000 : 0;
    while (!this.#isClosed && receiver !== undefined) {
      const startedAt = this.#options.clock.now();
      const packets = await this.#exchange("poll", waitMs + TIMEOUT_MS, undefined, receiver);
      if (this.#isClosed) return;
      const tookMs = this.#options.clock.now() - startedAt;
      // What fails at once was never held: there is no network, or no server.
      const isLost = typeof packets === "string";
      const isCut = isLost && tookMs < waitMs;
      if (isHeld && !(isCut && tookMs < LEAST_HELD_MS)) this.#options.receiveHeldEnd(isCut);
      const isEmpty = isLost || packets === 0;
      if (!isEmpty) this.#pauseMs = FIRST_PAUSE_MS;
      // A full answer has more behind it. A held GET that comes back empty at once would be asked for in a circle.
      if (isHeld && isEmpty && tookMs < FIRST_PAUSE_MS) await this.#rest(FIRST_PAUSE_MS);
      else if (!isHeld && (isLost || packets < FULL_PACKETS)) await this.#rest(this.#pauseMs);
      if (isEmpty) this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }

  #rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#pause = this.#options.clock.schedule(ms, resolve);
      this.#pauseEndsAt = this.#options.clock.now() + ms;
      this.#resume = resolve;
    });
  }

  /** There is traffic: the next poll comes soon. */
  #hurry(): void {
    this.#pauseMs = FIRST_PAUSE_MS;
    const endsAt = this.#options.clock.now() + FIRST_PAUSE_MS;
    // Never later than it would have come: whoever sends all the time still listens.
    if (this.kind !== "poll" || this.#pause === undefined || this.#pauseEndsAt <= endsAt) return;
    this.#pause.cancel();
    this.#pauseEndsAt = endsAt;
    this.#pause = this.#options.clock.schedule(FIRST_PAUSE_MS, () => this.#resume?.());
  }

  // --- one request ---

  /**
   * One request; how many packets its answer had, if it was one. "lost": it was not answered, or another one took its place; three
   * not answered in a row end the transport. "refused": whatever else was said instead, which ends it as well.
   */
  async #exchange(
    action: Action,
    timeoutMs: number,
    body: Uint8Array<ArrayBuffer> | undefined,
    receiver: HttpReceiver,
  ): Promise<number | "lost" | "refused"> {
    const abort = this.#begin();
    const timer = this.#options.clock.schedule(timeoutMs, () => abort.abort());
    try {
      const response = await this.#fetch(action, abort, body);
      if (response.status === 204) {
        this.#failures = 0;
        return 0;
      }
      if (!this.#isGood(response)) return response.status === 409 ? "lost" : "refused";
      let target: BodyReceiver | undefined;
      const packets = await this.#read(response, (packet) => {
        target ??= receiver.openBody();
        return !this.#isClosed && target.receive(packet);
      });
      this.#failures = 0;
      return packets;
    } catch {
      if (++this.#failures >= MOST_FAILURES) this.#end(1006, "Three requests in a row were not answered.");
      return "lost";
    } finally {
      timer.cancel();
      this.#aborts.delete(abort);
    }
  }

  #begin(): AbortController {
    const abort = new AbortController();
    if (!this.#isClosed) this.#aborts.add(abort);
    return abort;
  }

  #fetch(action: Action, abort: AbortController, body: Uint8Array<ArrayBuffer> | undefined): Promise<FetchResponse> {
    const { credentials } = this.#options;
    const headers: Record<string, string> = {};
    if (action === "send" || action === "poll") headers[TICKET_HEADER] = ticketText(credentials.ticket);
    if (action === "poll") {
      headers[RECEIVED_HEADER] = String(credentials.received);
      if (this.kind === "longpoll") headers["prefer"] = `wait=${String(WAIT_SECONDS)}`;
    }
    return request(this.#options, { action, headers, body, signal: abort.signal, keepalive: this.#isClosed });
  }

  /** Whether the answer is ours; otherwise the transport is over. */
  #isGood(response: FetchResponse): boolean {
    if (isOurs(response)) return true;
    const seconds = Number(response.headers.get("retry-after") ?? NaN);
    if (seconds >= 0) this.retryAfterMs = seconds * 1000;
    const code = response.status === 200 ? 4404 : codeOfStatus(response.status);
    this.#end(code, `The answer was ${String(response.status)}.`);
    return false;
  }

  async #read(response: FetchResponse, receive: (packet: Uint8Array) => boolean): Promise<number> {
    const reader = new BodyReader(receive);
    await readBody(response, reader);
    return reader.packetCount;
  }

  #end(code: number, reason: string): void {
    if (this.#isClosed) return;
    this.close();
    this.#receiver?.receiveClosed(code, reason);
  }
}
