import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { describe, expect, it, vi } from "vitest";
import { resolveLimits } from "../../../src/base/limits.ts";
import { Admission, type AdmissionRoute } from "../../../src/server/admission.ts";
import { Journal } from "../../../src/server/log.ts";
import { Metrics } from "../../../src/server/metrics.ts";
import { parseOrigins } from "../../../src/server/origin.ts";
import { PlainRequests, type PlainListener } from "../../../src/server/plain-request.ts";
import { Reports } from "../../../src/server/reports.ts";
import { Residents } from "../../../src/server/residents.ts";
import { Router } from "../../../src/server/router.ts";
import { createRuntime } from "../../../src/socket/runtime.ts";
import { settled } from "../../support/fake-clock.ts";
import { StreamEnd } from "../../support/stream-end.ts";

function answering(http?: PlainListener, patterns = ["/chat"]) {
  const router = new Router<AdmissionRoute>();
  for (const pattern of patterns) router.add(pattern, { pattern } as AdmissionRoute);
  const admission = new Admission({
    limits: resolveLimits({ maxHeaders: 4 }),
    runtime: createRuntime(),
    residents: new Residents(),
    router,
    hosts: new Set(),
    proxyCount: 0,
    lenientLength: false,
    origins: parseOrigins(undefined),
    authenticate: undefined,
  });
  const errors: string[] = [];
  const journal = new Journal({ debug() {}, error: (line) => void errors.push(line) });
  const pages = { metricsPath: "/metrics", metrics: () => "numbers", ready: () => true, http };
  const plain = new PlainRequests(admission, new Reports(new Metrics(), journal), pages);
  const ask = (url: string, method = "GET", rawHeaders = ["Host", "localhost"], connection = new Socket()): string => {
    const message = new IncomingMessage(connection);
    Object.assign(message, { url, method, rawHeaders, httpVersion: "1.1", httpVersionMajor: 1, httpVersionMinor: 1 });
    const response = new ServerResponse(message);
    const socket = new StreamEnd();
    response.assignSocket(socket as unknown as Socket);
    plain.answer(message, response, "127.0.0.1");
    return socket.text;
  };
  return { ask, errors };
}

const statusOf = (text: string): number => Number(text.split(" ", 2)[1]);

describe("plain requests", () => {
  it.each([
    ["/metrics", 200],
    ["/healthz", 200],
    ["/readyz?x=1", 200],
    ["/chat", 426],
    ["/chat?x=1", 426],
    ["/other", 404],
    ["*", 404],
  ])("%s without an application: %i", (url, status) => {
    expect(statusOf(answering().ask(url))).toBe(status);
  });

  it("P-05 V-48 at a WebSocket path say what to do and end the connection", () => {
    const text = answering().ask("/chat");
    expect(text).toMatch(/\r\nUpgrade: websocket\r\n/);
    expect(text).toMatch(/\r\nConnection: Upgrade, close\r\n/);
    expect(text).toMatch(/\r\nContent-Length: \d+\r\n/);
    expect(answering().ask("/chat", "HEAD")).toMatch(/^HTTP\/1\.1 426 [^]*\r\n\r\n$/);
  });

  it("V-47 that follow a refused one on the same connection are nobody's", () => {
    const http = vi.fn<PlainListener>((_message, response) => void response.end("page"));
    const { ask } = answering(http);
    const connection = new Socket();
    expect(statusOf(ask("/page", "GET", ["Host", "localhost"], connection))).toBe(200);
    expect(statusOf(ask("/chat", "GET", ["Host", "localhost"], connection))).toBe(426);
    expect(ask("/page", "GET", ["Host", "localhost"], connection)).toBe("");
    expect(http).toHaveBeenCalledTimes(1);
  });

  it("V-42 need a local Host where the listener is local", () => {
    expect(statusOf(answering().ask("/metrics", "GET", ["Host", "evil.example"]))).toBe(421);
  });

  it("V-30 may have as many header lines as the limit says", () => {
    const lines = (count: number): string[] => Array.from({ length: 2 * count }, () => "host");
    expect(statusOf(answering().ask("/healthz", "GET", lines(4)))).toBe(200);
    expect(statusOf(answering().ask("/healthz", "GET", lines(5)))).toBe(431);
  });

  it("are the application's everywhere else, and below routes that take every path", () => {
    const { ask } = answering((message, response) => void response.end(message.method), ["/chat", "/files/*"]);
    expect([ask("/other"), ask("/chat", "POST"), ask("/files/a")].map(statusOf)).toEqual([200, 200, 200]);
    expect([ask("/chat"), ask("/healthz")].map(statusOf)).toEqual([426, 200]);
  });

  it("that break the application get 500, unless it had begun to answer", async () => {
    const { ask, errors } = answering((message, response) => {
      if (message.url === "/late") response.writeHead(200);
      throw new Error("page");
    });
    expect(statusOf(ask("/early"))).toBe(500);
    expect(ask("/late")).not.toMatch(/500/);
    expect(errors).toEqual(["the http option threw", "the http option threw"]);
    const rejecting = answering(async () => Promise.reject(new Error("page")));
    rejecting.ask("/x");
    await settled();
    expect(rejecting.errors).toEqual(["the http option threw"]);
  });
});
