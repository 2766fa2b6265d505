import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { describe, expect, it, onTestFinished } from "vitest";
import { LocalError, RemoteError } from "../../../src/base/errors.ts";
import { Journal } from "../../../src/server/log.ts";
import { Metrics } from "../../../src/server/metrics.ts";
import { Reports } from "../../../src/server/reports.ts";

function reporting(): { reports: Reports; metrics: Metrics; lines: string[] } {
  const lines: string[] = [];
  const metrics = new Metrics();
  const log = {
    debug: (line: string) => void lines.push(line),
    error: (line: string, error: unknown) => void lines.push(`${line}! ${String(error)}`),
  };
  return { reports: new Reports(metrics, new Journal(log)), metrics, lines };
}

const idle = {
  connections: 0,
  pendingHandshakes: 0,
  topics: 0,
  bufferedBytes: 0,
  bytesIn: 0,
  bytesOut: 0,
  budgetBytes: 0,
  draining: false,
};
const subject = { remoteAddress: "192.0.2.1", target: { path: "/a", search: "?token=x" } };

describe("reports", () => {
  it("say in one line who was refused, with what and why", () => {
    const { reports, metrics, lines } = reporting();
    reports.refused(subject, { status: 503, code: "LW_SERVER_FULL", message: "Full." });
    reports.refused({ remoteAddress: "", target: undefined }, { status: 405, code: "LW_X", message: "No." });
    reports.abandoned(subject);
    reports.unreadable("192.0.2.2", 408, "LW_SERVER_HANDSHAKE_TIMEOUT", "Too slow.");
    expect(lines).toEqual([
      "refused /a?token=… from 192.0.2.1 with 503: Full. [LW_SERVER_FULL]",
      "refused a request with 405: No. [LW_X]",
      "gone before an answer: /a?token=… from 192.0.2.1 closed the connection during the handshake",
      "refused 192.0.2.2 with 408: Too slow. [LW_SERVER_HANDSHAKE_TIMEOUT]",
    ]);
    expect([metrics.limitCount("maxConnections"), metrics.limitCount("handshakeTimeoutMs")]).toEqual([1, 1]);
  });

  it("say why a connection was lost, and nothing of those that ended well", () => {
    const { reports, metrics, lines } = reporting();
    const socket = {};
    const lost = { code: 1_006, reason: "", wasClean: false };
    reports.closed(socket, subject, { code: 1_000, reason: "", wasClean: true, cause: undefined });
    reports.closed(socket, subject, {
      ...lost,
      cause: new RemoteError("LW_PROTOCOL_MESSAGE_TOO_BIG", "Too big.", 1_009),
    });
    reports.closed(socket, subject, { ...lost, cause: new LocalError("LW_SERVER_CLOSED", "Closed.") });
    expect(lines).toEqual([
      "lost /a?token=… from 192.0.2.1: Too big. [LW_PROTOCOL_MESSAGE_TOO_BIG, closed with 1009]",
      "lost /a?token=… from 192.0.2.1: Closed. [LW_SERVER_CLOSED]",
    ]);
    expect(metrics.limitCount("maxMessageBytes")).toBe(1);
  });

  it("say what the application did wrong, and count it also when a hook was told", () => {
    const { reports, metrics, lines } = reporting();
    reports.threw("the open hook of route /a", new Error("boom"));
    reports.threwToHook();
    reports.mistake("odd", new Error("why"));
    expect(lines).toEqual(["the open hook of route /a threw! Error: boom", "odd! Error: why"]);
    expect(metrics.handlerErrors).toBe(2);
  });

  it("publish what happens to whoever watches", () => {
    const { reports } = reporting();
    const heard: unknown[] = [];
    const listen = (message: unknown): void => void heard.push(message);
    for (const name of ["longwire:connection:open", "longwire:connection:close", "longwire:handshake:refused"]) {
      subscribe(name, listen);
      onTestFinished(() => void unsubscribe(name, listen));
    }
    const socket = {};
    reports.opened(socket);
    reports.closed(socket, subject, { code: 1_000, reason: "bye", wasClean: true, cause: undefined });
    reports.refused(subject, { status: 404, code: "LW_X", message: "No." });
    expect(heard).toEqual([
      { socket },
      { socket, code: 1_000, reason: "bye", wasClean: true, cause: undefined },
      { status: 404, code: "LW_X", message: "No.", path: "/a", remoteAddress: "192.0.2.1" },
    ]);
  });

  it("tell whoever looks on, while somebody does", () => {
    const { reports, metrics } = reporting();
    const seen: string[] = [];
    const tell = (): void => {
      reports.opened({});
      reports.closed({}, subject, { code: 1_000, reason: "", wasClean: true, cause: undefined });
      reports.refused(subject, { status: 404, code: "LW_X", message: "No." });
      reports.refusedChannel(subject, { status: 429, code: "LW_Y", message: "No." });
      reports.sessionEnded({}, { by: "expired", code: 4410, reason: "" });
      reports.threw("open of route /", new Error("mine"));
    };
    tell();
    reports.watcher = {
      receiveOpened: () => seen.push("opened"),
      receiveClosed: (_socket, { code }) => seen.push(`closed ${code}`),
      receiveRefused: (_subject, { status }) => seen.push(`refused ${status}`),
      receiveSessionEnded: (_session, { by }) => seen.push(`session ${by}`),
      receiveFault: (where) => seen.push(where),
    };
    tell();
    expect(seen).toEqual(["opened", "closed 1000", "refused 404", "refused 429", "session expired", "open of route /"]);
    expect(metrics.format(idle).includes('sessions_ended_total{by="expired"} 2')).toBe(true);
  });
});
