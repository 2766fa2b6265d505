import type { IncomingMessage } from "node:http";
import { describe, expect, it, vi } from "vitest";
import { resolveLimits } from "../../../src/base/limits.ts";
import { Hub } from "../../../src/hub/hub.ts";
import { Admission, type AdmissionRoute } from "../../../src/server/admission.ts";
import { Candidate } from "../../../src/server/candidate.ts";
import type { Authenticate } from "../../../src/server/hooks.ts";
import { Journal } from "../../../src/server/log.ts";
import { Metrics } from "../../../src/server/metrics.ts";
import { parseOrigins } from "../../../src/server/origin.ts";
import type { PeerHooks } from "../../../src/server/peer.ts";
import { Reports } from "../../../src/server/reports.ts";
import { Residents } from "../../../src/server/residents.ts";
import { Router } from "../../../src/server/router.ts";
import { createRuntime } from "../../../src/socket/runtime.ts";
import { FakeClock, settled } from "../../support/fake-clock.ts";
import { rawFrame, rawKey } from "../../support/raw-client.ts";
import { StreamEnd } from "../../support/stream-end.ts";

const rawHeaders =
  `Host localhost Upgrade websocket Connection Upgrade Sec-WebSocket-Version 13 Sec-WebSocket-Key ${rawKey} Sec-WebSocket-Protocol a`.split(
    " ",
  );

function arriving(hooks: PeerHooks = {}, authenticate?: Authenticate<unknown>, head: Uint8Array = Buffer.alloc(0)) {
  const clock = new FakeClock();
  const [residents, metrics, router] = [new Residents(), new Metrics(), new Router<AdmissionRoute>()];
  const errors: string[] = [];
  const log = { debug() {}, error: (line: string) => void errors.push(line) };
  const reports = new Reports(metrics, new Journal(log));
  const limits = resolveLimits({ maxConnectionsPerAddress: 1, handshakeBufferBytes: 64 });
  const admission = new Admission({
    limits,
    runtime: createRuntime({ clock }),
    residents,
    router,
    hosts: new Set(),
    proxyCount: 0,
    lenientLength: false,
    origins: parseOrigins(undefined),
    authenticate: undefined,
  });
  router.add("/", {
    pattern: "/",
    hooks,
    hub: new Hub(255),
    reports,
    limits,
    origins: parseOrigins("any"),
    authenticate,
    release: (socket) => residents.delete(socket),
  });
  const socket = new StreamEnd();
  const message = { url: "/", rawHeaders, method: "GET", httpVersion: "1.1" } as unknown as IncomingMessage;
  const arrival = { message, socket, head, boundTo: undefined, mount: "" };
  const candidate = new Candidate(admission, reports, arrival);
  return { candidate, socket, residents, metrics, errors, clock, admission, arrival, reports };
}

