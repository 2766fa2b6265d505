// The parts of a server that sessions need, on a clock that stands still, with links in memory: what test/support/test-server
// has whole, in pieces that a unit test can hold.
import { resolveLimits, type Limits } from "../../src/base/limits.ts";
import { Hub } from "../../src/hub/hub.ts";
import { Admission, type AdmissionRoute, type Place, type Visit } from "../../src/server/admission.ts";
import type { Authenticate } from "../../src/server/hooks.ts";
import { Line } from "../../src/server/line.ts";
import { type LineOptions, resolveLine } from "../../src/server/line-options.ts";
import { LineRules } from "../../src/server/line-rules.ts";
import { Journal } from "../../src/server/log.ts";
import { Metrics } from "../../src/server/metrics.ts";
import { type Origins, parseOrigins } from "../../src/server/origin.ts";
import type { PeerHooks } from "../../src/server/peer.ts";
import { Reports } from "../../src/server/reports.ts";
import { Residents } from "../../src/server/residents.ts";
import { Router } from "../../src/server/router.ts";
import type { UpgradeRequest } from "../../src/server/upgrade-request.ts";
import { encodePacket, type ControlPacket } from "../../src/session/packet-encoder.ts";
import { createRuntime } from "../../src/socket/runtime.ts";
import { FakeClock } from "./fake-clock.ts";
import { describePacket } from "./line-client.ts";
import { MemoryLink } from "./memory-link.ts";

export interface LineServerOptions {
  readonly limits?: Partial<Limits>;
  readonly line?: LineOptions<never>;
  readonly origins?: Origins;
  readonly authenticate?: Authenticate<unknown>;
}

/** A transport in memory, as whoever is at its other end sees it. */
export interface LineEnd {
  readonly link: MemoryLink;
  /** Delivers packets. */
  send(...packets: (ControlPacket | Uint8Array)[]): void;
  /** What was sent on it, in words, without what is sent again and again: ACK and PING. */
  readonly told: string[];
  /** It breaks. */
  cut(): void;
}

export class LineServer {
  readonly clock: FakeClock = new FakeClock();
  /** Where transports come from. */
  remoteAddress: string = "192.0.2.1";
  readonly residents: Residents = new Residents();
  readonly metrics: Metrics = new Metrics();
  readonly router: Router<AdmissionRoute> = new Router();
  /** What was logged as a fault. */
  readonly errors: string[] = [];
  /** Refusals, as the log has them. */
  readonly refused: string[] = [];
  readonly reports: Reports;
  readonly admission: Admission;
  readonly rules: LineRules;
  readonly line: Line;
  readonly #authenticate: Authenticate<unknown> | undefined;

  constructor(options: LineServerOptions = {}) {
    const { authenticate, origins = "any" } = options;
    this.#authenticate = authenticate;
    const log = {
      debug: (text: string) => void this.refused.push(text),
      error: (text: string) => void this.errors.push(text),
    };
    this.reports = new Reports(this.metrics, new Journal(log));
    const limits = resolveLimits(options.limits ?? {});
    const settings = resolveLine(options.line);
    if (settings === undefined) throw new Error("A line is what this is for.");
    this.admission = new Admission({
      limits,
      runtime: createRuntime({ clock: this.clock, memoryBudgetBytes: limits.memoryBudgetBytes }),
      residents: this.residents,
      router: this.router,
      linePath: settings.path,
      origins: parseOrigins(origins),
      authenticate,
      hosts: new Set(),
      proxyCount: 0,
      lenientLength: false,
    });
    this.rules = new LineRules(this.admission, settings, this.reports);
    this.line = new Line(this.admission, this.reports, settings);
  }

  route(pattern: string, hooks: PeerHooks = {}): this {
    this.router.add(pattern, {
      pattern,
      hooks,
      hub: new Hub(255),
      reports: this.reports,
      limits: this.admission.rules.limits,
      origins: hooks.origins === undefined ? this.admission.rules.origins : parseOrigins(hooks.origins),
      authenticate: hooks.authenticate ?? this.#authenticate,
      release: (socket) => this.residents.delete(socket),
    });
    return this;
  }

  /** A place among the connections. */
  place(): Place {
    const place = this.admission.take(this.visit, true);
    const objection = "status" in place ? place : place.objection;
    if (objection !== undefined || "status" in place) {
      if (!("status" in place)) place.leave();
      throw new Error(`No place: ${objection?.message ?? ""}`);
    }
    return place;
  }

  get visit(): Visit {
    const { remoteAddress } = this;
    return { view: { remoteAddress, host: "localhost", secure: undefined }, target: undefined };
  }

  request(rawHeaders: readonly string[] = [], origin?: string): UpgradeRequest {
    const { remoteAddress } = this;
    const facts = { host: "localhost", secure: false, origin, remoteAddress, rawHeaders };
    return this.admission.lineRequest(facts, "");
  }

  /** A transport that comes in. */
  dial(rawHeaders: readonly string[] = []): LineEnd {
    const { line } = this;
    const link = new MemoryLink();
    const attachment = line.enter({ kind: "websocket", link }, this.request(rawHeaders), "", this.place());
    return {
      link,
      send(...packets) {
        for (const packet of packets) {
          attachment.receive(packet instanceof Uint8Array ? packet : encodePacket(packet));
        }
      },
      get told() {
        return link.sent.map(describePacket).filter((words) => !/^(ack|ping)/.test(words));
      },
      cut() {
        line.receiveGone(attachment);
        attachment.receiveClosed(1006, "");
      },
    };
  }
}
