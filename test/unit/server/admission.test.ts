import type { IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { resolveLimits, type Limits } from "../../../src/base/limits.ts";
import { Admission, type AdmissionRoute, type AdmissionRules } from "../../../src/server/admission.ts";
import { parseOrigins } from "../../../src/server/origin.ts";
import { Residents } from "../../../src/server/residents.ts";
import { Router } from "../../../src/server/router.ts";
import { createRuntime } from "../../../src/socket/runtime.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { rawKey } from "../../support/raw-client.ts";

const good = ["Host", "localhost", "Upgrade", "websocket", "Connection", "Upgrade"];
const offer = [...good, "Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", rawKey];

function admitting(limits: Partial<Limits> = {}, rules: Partial<AdmissionRules> = {}) {
  const router = new Router<AdmissionRoute>();
  const route = {
    pattern: "/chat",
    origins: parseOrigins(["https://friend.example"]),
    authenticate: undefined,
    hooks: {},
  };
  router.add("/chat", route as unknown as AdmissionRoute);
  const clock = new FakeClock();
  const residents = new Residents();
  const resolved = resolveLimits(limits);
  const admission = new Admission({
    limits: resolved,
    runtime: createRuntime({ clock, memoryBudgetBytes: resolved.memoryBudgetBytes }),
    residents,
    router,
    hosts: new Set(),
    proxyCount: 0,
    lenientLength: false,
    origins: parseOrigins(undefined),
    authenticate: undefined,
    ...rules,
  });
  const judge = (
    changes: { url?: string; rawHeaders?: string[]; method?: string; boundTo?: string; mount?: string } = {},
  ) => {
    const { url = "/chat", rawHeaders = offer, method = "GET", boundTo, mount = "" } = changes;
    const message = { url, rawHeaders, method, httpVersion: "1.1" } as unknown as IncomingMessage;
    const socket = Object.assign(new PassThrough(), { remoteAddress: "192.0.2.1" });
    const visit = admission.visit(message, socket);
    const room = admission.enter(visit);
    const result = room ?? admission.judge({ message, socket, head: new Uint8Array(0), boundTo, mount }, visit);
    // Whoever is refused gives its place back.
    if (room === undefined && "status" in result) admission.leave(visit.view.remoteAddress);
    return { result, status: "status" in result ? result.status : 101, visit };
  };
  return { admission, judge, residents, clock };
}

/** Everything wrong at once, and then one thing after the other put right. */
const wrongs = {
  url: "/nowhere",
  rawHeaders: ["Host", "evil.example", "Origin", "https://evil.example"],
  boundTo: "127.0.0.1",
};

describe("the order of the admission", () => {
  it("names the first objection, each before the next", () => {
    const { admission, judge, residents } = admitting({ maxConnections: 1 });
    residents.state = "draining";
    const elsewhere = { view: { remoteAddress: "192.0.2.2", host: "", secure: undefined }, target: undefined };
    const seen: string[] = [];
    const see = (changes: Parameters<typeof judge>[0]): void => {
      const { result } = judge(changes);
      seen.push("status" in result ? `${result.status} ${result.code}` : "101");
    };
    see(wrongs);
    residents.state = "open";
    admission.enter(elsewhere);
    see(wrongs);
    admission.leave("192.0.2.2");
    see(wrongs);
    see({ ...wrongs, boundTo: "10.0.0.1" });
    const origin = ["Origin", "https://evil.example"];
    see({ ...wrongs, rawHeaders: [...offer, ...origin] });
    see({ rawHeaders: [...offer, ...origin] });
    see({});
    expect(seen).toEqual([
      "503 LW_SERVER_DRAINING",
      "503 LW_SERVER_FULL",
      "421 LW_SERVER_HOST_UNKNOWN",
      "426 LW_PROTOCOL_UPGRADE_REQUIRED",
      "404 LW_SERVER_ROUTE_UNKNOWN",
      "403 LW_SERVER_ORIGIN_REFUSED",
      "101",
    ]);
  });

  it("refuses everybody while the memory budget is exhausted", () => {
    expect(admitting({ memoryBudgetBytes: 0 }).judge().result).toMatchObject({ status: 503, code: "LW_SERVER_MEMORY" });
  });

  it("counts an address until it leaves", () => {
    const { admission, judge } = admitting({ maxConnectionsPerAddress: 1 });
    const { status, visit } = judge();
    expect([status, judge().status]).toEqual([101, 429]);
    admission.leave(visit.view.remoteAddress);
    expect(judge().status).toBe(101);
  });

  it("refuses an address that comes too fast", () => {
    const { judge, clock } = admitting({ connectsPerSecondPerAddress: 1, connectBurstPerAddress: 1 });
    expect([judge().status, judge().status]).toEqual([101, 429]);
    clock.advance(1_000);
    expect(judge().status).toBe(101);
  });
});

describe("judging", () => {
  it("V-42 asks for a local Host only where the listener is local", () => {
    const foreign = { rawHeaders: ["Host", "evil.example", ...offer.slice(2)] };
    const { judge } = admitting();
    expect(judge({ ...foreign, boundTo: "127.0.0.1" }).status).toBe(421);
    expect(judge({ ...foreign, boundTo: "::1" }).status).toBe(421);
    expect(judge({ ...foreign, boundTo: "0.0.0.0" }).status).toBe(101);
    expect(judge(foreign).status).toBe(101);
  });

  it("leaves a missing or repeated Host to the form of the request", () => {
    const { judge } = admitting();
    expect(judge({ rawHeaders: offer.slice(2), boundTo: "127.0.0.1" }).status).toBe(400);
    expect(judge({ rawHeaders: ["Host", "evil", ...offer], boundTo: "127.0.0.1" }).status).toBe(400);
  });

  it("finds routes below the place where they are mounted, and nowhere else", () => {
    const { judge } = admitting();
    expect(judge({ url: "/app/chat", mount: "/app" }).status).toBe(101);
    for (const url of ["/chat", "/appchat", "/app", "/app/"]) expect(judge({ url, mount: "/app" }).status).toBe(404);
    expect(judge({ url: "*" }).status).toBe(404);
  });

  it("refuses a Host that is no name, and a forwarded one falls back on it", () => {
    expect(admitting().judge({ rawHeaders: ["Host", "a:b:c", ...offer.slice(2)] }).status).toBe(400);
    const { result } = admitting({}, { proxyCount: 1 }).judge({ rawHeaders: [...offer, "X-Forwarded-Host", "a b"] });
    expect("request" in result ? result.request.host : result).toBe("localhost");
  });

  it("hands on what hooks will see", () => {
    const rawHeaders = [...offer, "Origin", "https://friend.example", "Sec-WebSocket-Protocol", "a, b"];
    const { result } = admitting().judge({ url: "/chat?x=1", rawHeaders });
    if (!("request" in result)) throw new Error("refused");
    const { href, origin, protocols, remoteAddress, secure } = result.request;
    expect({ href, origin, protocols, remoteAddress, secure }).toEqual({
      href: "ws://localhost/chat?x=1",
      origin: "https://friend.example",
      protocols: ["a", "b"],
      remoteAddress: "192.0.2.1",
      secure: false,
    });
  });
});
