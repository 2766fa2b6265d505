// What a page pays for the client (`npm run size`, docs/decisions/0013-client-bundle.md). The ceilings are a little above what it
// weighs now, so that a change that makes it heavier has to say so here. The design wants 10 kB for all of it and 6 kB for
// WebSocket alone, which is not reached.
import { describe, expect, test } from "vitest";
import { weigh } from "../../scripts/size.mjs";
import type * as client from "../../src/client/index.ts";

const entries = [
  { name: "WebSocket", ceiling: 33_480 },
  { name: "Line", ceiling: 31_600 },
  { name: "WebSocketLine", ceiling: 27_880 },
] as const;

describe("the client in a page", () => {
  test.each(entries)("$name weighs at most $ceiling bytes", async ({ name, ceiling }) => {
    const { gzippedBytes } = await weigh(name);
    expect(gzippedBytes).toBeLessThanOrEqual(ceiling);
  });

  test("nothing of the server, of Node or of the engine is in it", async () => {
    const files = [...(await weigh("WebSocket, Line, WebSocketLine")).files.keys()];
    const floors = new Set(files.map((file) => file.split("/")[1]));
    expect(floors).toEqual(new Set(["base", "channels", "client", "session", "transports"]));
    const others = /\/server|registry|parking|resume-judge|base\/(sha\d+|digests|own-events|utf8|random)/;
    expect(files.filter((file) => others.test(file))).toEqual([]);
  });

  test("whoever takes WebSocket alone gets neither requests nor what goes with them", async () => {
    const files = [...(await weigh("WebSocketLine")).files.keys()];
    expect(files.filter((file) => file.startsWith("src/transports/http/"))).toEqual([]);
    const others = ["discovery", "plain-carrier", "detours", "page/seats", "page/text-memory"];
    expect(files.filter((file) => others.includes(file.slice("src/client/".length, -".ts".length)))).toEqual([]);
  });

  test("a page without an outbox has nothing of it", async () => {
    const files = [...(await weigh("WebSocket, Line, WebSocketLine")).files.keys()];
    expect(files.filter((file) => /client\/outbox|outbox-terms/.test(file))).toEqual([]);
  });

  test("what applications see keeps its name when classes are renamed", async () => {
    const { code } = await weigh("WebSocket, Line");
    const url = `data:text/javascript;base64,${Buffer.from(code).toString("base64")}`;
    const { WebSocket, Line } = (await import(url)) as typeof client;
    const make = (): unknown => new Line("https://a.example", { transports: ["smoke" as "poll"] });
    expect(make).toThrow(expect.objectContaining({ name: "LocalError", code: "LW_CLIENT_OPTIONS" }));
    expect(WebSocket.name).toBe("WebSocket");
  });
});
