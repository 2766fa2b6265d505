import { describe, expect, test } from "vitest";
import { checkProtocols, fragmentlessUrl, isLoopback, lineUrl, socketUrl } from "../../../src/client/addresses.ts";

const syntaxError = expect.objectContaining({ name: "SyntaxError" }) as unknown as Error;

describe("URLs", () => {
  test.each([
    ["ws://a.example/x?y=1#z", "ws://a.example/x?y=1#z"],
    ["https://a.example", "wss://a.example/"],
    ["HTTP://a.example:80/x", "ws://a.example/x"],
    ["x", "wss://page.example/dir/x"],
  ])("P-91 %s is %s", (url, expected) => {
    expect(socketUrl(url, "https://page.example/dir/page").href).toBe(expected);
    expect(socketUrl(new URL(url, "https://page.example/dir/page"), undefined).href).toBe(expected);
  });

  test.each(["ftp://a.example", "mailto:a@b.example", "ws://", "/x"])("P-91 %s alone is none", (url) => {
    expect(() => socketUrl(url, undefined)).toThrow(syntaxError);
  });

  test("P-92 a WebSocket's has no fragment, not even an empty one", () => {
    expect(fragmentlessUrl("ws://a.example/%23", undefined).href).toBe("ws://a.example/%23");
    for (const url of ["ws://a.example/#x", "ws://a.example/#"]) {
      expect(() => fragmentlessUrl(url, undefined)).toThrow(syntaxError);
    }
  });

  test("a line's is one for requests, with our path unless it has one", () => {
    expect(lineUrl("wss://a.example:8443", undefined).href).toBe("https://a.example:8443/longwire");
    expect(lineUrl("http://u:p@a.example/own?x#y", undefined).href).toBe("http://a.example/own");
  });
});

describe("this machine itself", () => {
  const near = ["localhost", "app.localhost:8080", "127.0.0.1", "127.8.9.1:1", "[::1]:8101"];
  const far = ["a.example", "localhost.example", "127.example", "128.0.0.1", "[::2]", "notlocalhost"];

  test.each(near)("%s is", (host) => expect(isLoopback(new URL(`ws://${host}/longwire`).href)).toBe(true));

  test.each([...far, "a.example/localhost", "a.example/127.0.0.1", "a.example/?x=.localhost/"])("%s is not", (rest) =>
    expect(isLoopback(new URL(`wss://${rest}`).href)).toBe(false),
  );
});

describe("subprotocols", () => {
  test("one or many tokens", () => {
    expect(checkProtocols("chat.v1")).toEqual(["chat.v1"]);
    expect(checkProtocols(new Set(["a", "b"]))).toEqual(["a", "b"]);
  });

  test.each([[["a b"]], [[""]], [["a", "a"]], ["é"]])("%j is refused", (protocols) => {
    expect(() => checkProtocols(protocols)).toThrow(syntaxError);
  });
});
