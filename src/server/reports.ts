// What happens to connections, told once to everyone who wants to know: counters, diagnostics channels, the log. Makes no
// decision.

import { LocalError, RemoteError } from "../base/errors.ts";
import type { Refusal } from "../protocol/handshake/upgrade-request.ts";
import type { CloseOutcome } from "../base/carrier.ts";
import type { SessionEnd } from "../base/session.ts";
import * as channels from "./diagnostics.ts";
import type { Journal } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { redactTarget } from "./redaction.ts";
import type { RequestTarget } from "./upgrade-request.ts";

/** Whoever looks on. */
export interface ReportWatcher {
  receiveRefused(subject: Subject, refusal: Pick<Refusal, "status" | "code" | "message">): void;
  receiveOpened(socket: object): void;
  receiveClosed(socket: object, outcome: CloseOutcome): void;
  receiveSessionEnded(session: object, end: SessionEnd): void;
  receiveFault(where: string): void;
}

/** Of whom a report speaks, as far as it is known. */
export interface Subject {
  readonly remoteAddress: string;
  readonly target: RequestTarget | undefined;
}

export class Reports {
  readonly metrics: Metrics;
  /** Undefined while nobody looks on. */
  watcher: ReportWatcher | undefined;
  readonly #journal: Journal;

  constructor(metrics: Metrics, journal: Journal) {
    this.metrics = metrics;
    this.#journal = journal;
  }

  refused(subject: Subject, refusal: Pick<Refusal, "status" | "code" | "message">): void {
    const { status, code, message } = refusal;
    this.metrics.countHandshake(status);
    this.metrics.countLimit(code);
    this.#tellRefused(subject, { status, code, message });
  }

  #tellRefused(subject: Subject, { status, code, message }: Pick<Refusal, "status" | "code" | "message">): void {
    const { remoteAddress } = subject;
    this.watcher?.receiveRefused(subject, { status, code, message });
    if (channels.handshakeRefused.hasSubscribers) {
      const path = subject.target?.path ?? "";
      channels.handshakeRefused.publish({ status, code, message, path, remoteAddress });
    }
    this.#journal.debug(() => `refused ${name(subject)} with ${status}: ${message} [${code}]`);
  }

  /** A channel of a session was not accepted: no handshake, but told as one. */
  refusedChannel(subject: Subject, refusal: Pick<Refusal, "status" | "code" | "message">): void {
    const { status, code, message } = refusal;
    this.metrics.countChannel(status);
    this.metrics.countLimit(code);
    this.#tellRefused(subject, { status, code, message });
  }

  /** The client went away before it got an answer. */
  abandoned(subject: Subject): void {
    this.#journal.debug(() => `gone before an answer: ${name(subject)} closed the connection during the handshake`);
  }

  /** A connection of our own listener that did not get as far as a request. */
  unreadable(remoteAddress: string, status: number, code: string, why: string): void {
    this.metrics.countHandshake(status);
    this.metrics.countLimit(code);
    this.#journal.debug(() => `refused ${remoteAddress} with ${status}: ${why} [${code}]`);
  }

  accepted(ms: number): void {
    this.metrics.countHandshake(101);
    this.metrics.observeHandshake(ms);
  }

  opened(socket: object): void {
    this.watcher?.receiveOpened(socket);
    if (channels.connectionOpen.hasSubscribers) channels.connectionOpen.publish({ socket });
  }

  closed(socket: object, subject: Subject, outcome: CloseOutcome): void {
    const { code, reason, wasClean, cause } = outcome;
    this.metrics.countClose(code);
    this.metrics.countLimit(cause?.code);
    this.watcher?.receiveClosed(socket, outcome);
    if (channels.connectionClose.hasSubscribers) {
      channels.connectionClose.publish({ socket, code, reason, wasClean, cause });
    }
    if (cause === undefined) return;
    const sent = cause instanceof RemoteError && cause.closeCode !== code ? `, closed with ${cause.closeCode}` : "";
    this.#journal.debug(() => `lost ${name(subject)}: ${cause.message} [${cause.code}${sent}]`);
  }

  sessionEnded(session: object, end: SessionEnd): void {
    this.metrics.countSessionEnd(end.by);
    this.watcher?.receiveSessionEnded(session, end);
  }

  /** An exception of the application. `where` says in which hook of which route. */
  threw(where: string, error: unknown): void {
    this.metrics.handlerErrors += 1;
    this.watcher?.receiveFault(where);
    this.#journal.error(`${where} threw`, error);
  }

  /** As threw(), but the route's `error` hook was told: not ours to print. */
  threwToHook(): void {
    this.metrics.handlerErrors += 1;
  }

  /** Neither the choice nor the offer is shown: clients put tokens there (V-63). */
  unofferedProtocol(pattern: string): void {
    this.mistake(
      `protocols of route ${pattern} chose a subprotocol that the client did not offer`,
      new LocalError(
        "LW_SERVER_SUBPROTOCOL_NOT_OFFERED",
        "Return one of the offered names exactly as given, or undefined.",
      ),
    );
  }

  /** A mistake of the application that is no exception. */
  mistake(line: string, error: Error): void {
    this.#journal.error(line, error);
  }
}

function name(subject: Subject): string {
  const target = subject.target === undefined ? "a request" : redactTarget(subject.target);
  return subject.remoteAddress === "" ? target : `${target} from ${subject.remoteAddress}`;
}
