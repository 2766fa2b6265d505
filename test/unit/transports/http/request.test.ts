import { describe, expect, test } from "vitest";
import { BodyReader, joinPackets } from "../../../../src/transports/http/body.ts";
import { isOurs, readBody, request, type RequestContent } from "../../../../src/transports/http/request.ts";
import { ScriptedFetch, settle } from "../../../support/scripted-fetch.ts";

const content: RequestContent = {
  action: "poll",
  headers: { prefer: "wait=20" },
  body: undefined,
  signal: new AbortController().signal,
  keepalive: false,
};

function ask(changes: Partial<RequestContent> = {}, withCookies = false) {
  const scripted = new ScriptedFetch();
  const { fetch } = scripted;
  const answer = request({ base: "https://a.example/longwire", fetch, withCookies }, { ...content, ...changes });
  return { asked: scripted.last, answer };
}

describe("one request", () => {
  test("without a body it is a GET, never from a cache, never elsewhere, with cookies for its own origin only", () => {
    const { url, init } = ask().asked;
    expect(url).toBe("https://a.example/longwire/poll");
    expect(init).toMatchObject({ method: "GET", cache: "no-store", redirect: "error", credentials: "same-origin" });
    expect([init.headers, "body" in init]).toEqual([{ prefer: "wait=20" }, false]);
    expect(ask({}, true).asked.init.credentials).toBe("include");
  });

  test("with one it is a POST that browsers ask for leave before they send it elsewhere", () => {
    const { init } = ask({ action: "send", body: Uint8Array.of(1, 2) }).asked;
    expect([init.method, init.body]).toEqual(["POST", Uint8Array.of(1, 2)]);
    expect(init.headers).toEqual({ prefer: "wait=20", "content-type": "application/longwire" });
  });

  test.each([
    [200, "application/longwire", true],
    [200, "application/longwire; charset=x", true],
    [200, "text/html", false],
    [404, "application/longwire", false],
  ])("an answer with %i and %s: ours is %s", async (status, type, isOne) => {
    const { asked, answer } = ask();
    await asked.answer(status, [], { "content-type": type });
    expect(isOurs(await answer)).toBe(isOne);
  });

  test("its body is read as it comes, whole where that cannot be seen, and no further than is wanted", async () => {
    const packets = [Uint8Array.of(1), Uint8Array.of(2)];
    const whole = ask();
    await whole.asked.answer(200, packets);
    const all = new BodyReader(() => true);
    expect([await readBody(await whole.answer, all), all.packetCount]).toEqual(["more", 2]);
    const streamed = ask();
    const stream = streamed.asked.stream();
    const one = new BodyReader(() => false);
    const reading = streamed.answer.then((response) => readBody(response, one));
    await stream.push(joinPackets(packets));
    await settle();
    expect([await reading, one.packetCount]).toEqual(["stopped", 1]);
  });
});
