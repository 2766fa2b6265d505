// T5: the parsers of the opening handshake against grammar turned to nonsense, and against 16 KiB values made to be slow.
// Allowed outcomes: a parsed value that a naive parser agrees with, a documented refusal, a violation. Never a throw,
// and never more work than a few steps per character.
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { resolveLimits } from "../../src/base/limits.ts";
import { formatDialRequest } from "../../src/protocol/handshake/dial-request.ts";
import { isHandshakeKey } from "../../src/protocol/handshake/accept-key.ts";
import {
  formatExtensions,
  includesToken,
  isToken,
  parseExtensionList,
  parseProtocolList,
  parseTokenList,
  trimBlanks,
} from "../../src/protocol/handshake/header-lists.ts";
import { judgeResponse } from "../../src/protocol/handshake/response-check.ts";
import { ResponseHeadReader } from "../../src/protocol/handshake/response-head.ts";
import { isUpgradeAttempt, judgeUpgrade, type RequestHead } from "../../src/protocol/handshake/upgrade-request.ts";
import { formatRefusal, formatUpgradeResponse } from "../../src/protocol/handshake/upgrade-response.ts";
import { parseWebSocketUrl } from "../../src/protocol/handshake/websocket-url.ts";
import { countSteps } from "../support/counted-steps.ts";
import { caseCount, runSeeds } from "../support/seeded-random.ts";
import { sampleAccept, sampleKey, upgradeHead, upgradeLines, type HeaderLine } from "../support/upgrade-head.ts";

const limits = resolveLimits();
const generous = { maxProtocols: 1e6, maxExtensionOffers: 1e6 };

const token = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const quoted = `"(?:\\\\?[!#$%&'*+\\-.^_\`|~0-9A-Za-z])+"`;
const extension = `[ \\t]*${token}[ \\t]*(?:;[ \\t]*${token}[ \\t]*(?:=[ \\t]*(?:${token}|${quoted})[ \\t]*)?)*`;
const extensionList = new RegExp(`^${extension}(?:,${extension})*$`);
const tokenList = new RegExp(`^(?:[ \\t]*(?:${token})?[ \\t]*)(?:,[ \\t]*(?:${token})?[ \\t]*)*$`);
const fullTokenList = new RegExp(`^[ \\t]*${token}[ \\t]*(?:,[ \\t]*${token}[ \\t]*)*$`);

const blanks = /^[ \t]+|[ \t]+$/g;
const strip = (text: string): string => text.replace(blanks, "");

/** The obvious parser: a whole-text regular expression, then splitting. Only for short texts. */
function naiveExtensions(text: string): unknown {
  if (!extensionList.test(text)) return undefined;
  return text.split(",").map((part) => {
    const [name = "", ...parameters] = part.split(";").map(strip);
    return {
      name,
      parameters: parameters.map((parameter) => {
        const [key = "", value] = parameter.split("=").map(strip);
        return [key, value === undefined ? true : value.replaceAll(/["\\]/g, "")];
      }),
    };
  });
}

const pieces = ["a", "b", "websocket", "permessage-deflate", "15", "__proto__", " ", "\t", ",", ";", "=", '"', "\\"];
const oddities = ["\0", "\r\n", "\u00e9", "\u00a0", "(", "/", "\u2028", "{}", "13", "Upgrade", "==", ""];
const piece = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...pieces) },
  { weight: 1, arbitrary: fc.constantFrom(...oddities) },
);
const listText = fc.array(piece, { maxLength: 14 }).map((parts) => parts.join(""));

/** Mostly sound: extensions with parameters, with one piece put in or taken out. */
const nearlySound = fc
  .tuple(
    fc.array(fc.tuple(fc.constantFrom("a", "x-b"), fc.constantFrom("", ";c", "; c=1", ' ;c = "1"', ';c="\\1";d')), {
      minLength: 1,
      maxLength: 4,
    }),
    fc.nat(40),
    fc.constantFrom("", "", ...pieces, ...oddities),
    fc.constantFrom(0, 0, 1),
  )
  .map(([parts, at, added, taken]) => {
    const text = parts.map((part) => part.join("")).join(", ");
    return text.slice(0, at) + added + text.slice(at + taken);
  });

