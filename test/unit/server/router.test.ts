import { describe, expect, it } from "vitest";
import { Router } from "../../../src/server/router.ts";

function routerOf(...patterns: string[]): Router<string> {
  const router = new Router<string>();
  for (const pattern of patterns) router.add(pattern, pattern);
  return router;
}

describe("the router", () => {
  it.each([
    ["/", "/", {}],
    ["/chat", "/chat", {}],
    ["/chat/lobby", "/chat/:room", { room: "lobby" }],
    ["/chat/new", "/chat/new", {}],
    ["/chat/new/members", "/chat/:room/members", { room: "new" }],
    ["/chat/a/other", "/chat/*rest", { rest: "a/other" }],
    ["/files", "/files/*", { "*": "" }],
    ["/files/", "/files/*", { "*": "" }],
    ["/files/a/b%2Fc", "/files/*", { "*": "a/b/c" }],
    ["/chat/a%2Fb", "/chat/:room", { room: "a/b" }],
    ["/chat/%C3%A4", "/chat/:room", { room: "ä" }],
    ["/r%C3%A4ume", "/räume", {}],
  ])("finds for %s the route %s", (path, pattern, params) => {
    const router = routerOf(
      "/",
      "/chat",
      "/chat/:room",
      "/chat/new",
      "/chat/:room/members",
      "/chat/*rest",
      "/files/*",
      "/räume",
    );
    expect(router.match(path)).toEqual({ value: pattern, params });
  });

  it.each(["/chat/", "/Chat", "/chat//", "", "chat", "*", "/chat/%", "/chat/%ff", "/nothing"])(
    "finds nothing for %s when a parameter would be empty, malformed or another word",
    (path) => {
      expect(routerOf("/chat", "/chat/:room").match(path)).toBeUndefined();
    },
  );

  it("prefers static over parameter over rest whatever the order of adding", () => {
    for (const patterns of [
      ["/a/*", "/a/:b", "/a/b"],
      ["/a/b", "/a/:b", "/a/*"],
    ]) {
      const router = routerOf(...patterns);
      expect(router.match("/a/b")?.value).toBe("/a/b");
      expect(router.match("/a/c")?.value).toBe("/a/:b");
      expect(router.match("/a/c/d")?.value).toBe("/a/*");
    }
  });

  it("V-31 takes names of object members in paths and parameters as plain text", () => {
    const router = routerOf("/:room", "/static/constructor");
    for (const word of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
      expect(router.match(`/${word}`)?.params).toEqual({ room: word });
      expect(router.match(`/${word}/x`)).toBeUndefined();
    }
    expect(router.match("/static/__proto__")).toBeUndefined();
  });

  it("visits each node of the table at most once, however the path is built", () => {
    // Every prefix could go on as static or as parameter: with backtracking over the path this would be 2^14 steps.
    const router = new Router<string>();
    const depth = 14;
    for (let bits = 0; bits < 64; bits++) {
      const pieces = Array.from({ length: depth }, (_, index) => ((bits >> (index % 6)) & 1 ? "a" : `:p${index}`));
      router.add(`/${pieces.join("/")}/end${bits}`, String(bits));
    }
    expect(router.match(`/${"a/".repeat(depth)}missing`)).toBeUndefined();
    expect(router.match(`/${"a/".repeat(8_000)}`)).toBeUndefined();
  });

  it("refuses a second route for the same paths and names the first", () => {
    expect(() => routerOf("/chat/:room", "/chat/:name")).toThrow(/same paths as "\/chat\/:room"/);
    expect(() => routerOf("/files/*", "/files/*path")).toThrow(
      expect.objectContaining({ code: "LW_SERVER_ROUTE_DUPLICATE" }),
    );
  });

  it.each(["", "chat", "/a?b", "/a#b", "/:", "/:1a", "/:a-b", "/:__proto__", "/*/a", "/:a/:a", 5 as unknown as string])(
    "refuses the pattern %j with a reason",
    (pattern) => {
      expect(() => routerOf(pattern)).toThrow(expect.objectContaining({ code: "LW_SERVER_ROUTE_PATTERN" }));
    },
  );
});
