// One handshake on its way through the admission: asks the hooks, waits for them with the socket in safe keeping, then
// answers 101 and lets the connection in, or refuses and sees the socket closed. Which rules apply is admission.ts's.

import { LocalError } from "../base/errors.ts";
import type { Refusal } from "../protocol/handshake/upgrade-request.ts";
import { formatRefusal, formatUpgradeResponse } from "../protocol/handshake/upgrade-response.ts";
import { acceptSocket } from "../socket/accept.ts";
import { PendingSocket } from "../socket/pending-socket.ts";
import type { Admission, AdmissionRoute, Arrival, Candidacy, Visit } from "./admission.ts";
import { authenticate, type Verdict } from "./authentication.ts";
import type { Line } from "./line.ts";
import { answerLast, ignoreError } from "./last-answer.ts";
import { ServerSocket } from "./peer.ts";
import * as refusals from "./refusals.ts";
import type { Reports, Subject } from "./reports.ts";
import type { Waiting } from "./residents.ts";
import { settleProtocol } from "./subprotocol.ts";

type RouteCandidacy = Candidacy & { readonly route: AdmissionRoute };

export class Candidate implements Waiting {
  readonly #admission: Admission;
  readonly #reports: Reports;
  readonly #arrival: Arrival;
  readonly #line: Line | undefined;
  readonly #visit: Visit;
  readonly #subject: Subject;
  readonly #startedAt: number;
  #candidacy: Candidacy | undefined;
  #pending: PendingSocket | undefined;
  #settled = false;

  /** `line`: where sessions go, if there are any. */
  constructor(admission: Admission, reports: Reports, arrival: Arrival, line?: Line) {
    this.#admission = admission;
    this.#reports = reports;
    this.#arrival = arrival;
    this.#line = line;
    this.#visit = admission.visit(arrival.message, arrival.socket);
    this.#subject = { remoteAddress: this.#visit.view.remoteAddress, target: this.#visit.target };
    this.#startedAt = admission.rules.runtime.clock.now();
  }

  /** Judges, asks, and answers: at once if the hooks do. */
  present(): void {
    // From the first moment to the last somebody listens for errors of this socket (V-32).
    this.#arrival.socket.on("error", ignoreError);
    // An answer now would come before that to the request in front, and that one among our frames.
    if (owesAnswer(this.#arrival.socket)) {
      this.#settled = true;
      this.#reports.refused(this.#subject, refusals.pipelined);
      this.#arrival.socket.destroy();
      return;
    }
    const objection = this.#admission.enter(this.#visit, this.#admission.offersLine(this.#arrival.message));
    if (objection !== undefined) {
      this.#answer(objection);
      return;
    }
    const result = this.#admission.judge(this.#arrival, this.#visit);
    if ("status" in result) {
      this.#refuse(result);
      return;
    }
    const { route } = result;
    if (route === undefined) {
      this.#passToLine(result);
      return;
    }
    this.#present({ ...result, route });
  }

  #present(candidacy: RouteCandidacy): void {
    const { route, request } = candidacy;
    this.#candidacy = candidacy;
    if (route.authenticate === undefined) {
      this.#letIn(candidacy, undefined);
      return;
    }
    const { limits, runtime } = this.#admission.rules;
    const verdict = authenticate(route.authenticate, request, limits.authenticateTimeoutMs, runtime.clock);
    if ("kind" in verdict) this.#decide(candidacy, verdict);
    else this.#wait(candidacy, verdict);
  }

