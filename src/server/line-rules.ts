// What a session's admission asks the application, and how its answers read on the line: one `authenticate` per HELLO, RESUME
// and AUTH, its refusals in the codes of wire/session-v1 §4.5. Decides about one request; knows no transports.

import { normalOrigin } from "../base/url.ts";
import type { Refusal as HttpRefusal } from "../protocol/handshake/upgrade-request.ts";
import type { Refusal } from "../session/arrival.ts";
import type { Admission as SessionAdmission } from "../session/auth-in-place.ts";
import type { Admission } from "./admission.ts";
import { authenticate, type Verdict } from "./authentication.ts";
import type { LineSettings } from "./line-options.ts";
import type { Reports } from "./reports.ts";
import type { Residents } from "./residents.ts";
import type { UpgradeRequest } from "./upgrade-request.ts";

/** Whoever was let in: what is known of them while the session lasts; its admission, and what the routes get to see. */
export interface Guest extends SessionAdmission {
  readonly user: unknown;
  readonly request: UpgradeRequest;
  /** What the routes do not see of its paths. */
  readonly mount: string;
}

const nobody: Verdict = { kind: "user", user: undefined };

export class LineRules {
  readonly #admission: Admission;
  readonly #settings: LineSettings;
  readonly #reports: Reports;

  constructor(admission: Admission, settings: LineSettings, reports: Reports) {
    this.#admission = admission;
    this.#settings = settings;
    this.#reports = reports;
  }

  get residents(): Residents {
    return this.#admission.rules.residents;
  }

  /** Asks the server's `authenticate`, if it has one. */
  authenticate(request: UpgradeRequest): Verdict | Promise<Verdict> {
    const { authenticate: hook, limits, runtime } = this.#admission.rules;
    if (hook === undefined) return nobody;
    return authenticate(hook, request, limits.authenticateTimeoutMs, runtime.clock);
  }

  /** What the hook's answer means for a session. */
  judge(verdict: Verdict, request: UpgradeRequest, mount: string): Guest | Refusal {
    switch (verdict.kind) {
      case "user":
        return this.#welcome(verdict.user, request, mount);
      case "timeout":
        return { closeCode: 1013, reason: "The server could not find out in time who is asking." };
      case "threw":
        return this.#failed("authenticate of the line", verdict.error);
      case "response":
        return { closeCode: closeCodeOf(verdict.status), reason: "The server does not let this client in." };
    }
  }

  #welcome(user: unknown, request: UpgradeRequest, mount: string): Guest | Refusal {
    try {
      return {
        user,
        request,
        mount,
        principal: this.#settings.principal(user, request),
        origin: request.origin === undefined ? undefined : normalOrigin(request.origin),
        expiresSeconds: this.#settings.expiresIn(user, request),
      };
    } catch (error) {
      return this.#failed("principal or expiresIn of the line", error);
    }
  }

  #failed(where: string, error: unknown): Refusal {
    this.#reports.threw(where, error);
    return { closeCode: 1013, reason: "The server met an error of its own." };
  }

  refused(request: UpgradeRequest, refusal: Refusal, code?: HttpRefusal["code"]): void {
    this.#reports.refused(request, {
      status: statusOf(refusal.closeCode),
      code: code ?? refusalCodes.get(refusal.closeCode) ?? "LW_SERVER_AUTHENTICATE_REFUSED",
      message: refusal.reason,
    });
  }
}

const refusalCodes: ReadonlyMap<number, HttpRefusal["code"]> = new Map<number, HttpRefusal["code"]>([
  [1012, "LW_SERVER_DRAINING"],
]);

/** wire/session-v1 §4.5, from the status of a thrown Response to the code of the line. */
export function closeCodeOf(status: number): number {
  if (status === 401) return 4401;
  if (status === 429) return 4429;
  return status >= 500 ? 1013 : 4403;
}

/** And back, for the counters. */
export function statusOf(closeCode: number): number {
  if (closeCode === 1012 || closeCode === 1013) return 503;
  return closeCode >= 4400 && closeCode <= 4599 ? closeCode - 4000 : 500;
}