describe("a candidate", () => {
  it("is let in at once when nobody is asked, or the hook answers at once", () => {
    for (const authenticate of [undefined, () => "Ada"]) {
      const open = vi.fn();
      const { candidate, socket, residents } = arriving({ open }, authenticate);
      candidate.present();
      expect(open).toHaveBeenCalledTimes(1);
      expect(residents.sockets.size).toBe(1);
      expect(socket.text).toMatch(/^HTTP\/1\.1 101 /);
    }
  });

  it("P-13 P-14 gets what came with and after the request delivered after open, in order", async () => {
    const heard: string[] = [];
    let decide: ((user: string) => void) | undefined;
    const { candidate, socket, residents } = arriving(
      { open: () => void heard.push("open"), message: (_socket, data) => void heard.push(String(data)) },
      () => new Promise<string>((resolve) => (decide = resolve)),
      rawFrame({ payload: "glued" }),
    );
    candidate.present();
    expect(residents.waiting.size).toBe(1);
    socket.push(rawFrame({ payload: "early" }));
    await settled();
    socket.push(rawFrame({ payload: "more than the bound".repeat(4) }));
    socket.push(rawFrame({ payload: "waiting" }));
    await settled();
    expect(socket.isPaused()).toBe(true);
    expect(heard).toEqual([]);
    decide?.("Ada");
    await settled();
    expect(heard).toEqual(["open", "glued", "early", "more than the bound".repeat(4), "waiting"]);
    expect(residents.waiting.size).toBe(0);
  });

  it("P-14 stays paused if its open hook pauses it", async () => {
    const message = vi.fn();
    let decide: ((user: string) => void) | undefined;
    const { candidate, socket, residents } = arriving({ open: (peer) => peer.pause(), message }, () => {
      return new Promise<string>((resolve) => (decide = resolve));
    });
    candidate.present();
    socket.push(Buffer.concat([rawFrame({ payload: "a".repeat(64) }), rawFrame({ payload: "b" })]));
    await settled();
    decide?.("Ada");
    await settled();
    expect(message).not.toHaveBeenCalled();
    for (const peer of residents.sockets) peer.resume();
    await settled();
    expect(message).toHaveBeenCalledTimes(2);
  });

  it("P-14 V-23 stays paused while its handler is behind with what came before the answer", async () => {
    const message = vi.fn(() => new Promise(() => {}));
    let decide: ((user: string) => void) | undefined;
    const { candidate, socket } = arriving({ message }, () => new Promise<string>((resolve) => (decide = resolve)));
    candidate.present();
    socket.push(Buffer.concat(Array.from({ length: 40 }, () => rawFrame({ payload: "early" }))));
    await settled();
    decide?.("Ada");
    await settled();
    expect(message).toHaveBeenCalledTimes(1);
    expect(socket.isPaused()).toBe(true);
  });

  it.each([
    ["P-15 hangs up", (socket: StreamEnd) => socket.push(null)],
    ["P-15 V-32 breaks", (socket: StreamEnd) => socket.destroy(new Error("reset"))],
  ])("that %s while a hook decides is forgotten, and its place is free", async (_what, leave) => {
    const open = vi.fn();
    let decide: ((user: string) => void) | undefined;
    const arrived = arriving({ open }, () => new Promise<string>((resolve) => (decide = resolve)));
    arrived.candidate.present();
    leave(arrived.socket);
    await settled();
    expect(arrived.residents.waiting.size).toBe(0);
    decide?.("Ada");
    await settled();
    expect(open).not.toHaveBeenCalled();
    expect(arrived.socket.destroyed).toBe(true);
    expect(arrived.socket.text).toBe("");
    const { admission, arrival } = arrived;
    expect(admission.enter(admission.visit(arrival.message, arrival.socket))).toBeUndefined();
  });

  it("P-16 is turned away with 503 when the server drains meanwhile, and what the hook says later is ignored", async () => {
    let decide: ((user: string) => void) | undefined;
    const signals: AbortSignal[] = [];
    const arrived = arriving({}, (request) => {
      signals.push(request.signal);
      return new Promise<string>((resolve) => (decide = resolve));
    });
    arrived.candidate.present();
    arrived.residents.turnAwayWaiting();
    arrived.candidate.turnAway();
    decide?.("Ada");
    await settled();
    expect(arrived.socket.text).toMatch(/^HTTP\/1\.1 503 [^]*Retry-After: \d+/);
    expect(arrived.socket.text.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(signals[0]?.reason).toMatchObject({ code: "LW_SERVER_DRAINING" });
    expect(arrived.residents.sockets.size).toBe(0);
  });

  it("P-09 is refused with 500 when the route chooses a subprotocol that was not offered", () => {
    const { candidate, socket, errors, residents } = arriving({ protocols: () => "b" });
    candidate.present();
    expect(socket.text).toMatch(/^HTTP\/1\.1 500 /);
    expect(errors.join()).toMatch(/chose a subprotocol/);
    expect(residents.sockets.size).toBe(0);
  });

  it("is not let in when its socket broke before the answer", () => {
    const open = vi.fn();
    const { candidate, socket } = arriving({ open });
    socket.destroy();
    candidate.present();
    expect(open).not.toHaveBeenCalled();
  });
});