const headerName = fc.oneof(
  fc.constantFrom(
    ...upgradeLines.map(([name]) => name),
    "sec-websocket-protocol",
    "Sec-WebSocket-Extensions",
    "Origin",
    "Content-Length",
    "transfer-encoding",
    "constructor",
  ),
  fc.string({ maxLength: 8, unit: "binary" }),
);
const headerValue = fc.oneof(
  fc.constantFrom(...upgradeLines.map(([, value]) => value), sampleAccept, "13", "0", "a, b", "keep-alive, Upgrade"),
  listText,
  fc.string({ maxLength: 20, unit: "binary" }),
);
const lines: fc.Arbitrary<HeaderLine[]> = fc.array(fc.tuple(headerName, headerValue), { maxLength: 4 });

const requestHead: fc.Arbitrary<RequestHead> = fc.oneof(
  fc
    .tuple(
      lines,
      fc.subarray(
        upgradeLines.map(([name]) => name),
        { maxLength: 1 },
      ),
    )
    .map(([changed, without]) => upgradeHead(changed, { without })),
  fc.record({
    method: fc.oneof(fc.constant("GET"), fc.string({ maxLength: 6 })),
    httpVersion: fc.oneof(fc.constant("1.1"), fc.string({ maxLength: 4 })),
    url: fc.string(),
    rawHeaders: fc.array(fc.oneof(headerName, headerValue), { maxLength: 30 }),
  }),
);