  /** A session says who it is in its first packet, not here. */
  #passToLine({ offer, request }: Candidacy): void {
    const { socket, head, mount } = this.#arrival;
    const { clock } = this.#admission.rules.runtime;
    if (this.#line === undefined || socket.destroyed) {
      this.#leave();
      socket.destroy();
      return;
    }
    this.#settled = true;
    this.#line.acceptWebSocket(socket, head, offer, request, mount, this.#admission.placeOf(this.#visit));
    this.#reports.accepted(clock.now() - this.#startedAt);
    socket.off("error", ignoreError);
  }

  turnAway(): void {
    if (this.#settled) return;
    this.#candidacy?.request.abandon(new LocalError("LW_SERVER_DRAINING", "The server is shutting down."));
    this.#refuse(refusals.draining(refusals.spreadSeconds(this.#admission.rules.runtime.random)));
  }

  #wait(candidacy: RouteCandidacy, verdict: Promise<Verdict>): void {
    const { limits, residents } = this.#admission.rules;
    residents.waiting.add(this);
    this.#pending = new PendingSocket(this.#arrival.socket, this.#arrival.head, limits.handshakeBufferBytes, () => {
      this.#abandon(candidacy);
    });
    void verdict.then((result) => {
      // The client or the server has given up meanwhile: what the hook found out is of no interest (P-15).
      if (this.#settled) return;
      residents.waiting.delete(this);
      this.#decide(candidacy, result);
    });
  }

  #decide(candidacy: RouteCandidacy, verdict: Verdict): void {
    const { rules } = this.#admission;
    switch (verdict.kind) {
      case "user":
        this.#letIn(candidacy, verdict.user);
        return;
      case "timeout":
        this.#refuse(refusals.authenticateSlow(refusals.spreadSeconds(rules.runtime.random)));
        return;
      case "threw":
        this.#reports.threw(`authenticate of route ${candidacy.route.pattern}`, verdict.error);
        this.#refuse(refusals.hookFailed);
        return;
      case "response":
        this.#leave();
        this.#reports.refused(this.#subject, {
          status: verdict.status,
          code: "LW_SERVER_AUTHENTICATE_REFUSED",
          message: "authenticate threw a Response.",
        });
        this.#write(verdict.bytes);
    }
  }

  #letIn(candidacy: RouteCandidacy, user: unknown): void {
    const { socket } = this.#arrival;
    const { rules } = this.#admission;
    const { offer, route, request } = candidacy;
    const choice = settleProtocol(route, request, this.#reports);
    if ("status" in choice) {
      this.#refuse(choice);
      return;
    }
    if (socket.destroyed) {
      this.#abandon(candidacy);
      return;
    }
    const { protocol } = choice;
    const response = formatUpgradeResponse(offer, protocol === undefined ? {} : { protocol });
    this.#settled = true;
    const { limits, runtime, lenientLength, residents } = rules;
    const head = this.#release();
    acceptSocket(
      socket,
      { response, head, protocol: protocol ?? "", extensions: "", limits, runtime, lenientLength },
      (open) => {
        const peer = new ServerSocket(open, route, request, user, socket);
        residents.sockets.add(peer);
        this.#reports.accepted(runtime.clock.now() - this.#startedAt);
        peer.open();
        return peer;
      },
    );
    // From here on the carrier hears the socket's errors.
    socket.off("error", ignoreError);
  }

  /** The client is gone before the answer. */
  #abandon({ request }: Candidacy): void {
    if (this.#settled) return;
    request.abandon(new LocalError("LW_SERVER_CLIENT_GONE", "The client closed the connection during the handshake."));
    this.#leave();
    this.#reports.abandoned(this.#subject);
  }

  #refuse(refusal: Refusal): void {
    this.#leave();
    this.#answer(refusal);
  }

  /** Gives back the place that enter() gave. */
  #leave(): void {
    this.#settled = true;
    this.#admission.rules.residents.waiting.delete(this);
    this.#admission.leave(this.#visit.view.remoteAddress);
  }

  #answer(refusal: Refusal): void {
    this.#settled = true;
    this.#reports.refused(this.#subject, refusal);
    this.#write(formatRefusal(refusal, { method: this.#arrival.message.method ?? "" }));
  }

  #write(bytes: string | Uint8Array): void {
    this.#release();
    const { limits, runtime } = this.#admission.rules;
    answerLast(this.#arrival.socket, bytes, { clock: runtime.clock, discardBytes: limits.discardBytes });
  }

  /** The socket is ours again, with what it brought while a hook was deciding. */
  #release(): Uint8Array {
    const pending = this.#pending;
    this.#pending = undefined;
    return pending === undefined ? this.#arrival.head : pending.release();
  }
}

/** Whether an earlier request on the same connection is not answered yet; Node keeps the answer on the socket. */
function owesAnswer(socket: object): boolean {
  const { _httpMessage: answer } = socket as { _httpMessage?: object | null };
  return answer !== undefined && answer !== null;
}
