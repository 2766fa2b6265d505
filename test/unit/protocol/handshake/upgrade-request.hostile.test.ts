// What only an attacker or a broken client sends: bodies, floods of headers, names of Object.prototype, secrets.
import { describe, expect, test } from "vitest";
import { resolveLimits } from "../../../../src/base/limits.ts";
import { judgeUpgrade } from "../../../../src/protocol/handshake/upgrade-request.ts";
import { accepted, refused, upgradeHead, upgradeLines, type HeaderLine } from "../../../support/upgrade-head.ts";

const limits = resolveLimits();

describe("a body", () => {
  test.each<[string, readonly HeaderLine[]]>([
    ["Content-Length: 5", [["Content-Length", "5"]]],
    ["Transfer-Encoding: chunked", [["Transfer-Encoding", "chunked"]]],
    [
      "both",
      [
        ["Content-Length", "5"],
        ["Transfer-Encoding", "chunked"],
      ],
    ],
    [
      "two lengths",
      [
        ["Content-Length", "0"],
        ["Content-Length", "5"],
      ],
    ],
  ])("V-47 announced by %s: 400", (_, lines) => {
    expect(refused(upgradeHead(lines))).toMatchObject({ status: 400, code: "LW_PROTOCOL_BODY_ON_UPGRADE" });
  });

  test("V-47 a body is refused before a wrong version is", () => {
    const lines: readonly HeaderLine[] = [
      ["Content-Length", "5"],
      ["Sec-WebSocket-Version", "8"],
    ];
    expect(refused(upgradeHead(lines)).status).toBe(400);
  });

  test("V-47 Content-Length: 0 is none", () => {
    accepted(upgradeHead([["Content-Length", "0"]]));
  });
});

describe("many headers", () => {
  const filler = (count: number): HeaderLine[] => Array.from({ length: count }, (_, index) => [`X-${index}`, "x"]);
  const sizes = [5, 99, 100, 101, 1_999, 2_000, 2_001];

  test.each(sizes)("V-30 %d lines with Upgrade first: accepted up to 100, then 431", (size) => {
    const result = judgeUpgrade(upgradeHead([], { rawHeaders: [...upgradeLines, ...filler(size - 5)].flat() }), limits);
    expect("status" in result ? result.status : 101).toBe(size <= 100 ? 101 : 431);
  });

  test.each(sizes)("V-30 %d lines with Upgrade last: accepted up to 100, then 431", (size) => {
    const result = judgeUpgrade(upgradeHead([], { rawHeaders: [...filler(size - 5), ...upgradeLines].flat() }), limits);
    expect("status" in result ? result.status : 101).toBe(size <= 100 ? 101 : 431);
  });

  test.each(sizes)("V-30 %d lines of which Node dropped Upgrade: 426 up to 100, then 431", (size) => {
    const rest = upgradeLines.filter(([name]) => name !== "Upgrade");
    const result = judgeUpgrade(upgradeHead([], { rawHeaders: [...rest, ...filler(size - 4)].flat() }), limits);
    expect("status" in result ? result.status : 101).toBe(size <= 100 ? 426 : 431);
  });

  test("V-30 no headers at all: 400", () => {
    expect(refused(upgradeHead([], { rawHeaders: [] })).status).toBe(400);
  });

  test("V-30 the count comes before every other judgment", () => {
    const rawHeaders = filler(101).flat();
    expect(refused(upgradeHead([], { rawHeaders, method: "POST", httpVersion: "1.0" })).status).toBe(431);
  });

  test("V-30 the preset's own limit holds", () => {
    const head = upgradeHead(filler(60));
    expect(judgeUpgrade(head, resolveLimits("public"))).toMatchObject({ status: 431 });
  });
});

test.each(["constructor", "__proto__", "toString", "hasOwnProperty"])(
  "V-31 %s is an ordinary header, subprotocol, extension and parameter",
  (name) => {
    const offer = accepted(
      upgradeHead([
        [name, name],
        ["Sec-WebSocket-Protocol", name],
        ["Sec-WebSocket-Extensions", `${name}; ${name}=${name}`],
      ]),
    );
    expect(offer.protocols).toEqual([name]);
    expect(offer.extensions).toEqual([{ name, parameters: [[name, name]] }]);
  },
);

test("V-50 a refusal never repeats what the peer sent", () => {
  const canary = "s3cr3t-canary";
  const heads = [
    upgradeHead([], { method: canary }),
    upgradeHead([], { httpVersion: canary }),
    upgradeHead([["Host", `${canary}, x`]]),
    upgradeHead([["Upgrade", canary]], { url: `/${canary}` }),
    upgradeHead([["Upgrade", `${canary}, websocket/13`]]),
    upgradeHead([["Connection", canary]]),
    upgradeHead([["Content-Length", canary]]),
    upgradeHead([["Sec-WebSocket-Version", canary]]),
    upgradeHead([["Sec-WebSocket-Key", canary]]),
    upgradeHead([["Sec-WebSocket-Protocol", `${canary},${canary}`]]),
    upgradeHead([["Sec-WebSocket-Extensions", `${canary};;`]]),
  ];
  for (const head of heads) expect(JSON.stringify(refused(head))).not.toContain(canary);
});