describe.each(runSeeds("header parsers"))("T5 $name", ({ seed }) => {
  const run = (cases: number): fc.Parameters<unknown> => ({ seed, numRuns: caseCount(cases) });

  test("T5 extensions are read as the naive parser reads them, and written so that they are read again", () => {
    fc.assert(
      fc.property(fc.oneof(listText, nearlySound), (text) => {
        const parsed = parseExtensionList(text, generous);
        expect(parsed).toEqual(naiveExtensions(text));
        if (parsed !== undefined) expect(parseExtensionList(formatExtensions(parsed), generous)).toEqual(parsed);
      }),
      run(3_000),
    );
  });

  test("T5 tokens and subprotocols are read as the naive parsers read them", () => {
    fc.assert(
      fc.property(listText, (text) => {
        const elements = text.split(",").map(strip);
        const tokens = tokenList.test(text) ? elements.filter((element) => element !== "") : undefined;
        expect(parseTokenList(text)).toEqual(tokens);
        const isSound = fullTokenList.test(text) && new Set(elements).size === elements.length;
        expect(parseProtocolList(text, generous)).toEqual(isSound ? elements : expect.any(String));
        const isIncluded = elements.some((element) => element.toLowerCase() === "websocket");
        expect(includesToken(text, "WebSocket")).toBe(isIncluded);
        expect(trimBlanks(text)).toBe(strip(text));
      }),
      run(3_000),
    );
  });

  test("T5 V-46 a request head is judged without a throw: a sound offer, or a refusal that can be sent", () => {
    const statuses = new Set<number>();
    fc.assert(
      fc.property(requestHead, (head) => {
        const result = judgeUpgrade(head, limits);
        isUpgradeAttempt(head);
        if ("status" in result) {
          statuses.add(result.status);
          expect(formatRefusal(result)).toMatch(/^HTTP\/1\.1 \d{3} [ -~]+\r\n(?:[ -~]+\r\n)+\r\n[ -~]+$/);
          return;
        }
        statuses.add(101);
        const values = (wanted: string): string[] => {
          const named = (at: number): boolean => head.rawHeaders[at]?.toLowerCase() === wanted;
          return head.rawHeaders.filter((_, at) => at % 2 === 1 && named(at - 1)).map(strip);
        };
        expect([head.method, head.httpVersion]).toEqual(["GET", "1.1"]);
        expect(values("sec-websocket-key")).toEqual([result.key]);
        expect(result.key).toMatch(/^[+/0-9A-Za-z]{22}==$/);
        expect(values("sec-websocket-version")).toEqual(["13"]);
        expect(values("host")).toEqual([result.host]);
        expect(values("transfer-encoding")).toEqual([]);
        expect(values("content-length").filter((value) => value !== "0")).toEqual([]);
        expect(result.protocols.every(isToken)).toBe(true);
        expect(formatUpgradeResponse(result).split("\r\n")).toHaveLength(6);
      }),
      run(3_000),
    );
    expect([...statuses].toSorted((left, right) => left - right)).toEqual([101, 400, 405, 426, 505]);
  });

  test("T5 an answer is judged without a throw, and opens only with the right accept and nothing unasked", () => {
    const outcomes = new Set<string>();
    const sound: readonly HeaderLine[] = [
      ["Upgrade", "websocket"],
      ["Connection", "Upgrade"],
      ["Sec-WebSocket-Accept", sampleAccept],
    ];
    const some = fc.subarray([...sound, ...sound.slice(2)], { minLength: 2 });
    fc.assert(
      fc.property(fc.constantFrom(101, 101, 101, 200), some, lines, (status, kept, added) => {
        const headers = [...kept, ...added];
        const result = judgeResponse({ status, statusText: "", headers }, { key: sampleKey, protocols: [] });
        outcomes.add("closeCode" in result ? result.code : "open");
        if ("closeCode" in result) return;
        const accepts = headers.filter(([name]) => name.toLowerCase() === "sec-websocket-accept");
        expect([status, ...accepts.map(([, value]) => strip(value))]).toEqual([101, sampleAccept]);
        expect(result).toEqual({ protocol: "", extensions: "" });
      }),
      run(2_000),
    );
    expect(outcomes.size).toBeGreaterThan(4);
    expect(outcomes).toContain("open");
  });

  test("T5 V-44 any text as a URL is refused with SyntaxError or becomes a request of exactly its lines", () => {
    const part = fc.oneof(
      fc.constantFrom("ws://", "wss://", "http://", "a.example", ":8101", "/", "?", "#", "@", "%0d%0a", "\r\n", "\0"),
      fc.string({ maxLength: 6, unit: "binary" }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), fc.boolean(), (parts, isPrefixed) => {
        const text = `${isPrefixed ? "ws://a.example/" : ""}${parts.join("")}`;
        try {
          const url = parseWebSocketUrl(text);
          expect(url.port).toBeGreaterThanOrEqual(0);
          const request = formatDialRequest({ url, key: sampleKey });
          expect(request).toMatch(/^GET \/[!-~]* HTTP\/1\.1\r\nHost: [!-~]+\r\n(?:[ -~]+\r\n){4,5}\r\n$/);
        } catch (error) {
          expect(error).toMatchObject({ name: "SyntaxError", code: DOMException.SYNTAX_ERR });
        }
      }),
      run(2_000),
    );
  });
});

