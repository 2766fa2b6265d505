import { describe, expect, test } from "vitest";
import { isSecretName } from "../../../src/base/secret-names.ts";
import { makeScrubber, redactHeader, redactMessage, redactUrl } from "../../../src/cli/redaction.ts";
import { redactText } from "../../../src/server/inspection/secret-text.ts";
import { redactTarget } from "../../../src/server/redaction.ts";

const canary = "canary-0123456789";

describe("V-50 what may be shown", () => {
  test.each(
    "token secret pass pwd auth key sig session jwt ticket credential cookie code sid otp pin state nonce hmac room codes pink name".split(
      " ",
    ),
  )("V-50 the server's log, the inspector and the command line are of one mind about %s", (name) => {
    const isHidden = redactTarget({ path: "/", search: `?${name}=${canary}` }) === `/?${name}=…`;
    expect(isSecretName(name)).toBe(isHidden);
    const shown = `/?${name}=${isHidden ? "…" : canary}`;
    expect(redactUrl(`/?${name}=${canary}`)).toBe(shown);
    expect(redactText(`/?${name}=${canary}`).text).toBe(shown);
  });

  test.each([
    [`wss://user:${canary}@h:1/p?a=b`, "wss://…@h:1/p?a=b"],
    [`/p?token=${canary}&room=3&API_KEY=${canary}`, "/p?token=…&room=3&API_KEY=…"],
    [`/p?${canary}`, "/p?…"],
    ["/p?flag&x=1", "/p?flag&x=1"],
    [`https://h/cb#access_token=${canary}`, "https://h/cb"],
    [`/p?%74oken=${canary}&%zz=${canary}`, "/p?%74oken=…&%zz=…"],
    ["ws://h/a@b?c=d", "ws://h/a@b?c=d"],
  ])("V-50 of the address %s: %s", (url, shown) => {
    expect(redactUrl(url)).toBe(shown);
  });

  test.each([
    ["Authorization", `Bearer ${canary}`, "Bearer …"],
    ["authorization", canary, "…"],
    ["Cookie", `sid=${canary}`, "…"],
    ["Set-Cookie", `sid=${canary}; Path=/; HttpOnly`, "sid=…; Path=/; HttpOnly"],
    ["X-Api-Key", canary, "…"],
    ["Longwire-Ticket", canary, "…"],
    ["Location", `https://h/?code=${canary}`, "https://h/?code=…"],
    ["Sec-WebSocket-Protocol", `chat.v1, ${canary}-and-more`, "chat.v1, …"],
    ["Sec-WebSocket-Protocol", "graphql-transport-ws", "graphql-transport-ws"],
    ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ=="],
    ["Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="],
    ["Server", "nginx", "nginx"],
  ])("V-50 of the header %s: %s is %s", (name, value, shown) => {
    expect(redactHeader(name, value)).toBe(shown);
  });

  test("V-50 of a message in JSON the members with secret names, at any depth; nothing else is touched", () => {
    const text = `{"type":"login", "token":"${canary}", "user":{"password":"${canary}","name":"a"}, "list":[{"pin":1234}]}`;
    expect(JSON.parse(redactMessage(text))).toEqual({
      type: "login",
      token: "…",
      user: { password: "…", name: "a" },
      list: [{ pin: "…" }],
    });
    for (const plain of ['{ "a": 1 }', "hello", "[1, 2", '{"keys":{"a":1}}', "bearer of bad news"])
      expect(redactMessage(plain)).toBe(plain);
    expect(redactMessage(`GET / Bearer ${canary}`)).toBe("GET / Bearer …");
  });

  test("V-50 what a server says back is taken out in every form", () => {
    const scrub = makeScrubber(`ws://me:p%40ss-word@h/?token=${canary}%2F1&a=visible`, [
      ["Authorization", `Bearer ${canary}2`],
      ["Cookie", `sid=${canary}3; theme=dark`],
      ["X-Plain", "visible as well"],
    ]);
    const basic = Buffer.from("me:p@ss-word").toString("base64");
    const said = `${canary}/1 ${canary}%2F1 ${canary}2 ${canary}3 p@ss-word p%40ss-word ${basic} visible as well`;
    const clean = scrub(said);
    expect(clean).not.toMatch(/canary|ss-word/);
    expect(clean).not.toContain(basic);
    expect(clean).toContain("visible as well");
  });
});
