// What happened lately: opened, closed and why, refused and why, sessions that ended, faults of handlers. Kept from the moment on in
// which somebody asked for it first, the newest few hundred; everything is told as it happens to whoever watches. No secret is in
// it (RELIABILITY V-50).

import type { CloseOutcome } from "../../base/carrier.ts";
import { type LongwireError, RemoteError } from "../../base/errors.ts";
import type { SessionEnd } from "../../base/session.ts";
import type { ReportWatcher, Subject } from "../reports.ts";
import { redactTarget } from "../redaction.ts";
import { redactText } from "./secret-text.ts";

interface Happened {
  /** In ms since 1970. */
  readonly at: number;
}

interface OfSocket extends Happened {
  /** Of the connection, or of the session that the channel belongs to. */
  readonly id: string;
  readonly what: "connection" | "channel";
  /** The pattern of its route. */
  readonly route: string;
  /** Path and query, secrets left out. */
  readonly target: string;
  readonly remoteAddress: string;
}

/** A connection or a channel is open. */
export interface Opened extends OfSocket {
  readonly kind: "opened";
}

/** Why a connection or channel failed: an error as a value. */
export interface ClosedCause {
  /** Of the error, and its sentence. */
  readonly code: string;
  readonly message: string;
  /** What the peer was told, if it could be told anything. */
  readonly closeCode: number | undefined;
}

/** A connection or a channel has ended. */
export interface Closed extends OfSocket {
  readonly kind: "closed";
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
  /** What went wrong, if anything did. */
  readonly cause: ClosedCause | undefined;
}

/** A handshake or a channel was refused. */
export interface Refused extends Happened {
  readonly kind: "refused";
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly target: string;
  readonly remoteAddress: string;
}

/** A session is over, and its channels with it. */
export interface SessionEnded extends Happened {
  readonly kind: "session-ended";
  readonly id: string;
  readonly by: SessionEnd["by"];
  readonly code: number;
  readonly reason: string;
}

/** A handler threw; what it threw is the log's. */
export interface Fault extends Happened {
  readonly kind: "fault";
  readonly where: string;
}

/** Something that an operator may want to know. */
export type Happening = Opened | Closed | Refused | SessionEnded | Fault;

/** Of a socket, what a happening says of it; undefined for one that is not to be spoken of. */
export type Describe = (socket: object) => Omit<OfSocket, "at"> | undefined;

const MOST_KEPT = 300;

export class Happenings implements ReportWatcher {
  readonly #describe: Describe;
  readonly #idOf: (session: object) => string | undefined;
  readonly #now: () => number;
  readonly #kept: Happening[] = [];
  readonly #watchers = new Set<(happening: Happening) => void>();

  constructor(describe: Describe, idOf: (session: object) => string | undefined, now: () => number) {
    this.#describe = describe;
    this.#idOf = idOf;
    this.#now = now;
  }

  /** The newest last. What opened is not among them: it is there, or it has closed. */
  get kept(): readonly Happening[] {
    return this.#kept;
  }

  /** Tells everything from now on, until the returned function is called. */
  watch(receive: (happening: Happening) => void): () => void {
    const watcher = (happening: Happening): void => receive(happening);
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  receiveRefused(subject: Subject, refusal: { status: number; code: string; message: string }): void {
    const { status, code, message } = refusal;
    const target = subject.target === undefined ? "" : redactTarget(subject.target);
    const { remoteAddress } = subject;
    this.#tell({ kind: "refused", at: this.#now(), status, code, message, target, remoteAddress });
  }

  receiveOpened(socket: object): void {
    // It is not kept, so without a watcher there is nothing to say.
    if (this.#watchers.size === 0) return;
    const described = this.#describe(socket);
    if (described !== undefined) this.#tell({ kind: "opened", at: this.#now(), ...described });
  }

  receiveClosed(socket: object, outcome: CloseOutcome): void {
    const described = this.#describe(socket);
    if (described === undefined) return;
    const { code, reason, wasClean } = outcome;
    const cause = outcome.cause === undefined ? undefined : causeOf(outcome.cause);
    this.#tell({
      kind: "closed",
      at: this.#now(),
      ...described,
      code,
      reason: redactText(reason).text,
      wasClean,
      cause,
    });
  }

  receiveSessionEnded(session: object, end: SessionEnd): void {
    const id = this.#idOf(session);
    if (id === undefined) return;
    const { by, code, reason } = end;
    this.#tell({ kind: "session-ended", at: this.#now(), id, by, code, reason: redactText(reason).text });
  }

  receiveFault(where: string): void {
    this.#tell({ kind: "fault", at: this.#now(), where });
  }

  #tell(happening: Happening): void {
    if (happening.kind !== "opened") {
      this.#kept.push(happening);
      if (this.#kept.length > MOST_KEPT) this.#kept.shift();
    }
    for (const watcher of this.#watchers) watcher(happening);
  }
}

function causeOf(error: LongwireError): ClosedCause {
  const closeCode = error instanceof RemoteError ? error.closeCode : undefined;
  return { code: error.code, message: redactText(error.message).text, closeCode };
}