describe("T5 V-46 values made to be slow", () => {
  /** Each fills the length it is given. */
  const shapes: ReadonlyMap<string, (length: number) => string> = new Map(
    Object.entries({
      "b, spaces, x": (length) => `b${" ".repeat(length - 2)}x`,
      "a, tabs": (length) => `a${"\t".repeat(length - 1)}`,
      "a quote and backslashes": (length) => `a;b="${"\\".repeat(length - 5)}`,
      "a quote and escaped quotes": (length) => `a;b="${'\\"'.repeat((length - 5) / 2)}`,
      "a quote without end": (length) => `a;b="${"c".repeat(length - 5)}`,
      semicolons: (length) => ";".repeat(length),
      commas: (length) => ",".repeat(length),
      "spaced commas": (length) => " ,".repeat(length / 2),
      "a=": (length) => "a=".repeat(length / 2),
      "a;": (length) => "a;".repeat(length / 2),
      "a,": (length) => "a,".repeat(length / 2),
      "one long token": (length) => "a".repeat(length),
      "websocket, many times": (length) => "websocket/,".repeat(length / 11),
      "different names": (length) => Array.from({ length: length / 8 }, (_, at) => `p${at}`.padEnd(7, "_")).join(),
      "opaque bytes": (length) => "\u00e9".repeat(length),
    } satisfies Record<string, (length: number) => string>),
  );

  const headOf = (name: string, value: string): RequestHead => upgradeHead([[name, value]]);
  const answerOf = (name: string, value: string): HeaderLine[] => [
    ...(name === "Upgrade" ? [] : [["Upgrade", "websocket"] as const]),
    ...(name === "Connection" ? [] : [["Connection", "Upgrade"] as const]),
    ...(name === "Sec-WebSocket-Accept" ? [] : [["Sec-WebSocket-Accept", sampleAccept] as const]),
    [name, value],
  ];
  const requestFields = ["Host", "Upgrade", "Connection", "Origin", "Cookie", "Content-Length", "Transfer-Encoding"];
  const handshakeFields = ["Key", "Version", "Protocol", "Extensions"].map((name) => `Sec-WebSocket-${name}`);
  const answerFields = ["Upgrade", "Connection", "Sec-WebSocket-Accept", "Sec-WebSocket-Protocol", "Location"];

  const parsers: ReadonlyMap<string, (value: string) => unknown> = new Map<string, (value: string) => unknown>([
    ["trimBlanks", trimBlanks],
    ["isToken", isToken],
    ["isHandshakeKey", isHandshakeKey],
    ["parseTokenList", parseTokenList],
    ["includesToken", (value) => includesToken(value, "websocket")],
    ["parseProtocolList", (value) => parseProtocolList(value, generous)],
    ["parseExtensionList", (value) => parseExtensionList(value, generous)],
    ...[...requestFields, ...handshakeFields].map((name): [string, (value: string) => unknown] => [
      `judgeUpgrade, ${name}`,
      (value) => judgeUpgrade(headOf(name, value), limits),
    ]),
    ...answerFields.map((name): [string, (value: string) => unknown] => [
      `judgeResponse, ${name}`,
      (value) =>
        judgeResponse(
          { status: 101, statusText: "", headers: answerOf(name, value) },
          { key: sampleKey, protocols: ["a"] },
        ),
    ]),
    [
      "ResponseHeadReader",
      (value) => new ResponseHeadReader(limits).receive(Buffer.from(`HTTP/1.1 200 x\r\nA: ${value}\r\n\r\n`, "latin1")),
    ],
  ]);

  /** Steps that do not depend on the value: the other lines of a head. */
  const constantSteps = 2_000;
  const stepsPerCharacter = 16;

  test.each([...parsers])("T5 V-46 %s takes a few steps per character, at 8 KiB as at 16", (name, parse) => {
    let worst = 0;
    for (const [shape, fill] of shapes) {
      for (const length of [8 * 1024, 16 * 1024]) {
        const value = fill(length);
        const steps = countSteps(() => parse(value));
        expect(steps, `${shape}, ${length}`).toBeLessThan(constantSteps + stepsPerCharacter * length);
        worst = Math.max(worst, (steps - constantSteps) / length);
      }
    }
    process.stdout.write(`${name}: at most ${Math.max(0, worst).toFixed(1)} steps per character\n`);
  });

  test("T5 V-46 how long 16 KiB take, for information", () => {
    const time = (value: string): number => {
      const started = performance.now();
      for (const parse of parsers.values()) parse(value);
      return performance.now() - started;
    };
    for (const [shape, fill] of shapes) {
      time(fill(16 * 1024));
      const half = time(fill(8 * 1024));
      const whole = time(fill(16 * 1024));
      const report = `${whole.toFixed(2)} ms for all parsers together, ${(whole / half).toFixed(1)} times the half`;
      process.stdout.write(`${shape}: ${report}\n`);
    }
    expect(parsers.size).toBeGreaterThan(20);
  });

  test("T5 the counter sees a scanner that goes back, and refuses regular expressions", () => {
    const spaces = shapes.get("b, spaces, x")?.(2_048) ?? "";
    const goesBack = (value: string): void => {
      for (let at = 0; at < value.length; at++) value.slice(at).trim();
    };
    expect(countSteps(() => goesBack(spaces))).toBeGreaterThan(100 * spaces.length);
    expect(() => countSteps(() => spaces.split(/ *, */))).toThrow(/regular expression/);
    expect(() => countSteps(() => /x+y/.test(spaces))).toThrow(/regular expression/);
  });
});
