import { describe, expect, it, vi } from "vitest";
import { authenticate, type Verdict } from "../../../src/server/authentication.ts";
import { UpgradeRequest } from "../../../src/server/upgrade-request.ts";
import { FakeClock, settled } from "../../support/fake-clock.ts";

const request = (): UpgradeRequest => new UpgradeRequest({ rawHeaders: [] } as never);
const clock = new FakeClock();

const textOf = (verdict: Verdict): string => {
  if (verdict.kind !== "response") throw new Error(`Expected a response, got ${verdict.kind}.`);
  return Buffer.from(verdict.bytes).toString("latin1");
};

describe("asking who is there", () => {
  it("answers at once when the hook does", () => {
    const user = { name: "Ada" };
    expect(authenticate(() => user, request(), 1_000, clock)).toEqual({ kind: "user", user });
    expect(authenticate(() => undefined, request(), 1_000, clock)).toEqual({ kind: "user", user: undefined });
  });

  it("waits for a promise of any make and lets go of its timer", async () => {
    expect(await authenticate(async () => Promise.resolve(7), request(), 1_000, clock)).toEqual({
      kind: "user",
      user: 7,
    });
    expect(clock.pendingCount).toBe(0);
  });

  it("tells an exception that is no Response, thrown or rejected", async () => {
    const error = new Error("x");
    const fail = (): never => {
      throw error;
    };
    expect(authenticate(fail, request(), 1_000, clock)).toEqual({ kind: "threw", error });
    expect(await authenticate(async () => Promise.resolve().then(fail), request(), 1_000, clock)).toEqual({
      kind: "threw",
      error,
    });
  });

  it("gives up after the time, aborts the signal, and ignores what comes later", async () => {
    const asked = request();
    let answer: ((user: string) => void) | undefined;
    const verdict = authenticate(() => new Promise<string>((resolve) => (answer = resolve)), asked, 1_000, clock);
    clock.advance(999);
    await settled();
    expect(asked.signal.aborted).toBe(false);
    clock.advance(1);
    expect(await verdict).toEqual({ kind: "timeout" });
    expect(asked.signal.reason).toMatchObject({ code: "LW_SERVER_AUTHENTICATE_TIMEOUT" });
    answer?.("late");
    await settled();
  });

  it("waits for ever when the limit is 0", async () => {
    const schedule = vi.spyOn(clock, "schedule");
    await authenticate(async () => Promise.resolve(1), request(), 0, clock);
    expect(schedule).not.toHaveBeenCalled();
  });

  it("makes a thrown Response an HTTP answer that ends the connection", async () => {
    const response = new Response("log in", {
      status: 401,
      statusText: "Who are you",
      headers: [
        ["WWW-Authenticate", "Bearer"],
        ["Set-Cookie", "a=1"],
        ["Set-Cookie", "b=2"],
        ["Connection", "keep-alive"],
        ["Upgrade", "websocket"],
        ["Sec-WebSocket-Accept", "x"],
        ["Content-Length", "999"],
      ],
    });
    const fail = (): never => {
      throw response;
    };
    const text = textOf(await authenticate(fail, request(), 1_000, clock));
    expect(text).toBe(
      "HTTP/1.1 401 Who are you\r\ncontent-type: text/plain;charset=UTF-8\r\nset-cookie: a=1\r\nset-cookie: b=2\r\n" +
        "www-authenticate: Bearer\r\nConnection: close\r\nContent-Length: 6\r\n\r\nlog in",
    );
  });

  it("V-44 sends no header of a foreign Response that would end a line early", async () => {
    const foreign = {
      status: 403,
      statusText: "x\r\nX-Bad: 1",
      headers: new Map([["x-a", "b\r\nX-Bad: 1"]]),
      arrayBuffer: async () => Promise.resolve(new ArrayBuffer(0)),
    };
    const verdict = await authenticate(async () => Promise.reject(foreign), request(), 1_000, clock);
    expect(verdict).toMatchObject({ kind: "threw", error: { code: "LW_PROTOCOL_HEADER_INVALID" } });
    const bare = { ...foreign, headers: new Map() };
    expect(
      textOf(await authenticate(async () => Promise.reject(bare as unknown as Error), request(), 1_000, clock)),
    ).toBe("HTTP/1.1 403 Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  });

  it.each([101, 99, 600, Number.NaN])("takes a Response with status %d for a mistake", async (status) => {
    const foreign = {
      status,
      statusText: "",
      headers: new Map(),
      arrayBuffer: async () => Promise.resolve(new ArrayBuffer(0)),
    };
    const verdict = await authenticate(async () => Promise.reject(foreign), request(), 1_000, clock);
    expect(verdict.kind).toBe("threw");
  });

  it("cuts a body that is too long, and has none for 204", async () => {
    const long = await authenticate(
      async () => Promise.reject(new Response("x".repeat(100_000))),
      request(),
      1_000,
      clock,
    );
    expect(textOf(long)).toContain("Content-Length: 65536\r\n");
    const none = await authenticate(
      async () => Promise.reject(new Response(null, { status: 204 })),
      request(),
      1_000,
      clock,
    );
    expect(textOf(none)).toBe("HTTP/1.1 204 Refused\r\nConnection: close\r\n\r\n");
  });
});
