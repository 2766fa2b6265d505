import { describe, expect, test } from "vitest";
import { isBlockedPort, parseWebSocketUrl } from "../../../../src/protocol/handshake/websocket-url.ts";

test("a URL comes apart into what dialing needs", () => {
  expect(parseWebSocketUrl("wss://Example.COM:8443/chat/../a b?x=1&y=ü")).toEqual({
    href: "wss://example.com:8443/a%20b?x=1&y=%C3%BC",
    secure: true,
    hostname: "example.com",
    port: 8443,
    authority: "example.com:8443",
    path: "/a%20b?x=1&y=%C3%BC",
    authorization: undefined,
  });
});

test.each([
  ["ws://a", "ws://a/", 80],
  ["ws://a:80/", "ws://a/", 80],
  ["wss://a:443", "wss://a/", 443],
])("§3 %s has its scheme's port, which Host does not repeat", (input, href, port) => {
  expect(parseWebSocketUrl(input)).toMatchObject({ href, port, authority: "a", path: "/" });
});

test("§3 a port of the other scheme is repeated", () => {
  expect(parseWebSocketUrl("ws://a:443")).toMatchObject({ port: 443, authority: "a:443" });
  expect(parseWebSocketUrl("wss://a:80")).toMatchObject({ port: 80, authority: "a:80" });
});

test("an IPv6 address has brackets in Host and none to connect to", () => {
  expect(parseWebSocketUrl("ws://[::1]:9/x")).toMatchObject({ hostname: "::1", authority: "[::1]:9" });
});

describe("P-91 schemes", () => {
  test.each([
    ["http://a/x", "ws://a/x", false, 80],
    ["https://a/x", "wss://a/x", true, 443],
    ["HTTP://a:8101/", "ws://a:8101/", false, 8101],
    ["https://a:80/", "wss://a:80/", true, 80],
  ])("P-91 %s stands for %s", (input, href, secure, port) => {
    expect(parseWebSocketUrl(input)).toMatchObject({ href, secure, port });
  });

  test.each(["ftp://a/", "mailto:a@b", "data:,x", "about:blank", "wsx://a/", "javascript:1", "file:///a"])(
    "P-91 %s is a SyntaxError",
    (input) => {
      expect(syntaxErrorOf(input).message).toMatch(/scheme/);
    },
  );
});

describe("P-91 what is no URL or has too much", () => {
  test.each(["", "a b", "//", "ws://", "ws://a:99999/", "ws://a b/", "/chat", "?x", "ws:///"])(
    "P-91 %j without a base is a SyntaxError",
    (input) => {
      syntaxErrorOf(input);
    },
  );

  test.each(["ws://a/#x", "ws://a/#", "ws://a#", "wss://u:p@a/b?c#d", "http://a/#"])(
    "P-91 the fragment of %s is a SyntaxError",
    (input) => {
      expect(syntaxErrorOf(input).message).toMatch(/fragment/);
    },
  );

  test("P-91 an escaped # is no fragment", () => {
    expect(parseWebSocketUrl("ws://a/%23x?y=%23").path).toBe("/%23x?y=%23");
  });

  test("V-50 an error does not repeat the URL, which may hold a password", () => {
    for (const input of ["ws://user:s3cr3t@a b/", "ws://user:s3cr3t@a/#f", "ftp://user:s3cr3t@a/"]) {
      expect(syntaxErrorOf(input).message).not.toContain("s3cr3t");
    }
  });
});

describe("P-91 relative URLs", () => {
  test.each([
    ["/chat?x", "https://app.example/page", "wss://app.example/chat?x"],
    ["chat", "http://app.example:8101/a/b", "ws://app.example:8101/a/chat"],
    ["//other/x", "https://app.example/", "wss://other/x"],
    ["", "ws://app.example/a?b", "ws://app.example/a?b"],
  ])("P-91 %j at %s is %s", (input, base, href) => {
    expect(parseWebSocketUrl(input, base).href).toBe(href);
  });

  test("P-91 the base's fragment is not the URL's", () => {
    expect(parseWebSocketUrl("", "http://a/b#c").href).toBe("ws://a/b");
  });
});

test("a URL object is taken as it is and left as it was", () => {
  const url = new URL("http://a/x");
  expect(parseWebSocketUrl(url).href).toBe("ws://a/x");
  expect(url.href).toBe("http://a/x");
});

describe("P-91 credentials", () => {
  test.each([
    ["ws://user:pass@a/", "user:pass"],
    ["ws://user@a/", "user:"],
    ["ws://:pass@a/", ":pass"],
    ["ws://us%3Aer:p%40ss%20w@a/", "us:er:p@ss w"],
    ["ws://%zz%4:%@a/", "%zz%4:%"],
  ])("P-91 %s become Basic, kept in href and nowhere else", (input, plain) => {
    const url = parseWebSocketUrl(input);
    expect(url.authorization).toBe(`Basic ${btoa(plain)}`);
    expect(url.href).toBe(input);
    expect(url).toMatchObject({ authority: "a", hostname: "a", path: "/" });
  });

  test("P-91 beyond ASCII they are the bytes of UTF-8", () => {
    const { authorization = "" } = parseWebSocketUrl("ws://jürgen:pässword@a/");
    expect(Buffer.from(authorization.slice("Basic ".length), "base64").toString("utf8")).toBe("jürgen:pässword");
  });

  test("P-91 bytes that are not UTF-8 are kept", () => {
    const { authorization = "" } = parseWebSocketUrl("ws://%ff:%00@a/");
    expect(Buffer.from(authorization.slice("Basic ".length), "base64")).toEqual(Buffer.from([0xff, 0x3a, 0x00]));
  });
});

describe("P-93 blocked ports", () => {
  test.each([0, 1, 21, 22, 25, 110, 143, 587, 993, 2049, 4190, 5060, 6000, 6667, 6679, 10080])(
    "P-93 %d is one",
    (port) => {
      expect(isBlockedPort(port)).toBe(true);
    },
  );

  test.each([80, 443, 3000, 8080, 8101, 8443, 2, 6001, 65535])("P-93 %d is none", (port) => {
    expect(isBlockedPort(port)).toBe(false);
  });

  test("P-93 there are as many as the Fetch standard lists", () => {
    const blocked = Array.from({ length: 65536 }, (_, port) => port).filter(isBlockedPort);
    expect(blocked).toHaveLength(83);
  });

  test("P-93 a URL says which port it will use", () => {
    expect(isBlockedPort(parseWebSocketUrl("ws://a:25/").port)).toBe(true);
    expect(isBlockedPort(parseWebSocketUrl("ws://a/").port)).toBe(false);
  });
});

function syntaxErrorOf(input: string): DOMException {
  try {
    parseWebSocketUrl(input);
  } catch (error) {
    expect(error).toBeInstanceOf(DOMException);
    expect((error as DOMException).name).toBe("SyntaxError");
    return error as DOMException;
  }
  throw new Error(`${input} is accepted`);
}
