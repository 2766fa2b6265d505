import { describe, expect, it, vi } from "vitest";
import { Caller, withToken } from "../../../src/server/caller.ts";
import type { UpgradeRequest } from "../../../src/server/index.ts";
import { type HelloPacket, PacketType, type ResumePacket } from "../../../src/session/packet.ts";
import { settled } from "../../support/fake-clock.ts";
import { LineServer, type LineServerOptions } from "../../support/line-server.ts";
import { none, text } from "../../support/line-client.ts";

const hello = (token: Uint8Array = none): HelloPacket => ({
  type: PacketType.hello,
  version: 1,
  credit: 1,
  maxMessageBytes: 1,
  token,
});
const resume: ResumePacket = {
  type: PacketType.resume,
  version: 1,
  ticket: none,
  attempt: 2,
  received: 0,
  token: none,
};

function calling(options: LineServerOptions = {}) {
  const server = new LineServer({ ...options, limits: { maxConnections: 1, ...options.limits } });
  const caller = new Caller(server.rules, server.request(["Cookie", "a=1"]), "", server.place());
  const answers: unknown[] = [];
  const isPlaceFree = (): boolean => {
    const place = server.admission.take(server.visit, true);
    if ("status" in place) return false;
    place.leave();
    return place.objection === undefined;
  };
  return { server, caller, answers, answer: (answer: unknown) => void answers.push(answer), isPlaceFree };
}

describe("a caller", () => {
  it("V-57 is let in at once when nobody is asked, or the hook answers at once", () => {
    for (const authenticate of [undefined, () => ({ id: "Ada" })]) {
      const { caller, answers, answer } = calling(authenticate === undefined ? {} : { authenticate });
      caller.admit(hello(), answer);
      expect(answers).toMatchObject([{ principal: authenticate && "sAda", origin: undefined, expiresSeconds: 0 }]);
      expect(caller.guest?.user).toEqual(authenticate?.());
    }
  });

  it("gives its place back when it is refused, or the session it resumes has one", () => {
    const refused = calling({ authenticate: () => Promise.reject(new Response("", { status: 401 })) });
    refused.caller.admit(hello(), refused.answer);
    expect(refused.isPlaceFree()).toBe(false);
    const let_in = calling();
    let_in.caller.admit(resume, let_in.answer);
    expect(let_in.isPlaceFree()).toBe(true);
  });

  it("leaves its place to a session that takes it", () => {
    const { caller, isPlaceFree } = calling();
    let taken: { leave(): void } | undefined;
    caller.admit(hello(), () => void (taken = caller.takePlace()));
    expect(isPlaceFree()).toBe(false);
    taken?.leave();
    taken?.leave();
    expect(isPlaceFree()).toBe(true);
  });

  it("P-15 that goes away while the hook decides is forgotten, and the hook told", async () => {
    let seen: UpgradeRequest | undefined;
    let decide: ((user: string) => void) | undefined;
    const { caller, answers, answer, server, isPlaceFree } = calling({
      authenticate: (request) => {
        seen = request;
        return new Promise<string>((resolve) => (decide = resolve));
      },
    });
    caller.admit(hello(), answer);
    expect(server.residents.waiting.size).toBe(1);
    caller.receiveClosed();
    expect(seen?.signal.reason).toMatchObject({ code: "LW_SERVER_CLIENT_GONE" });
    decide?.("Ada");
    await settled();
    expect([answers, server.residents.waiting.size, isPlaceFree()]).toEqual([[], 0, true]);
  });

  it("P-16 is turned away with 1012 when the server drains meanwhile, once", async () => {
    let decide: ((user: string) => void) | undefined;
    const { caller, answers, answer, server } = calling({
      authenticate: () => new Promise<string>((resolve) => (decide = resolve)),
    });
    caller.admit(hello(), answer);
    server.residents.turnAwayWaiting();
    decide?.("Ada");
    await settled();
    expect(answers).toEqual([expect.objectContaining({ closeCode: 1012 })]);
    expect(server.metrics.limitCount("drainTimeoutMs")).toBe(0);
    expect(server.refused.join()).toMatch(/503.*LW_SERVER_DRAINING/);
  });

  it("P-16 begins nothing new while the server drains, but may come back for what is its own", () => {
    const { caller, answers, answer, server } = calling();
    server.residents.state = "draining";
    caller.admit(hello(), answer);
    caller.admit(resume, answer);
    expect(answers).toEqual([
      expect.objectContaining({ closeCode: 1012 }),
      expect.objectContaining({ principal: undefined }),
    ]);
    server.residents.state = "closed";
    caller.admit(resume, answer);
    expect(answers[2]).toMatchObject({ closeCode: 1012 });
  });

  it.each([
    [() => Promise.reject(new Response("", { status: 401 })), 4401],
    [() => Promise.reject(new Response("", { status: 403 })), 4403],
    [() => Promise.reject(new Response("", { status: 404 })), 4403],
    [() => Promise.reject(new Response("", { status: 429 })), 4429],
    [() => Promise.reject(new Response("", { status: 500 })), 1013],
    [() => Promise.reject(new Error("a mistake")), 1013],
  ])("V-57 hears of %s as %i", async (authenticate, closeCode) => {
    const { caller, answers, answer, isPlaceFree } = calling({ authenticate });
    caller.admit(hello(), answer);
    await settled();
    await vi.waitFor(() => expect(answers).toEqual([expect.objectContaining({ closeCode })]));
    expect(isPlaceFree()).toBe(true);
  });

  it("waits for its hook no longer than it may", async () => {
    const { caller, answers, answer, server } = calling({ authenticate: () => new Promise(() => {}) });
    caller.admit(hello(), answer);
    await server.clock.advanceAsync(10_000);
    expect(answers).toEqual([expect.objectContaining({ closeCode: 1013 })]);
  });
});

describe("the token", () => {
  const { server } = calling();
  const request = server.request(["Cookie", "a=1", "authorization", "Basic x", "Accept", "b"]);
  const shown = (token: Uint8Array) => withToken(request, token)?.rawHeaders;

  it("is shown as a bearer in the place of whatever stood there", () => {
    expect(shown(text("a.b-c~/+="))).toEqual(["Cookie", "a=1", "Accept", "b", "Authorization", "Bearer a.b-c~/+="]);
    expect(shown(none)).toEqual(["Cookie", "a=1", "authorization", "Basic x", "Accept", "b"]);
  });

  it.each(["a\r\nX-Admin: 1", "\n", "\0", "é", "\x7f"])("V-48 cannot be %j, which no header can hold", (token) => {
    expect(shown(text(token))).toBeUndefined();
  });

  it("that is too strange is refused before anybody is asked", () => {
    const authenticate = vi.fn();
    const { caller, answers, answer } = calling({ authenticate });
    caller.admit(hello(text("\n")), answer);
    expect(answers).toEqual([expect.objectContaining({ closeCode: 4401 })]);
    expect(authenticate).not.toHaveBeenCalled();
  });
});
